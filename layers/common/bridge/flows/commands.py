"""What an employee can tell the bridge by a comment. Commands count whoever is notified, and never reach the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bridge.answer import CANCEL, DELETE, EDIT, NEW, SEND
from bridge.errors import Refused
from bridge.flows.change_answer import change_last_answer, delete_last_answer, is_a_later_one_unsent
from bridge.flows.held_answers import cancel, send_aside
from bridge.flows.take_back import what_is_left
from bridge.keys import command_key
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer, Command
    from bridge.flows.integration import Integration
    from bridge.model import Chat, Lost

NO_ANSWER: Final = "0"
"""What an attempt leaves as its mark where there was no answer to change; else it is the answer's comment."""


def obey(to: Integration, answer: Answer, command: Command) -> None:
    """Do what the employee says, once, and say what came of it."""
    chat = answer.chat
    died_at: float | None = None
    deeds: dict[str, Callable[[], Say | None]] = {
        SEND: lambda: None if send_aside(to, chat, until=died_at) else Say.NOTHING_WAITS,
        CANCEL: lambda: None if cancel(to, chat) else Say.NOTHING_WAITS,
        EDIT: lambda: Say.EDITED if change_last_answer(to, answer, command.text) else Say.NOTHING_TO_CHANGE,
        DELETE: lambda: delete_last_answer(to, chat, was_lost=died_at is not None),
        NEW: lambda: _new_task_next(to, chat),
    }

    def act() -> str:
        if command.name in (EDIT, DELETE) and is_a_later_one_unsent(to, chat):
            return Say.LATER_NOT_SENT.value
        said = deeds[command.name]()
        return said.value if said else ""

    def act_again(lost: Lost) -> str:
        """An attempt that died may have done it: then there is nothing left to do, which is no reason to say so."""
        nonlocal died_at
        died_at = lost.since
        was_deleting = command.name == DELETE and bool(set(lost.marks) - {NO_ANSWER})
        said = act()
        if was_deleting and last == NO_ANSWER:
            return Say.DELETED.value
        return "" if said == Say.NOTHING_WAITS else said

    last = str(to.chats.state(chat).last_answer) if command.name in (EDIT, DELETE) else ""
    to.count("command")
    to.log.info("command", extra={"chat": chat.key, "comment": answer.ref.number, "command": command.name})
    try:
        said = to.effects.once(
            command_key(answer.ref.host, answer.ref.number), act, look=act_again, marks=(last,) if last else ()
        )
    except Refused as refused:
        words = {"why": to.texts.why(refused.reason, refused.detail), "remedy": to.texts.remedy(refused.reason)}
        lines = [to.texts.say(Say.NOT_CHANGED, **words)]
    else:
        left = what_is_left(to, to.route.ref(chat, int(last))) if said == Say.PARTLY_DELETED else {}
        lines = [to.texts.say(Say(said), **left)] if said else []
    if answer.files or answer.pictures:
        lines.append(to.texts.say(Say.COMMAND_TAKES_NO_FILES))
    if lines:
        to.route.tell_author(answer, "\n".join(lines), "command")


def tell_of_mistyping(to: Integration, answer: Answer, command: str) -> None:
    """A slash-word that is nearly a command is not sent to the client by mistake."""
    said = to.texts.say(Say.LOOKS_LIKE_COMMAND, answer=answer.excerpt, command=command)
    to.route.tell_author(answer, said, "mistyped")


def _new_task_next(to: Integration, chat: Chat) -> Say:
    to.chats.remember(chat, new_task_next=True)
    return Say.NEW_TASK_NEXT
