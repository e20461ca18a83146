"""How a message that is in Planfix is named to an employee: by its time and its comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.moment import moment
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.texts import Texts


def name_message(texts: Texts, date: int, carried: Mapping[str, Any] | None, *, task: int | None = None) -> str:
    """``message of 21.11.2026 14:05 UTC (comment 5)``, as far as it is known.

    Args:
        texts: the language.
        date: when it was written, Unix seconds; 0 when unknown.
        carried: the ledger's outcome of it, or None.
        task: where this is said: another task is named.
    """
    at = moment(date)
    named = texts.say(Say.MESSAGE_OF, time=at) if at else texts.say(Say.A_MESSAGE)
    if carried is None:
        return named
    if task in (None, carried["task"]):
        return texts.say(Say.IN_COMMENT, message=named, comment=carried["comment"])
    return texts.say(Say.IN_COMMENT_OF_TASK, message=named, comment=carried["comment"], task=carried["task"])


def name_sent(texts: Texts, sent: Mapping[str, Any], beside: Sequence[Mapping[str, Any]]) -> str:
    """``file 2 of 3 of the answer to the client (comment 5)``, or the answer, where all of its messages are meant.

    Args:
        texts: the language.
        sent: the ledger's outcome of one message that was sent; of old ones it does not say which of the answer it is.
        beside: the same of all messages that are named together, this one among them.
    """
    messages = sent.get("parts", 1) + sent.get("files", 0)
    if sum(one["comment"] == sent["comment"] for one in beside) >= messages:
        return texts.say(Say.SENT_ANSWER, comment=sent["comment"])
    if "file" in sent:
        return texts.say(Say.SENT_FILE, file=sent["file"], files=sent["files"], comment=sent["comment"])
    if sent["parts"] == 1:
        return texts.say(Say.SENT_TEXT, comment=sent["comment"])
    return texts.say(Say.SENT_PART, part=sent["part"], parts=sent["parts"], comment=sent["comment"])
