"""The line above a message that came late: the time of its comment would mislead."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from bridge.moment import moment
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import ChatState
    from bridge.routes.port import Posting
    from bridge.texts import Texts

LATE: Final = 300.0
"""Seconds after which a message came so late (delivered late, or redriven) that the time of its comment misleads."""


def said_late(posting: Posting, state: ChatState, texts: Texts) -> str:
    """When it was written, as HTML, where it came late or after newer ones were carried; else "". An edit says so anyway."""
    at = moment(posting.message.date)
    is_late = posting.received.at - posting.message.date > LATE or posting.newest_message < state.newest_carried
    if not at or not is_late or posting.is_edit:
        return ""
    return f"<i>{html.escape(texts.say(Say.WRITTEN_AT, time=at))}</i><br>"
