"""What an employee can tell the bridge by a comment. Commands count whoever is notified, and never reach the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.flows.held_answers import cancel, send_aside
from bridge.flows.send_answer import tell_author
from bridge.telegram.reading_html import from_html
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import TaskState
    from bridge.planfix.route import Comment

CANCEL: Final = "/cancel"
SEND: Final = "/send"
COMMANDS: Final = (CANCEL, SEND)


def command_in(comment: Comment) -> str | None:
    """The command that this comment is, or None."""
    words = from_html(comment.html).text.strip().lower()
    return words if words in COMMANDS else None


def obey(to: Integration, task: TaskState, comment: Comment, command: str) -> None:
    """Do what the employee says, once."""
    chat = task.chat

    def act() -> int:
        return cancel(to, chat, by_owner=False) if command == CANCEL else send_aside(to, chat)

    # An attempt that died may have done it: then there is nothing left to do, which is no reason to say so.
    concerned: int = to.effects.once(f"command#{task.host}#{comment.id}", act, look=lambda _: act() or 1)
    to.count("command")
    to.log.info("command", extra={"chat": chat.key, "comment": comment.id, "command": command, "answers": concerned})
    if not concerned:
        tell_author(to, task, comment, to.texts.say(Say.NOTHING_WAITS), "nothing")
