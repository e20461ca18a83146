"""Sentences of `webhook`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_webhook": ("Where Telegram sends the bot's updates.", "Куда Телеграм присылает события бота."),
    "help_webhook_set": ("Point the bot at the bridge.", "Направить бота на мост."),
    "help_webhook_info": (
        "Show what Telegram says about the webhook: waiting updates, last error.",
        "Показать, что Телеграм говорит о вебхуке: очередь, последняя ошибка.",
    ),
    "help_webhook_drop": (
        "Take the webhook away; Telegram then keeps updates for a day at most.",
        "Убрать вебхук; Телеграм хранит события не дольше суток.",
    ),
    # -- examples
    "examples_webhook_set": ("planfix-telegram webhook set", "planfix-telegram webhook set"),
    "examples_webhook_info": (
        "planfix-telegram webhook info\nplanfix-telegram webhook info --json",
        "planfix-telegram webhook info\nplanfix-telegram webhook info --json",
    ),
    "examples_webhook_drop": ("planfix-telegram webhook drop", "planfix-telegram webhook drop"),
    # -- words of tables, questions and progress
    "setting_webhook": ("Setting the webhook…", "Установка вебхука…"),
    # -- what it says
    "webhook_set": ("Telegram sends updates to {address}", "Телеграм присылает события на {address}"),
    "webhook_address": ("address", "адрес"),
    "webhook_waiting": ("updates waiting", "событий в очереди"),
    "webhook_kinds": ("kinds of updates", "виды событий"),
    "webhook_last_error": ("last error", "последняя ошибка"),
    "webhook_connections": ("connections at most", "соединений не больше"),
    "webhook_kinds_default": ("all but chat_member and reactions", "все, кроме chat_member и реакций"),
    "no_webhook": (
        "No webhook is set, so nothing arrives: {call:webhook set}",
        "Вебхук не установлен, события не приходят: {call:webhook set}",
    ),
    "updates_missing": (
        "Telegram was told not to send {kinds}: {call:webhook set}",
        "Телеграму сказано не присылать {kinds}: {call:webhook set}",
    ),
    "webhook_failed": (
        "The last delivery that failed: {when}, {detail}",
        "Последняя неудачная доставка: {when}, {detail}",
    ),
    "drop_webhook": (
        "Messages will no longer arrive, and Telegram forgets them after a day. Drop the webhook?",
        "Сообщения перестанут приходить, и через сутки Телеграм их забудет. Убрать вебхук?",
    ),
    "webhook_dropped": (
        "The webhook is dropped. To have it back: {call:webhook set}",
        "Вебхук убран. Вернуть: {call:webhook set}",
    ),
    "webhook_is_elsewhere": (
        "At the moment Telegram sends this bot's updates to {address}: another program or integration lives by them.",
        "Сейчас Телеграм присылает события этого бота на {address}: ими живёт другая программа или интеграция.",
    ),
    "take_webhook": ("Take them away from there?", "Забрать их оттуда?"),
}
