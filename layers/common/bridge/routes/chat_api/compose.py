"""The chat route, put together: the only module of it that sees all parts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bridge.routes.chat_api.answers import Answers
from bridge.routes.chat_api.client_data import ClientData
from bridge.routes.chat_api.deliver import Delivery, Doubts
from bridge.routes.chat_api.kept_words import KeptWords
from bridge.routes.chat_api.links import Links, put_into
from bridge.routes.chat_api.rest_beside import RestBeside
from bridge.routes.chat_api.route import CAPABILITIES, ChatRoute
from bridge.routes.chat_api.states import States
from bridge.routes.chat_api.wording import Wording
from bridge.routes.files import Files
from bridge.secret_keys import phone_digest
from bridge.signed_links import key_of_links

if TYPE_CHECKING:
    from bridge.parts import Parts
    from bridge.planfix.chat_route import LinkedFileSource, Windows
    from bridge.routes.port import Store


class ChatParts(NamedTuple):
    """What only this route works with.

    Attributes:
        windows: the account's chats, by channel.
        linked_files: the account's files, by address.
        store: the private bucket.
        public_url: of our own API, where Planfix fetches files.
        digest_key: bytes from which the keys of links and phones are made.
    """

    windows: Windows
    linked_files: LinkedFileSource
    store: Store
    public_url: str
    digest_key: bytes


def chat_route(parts: Parts, chat: ChatParts, *, has_rest: bool) -> ChatRoute:
    """One integration's way to Planfix by its API for chats; ``has_rest``: REST's token is there too."""
    host, settings, texts, effects = parts.settings.planfix.host, parts.settings, parts.texts, parts.effects
    clock, journal = parts.clock, parts.journal

    states = States(chat.windows, effects, texts, journal)
    kept_words = KeptWords(chat.store, host, journal)
    files = Files(parts.bot, effects, texts, put_into(chat.store), clock=clock, journal=journal)
    links = Links(
        files,
        public_url=chat.public_url,
        key=key_of_links(chat.digest_key),
        days=settings.file_links_live_for,
        clock=clock,
    )
    doubts = Doubts(settings, states, texts)
    beside = RestBeside(parts.planfix, chat.windows, effects, journal) if has_rest else None
    wording = Wording(settings, texts)
    delivery = Delivery(chat.windows, parts.chats, effects, links, wording, doubts, beside, journal)
    client_data = ClientData(
        chat.windows,
        parts.chats,
        effects,
        texts,
        digest=parts.digest,
        phone_digest=partial(phone_digest, chat.digest_key),
        clock=clock,
        journal=journal,
    )
    answers = Answers(host, effects, kept_words, states, journal)
    capabilities = replace(CAPABILITIES, reads_back=has_rest)
    return ChatRoute(host, delivery, client_data, answers, kept_words, states, chat.linked_files, capabilities)
