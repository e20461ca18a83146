"""Send the words of an employee's answer, once, in as many messages as they need."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from bridge.errors import Reason, Refused
from bridge.keys import part_key, sent_key
from bridge.model import FormattedText
from bridge.sent import SentMessage, SentPart
from bridge.shown import one_line
from bridge.telegram.formatting import bold, cut_off, join
from bridge.telegram.splitting import split

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.effects import Effects
    from bridge.flows.channels import Channels
    from bridge.flows.in_doubt import Doubts
    from bridge.journal import Journal
    from bridge.parts import Digest
    from bridge.routes.port import Route
    from bridge.settings import Settings


class Words:
    """What goes to the client of an answer's words.

    Attributes:
        signature: the line above them that names their author, or a blank text.
        said: the rest, not yet cut into messages.
        version: a keyed digest of what the employee wrote, quoted words included.
        quotes: the message that they answer, in place of its words; or None.
    """

    def __init__(self, signature: FormattedText, said: FormattedText, version: str, quotes: int | None) -> None:
        self.signature = signature
        self.said = said
        self.version = version
        self.quotes = quotes

    @cached_property
    def parts(self) -> list[FormattedText]:
        """The messages they go in."""
        return split(join([self.signature, self.said]))

    @property
    def size_of_signature(self) -> tuple[int, int]:
        """Its characters and UTF-16 units."""
        name = self.signature.text
        return len(name), len(name.encode("utf-16-le")) // 2

    def begun_with(self, signature: tuple[int, int]) -> Words:
        """The same words whose first message went out with a signature of this size: the later ones are cut behind it."""
        if signature == self.size_of_signature:
            return self
        characters, units = signature
        stands_for_it = "x" * (2 * characters - units) + "\U0001d54f" * (units - characters)
        as_begun = bold(stands_for_it) if characters else FormattedText("")
        return Words(as_begun, self.said, self.version, self.quotes)

    def part_sent(self, message: int | None) -> SentPart:
        """What the ledger keeps of one that became this message; None: an employee is asked about it."""
        return SentPart(self.version, len(self.parts), self.size_of_signature, message)


class _Part(NamedTuple):
    """One message of an answer's words, counted from 0."""

    number: int
    text: FormattedText
    words: Words

    @property
    def reply_to(self) -> int | None:
        return None if self.number else self.words.quotes


class TextSending:
    """Sends the words of answers: as Telegram text, with their author's name where the integration wants that."""

    def __init__(
        self,
        settings: Settings,
        route: Route,
        digest: Digest,
        channels: Channels,
        doubts: Doubts,
        effects: Effects,
        journal: Journal,
    ) -> None:
        self._settings = settings
        self._route = route
        self._digest = digest
        self._channels = channels
        self._doubts = doubts
        self._effects = effects
        self._journal = journal

    def words_of(self, answer: Answer) -> Words:
        """What of an answer's words goes to the client."""
        whole, said = answer.whole, answer.said
        if said.text.startswith("//"):  # a text that is no command although it looks like one
            said = cut_off(said, 1)
            whole = join([answer.quotation, said])
        quotes = self._route.quoted_message(answer)
        signature = self._signature(answer) if whole.text else FormattedText("")
        return Words(signature, said if quotes else whole, self._digest(whole.text), quotes)

    def signed(self, answer: Answer, said: FormattedText) -> FormattedText:
        """A text with the line above it that names the author of an answer, where the integration wants that."""
        return join([self._signature(answer), said]) if said.text else said

    def send(self, answer: Answer, words: Words, sent: list[int]) -> None:
        """Send the words, as they were begun; ``sent`` gets each message.

        The first message decides about the signature: whoever switches that, or renames the employee, in the middle of an
        answer must not move the places at which the rest of it is cut.

        Raises:
            Refused: COMMENT_CHANGED, when others went out already, and not whole; DELIVERY_UNKNOWN, when an employee is asked.
            RetryLater, OutcomeUnknown: not now; what went out is remembered.
        """
        while len(sent) < len(words.parts):
            number = len(sent)
            part = self._send_part(answer, _Part(number, words.parts[number], words))
            if part is None:
                return
            message, signature = part
            sent.append(message)
            if not number:
                words = words.begun_with(signature)

    def messages(self, ref: AnswerRef) -> list[int]:
        """The messages that an answer's words became, as far as they went out, in whatever version."""
        messages: list[int] = []
        while ref.number:
            part = self._part(ref, len(messages))
            if part is None or part.message is None:
                break
            messages.append(part.message)
        return messages

    def forget_doubts(self, answer: Answer) -> None:
        """An employee looked and says ``/send``: parts whose delivery is unknown may be sent again."""
        for number in itertools.count():
            part = self._part(answer.ref, number)
            if part is None:
                break
            if part.message is None:
                self._doubts.forget(part_key(answer.ref.host, answer.ref.number, number))

    def _signature(self, answer: Answer) -> FormattedText:
        if not self._settings.send_as_employee:
            return FormattedText("")
        return bold(f"{one_line(self._route.author_name(answer))}:")

    def _send_part(self, answer: Answer, part: _Part) -> tuple[int, tuple[int, int]] | None:
        """Send one part; gives the message that it became, and the size of the signature with which it went.

        None when the answer went out whole in a former version: parts of two must not be mixed.
        """
        chat, words = answer.chat, part.words

        def send() -> Mapping[str, Any]:
            message = self._channels.send_text(chat, part.text, reply_to=part.reply_to)
            return words.part_sent(message).as_outcome()

        def also(done: Mapping[str, Any]) -> Mapping[str, Any]:
            if "message" not in done:
                return {}
            message = SentMessage(answer.ref.number, len(words.parts), len(answer.files), part=part.number + 1)
            return {sent_key(chat, done["message"]): message.as_outcome()}

        key, asked = part_key(answer.ref.host, answer.ref.number, part.number), words.part_sent(None).as_outcome()
        outcome = SentPart.of(self._doubts.send_once(answer.ref, key, send, asked=asked, also=also))
        if outcome.version != words.version:
            if self._went_out_whole(answer.ref, outcome.parts):
                return None
            raise Refused(Reason.COMMENT_CHANGED)
        if outcome.message is None:
            raise Refused(Reason.DELIVERY_UNKNOWN)
        self._journal.count("carried_to_telegram")
        self._journal.info(
            "carried to Telegram",
            extra={
                "chat": chat.key,
                "task": answer.task,
                "comment": answer.ref.number,
                "part": part.number,
                "message_id": outcome.message,
            },
        )
        return outcome.message, outcome.signature

    def _went_out_whole(self, ref: AnswerRef, parts: int) -> bool:
        outcomes = [self._part(ref, number) for number in range(parts)]
        return all(part is not None and part.message is not None for part in outcomes)

    def _part(self, ref: AnswerRef, number: int) -> SentPart | None:
        """What became of a part, if anything did."""
        return SentPart.read(self._effects.outcome(part_key(ref.host, ref.number, number)))
