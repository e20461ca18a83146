"""Put one message into its chat in Planfix. Nothing there identifies a message: a lost answer cannot be told from a lost request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge.keys import doubt_key, message_key
from bridge.planfix.chat_route import names_of
from bridge.routes.port import Carried, Delivered
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.aws.chats import Chats
    from bridge.effects import Effects
    from bridge.journal import Journal
    from bridge.model import ChatState, Lost
    from bridge.planfix.chat_route import Windows
    from bridge.routes.chat_api.links import Links
    from bridge.routes.chat_api.rest_beside import RestBeside
    from bridge.routes.chat_api.states import States
    from bridge.routes.chat_api.wording import Wording
    from bridge.routes.port import Posting
    from bridge.settings import Settings
    from bridge.texts import Texts


class Delivery:
    """Carries each message into Planfix once; in doubt, as the settings say."""

    def __init__(
        self,
        windows: Windows,
        chats: Chats,
        effects: Effects,
        links: Links,
        wording: Wording,
        doubts: Doubts,
        rest_beside: RestBeside | None,
        journal: Journal,
    ) -> None:
        self._windows = windows
        self._chats = chats
        self._effects = effects
        self._links = links
        self._wording = wording
        self._doubts = doubts
        self._rest_beside = rest_beside
        self._journal = journal

    def deliver(self, posting: Posting) -> Delivered | None:
        """Post it; None when this channel wants no task for it and the client never wrote."""
        chat, state = posting.place.chat, self._chats.state(posting.place.chat)
        if _opens_what_is_not_wanted(posting, state):
            self._journal.count("owner_message_without_task")
            return None
        in_doubt: list[Lost] = []

        def post() -> dict[str, Any]:
            self._post(posting, state, is_repeat=bool(in_doubt))
            return _carried(posting).as_outcome()

        def look(lost: Lost) -> dict[str, Any] | None:
            if self._rest_beside is not None:
                said = self._wording.message(posting, state, (), (), is_repeat=False).text
                said = said if said.strip() else names_of(posting.attachments)
                has_arrived = self._rest_beside.has_arrived(posting, said, lost)
                if has_arrived is None:
                    in_doubt.append(lost)
                return _carried(posting).as_outcome() if has_arrived else None
            if self._doubts.are_left_to_people(posting):
                return _carried(posting).as_outcome()
            in_doubt.append(lost)
            return None

        outcome = self._effects.once(
            posting.key, post, look=look, also=lambda _: _members(posting), refusal_proves=False
        )
        if self._rest_beside is not None and not state.client_message and posting.by_client:
            self._rest_beside.note_client(posting.place)
        self._journal.count("carried_to_planfix")
        self._journal.info(
            "carried to Planfix",
            extra={"chat": chat.key, "message_id": posting.message.message_id, "author": posting.author.value},
        )
        return Delivered(Carried.of(outcome), state)

    def _post(self, posting: Posting, state: ChatState, *, is_repeat: bool) -> None:
        files, sentences = self._links.carry(posting)
        message = self._wording.message(posting, state, files, sentences, is_repeat=is_repeat)
        self._windows(posting.place.chat.channel).post(message)


class Doubts:
    """What becomes of a message of which nobody knows whether it arrived."""

    def __init__(self, settings: Settings, states: States, texts: Texts) -> None:
        self._settings = settings
        self._states = states
        self._texts = texts

    def are_left_to_people(self, posting: Posting) -> bool:
        """Whether an employee is to look, who is told so; else it goes out again, and says that it may be a repeat."""
        if self._settings.on_unknown_delivery != "ask":
            return False
        said = self._texts.say(Say.INCOMING_UNKNOWN)
        return self._states.note(posting.place.chat, said, key=doubt_key(posting.key))  # whom nobody told cannot look


def _opens_what_is_not_wanted(posting: Posting, state: ChatState) -> bool:
    is_new = not (state.client_message or state.owner_message)
    return not posting.by_client and posting.place.channel.task_on_owner_message is False and is_new


def _carried(posting: Posting) -> Carried:
    members = tuple(member.message_id for member in posting.members)
    return Carried(0, 0, posting.message.date, posting.version, posting.files, members)


def _members(posting: Posting) -> dict[str, Any]:
    """What edits and deletions of an album's messages need later."""
    rows = {}
    for member in posting.members:
        row = Carried(0, 0, member.date, member.version, member.files)
        rows[message_key(posting.place.chat, member.message_id)] = row.as_outcome()
    return rows
