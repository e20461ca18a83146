"""What an employee can tell the bridge by a comment. Commands count whoever is notified, and never reach the client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.errors import Refused
from bridge.flows.change_answer import change_last_answer, delete_last_answer, is_a_later_one_unsent
from bridge.flows.held_answers import cancel, send_aside
from bridge.flows.take_back import what_is_left
from bridge.keys import command_key
from bridge.model import FormattedText
from bridge.routes.rest.notices import excerpt, tell_author
from bridge.telegram.formatting import cut_off, parted
from bridge.telegram.reading_html import from_html, pictures_in
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Lost, TaskState
    from bridge.planfix.route import Comment

SEND: Final = "/send"
CANCEL: Final = "/cancel"
EDIT: Final = "/edit"
DELETE: Final = "/delete"
NEW: Final = "/new"
COMMANDS: Final = (SEND, CANCEL, EDIT, DELETE, NEW)

NO_ANSWER: Final = "0"
"""What an attempt leaves as its mark where there was no answer to change; else it is the answer's comment."""

TYPING_ERRORS: Final = 2
"""Letters by which a slash-word may differ from a command and still be taken for a mistyped one."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, exactly as one of `COMMANDS`, and the text behind it."""

    name: str
    text: FormattedText


def command_in(comment: Comment) -> Command | None:
    """The command that this comment is, or None."""
    _, said = parted(from_html(comment.html))  # who presses Quote and then commands, commands
    word = said.text.split(maxsplit=1)[0].lower() if said.text.strip() else ""
    if word not in COMMANDS or (word != EDIT and said.text.strip().lower() != word):
        return None
    return Command(word, cut_off(said, len(word)))


def mistyped(comment: Comment) -> str | None:
    """The command that this comment, which is none, was probably meant to be, or None."""
    words = parted(from_html(comment.html))[1].text.split(maxsplit=1)
    word = words[0].lower() if words else ""
    if not word.startswith("/") or word.startswith("//"):
        return None
    alike = [command for command in COMMANDS if abs(len(word) - len(command)) <= TYPING_ERRORS]
    near = [command for command in alike if _distance(word, command) <= TYPING_ERRORS]
    return near[0] if near else None


def obey(to: Integration, task: TaskState, comment: Comment, command: Command) -> None:
    """Do what the employee says, once, and say what came of it."""
    chat = task.chat
    died_at: float | None = None
    deeds: dict[str, Callable[[], Say | None]] = {
        SEND: lambda: None if send_aside(to, chat, until=died_at) else Say.NOTHING_WAITS,
        CANCEL: lambda: None if cancel(to, chat) else Say.NOTHING_WAITS,
        EDIT: lambda: Say.EDITED if change_last_answer(to, task, comment, command.text) else Say.NOTHING_TO_CHANGE,
        DELETE: lambda: delete_last_answer(to, task, was_lost=died_at is not None),
        NEW: lambda: _new_task_next(to, task),
    }

    def act() -> str:
        if command.name in (EDIT, DELETE) and is_a_later_one_unsent(to, task):
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
    to.log.info("command", extra={"chat": chat.key, "comment": comment.id, "command": command.name})
    try:
        said = to.effects.once(command_key(task.host, comment.id), act, look=act_again, marks=(last,) if last else ())
    except Refused as refused:
        words = {"why": to.texts.why(refused.reason, refused.detail), "remedy": to.texts.remedy(refused.reason)}
        lines = [to.texts.say(Say.NOT_CHANGED, **words)]
    else:
        left = what_is_left(to, task, int(last)) if said == Say.PARTLY_DELETED else {}
        lines = [to.texts.say(Say(said), **left)] if said else []
    if comment.files or pictures_in(comment.html):
        lines.append(to.texts.say(Say.COMMAND_TAKES_NO_FILES))
    if lines:
        tell_author(to, task, comment, "\n".join(lines), "command")


def tell_of_mistyping(to: Integration, task: TaskState, comment: Comment, command: str) -> None:
    """A slash-word that is nearly a command is not sent to the client by mistake."""
    said = to.texts.say(Say.LOOKS_LIKE_COMMAND, answer=excerpt(comment), command=command)
    tell_author(to, task, comment, said, "mistyped")


def _new_task_next(to: Integration, task: TaskState) -> Say:
    to.chats.remember(task.chat, new_task_next=True)
    return Say.NEW_TASK_NEXT


def _distance(one: str, other: str) -> int:
    """Edits between two words (Levenshtein), a swap of neighbours counting as one."""
    before, row = list(range(len(other) + 1)), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [i] + [0] * len(other)
        for j, b in enumerate(other, 1):
            row[j] = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], above[j - 2] + 1)
    return row[-1]
