"""An address of a file opens that file for whoever has it, until its end, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Chat
from bridge.signed_links import FileLink, Unopened, check, key_of_links, sign

KEY = key_of_links(b"k" * 32)
UNTIL = 1_764_000_000
LINK = FileLink("main/20/5-счёт.pdf", Chat("main", "500", 20).key, UNTIL)
SIGNED = sign(LINK, "main", KEY)


def test_link_gives_back_what_it_names():
    """File, chat and end stand in the address itself: nothing is looked up to open it."""
    assert check(SIGNED, "main", KEY, UNTIL - 1) == LINK


def test_link_is_one_part_of_a_path():
    """It stands in an address as it is, and is short."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{20,200}", SIGNED)


@pytest.mark.parametrize(
    ("now", "opens"), [(0, True), (UNTIL - 0.001, True), (UNTIL, False), (UNTIL + 0.5, False), (UNTIL * 2, False)]
)
def test_link_ends(now: float, opens: bool):
    """It opens until its end and not at it; that it was good once may be said."""
    assert check(SIGNED, "main", KEY, now) == (LINK if opens else Unopened.OVER)


def test_link_of_another_integration_is_forged():
    """Neither under another alias nor with another one's key."""
    assert check(SIGNED, "other", KEY, 0) is Unopened.FORGED
    assert check(SIGNED, "main", key_of_links(b"x" * 32), 0) is Unopened.FORGED


@pytest.mark.parametrize("place", range(len(SIGNED)))
def test_changed_link_is_forged(place: int):
    """Whichever character is another one, the last one's unused bits included."""
    for other in "AQgw-_9":
        changed = SIGNED[:place] + other + SIGNED[place + 1 :]
        if changed != SIGNED:
            assert check(changed, "main", KEY, 0) is Unopened.FORGED


@given(st.text(max_size=100) | st.text("ABCabc012-_=", max_size=100))
def test_anything_else_is_forged(text: str):
    """Any string is answered, none opens a thing."""
    assert check(text, "main", KEY, 0) is Unopened.FORGED


@pytest.mark.parametrize("cut", ["", SIGNED[:10], SIGNED[:22], SIGNED[:-1], SIGNED + "A", SIGNED + "=", f" {SIGNED}"])
def test_cut_link_is_forged(cut: str):
    """Nor does a part of it open, or one with something added."""
    assert check(cut, "main", KEY, 0) is Unopened.FORGED


def test_end_cannot_be_moved():
    """Who knows how an address is made and not the key makes none."""
    later = sign(FileLink(LINK.file, LINK.chat, UNTIL * 2), "main", b"guessed")
    assert check(later, "main", KEY, 0) is Unopened.FORGED


def test_key_is_none_of_the_digests():
    """What signs addresses is another key than what makes digests, and both come from the one that stays."""
    assert key_of_links(b"k" * 32) == KEY != b"k" * 32
