"""Where Telegram refuses formatting, the words go out without it: nobody has to write them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bridge.errors import Reason, Refused
from bridge.telegram.formatting import unformatted
from bridge.telegram.splitting import MAX_TEXT

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.model import Chat, FormattedText

Result = TypeVar("Result")


def plain_if_refused(
    to: Integration, chat: Chat, text: FormattedText, send: Callable[[FormattedText], Result]
) -> Result:
    """Send a text of one message; once more without its formatting, if it is that which is refused."""
    try:
        return send(text)
    except Refused as refused:
        if refused.reason is not Reason.MARKUP_REFUSED or not text.entities:
            raise
        to.count("sent_without_formatting")
        to.log.warning(
            "formatting refused, sent without it",
            extra={"chat": chat.key, "detail": refused.logged, "kinds": sorted({one.type for one in text.entities})},
        )
    return send(unformatted(text, MAX_TEXT))
