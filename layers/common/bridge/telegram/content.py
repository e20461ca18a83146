"""What a Telegram message says, as HTML for a Planfix comment. A new kind of message is one place here and one fixture."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final

from bridge.telegram.formatting import to_html
from bridge.texts import Say, Texts

_ENVELOPE: Final = frozenset(
    {
        "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
        "sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat",
        "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
        "reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user",
        "guest_bot_caller_chat", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
        "media_group_id", "author_signature", "paid_star_count", "link_preview_options", "suggested_post_info",
        "effect_id", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler", "reply_markup",
        "text", "entities", "too_large",
    }
)  # fmt: skip
"""Fields of ``Message`` that are no content of their own (Bot API 10.1)."""

# Both fields are set for these: the first is the real kind (core.telegram.org/bots/api#message).
_FIRST_OF_TWO: Final = ("animation", "live_photo", "venue")


def kind_of(message: Mapping[str, Any]) -> str:
    """The message's kind: ``text``, or the name of the field that holds its content; kinds of the future too."""
    if message.get("too_large"):
        return "too_large"
    for kind in _FIRST_OF_TWO:
        if kind in message:
            return kind
    for name in message:
        if name not in _ENVELOPE:
            return name
    return "text" if isinstance(message.get("text"), str) else "empty"


def render(message: Mapping[str, Any], texts: Texts) -> str:
    """The message as HTML, never empty: what cannot be shown is named."""
    kind = kind_of(message)
    if kind == "too_large":
        return html.escape(texts.say(Say.TOO_LARGE_UPDATE))
    words = _words(message, "text", "entities") or _words(message, "caption", "caption_entities")
    if kind == "text" and words:
        return words
    named = html.escape(texts.say(Say.UNKNOWN_KIND, kind=kind))
    return f"{words}<br>{named}" if words else named


def start_payload(message: Mapping[str, Any]) -> str | None:
    """The payload of ``/start payload`` ("" when there is none), or None when the message is no ``/start``."""
    text = message.get("text")
    if not isinstance(text, str):
        return None
    command, _, payload = text.strip().partition(" ")
    return payload.strip() if command.partition("@")[0] == "/start" else None


def _words(message: Mapping[str, Any], field: str, entities: str) -> str:
    text, marks = message.get(field), message.get(entities)
    if not isinstance(text, str) or not text.strip():
        return ""
    return to_html(text, marks if isinstance(marks, list) else [])
