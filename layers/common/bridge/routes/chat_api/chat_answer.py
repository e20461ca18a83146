"""An employee's answer in a chat of Planfix's own, as it was pushed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.answer import Answer, AnswerRef
from bridge.model import File
from bridge.telegram.chat_text import from_chat_text

if TYPE_CHECKING:
    from bridge.model import Chat
    from bridge.planfix.chat_push import PushedMessage

_DIGITS: Final = 15
"""Of a message's number: 16 would not fit where numbers are sorted as text (aws/waiting.py)."""


@dataclass(frozen=True, kw_only=True)
class ChatAnswer(Answer):
    """An answer that was pushed.

    Attributes:
        message_id: Planfix's own id of it, by which it is told what became of it.
        is_kept: it waited, and its words were kept (kept_words.py).
    """

    message_id: str
    is_kept: bool = False


def ledger_host(host: str) -> str:
    """The account, as its chats' answers are known by: their numbers are not those of comments."""
    return f"chat:{host}"


def number_of(message_id: str) -> int:
    """A message's number. Planfix documents a string: what is no number gets one, always the same."""
    is_number = message_id.isascii() and message_id.isdecimal() and not message_id.startswith("0")
    if is_number and len(message_id) <= _DIGITS:
        return int(message_id)
    return int.from_bytes(hashlib.sha256(message_id.encode("utf-8", "replace")).digest()[:6])


def answer_of(pushed: PushedMessage, chat: Chat, host: str, at: float | None) -> ChatAnswer:
    """What was pushed, as the flows know answers.

    Args:
        pushed: read already.
        chat: whose it is.
        host: the account.
        at: when it came, Unix seconds.
    """
    files = tuple(File(number, file.name, None, file.url) for number, file in enumerate(pushed.files))
    return ChatAnswer(
        ref=AnswerRef(chat, ledger_host(host), number_of(pushed.message_id)),
        task=0,
        author=pushed.author,
        author_name=pushed.author,
        whole=from_chat_text(pushed.text),
        files=files,
        pictures=0,
        at=at,
        is_unreadable=False,
        is_strange=False,
        message_id=pushed.message_id,
    )
