"""How a demo acts and looks: an action and the wait for all that follows, then lines with ✔ or ✘."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.fakes.planfix_model import Comment
    from local.fakes.telegram_model import Json, Seen
    from local.stage import Stage


class NotSeenError(Exception):
    """Something that should have arrived did not, or something arrived that should not."""


@dataclass
class Watch:
    """Acts on a stage and tells what is seen there.

    Args:
        stage: with the cast on it.
        patience: seconds that one action and all that follows may take.
    """

    stage: Stage
    patience: float
    missing: int = 0

    def scene(self, scene: Callable[[], None]) -> None:
        """Play a scene under its docstring."""
        print(f"\n{(scene.__doc__ or '').rstrip('.')}")  # noqa: T201 - the transcript
        scene()

    def do(self, action: Callable[[], object], *, is_told: bool = True) -> None:
        """Act, and wait until everything that follows is done; ``is_told``: Telegram or Planfix tells the bridge of it."""
        mark = self.stage.mark() if is_told else None
        action()
        self.stage.settle(mark, self.patience)

    def see(self, is_so: bool, what: str) -> None:
        """Tell what must be so; the demo ends when it is not."""
        self.note(is_so, what)
        if not is_so:
            raise NotSeenError

    def note(self, is_so: bool, what: str) -> None:
        """Tell what must be so, and go on in any case: ``missing`` counts what is not."""
        print(f"  {'✔' if is_so else '✘'} {what}", flush=True)  # noqa: T201 - the transcript
        self.missing += not is_so


def plain(comment: Comment) -> str:
    """The words of a comment."""
    return words_in(comment.description)


def words_in(source: str) -> str:
    """The words of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br ?/?>|</blockquote>", "\n", source)))


def in_chat(source: str) -> str:
    """What of a comment's HTML stands in a chat of Planfix, which has no formatting but the ends of lines."""
    source = re.sub(r'<a href="([^"]*)">(.*?)</a>', r"\2 (\1)", source)
    source = re.sub(r"<blockquote>(.*?)</blockquote>", r"&gt; \1<br>", source)
    return re.sub(r"<(?!br>)[^>]+>", "", source)


def covered(letter: Seen, entity: Json) -> str:
    """The words that an entity covers; it counts UTF-16 units."""
    units = letter.text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
