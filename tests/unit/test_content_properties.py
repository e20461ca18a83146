"""Whatever lies in a message: it is rendered, never raised over."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.telegram import content
from bridge.telegram.kinds import ENVELOPE, IGNORED, KINDS
from bridge.texts import Texts

_RU = Texts("ru")
KIND_FIXTURES = Path(__file__).parents[1] / "events" / "telegram" / "kinds"
_FIELDS = [
    "text", "type", "file_id", "file_name", "mime_type", "file_size", "width", "height", "duration", "emoji", "title",
    "options", "question", "media", "blocks", "items", "cells", "caption", "credit", "summary", "entities", "quote",
    "latitude", "longitude", "live_period", "location", "chat", "origin", "sender_user", "first_name", "url", "user_id",
    "phone_number", "checklist", "checklist_message", "tasks", "id", "marked_as_done_task_ids", "total_amount", "currency",
    "offset", "length", "is_manual", "gift", "number", "reply_to_checklist_task_id", "persistent_id",
]  # fmt: skip
_NAMES = st.sampled_from(sorted({*ENVELOPE, *IGNORED, *KINDS, *_FIELDS})) | st.text(max_size=3)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**30)
    | st.floats()
    | st.text(st.characters(), max_size=6)  # half surrogates too: JSON can hold them
    | st.sampled_from(["\ud83d", "a\x00b", "<b>", "&", "url", "bold", "blockquote", "paragraph", "table", "👨‍👩‍👧"])
)
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=6), max_leaves=40
)
_MESSAGES = st.dictionaries(_NAMES, _TREES, max_size=10)
_TAG = re.compile(r"</?(?:b|i|u|s|a|br|code|pre|span|blockquote)\b[^<>]*>")


_WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "\ud83d",
    "<b>\x00",
    [],
    [None],
    {},
    {"x": []},
)


def _is_right(message: dict[str, Any]) -> None:
    """HTML that is not empty, that UTF-8 can hold, whose signs are escaped or tags of ours; files that can be written."""
    shown = content.render(message, _RU)
    shown.html.encode()
    bare = _TAG.sub("", shown.html)
    assert html.unescape(bare).strip()
    assert not re.search("[<>]", bare)
    content.fingerprint(shown).encode()
    assert isinstance(content.kind_of(message), str)
    assert content.is_ignored(message) in (True, False)
    (content.own_phone(message) or "").encode()
    (content.start_payload(message) or "").encode()
    for file in shown.attachments:
        assert 0 < len(file.name.encode()) <= 255
        assert not re.search(r'[\x00-\x1f/\\:*?"<>|]', file.name)
        assert re.fullmatch(r"[!-~]+/[!-~]+", file.mime)
        assert file.file_id
        assert file.size is None or file.size >= 0
    assert len({file.name for file in shown.attachments}) == len(shown.attachments)


@settings(database=None, max_examples=200)
@given(_MESSAGES)
def test_any_tree_is_a_comment(message: dict[str, Any]) -> None:
    """No JSON raises, and what comes out can be posted and written."""
    _is_right(message)


@pytest.mark.parametrize("kind", [path.stem for path in sorted(KIND_FIXTURES.glob("*.json"))])
def test_each_kind_with_each_of_its_values_spoilt(kind: str) -> None:
    """A right message in which any one value is of the wrong type, missing or absurd is a comment all the same."""
    message = json.loads((KIND_FIXTURES / f"{kind}.json").read_text("utf-8"))["business_message"]
    for holder, key in list(_places(message)):
        right = holder[key]
        for wrong in _WRONG:
            holder[key] = wrong
            _is_right(message)
        holder[key] = right


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from _places(value)


def test_thousands_of_files_take_no_time() -> None:
    """A message made to be slow, as large as a queue can carry, is rendered at once."""
    blocks = [{"type": "photo", "photo": [{"file_id": "x"}]}] * 10_000
    begun = time.process_time()
    files = content.render({"rich_message": {"blocks": blocks}}, _RU).attachments
    assert len({file.name for file in files}) == 10_000
    assert time.process_time() - begun < 5  # it was minutes while each name was counted from 1
