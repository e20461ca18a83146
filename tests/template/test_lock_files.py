"""The lock files: what is tested is what runs, and every file is known by its hash."""

import re

import pytest

LOCK_FILES = (
    "requirements/dev.txt",
    "requirements/emulator.txt",
    "requirements/sam.txt",
    "layers/common/requirements.txt",
)
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(root, name):
    """The versions of each package in a lock file."""
    found = {}
    for package, version in REQUIREMENT.findall((root / name).read_text("utf-8")):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_requirement_is_hashed(root, name):
    """One version a line (two where they depend on the Python), and the hashes of its files after it."""
    entries = re.split(r"^(?=[a-z0-9])", (root / name).read_text("utf-8"), flags=re.MULTILINE)[
        1:
    ]  # its head says how it is made
    assert len(entries) == len(REQUIREMENT.findall("\n".join(entries)))
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_no_registry_is_named(root, name):
    """Where packages come from is the machine's affair."""
    assert "://" not in (root / name).read_text("utf-8")


def test_layer_runs_what_was_tested(root):
    """Each of the layer's versions is the one that the tests ran with."""
    tested = pins(root, "requirements/dev.txt")
    for package, versions in pins(root, "layers/common/requirements.txt").items():
        assert versions <= tested[package], package


def test_one_emulator_for_all(root):
    """What `make e2e` deploys to is the emulator, at the version, that `make run` works with."""
    tested = pins(root, "requirements/dev.txt")
    assert pins(root, "requirements/emulator.txt")["ministack"] == tested["ministack"]


def test_layer_leaves_to_the_runtime_what_it_brings(root):
    """boto3 would add 17 MB to load at each cold start."""
    assert not {"boto3", "botocore"} & set(pins(root, "layers/common/requirements.txt"))
