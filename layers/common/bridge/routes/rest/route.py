"""Planfix by its REST API: the bridge makes contacts, tasks and comments, and reads comments as answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, cast

from bridge.answer import AnswerRef
from bridge.errors import Reason, Refused
from bridge.routes.port import Capabilities
from bridge.routes.rest.rest_answer import RestAnswer

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.errors import OutcomeUnknown, RetryLater
    from bridge.files import OpenedFile
    from bridge.model import Chat, ChatState, File, Held, Person
    from bridge.planfix.route import Planfix
    from bridge.routes.port import Call, Delivered, Fate, Journey, Posting
    from bridge.routes.rest.answers import Answers
    from bridge.routes.rest.client_data import ClientData
    from bridge.routes.rest.deliver import Delivery
    from bridge.routes.rest.notices import Notices
    from bridge.routes.rest.quotations import Quotations
    from bridge.telegram.updates import IncomingMessage

CAPABILITIES: Final = Capabilities(
    reads_back=True,
    reads_answers_again=True,
    notes=True,
    hides_from_client=True,
    shows_states=False,
    chooses_task=True,
    formats=True,
)


class RestRoute:
    """One integration's way to Planfix (`bridge.routes.port.Route`)."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        planfix: Planfix,
        delivery: Delivery,
        client_data: ClientData,
        answers: Answers,
        quotations: Quotations,
        notices: Notices,
    ) -> None:
        self._planfix = planfix
        self._delivery = delivery
        self._client_data = client_data
        self._answers = answers
        self._quotations = quotations
        self._notices = notices

    @property
    def host(self) -> str:
        return self._planfix.host

    # -- client to Planfix

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
        return self._delivery.deliver(posting, tried=tried)

    def attempts_of(self, key: str) -> list[frozenset[int]]:
        return self._delivery.attempts_of(key)

    def follow(self, chat: Chat, client: Person, before: ChatState) -> Mapping[str, str]:  # noqa: ARG002 - the client is one contact in every chat
        return self._client_data.follow_names(client, before)

    def offer_phone(
        self,
        chat: Chat,  # noqa: ARG002 - as above
        client: Person,
        message: IncomingMessage,
        *,
        key: str,
        received_at: float,
    ) -> None:
        self._client_data.offer_phone(client, message, key=key, received_at=received_at)

    # -- Planfix to client

    def answers(self, call: Call, journey: Journey) -> None:
        self._answers.read(call, journey)

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        self._answers.tell_that_new_ones_wait(chat, wait, call, journey)

    def answer(self, host: str, task: int, number: int) -> Answer | None:
        return self._answers.one(host, task, number)

    def held_answer(self, held: Held) -> Answer | None:
        return self.answer(self.host, held.task_id, held.comment_id)

    def why_unmeant(self, answer: Answer) -> Reason | None:
        return self._answers.why_unmeant(_mine(answer))

    def is_hidden(self, answer: Answer) -> bool:
        return _mine(answer).comment.is_hidden

    def quoted_message(self, answer: Answer) -> int | None:
        return self._quotations.message_of(_mine(answer))

    def author_name(self, answer: Answer) -> str:
        try:
            name = self._planfix.user_name(answer.author)
        except Refused:  # the comment names its author too, if in another order
            name = ""
        return name or answer.author_name

    def open_file(self, file: File) -> AbstractContextManager[OpenedFile]:
        return self._planfix.open_file(file.id, known=file)

    def public_link(self, file: File) -> str:
        return self._planfix.public_link(file.id)

    def note(self, chat: Chat, task: int, said: str, *, key: str) -> bool:  # noqa: ARG002 - the task is the conversation
        return self._notices.post(task, said, key=key)

    def tell_author(self, answer: Answer, said: str, about: str, fate: Fate) -> bool:  # noqa: ARG002 - the words say it
        return self._notices.tell_author(_mine(answer), said, about)

    def sent(self, answer: Answer) -> None:
        """A comment shows no state: what needs no words is not told."""

    def ended(self, answer: Answer) -> None:
        """Nothing was kept for it."""

    def ref(self, chat: Chat, number: int) -> AnswerRef:
        return AnswerRef(chat, self.host, number)


def _mine(answer: Answer) -> RestAnswer:
    return cast("RestAnswer", answer)
