"""Planfix by its REST API: the bridge makes contacts, tasks and comments, and reads comments as answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, cast

from bridge.answer import AnswerRef
from bridge.errors import Reason, Refused
from bridge.routes.port import Capabilities
from bridge.routes.rest import answers, client_data, notices
from bridge.routes.rest.answers import RestAnswer, answer_in
from bridge.routes.rest.deliver import attempts_of, deliver
from bridge.routes.rest.meant import WHO_AND_TO_WHOM, client_is_notified, is_by_employee
from bridge.routes.rest.quotations import quoted_message

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.errors import OutcomeUnknown, RetryLater
    from bridge.files import OpenedFile
    from bridge.model import Chat, ChatState, File, Held, Person
    from bridge.parts import Parts
    from bridge.routes.port import Call, Delivered, Journey, Posting
    from bridge.telegram.updates import IncomingMessage

CAPABILITIES: Final = Capabilities(reads_back=True, reads_answers_again=True, notes=True, hides_from_client=True)


class RestRoute:
    """One integration's way to Planfix (`bridge.routes.port.Route`)."""

    capabilities = CAPABILITIES

    def __init__(self, to: Parts) -> None:
        self._to = to

    @property
    def host(self) -> str:
        return self._to.planfix.host

    # -- client to Planfix

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:
        return deliver(self._to, posting, tried=tried)

    def attempts_of(self, key: str) -> list[frozenset[int]]:
        return attempts_of(self._to.effects.still_open(key))

    def follow(self, client: Person, before: ChatState) -> Mapping[str, str]:
        return client_data.follow_names(self._to, client, before)

    def offer_phone(self, client: Person, message: IncomingMessage, *, key: str, received_at: float) -> None:
        client_data.offer_phone(self._to, client, message, key=key, received_at=received_at)

    # -- Planfix to client

    def answers(self, call: Call, journey: Journey) -> None:
        answers.read_answers(self._to, call, journey)

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        state = self._to.chats.state(chat)
        task = self._to.chats.task(self.host, state.task_id) if state.task_id else None
        if task is not None:
            answers.tell_that_new_ones_wait(self._to, task, wait, call, journey)

    def answer(self, host: str, task: int, number: int) -> Answer | None:
        known, comment = self._to.chats.task(host, task), self._to.planfix.comment(number)
        return answer_in(known, comment) if known and comment else None

    def held_answer(self, held: Held) -> Answer | None:
        return self.answer(self.host, held.task_id, held.comment_id)

    def why_unmeant(self, answer: Answer) -> Reason | None:
        mine = _mine(answer)
        if not WHO_AND_TO_WHOM.isdisjoint(mine.comment.unread):
            return Reason.COMMENT_UNREADABLE
        is_meant = is_by_employee(mine.comment) and client_is_notified(self._to, mine.state, mine.comment)
        return None if is_meant else Reason.CLIENT_NOT_NOTIFIED

    def is_hidden(self, answer: Answer) -> bool:
        return _mine(answer).comment.is_hidden

    def quoted_message(self, answer: Answer) -> int | None:
        mine = _mine(answer)
        return quoted_message(self._to, mine.state, mine.comment)

    def author_name(self, answer: Answer) -> str:
        try:
            name = self._to.planfix.user_name(answer.author)
        except Refused:  # the comment names its author too, if in another order
            name = ""
        return name or answer.author_name

    def open_file(self, file: File) -> AbstractContextManager[OpenedFile]:
        return self._to.planfix.open_file(file.id, known=file)

    def public_link(self, file: File) -> str:
        return self._to.planfix.public_link(file.id)

    def note(self, task: int, said: str, *, key: str) -> bool:
        return notices.post_notice(self._to, task, said, notices.ASSIGNEES, key=key)

    def tell_author(self, answer: Answer, said: str, about: str) -> bool:
        return notices.tell_author(self._to, answer, said, about, now_in=_mine(answer).comment.task_id)

    def ref(self, chat: Chat, number: int) -> AnswerRef:
        return AnswerRef(chat, self.host, number)


def _mine(answer: Answer) -> RestAnswer:
    return cast("RestAnswer", answer)
