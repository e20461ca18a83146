"""What employees are told in a chat: the state of their answer beside it, and what no state can say as a message of the bridge's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.errors import Refused
from bridge.keys import decided_key, notice_key
from bridge.planfix.chat_ids import chat_id_of
from bridge.planfix.chat_route import ChatContact, MessageState, NewChatMessage
from bridge.routes.port import Fate
from bridge.texts import Say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import Chat
    from bridge.planfix.chat_route import Windows
    from bridge.routes.chat_api.chat_answer import ChatAnswer
    from bridge.texts import Texts

BRIDGE: Final = "bridge"
"""The contact id of the bridge itself: clients' are numbers (planfix/chat_ids.py)."""

SENT: Final = "sent"
"""The report that an answer went out."""

OVER: Final = 2
"""What stands under an answer's `decided_key` once its tick is shown, or it is refused for good: pushed again, it is neither sent nor
held nor kept."""

_STATES: Final = {
    Fate.WAITS: MessageState.ERROR,
    Fate.NOT_SENT: MessageState.ERROR,
}


class States:
    """Tells employees, each thing once."""

    def __init__(self, windows: Windows, effects: Effects, texts: Texts, journal: Journal) -> None:
        self._windows = windows
        self._effects = effects
        self._texts = texts
        self._journal = journal

    def sent(self, answer: ChatAnswer) -> None:
        """The tick beside an answer that the client has."""
        window = self._windows(answer.chat.channel)
        host, number = answer.ref.host, answer.ref.number
        key, decided = notice_key(host, number, SENT), decided_key(host, number)
        self._once(key, lambda: window.report(answer.message_id, MessageState.SENT), also={decided: OVER})

    def tell_author(self, answer: ChatAnswer, said: str, about: str, fate: Fate) -> bool:
        """What became of an answer, with the reason and the remedy; False when Planfix refuses to show it."""
        if fate is Fate.SENT:
            return True  # its tick says so (`sent`)
        key, state = notice_key(answer.ref.host, answer.ref.number, about), _STATES.get(fate)
        if state is None:
            return self.note(answer.chat, said, key=key)
        window = self._windows(answer.chat.channel)
        return self._once(key, lambda: window.report(answer.message_id, state, said))

    def note(self, chat: Chat, said: str, *, key: str) -> bool:
        """A message in the client's chat that the client does not see: by a contact of the bridge's own."""
        window = self._windows(chat.channel)
        bridge = ChatContact(BRIDGE, self._texts.say(Say.BRIDGE))
        return self._once(key, lambda: window.post(NewChatMessage(chat_id_of(chat), bridge, said)))

    def _once(self, key: str, tell: Callable[[], None], *, also: Mapping[str, int] | None = None) -> bool:
        def do() -> int:
            tell()
            return 1

        try:
            self._effects.once(key, do, also=lambda _: also or {})
        except Refused as refused:
            self._journal.count("notice_refused")
            self._journal.warning("notice refused", extra={"key": key, "reason": refused.reason.value})
            return False
        self._journal.count("notice")
        return True
