"""Calls that only say "look": all that they may find is safe where it lies, so that a look can wait, and can be taken again.

While Planfix is away a look waits as long as that takes. What it finds then has budgets of its own, and whoever's answer is too
old by then to go out by itself is told so. A look that is given up all the same (a fault of ours, a task that Planfix refuses to
show) is taken again with the next message of its chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.queued import Look, MayGo

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.model import Chat, ChatState
    from bridge.parts import Tell
    from bridge.routes.port import Route

LOOKS: Final = (Look, MayGo)
"""Kinds of messages that only say where to look."""

LOOKED_FOR: Final = 30 * 86_400.0
"""Seconds after its call that a look is still taken: as long as the ledger remembers at least (settings.py). Of an older answer
nobody could say any more whether it went out, so it is neither sent nor told of."""


def taken_again(look: Look | MayGo, now: float) -> Look | MayGo | None:
    """The same look as a message of its own, which a queue keeps for another 14 days; None when it has been taken long enough."""
    first_at = look.first_received_at or look.received_at
    return look._replace(received_at=now, first_received_at=first_at) if now - first_at <= LOOKED_FOR else None


class Looks:
    """Looks that an integration's chats are owed."""

    def __init__(self, alias: str, *, route: Route, chats: Chats, tell: Tell) -> None:
        self._alias = alias
        self._route = route
        self._chats = chats
        self._tell = tell

    def owe(self, look: Look) -> None:
        """A look at a task was given up: its chat knows."""
        task = self._chats.task(look.host, look.task)
        if task is not None:
            self._chats.remember(task.chat, look_owed=True)

    def take_what_is_owed(self, chat: Chat, state: ChatState) -> None:
        """Planfix took a message of this chat just now: look at its tasks, whichever of them it was."""
        if not state.look_owed:
            return
        for task in dict.fromkeys((*state.former_tasks, *([state.task_id] if state.task_id else []))):
            self._tell(Look(self._alias, self._route.host, task), chat.group)
        self._chats.remember(chat, look_owed=False)
