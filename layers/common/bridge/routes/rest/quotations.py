"""Which message in Telegram an employee's answer quotes.

Planfix has no "in reply to": its Quote button puts the quoted words before the answer (docs/decisions/0008). So the words
are looked for in the comments that were read with the answer, and the comment found names its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.keys import part_key, quoted_key, sent_key
from bridge.sent import SentMessage, SentPart
from bridge.telegram.formatting import parted
from bridge.telegram.reading_html import from_html

if TYPE_CHECKING:
    from bridge.effects import Effects
    from bridge.model import TaskState
    from bridge.parts import Digest
    from bridge.planfix.route import Comment
    from bridge.routes.rest.own_comments import OwnComments
    from bridge.routes.rest.rest_answer import RestAnswer

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


class Quoted(NamedTuple):
    """What was decided about an answer that begins with a quotation (`keys.quoted_key`).

    Attributes:
        message: the number of the message in Telegram; 0 for none.
        version: digest of the quotation, which may be edited.
    """

    message: int
    version: str

    @classmethod
    def of(cls, outcome: Mapping[str, Any]) -> Quoted:
        """From an outcome."""
        return cls(int(outcome["message"]), outcome["of"])

    def as_outcome(self) -> dict[str, Any]:
        return {"message": self.message, "of": self.version}


class Quotations:
    """Which messages answers quote."""

    def __init__(self, effects: Effects, own: OwnComments, digest: Digest) -> None:
        self._effects = effects
        self._own = own
        self._digest = digest

    def note(self, answer: RestAnswer, read: Iterable[Comment]) -> None:
        """Decide once which message an answer quotes, by the comments that were read with it, and keep that.

        Kept, because a later attempt has other comments at hand, and an answer's parts must be cut the same way each time.
        """
        comment, quotation = answer.comment, _quotation(answer.comment)
        if not quotation or self._decided(answer, quotation) is not None:
            return
        found = (self._message(answer.state, one) for one in _quoted(quotation, comment, read)[:MOST_LOOKED_UP])
        message = next((number for number in found if number), 0)
        quoted = Quoted(message, self._digest(quotation))
        self._effects.renew(quoted_key(answer.ref.host, comment.id), quoted.as_outcome())

    def message_of(self, answer: RestAnswer) -> int | None:
        """The number of the message that an answer quotes, where `note` found one."""
        quotation = _quotation(answer.comment)
        return (self._decided(answer, quotation) or None) if quotation else None

    def _decided(self, answer: RestAnswer, quotation: str) -> int | None:
        outcome = self._effects.outcome(quoted_key(answer.ref.host, answer.ref.number))
        if outcome is None or (quoted := Quoted.of(outcome)).version != self._digest(quotation):
            return None
        return quoted.message

    def _message(self, task: TaskState, comment: Comment) -> int:
        """The message of this chat that a comment was made from, or that was sent for it; 0 when there is none."""
        made = self._own.made(task.host, comment.id)
        if made is not None and made.chat == task.chat.key:
            return made.message
        key = part_key(task.host, comment.id, 0)
        sent = SentPart.read(self._effects.outcome(key)) if comment.owner.startswith("user:") else None
        if sent is None or not sent.message:
            return 0
        # tasks are merged in Planfix: a comment of this one may have been sent to another client
        known = SentMessage.read(self._effects.outcome(sent_key(task.chat, sent.message)))
        return sent.message if known is not None and known.answer == comment.id else 0


def _quotation(comment: Comment) -> str:
    """The words that the answer quotes; "" when it quotes nothing, or consists of a quotation only."""
    quotation, answer = parted(from_html(comment.html))
    return quotation.text if answer.text else ""


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


def _spaced(text: str) -> str:
    return " ".join(text.split())
