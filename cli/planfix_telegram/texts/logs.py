"""Sentences of `logs` and `stats`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_logs": (
        "What the functions wrote: ids, times and reasons, never a message's words.",
        "Что записали функции: номера, время и причины, но не слова сообщений.",
    ),
    "help_stats": (
        "Messages and answers by day and channel, and how long clients wait for the first answer.",
        "Сообщения и ответы по дням и каналам, и сколько клиенты ждут первого ответа.",
    ),
    "help_since": ("How far back: 15m, 2h, 1d.", "За какое время: 15m, 2h, 1d."),
    "help_follow": ("Go on with new lines, until Ctrl-C.", "Показывать новые строки, пока не нажато Ctrl-C."),
    "help_warnings": ("Only warnings and errors.", "Только предупреждения и ошибки."),
    "help_raw": (
        "Print the lines as they were written, one JSON object each.",
        "Вывести строки как записаны, по объекту JSON.",
    ),
    # -- examples
    "examples_logs": (
        "planfix-telegram logs\nplanfix-telegram logs --since 1d --warnings\nplanfix-telegram logs --follow -i main",
        "planfix-telegram logs\nplanfix-telegram logs --since 1d --warnings\nplanfix-telegram logs --follow -i main",
    ),
    "examples_stats": (
        "planfix-telegram stats\nplanfix-telegram stats --since 30d --json",
        "planfix-telegram stats\nplanfix-telegram stats --since 30d --json",
    ),
    # -- words of tables
    "column_day": ("day", "день"),
    "column_channel": ("channel", "канал"),
    "column_received": ("from clients", "от клиентов"),
    "column_owner_wrote": ("by the owner", "от владельца"),
    "column_sent": ("answers", "ответов"),
    "column_refused": ("refused", "отказов"),
    "column_first_answer": ("first answer", "первый ответ"),
    "minutes": ("{count} min", "{count} мин"),
    "hours": ("{count} h", "{count} ч"),
    # -- what it says
    "no_stats": ("Nothing was carried in this time.", "За это время ничего не передано."),
    "stats_hint": (
        "From the logs, which are kept for {days} days at most. First answer: half of the clients waited no longer.",
        "По журналам, которые хранятся не дольше {days} дней. Первый ответ: половина клиентов ждала не дольше.",
    ),
    "since_malformed": (
        "“{text}” is no time: say 15m, 2h or 7d (minutes, hours, days).",
        "«{text}» — не время: укажите 15m, 2h или 7d (минуты, часы, дни).",
    ),
    "own_bot_channel": ("the bot itself", "сам бот"),
}
