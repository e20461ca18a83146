"""Which message in Telegram an employee's answer quotes.

Planfix has no "in reply to": its Quote button puts the quoted words before the answer (docs/decisions/0008). So the words
are looked for in the comments that were read with the answer, and the comment found names its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from bridge.keys import comment_key, part_key, quoted_key, sent_key
from bridge.telegram.formatting import parted
from bridge.telegram.reading_html import from_html

if TYPE_CHECKING:
    from bridge.model import TaskState
    from bridge.parts import Parts
    from bridge.planfix.route import Comment

MOST_LOOKED_UP: Final = 3
"""Comments with these words whose message is looked for: notices repeat an answer's words and have none."""

_WORD: Final = re.compile(r"\w+")
_NO_LETTER: Final = re.compile(r"(\W)")
_MARK: Final = "\x00"  # no text has it that was read from HTML
_HEADER_WORDS: Final = frozenset(
    _WORD.findall(
        "а в г ла от at by from on wrote писал писала пишет написал написала "
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
        "янв фев мар апр июн июл авг сен сент окт ноя дек "
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec am pm utc"
    )
)
"""Beside the author's name and numbers, what a line above quoted words may hold and still not be words of the answer."""


def note_quoted(to: Parts, task: TaskState, comment: Comment, read: Iterable[Comment]) -> None:
    """Decide once which message an answer quotes, by the comments that were read with it, and keep that.

    Kept, because a later attempt has other comments at hand, and an answer's parts must be cut the same way each time.
    """
    quotation = _quotation(comment)
    if not quotation or _decided(to, task, comment, quotation) is not None:
        return
    found = (_message(to, task, one) for one in _quoted(quotation, comment, read)[:MOST_LOOKED_UP])
    message = next((number for number in found if number), 0)
    to.effects.renew(quoted_key(task.host, comment.id), {"message": message, "of": to.digest(quotation)})


def quoted_message(to: Parts, task: TaskState, comment: Comment) -> int | None:
    """The number of the message that an answer quotes, where `note_quoted` found one."""
    quotation = _quotation(comment)
    return (_decided(to, task, comment, quotation) or None) if quotation else None


def _quotation(comment: Comment) -> str:
    """The words that the answer quotes; "" when it quotes nothing, or consists of a quotation only."""
    quotation, answer = parted(from_html(comment.html))
    return quotation.text if answer.text else ""


def _decided(to: Parts, task: TaskState, comment: Comment, quotation: str) -> int | None:
    outcome = to.effects.outcome(quoted_key(task.host, comment.id))
    if outcome is None or outcome["of"] != to.digest(quotation):
        return None
    return int(outcome["message"])


def _quoted(quotation: str, comment: Comment, read: Iterable[Comment]) -> list[Comment]:
    """Earlier comments with these words, the newest first; where some say nothing else, only those."""
    first_line, _, rest = quotation.partition("\n")
    found = []
    for one in read:
        if one.id >= comment.id:
            continue
        sayings = [quotation, rest] if _is_header(first_line, one.owner_name) else [quotation]
        ranks = [rank for saying in sayings for rank in _ranks(_spaced(saying), one)]
        if ranks:
            found.append((min(ranks), -one.id, one))
    best = min((rank for rank, _, _ in found), default=0)
    return [one for rank, _, one in sorted(found, key=lambda entry: entry[:2]) if rank == best]


def _ranks(words: str, comment: Comment) -> Iterator[int]:
    """How well a comment's words are these: all of them; a part of its own words; a part of what it quotes itself."""
    saying = words.removesuffix("…").removesuffix("...").rstrip()  # long words may be quoted by their beginning
    said = from_html(comment.html)
    own, every = _spaced(parted(said)[1].text), _spaced(said.text)
    if not saying or (saying not in own and saying not in every):
        return
    part = _bordered(saying)
    if saying in (own, every):
        yield 0
    elif part in _bordered(own):
        yield 1
    elif part in _bordered(every):
        yield 2


def _bordered(text: str) -> str:
    """The text with a mark on both sides of words and of what is none, so that words found in it are whole words.

    Not a regular expression of the words: that takes as long as they are long times the text they are looked for in.
    """
    return f"{_MARK}{_MARK.join(_NO_LETTER.split(text))}{_MARK}"


def _is_header(line: str, author: str) -> bool:
    """Whether a line above quoted words says only who wrote them, and when: no word of the answer may be lost with it."""
    words = set(_WORD.findall(line.lower()))
    name = set(_WORD.findall(author.lower()))
    others = {word for word in words - name - _HEADER_WORDS if not word.isdecimal()}
    return bool(words) and not others


def _message(to: Parts, task: TaskState, comment: Comment) -> int:
    """The message of this chat that a comment was made from, or that was sent for it; 0 when there is none."""
    made = to.effects.outcome(comment_key(task.host, comment.id)) or {}
    if made.get("chat") == task.chat.key:
        return int(made["message"])
    sent = to.effects.outcome(part_key(task.host, comment.id, 0)) if comment.owner.startswith("user:") else None
    number = int((sent or {}).get("message", 0))
    # tasks are merged in Planfix: a comment of this one may have been sent to another client
    known = to.effects.outcome(sent_key(task.chat, number)) if number else None
    return number if known and known["comment"] == comment.id else 0


def _spaced(text: str) -> str:
    return " ".join(text.split())
