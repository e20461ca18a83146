"""The bridge's notices, as an employee recognises them: by how they begin, in both languages.

These patterns are not taken from the bridge, or a proof would believe whatever the bridge says. A test holds them to its texts.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import Final


class Notice(StrEnum):
    """What a line tells about an answer, a command or a file."""

    # how an answer ended that did not go out
    NOT_SENT = "not_sent"
    PARTLY_SENT = "partly_sent"
    FOUND_TOO_LATE = "found_too_late"
    MERGED = "merged"
    HELD_EXPIRED = "held_expired"
    VERY_LONG = "very_long"
    VERY_LONG_CANCELLED = "very_long_cancelled"
    CANCELLED = "cancelled"
    CANCELLED_BY_OWNER = "cancelled_by_owner"
    GIVEN_UP = "given_up"
    DELIVERY_UNKNOWN = "delivery_unknown"
    FILES_NOT_SENT = "files_not_sent"
    # promises of another notice
    HELD = "held"
    HELD_BEHIND = "held_behind"
    WAITING = "waiting"
    # its end, when it went out after all
    DELIVERED_AFTER_ALL = "delivered_after_all"
    # beside an answer
    NOT_NOTIFIED = "not_notified"
    LOOKS_LIKE_COMMAND = "looks_like_command"
    PICTURE_NOT_SENT = "picture_not_sent"
    FILES_SENT_AS_LINKS = "files_sent_as_links"
    # what came of a command
    EDITED = "edited"
    DELETED = "deleted"
    PARTLY_DELETED = "partly_deleted"
    NOTHING_TO_CHANGE = "nothing_to_change"
    NOT_CHANGED = "not_changed"
    LATER_NOT_SENT = "later_not_sent"


FINAL: Final = frozenset(
    {
        Notice.NOT_SENT, Notice.PARTLY_SENT, Notice.FOUND_TOO_LATE, Notice.HELD_EXPIRED, Notice.CANCELLED,
        Notice.CANCELLED_BY_OWNER, Notice.GIVEN_UP, Notice.DELIVERY_UNKNOWN, Notice.FILES_NOT_SENT, Notice.MERGED,
        Notice.VERY_LONG, Notice.VERY_LONG_CANCELLED,
    }
)  # fmt: skip
"""They say how an answer ended that did not go out, or not whole."""

HOLDS: Final = frozenset({Notice.HELD, Notice.HELD_BEHIND})
"""They promise that an answer goes out by itself, or that its end is told."""

PROMISES: Final = HOLDS | {Notice.WAITING}
"""They promise another notice."""

ENDS: Final = FINAL | {Notice.DELIVERED_AFTER_ALL}
"""What keeps such a promise."""

OF_CHANGES: Final = frozenset({Notice.NOTHING_TO_CHANGE, Notice.NOT_CHANGED, Notice.LATER_NOT_SENT})
"""Why ``/edit`` or ``/delete`` changed nothing."""

PATTERNS: Final[dict[Notice, re.Pattern[str]]] = {
    notice: re.compile(pattern, re.DOTALL)
    for notice, pattern in {
        Notice.NOT_SENT: "⚠️ (?:Ответ клиенту не доставлен|The answer did not reach the client): ",
        Notice.PARTLY_SENT: "⚠️ (?:Ответ доставлен клиенту не полностью|Only part of the answer reached the client): ",
        Notice.FOUND_TOO_LATE: "⚠️ (?:Ответ «.*» найден позже|The answer “.*” was found more than a day late)",
        Notice.MERGED: "⚠️ (?:Ответ «.*» клиенту не отправлен: когда|The answer “.*” was not sent: when)",
        Notice.HELD_EXPIRED: "⚠️ (?:Ответ «.*» ждал слишком долго|The answer “.*” has waited too long)",
        Notice.VERY_LONG: "❓ (?:Ответ «.*» занимает сообщений|The answer “.*” is [^”]* messages and was)",
        Notice.VERY_LONG_CANCELLED: "❎ (?:Длинный ответ «.*» отменён|The long answer “.*” was cancelled)",
        Notice.CANCELLED: "❎ (?:Ответ «.*» отменён и не будет|The answer “.*” was cancelled and will not)",
        Notice.CANCELLED_BY_OWNER: "❎ (?:Ответ «.*» отменён: клиенту уже|The answer “.*” was cancelled: somebody)",
        Notice.GIVEN_UP: "⚠️ (?:Ответ «.*» так и не удалось|The answer “.*” could not be delivered)",
        Notice.DELIVERY_UNKNOWN: "❓ (?:Неизвестно, дошёл ли ответ|Nobody knows whether the answer)",
        Notice.FILES_NOT_SENT: "⚠️ (?:Файлы клиенту не отправлены|Files were not sent to the client): ",
        Notice.HELD: "⏸ (?:Ответ пока не доставлен|The answer was not delivered yet): ",
        Notice.HELD_BEHIND: "⏸ (?:Ответ «.*» ждёт предыдущих|The answer “.*” waits for the earlier ones)",
        Notice.WAITING: "⏳ (?:Ответ «.*» ещё не доставлен|The answer “.*” is not delivered yet)",
        Notice.DELIVERED_AFTER_ALL: "✅ (?:Ответ «.*» отправлен клиенту|The answer “.*” was sent to the client)",
        Notice.NOT_NOTIFIED: "ℹ️ (?:Комментарий «.*» клиенту не отправлен: клиент не|The comment “.*” was not sent: the client)",
        Notice.LOOKS_LIKE_COMMAND: "ℹ️ (?:Комментарий «.*» клиенту не отправлен: он похож|The comment “.*” was not sent: it looks)",
        Notice.PICTURE_NOT_SENT: "ℹ️ (?:Картинка, вставленная в текст ответа|A picture inside the text of the answer)",
        Notice.FILES_SENT_AS_LINKS: "ℹ️ (?:Telegram не принял файлы|Telegram did not take the files)",
        Notice.EDITED: "✏️ (?:Последний ответ клиенту изменён|The last answer was changed)",
        Notice.DELETED: "🗑 (?:Последний ответ клиенту удалён|The last answer was deleted)",
        Notice.PARTLY_DELETED: "⚠️ (?:Последний ответ удалён из Telegram клиента не|The last answer was deleted from the client's Telegram only)",
        Notice.NOTHING_TO_CHANGE: "ℹ️ (?:В этом чате нет отправленного ответа|No answer was sent in this chat)",
        Notice.NOT_CHANGED: "⚠️ (?:Последний ответ изменить или удалить|The last answer could not be changed)",
        Notice.LATER_NOT_SENT: "ℹ️ (?:Ничего не изменено: более поздний|Nothing was changed: a later answer)",
    }.items()
}  # fmt: skip

_DELETION: Final = re.compile("🗑 (?:В Telegram из этого чата удалили|What is below was deleted)")
_FILE: Final = re.compile(r"\[(?:Файл не перенесён|A file was not carried): ")
_MORE_FILES: Final = re.compile(r"\[(?:Не перенесено ещё файлов: (\d+)|(\d+) more files were not carried)")
NEVER_CARRIED: Final = "мост не переносил|did not carry"
"""How a deletion speaks of what the bridge never had."""

_REPEAT: Final = re.compile(r"\((?:возможно, повтор|possibly a repeat): ")
_DOUBT: Final = re.compile("❓ (?:Связь с Планфиксом прервалась|The connection to Planfix broke)")

_BREAK: Final = re.compile(r"<br ?/?>|</p>|</blockquote>|</li>")
_TAG: Final = re.compile(r"<[^>]+>")


def words_of(source: str) -> str:
    """The words of HTML, a line each."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", source)))


def notices_in(words: str) -> list[Notice]:
    """What the lines of a notice tell, in their order; nothing for words that are no such notice."""
    found = [
        next((one for one, pattern in PATTERNS.items() if pattern.match(line)), None) for line in words.split("\n")
    ]
    return [one for one in found if one is not None]


def is_deletion(words: str) -> bool:
    """Whether it tells that messages were deleted."""
    return _DELETION.match(words) is not None


def is_marked_as_repeat(words: str) -> bool:
    """Whether a message says of itself that it may be there already."""
    return _REPEAT.match(words) is not None


def is_doubt(words: str) -> bool:
    """Whether it asks to look whether a message arrived."""
    return _DOUBT.match(words) is not None


def names_comment(words: str, numbers: set[int]) -> bool:
    """Whether a deletion names one of these comments; without any, whether it counts what the bridge never had."""
    name = "|".join(rf"(?:комментарий|comment) {number}\b" for number in sorted(numbers)) or NEVER_CARRIED
    return re.search(name, words) is not None


def files_named(words: str) -> int:
    """How many files it says were not carried."""
    more = sum(int(one or other) for one, other in _MORE_FILES.findall(words))
    return len(_FILE.findall(words)) + more
