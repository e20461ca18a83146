"""Planfix by its API for chats: Planfix makes contacts and tasks by itself, and pushes what employees answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, cast

from bridge.answer import AnswerRef
from bridge.planfix.chat_route import LinkedFile
from bridge.routes.chat_api.chat_answer import ChatAnswer, ledger_host
from bridge.routes.port import Capabilities

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.errors import OutcomeUnknown, Reason, RetryLater
    from bridge.files import OpenedFile
    from bridge.model import Chat, ChatState, File, Held, Person
    from bridge.planfix.chat_route import LinkedFileSource
    from bridge.routes.chat_api.answers import Answers
    from bridge.routes.chat_api.client_data import ClientData
    from bridge.routes.chat_api.deliver import Delivery
    from bridge.routes.chat_api.kept_words import KeptWords
    from bridge.routes.chat_api.states import States
    from bridge.routes.port import Call, Delivered, Fate, Journey, Posting
    from bridge.telegram.updates import IncomingMessage

CAPABILITIES: Final = Capabilities(
    reads_back=False,
    reads_answers_again=False,
    notes=True,
    hides_from_client=False,
    shows_states=True,
    chooses_task=False,
    formats=False,
)


class ChatRoute:
    """One integration's way to Planfix (`bridge.routes.port.Route`)."""

    def __init__(
        self,
        host: str,
        delivery: Delivery,
        client_data: ClientData,
        answers: Answers,
        kept_words: KeptWords,
        states: States,
        files: LinkedFileSource,
        capabilities: Capabilities = CAPABILITIES,
    ) -> None:
        self.capabilities = capabilities
        self._host = host
        self._delivery = delivery
        self._client_data = client_data
        self._answers = answers
        self._kept_words = kept_words
        self._states = states
        self._files = files

    @property
    def host(self) -> str:
        return ledger_host(self._host)

    # -- client to Planfix

    def deliver(self, posting: Posting, *, tried: Sequence[Posting] = ()) -> Delivered | None:  # noqa: ARG002 - nothing can be looked for
        return self._delivery.deliver(posting)

    def attempts_of(self, key: str) -> list[frozenset[int]]:  # noqa: ARG002 - as above
        return []

    def follow(self, chat: Chat, client: Person, before: ChatState) -> Mapping[str, str]:
        return self._client_data.follow(chat, client, before)

    def offer_phone(
        self, chat: Chat, client: Person, message: IncomingMessage, *, key: str, received_at: float
    ) -> None:
        self._client_data.offer_phone(chat, client, message, key=key, received_at=received_at)

    # -- Planfix to client

    def answers(self, call: Call, journey: Journey) -> None:
        self._answers.read(call, journey)

    def tell_that_new_ones_wait(
        self, chat: Chat, wait: RetryLater | OutcomeUnknown, call: Call, journey: Journey
    ) -> None:
        """Each answer is a message of the queue: it has no tick yet, and its own turn to say why."""

    def answer(self, host: str, task: int, number: int) -> Answer | None:  # noqa: ARG002 - known by its number
        return self._kept_words.read(number)

    def held_answer(self, held: Held) -> Answer | None:
        return self._kept_words.read(held.comment_id)

    def why_unmeant(self, answer: Answer) -> Reason | None:  # noqa: ARG002 - what was pushed was meant for the client
        return None

    def is_hidden(self, answer: Answer) -> bool:  # noqa: ARG002 - as above
        return False

    def quoted_message(self, answer: Answer) -> int | None:  # noqa: ARG002 - which message it quotes is not said
        return None

    def author_name(self, answer: Answer) -> str:
        return answer.author_name

    def open_file(self, file: File) -> AbstractContextManager[OpenedFile]:
        return self._files.open(_link(file))

    def public_link(self, file: File) -> str:
        return self._files.public(_link(file))

    def note(self, chat: Chat, task: int, said: str, *, key: str) -> bool:  # noqa: ARG002 - the chat is the conversation
        return self._states.note(chat, said, key=key)

    def tell_author(self, answer: Answer, said: str, about: str, fate: Fate) -> bool:
        return self._states.tell_author(_mine(answer), said, about, fate)

    def sent(self, answer: Answer) -> None:
        self._states.sent(_mine(answer))
        self.ended(answer)

    def ended(self, answer: Answer) -> None:
        if _mine(answer).is_kept:
            self._kept_words.forget(answer.ref)

    def ref(self, chat: Chat, number: int) -> AnswerRef:
        return AnswerRef(chat, self.host, number)


def _mine(answer: Answer) -> ChatAnswer:
    return cast("ChatAnswer", answer)


def _link(file: File) -> LinkedFile:
    return LinkedFile(file.name, file.address)
