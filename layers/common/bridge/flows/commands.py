"""What an employee can tell the bridge by a comment. Commands count whoever is notified, and never reach the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bridge.answer import CANCEL, DELETE, EDIT, NEW, SEND
from bridge.errors import Refused
from bridge.keys import command_key
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer, Command
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.flows.change_answer import LastAnswer
    from bridge.flows.held_answers import Release
    from bridge.flows.reports import Reports
    from bridge.journal import Journal
    from bridge.model import Chat, Lost
    from bridge.routes.port import Route
    from bridge.texts import Texts

NO_ANSWER: Final = "0"
"""What an attempt leaves as its mark where there was no answer to change; else it is the answer's comment."""


class Commands:
    """Obeys employees, each command once."""

    def __init__(
        self,
        route: Route,
        chats: Chats,
        release: Release,
        last_answer: LastAnswer,
        reports: Reports,
        effects: Effects,
        texts: Texts,
        journal: Journal,
    ) -> None:
        self._route = route
        self._chats = chats
        self._release = release
        self._last_answer = last_answer
        self._reports = reports
        self._effects = effects
        self._texts = texts
        self._journal = journal

    def obey(self, answer: Answer, command: Command) -> None:
        """Do what the employee says, and say what came of it."""
        chat = answer.chat
        last = str(self._last_answer.number(chat)) if command.name in (EDIT, DELETE) else ""

        def act(died_at: float | None = None) -> str:
            if last and self._last_answer.is_a_later_one_unsent(chat):
                return Say.LATER_NOT_SENT.value
            said = self._deed(answer, command, died_at)()
            return said.value if said else ""

        def act_again(lost: Lost) -> str:
            """An attempt that died may have done it: then there is nothing left to do, which is no reason to say so."""
            was_deleting = command.name == DELETE and bool(set(lost.marks) - {NO_ANSWER})
            said = act(lost.since)
            if was_deleting and last == NO_ANSWER:
                return Say.DELETED.value
            return "" if said == Say.NOTHING_WAITS else said

        self._journal.count("command")
        extra = {"chat": chat.key, "comment": answer.ref.number, "command": command.name}
        self._journal.info("command", extra=extra)
        key = command_key(answer.ref.host, answer.ref.number)
        try:
            said = self._effects.once(key, act, look=act_again, marks=(last,) if last else ())
        except Refused as refused:
            words = {
                "why": self._texts.why(refused.reason, refused.detail),
                "remedy": self._texts.remedy(refused.reason),
            }
            lines = [self._texts.say(Say.NOT_CHANGED, **words)]
        else:
            left = self._last_answer.what_is_left(chat, int(last)) if said == Say.PARTLY_DELETED else {}
            lines = [self._texts.say(Say(said), **left)] if said else []
        if answer.files or answer.pictures:
            lines.append(self._texts.say(Say.COMMAND_TAKES_NO_FILES))
        if lines:
            self._reports.tell_lines(answer, lines, "command")

    def tell_of_mistyping(self, answer: Answer, command: str) -> None:
        """A slash-word that is nearly a command is not sent to the client by mistake."""
        self._reports.tell(answer, Say.LOOKS_LIKE_COMMAND, "mistyped", command=command)

    def _deed(self, answer: Answer, command: Command, died_at: float | None) -> Callable[[], Say | None]:
        """What is done; ``died_at``: when an attempt died at it (Unix seconds), if one did."""
        chat = answer.chat
        deeds: dict[str, Callable[[], Say | None]] = {
            SEND: lambda: None if self._release.send(chat, until=died_at) else Say.NOTHING_WAITS,
            CANCEL: lambda: None if self._release.cancel(chat) else Say.NOTHING_WAITS,
            EDIT: lambda: Say.EDITED if self._last_answer.change(answer, command.text) else Say.NOTHING_TO_CHANGE,
            DELETE: lambda: self._last_answer.delete(chat, was_lost=died_at is not None),
            NEW: lambda: self._new_task_next(chat),
        }
        return deeds[command.name]

    def _new_task_next(self, chat: Chat) -> Say:
        if not self._route.capabilities.chooses_task:
            return Say.PLANFIX_CHOOSES_TASK
        self._chats.remember(chat, new_task_next=True)
        return Say.NEW_TASK_NEXT
