"""An integration that took another route: what is new goes the chosen way, what began on the other one ends there.

Calls and answers that were queued before, answers that are held or put aside, and dead letters know which way they came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge.answer import Answer, AnswerRef
    from bridge.errors import OutcomeUnknown, Reason, RetryLater
    from bridge.files import OpenedFile
    from bridge.model import Chat, ChatState, File, Held, Person
    from bridge.routes.port import Call, Capabilities, Delivered, Fate, Journey, Posting, Route
    from bridge.telegram.updates import IncomingMessage


class SwitchedRoute:
    """Two ways to one Planfix account (`bridge.routes.port.Route`).

    Args:
        chosen: the one that the settings name.
        other: the one of before, whose keys are still there.
    """

    def __init__(self, chosen: Route, other: Route) -> None:
        self._chosen = chosen
        self._other = other

    @property
    def capabilities(self) -> Capabilities:
        return self._chosen.capabilities

    @property
    def host(self) -> str:
        return self._chosen.host

    # -- client to Planfix

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
        return self._chosen.deliver(posting, tried=tried)

    def attempts_of(self, key: str) -> list[frozenset[int]]:
        return self._chosen.attempts_of(key)

    def follow(self, chat: Chat, client: Person, before: ChatState) -> Mapping[str, str]:
        return self._chosen.follow(chat, client, before)

    def offer_phone(
        self, chat: Chat, client: Person, message: IncomingMessage, *, key: str, received_at: float
    ) -> None:
        self._chosen.offer_phone(chat, client, message, key=key, received_at=received_at)

    # -- Planfix to client

    def answers(self, call: Call, journey: Journey) -> None:
        self._that(pushes=call.push is not None).answers(call, journey)

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        self._chosen.tell_that_new_ones_wait(chat, wait, call, journey)

    def answer(self, host: str, task: int, number: int) -> Answer | None:
        return self._of(host).answer(host, task, number)

    def held_answer(self, held: Held) -> Answer | None:
        """Only where answers can be read again a task is kept with them."""
        return self._that(pushes=not held.task_id).held_answer(held)

    def why_unmeant(self, answer: Answer) -> Reason | None:
        return self._of(answer.ref.host).why_unmeant(answer)

    def is_hidden(self, answer: Answer) -> bool:
        return self._of(answer.ref.host).is_hidden(answer)

    def quoted_message(self, answer: Answer) -> int | None:
        return self._of(answer.ref.host).quoted_message(answer)

    def author_name(self, answer: Answer) -> str:
        return self._of(answer.ref.host).author_name(answer)

    def open_file(self, file: File) -> AbstractContextManager[OpenedFile]:
        return self._that(pushes=bool(file.address)).open_file(file)

    def public_link(self, file: File) -> str:
        return self._that(pushes=bool(file.address)).public_link(file)

    def note(self, chat: Chat, task: int, said: str, *, key: str) -> bool:
        return self._chosen.note(chat, task, said, key=key)

    def tell_author(self, answer: Answer, said: str, about: str, fate: Fate) -> bool:
        return self._of(answer.ref.host).tell_author(answer, said, about, fate)

    def sent(self, answer: Answer) -> None:
        self._of(answer.ref.host).sent(answer)

    def ended(self, answer: Answer) -> None:
        self._of(answer.ref.host).ended(answer)

    def ref(self, chat: Chat, number: int) -> AnswerRef:
        return self._chosen.ref(chat, number)

    # -- which of them

    def _of(self, host: str) -> Route:
        return next((one for one in (self._chosen, self._other) if one.host == host), self._chosen)

    def _that(self, *, pushes: bool) -> Route:
        """The one by which answers come with their words, or the one that reads them."""
        reads_again = not pushes
        is_chosen = self._chosen.capabilities.reads_answers_again is reads_again
        return self._chosen if is_chosen else self._other
