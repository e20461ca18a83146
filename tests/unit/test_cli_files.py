"""Files that the admin names."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from planfix_telegram.files import read_integrations, read_secret
from planfix_telegram.problem import Problem
from planfix_telegram.texts import speak


@pytest.fixture(autouse=True)
def _english():
    speak("en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"integrations": {\n  "main": }}', "line 2, column 11"),
        ("[]", '{"integrations"'),
        ("{}", '{"integrations"'),
        ('{"integrations": {}}', '{"integrations"'),
        ('{"integrations": {"Main!": {}}}', "“Main!” cannot be an alias"),
        ('{"integrations": {"main": []}}', "main has no “settings”"),
        ('{"integrations": {"main": {"secrets": {}}}}', "main has no “settings”"),
        ('{"integrations": {"main": {"settings": {}, "secrets": []}}}', "look at secrets"),
        ('{"integrations": {"main": {"settings": {}, "setings": {}}}}', "look at setings"),  # codespell:ignore setings
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong_in_it(tmp_path, text, said):
    """Not JSON, by line and column; or JSON of another form."""
    file = tmp_path / "bridge.json"
    file.write_text(text)
    with pytest.raises(Problem) as problem:
        read_integrations(file)
    assert said in str(problem.value)
    assert str(file) in str(problem.value)


def test_a_file_of_several_integrations_is_read(tmp_path):
    """Secrets are optional; a byte order mark, as some editors write it, does not matter."""
    value = {"main": {"settings": {"a": 1}, "secrets": {"b": 2}}, "shop": {"settings": {}}}
    file = tmp_path / "bridge.json"
    file.write_text(json.dumps({"integrations": value}), encoding="utf-8-sig")
    assert read_integrations(file) == value


@pytest.mark.parametrize(("content", "key"), [(None, "file_unreadable"), (b"\xff\xfe", "file_no_utf8")])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, content, key):
    """Missing, or no UTF-8."""
    file = tmp_path / "bridge.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Problem) as problem:
        read_integrations(file)
    assert problem.value.key == key


def test_a_secret_is_the_files_text_without_the_lines_end(tmp_path, monkeypatch):
    """From a file, or from stdin when the name is a dash."""
    file = tmp_path / "token"
    file.write_text("the-secret\n")
    assert read_secret(file) == "the-secret"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped-secret\r\n")))
    assert read_secret(Path("-")) == "piped-secret"


def test_an_empty_secret_file_is_refused(tmp_path):
    """A file that an earlier command failed to fill must not become a secret."""
    file = tmp_path / "token"
    file.write_text("\n")
    with pytest.raises(Problem) as problem:
        read_secret(file)
    assert problem.value.key == "file_empty"
