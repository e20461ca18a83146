"""What stands above a message's own words: whom it is forwarded from, and what it replies to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bridge.shown import one_line
from bridge.telegram.characters import is_blank
from bridge.telegram.fields import mapping, mappings, person_name, text, words
from bridge.telegram.formatting import plain, to_html
from bridge.telegram.kinds import IGNORED, describe, kind_of, lines
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.texts import Say, Texts

LONGEST_QUOTE: Final = 200
"""Characters: enough to know the message again, which is in the task anyway."""


def forwarded(message: Mapping[str, Any], texts: Texts) -> str:
    """A line that names the origin of a forwarded message, as HTML; "" when it is not forwarded."""
    if not isinstance(message.get("forward_origin"), Mapping):
        return ""
    name = _origin_name(mapping(message, "forward_origin"))
    said = texts.say(Say.FORWARDED_FROM, name=name) if name else texts.say(Say.FORWARDED)
    return f"<i>{to_html(said, ())}</i>"


def replied_to(message: Mapping[str, Any], texts: Texts) -> str:
    """What the message replies to, as HTML; "" when it replies to nothing.

    The words that the sender chose; else the beginning of the message; else what kind it is.
    """
    if isinstance(message.get("reply_to_story"), Mapping):
        return to_html(texts.say(Say.REPLY_TO_STORY), ())
    replied, external = mapping(message, "reply_to_message"), mapping(message, "external_reply")
    quote = mapping(message, "quote")
    if not (replied or external or quote) or kind_of(replied) in IGNORED:
        return ""  # in a topic every message replies to the one that opened it
    chosen = words(quote, "text", "entities")
    beginning = _beginning(_part_replied_to(message, replied) or text(replied, "text") or text(replied, "caption"))
    said = (chosen if quote.get("is_manual") is True else "") or beginning or chosen
    said = said or _what_it_was(replied, texts) or _what_it_was(external, texts)
    who = to_html(_origin_name(mapping(external, "origin")), ())
    if not said and not who:
        return to_html(texts.say(Say.REPLY), ())
    return f"<blockquote>{lines(f'{who}:' if who else '', said)}</blockquote>"


def _origin_name(origin: Mapping[str, Any]) -> str:
    """Of a ``MessageOrigin`` of any type, whichever name it has."""
    holders = (mapping(origin, name) for name in ("sender_user", "sender_chat", "chat"))
    name = next((found for holder in holders if (found := person_name(holder))), text(origin, "sender_user_name"))
    signature = text(origin, "author_signature")
    return " — ".join(one_line(part) for part in (name, signature) if not is_blank(part))


def _part_replied_to(message: Mapping[str, Any], replied: Mapping[str, Any]) -> str:
    """The task of a checklist or the option of a poll that is meant."""
    meant = {
        "id": (message.get("reply_to_checklist_task_id"), mappings(mapping(replied, "checklist"), "tasks")),
        "persistent_id": (message.get("reply_to_poll_option_id"), mappings(mapping(replied, "poll"), "options")),
    }
    return next(
        (
            text(part, "text")
            for name, (this, parts) in meant.items()
            for part in parts
            if this and part.get(name) == this
        ),
        "",
    )


def _what_it_was(message: Mapping[str, Any], texts: Texts) -> str:
    return _beginning(from_html(describe(message, texts)).text)


def _beginning(said: str) -> str:
    """The first characters as HTML, cut where a reader would cut."""
    if is_blank(said):
        return ""
    near = said[: 2 * LONGEST_QUOTE]  # the rest need not be looked at
    parts = split(plain(near), LONGEST_QUOTE)
    return to_html(parts[0].text + "…" * (len(parts) > 1), ()) if parts else ""
