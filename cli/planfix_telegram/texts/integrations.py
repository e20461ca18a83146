"""Sentences of `integrations`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_integrations": (
        "Which integrations there are, and how one is removed.",
        "Какие есть интеграции и как убрать одну из них.",
    ),
    "help_integrations_list": ("List the deployment's integrations.", "Показать интеграции развёртывания."),
    "help_integrations_remove": (
        "Take an integration's webhook away and delete its settings and secrets.",
        "Убрать вебхук интеграции и удалить её настройки и секреты.",
    ),
    # -- examples
    "examples_integrations_list": ("planfix-telegram integrations list", "planfix-telegram integrations list"),
    "examples_integrations_remove": (
        "planfix-telegram integrations remove shop",
        "planfix-telegram integrations remove shop",
    ),
    # -- words of tables
    "column_planfix": ("Planfix", "Планфикс"),
    "column_bot": ("bot", "бот"),
    "column_accounts": ("accounts", "аккаунты"),
    "column_own_bot": ("the bot itself", "сам бот"),
    "column_language": ("language", "язык"),
    "yes_word": ("yes", "да"),
    "no_word": ("no", "нет"),
    # -- what it says
    "remove_means": (
        (
            "From then on nothing is carried between Telegram and Planfix at {host} for {alias}. What is on its way becomes dead "
            "letters. Tasks and contacts stay in Planfix; which task belongs to whom stays in AWS. The scenarios in Planfix "
            "are yours to switch off."
        ),
        (
            "После этого для {alias} между Телеграмом и Планфиксом {host} ничего не передаётся. То, что в пути, станет "
            "недоставленным. Задачи и контакты в Планфиксе останутся; в AWS останется, какая задача чья. Сценарии в Планфиксе "
            "отключите сами."
        ),
    ),
    "remove_integration": ("Remove integration {alias}?", "Убрать интеграцию {alias}?"),
    "integration_removed": ("Removed: {alias}.", "Убрана: {alias}."),
    "webhook_left": (
        "The webhook was left as it is: Telegram may go on to send updates to an address where nobody takes them.",
        "Вебхук остался как есть: Телеграм может присылать события туда, где их никто не принимает.",
    ),
}
