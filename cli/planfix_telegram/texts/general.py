"""Sentences of what every command has: its help, its options, the words between."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_main": (
        "Set up and look after the Planfix Telegram Bridge.",
        "Настройка моста между Телеграмом и Планфиксом.",
    ),
    # -- options and arguments
    "help_stack": ("The stack's name in CloudFormation.", "Имя стека в CloudFormation."),
    "help_region": ("AWS region.", "Регион AWS."),
    "help_profile": ("AWS profile.", "Профиль AWS."),
    "help_endpoint_url": ("Address of an AWS emulator instead of AWS.", "Адрес эмулятора вместо AWS."),
    "help_language": (
        "Language of this command; by default that of the system.",
        "Язык этой команды; по умолчанию язык системы.",
    ),
    "help_version": ("Show the version.", "Показать версию."),
    "help_integration": ("The integration's alias.", "Имя интеграции."),
    "help_only_integration": ("Only this integration.", "Только эта интеграция."),
    "help_yes": ("Do not ask.", "Не спрашивать."),
    "help_json": ("Print JSON.", "Вывести JSON."),
    "help_connections_table": (
        "The connections table; by default the stack's.",
        "Таблица подключений; по умолчанию из стека.",
    ),
    "help_webhook_url": (
        "Address for Telegram; by default the stack's.",
        "Адрес для Телеграма; по умолчанию из стека.",
    ),
    "help_planfix_webhook_url": (
        "Address for Planfix; by default the stack's.",
        "Адрес для Планфикса; по умолчанию из стека.",
    ),
    # -- examples
    "examples": ("Examples", "Примеры"),
    "examples_main": (
        "planfix-telegram setup\nplanfix-telegram accounts list\nplanfix-telegram --stack test settings show",
        "planfix-telegram setup\nplanfix-telegram accounts list\nplanfix-telegram --stack test settings show",
    ),
    # -- words of tables, questions and progress
    "column_key": ("setting", "настройка"),
    "column_value": ("value", "значение"),
    "column_name": ("name", "название"),
    "removed": ("removed", "убрано"),
    "yes_no_yes": ("Y/n", "Д/н"),
    "yes_no_no": ("y/N", "д/Н"),
    "answer_yes_or_no": ("Type y or n.", "Введите д или н."),
    "reading": ("Reading from AWS…", "Чтение из AWS…"),
    "reading_stack": ("Reading the outputs of stack {stack}…", "Чтение выходных значений стека {stack}…"),
    "asking_telegram": ("Asking Telegram…", "Запрос в Телеграм…"),
    "asking_planfix": ("Asking Planfix…", "Запрос в Планфикс…"),
    "stopped": ("Stopped.", "Остановлено."),
    "not_installed": ("(not installed as a package)", "(не установлен как пакет)"),
    # -- what Telegram and Planfix answered
    "bot_found": ("The bot is {name} (@{username}).", "Это бот {name} (@{username})."),
    "business_mode_off": (
        (
            "Business accounts cannot connect this bot yet. In @BotFather: /mybots → @{username} → Bot Settings → "
            "Secretary Mode (formerly Business Mode) → Turn on."
        ),
        (
            "Бизнес-аккаунты пока не могут подключить этого бота. В @BotFather: /mybots → @{username} → Bot Settings → "
            "Secretary Mode (раньше Business Mode) → Turn on."
        ),
    ),
    "chat_found": (
        "Planfix knows the chat {provider_id} and takes its key.",
        "Планфикс знает чат {provider_id} и принял его ключ.",
    ),
    "planfix_found": ("Planfix at {host} takes the token.", "Планфикс {host} принял токен."),
    # -- problems: how the command was called
    "language_unknown": ("this command speaks en and ru", "команда говорит на en и ru"),
    "nobody_to_ask": (
        "Nothing was changed: there is no terminal to ask in. Repeat the command with --yes.",
        "Ничего не изменено: нет терминала, чтобы спросить. Повторите команду с --yes.",
    ),
    "not_agreed": ("Nothing was changed.", "Ничего не изменено."),
    "alias_malformed": (
        "“{alias}” cannot be an integration's alias: use a-z, 0-9, - and _, at most 32, a letter or digit first.",
        "«{alias}» не годится как имя интеграции: a-z, 0-9, - и _, не больше 32, первой буква или цифра.",
    ),
    # -- problems: what typer finds wrong
    "help_install_completion": (
        "Let this shell complete the command's words.",
        "Включить дополнение команд в этой оболочке.",
    ),
    "help_show_completion": (
        "Show what that would add to the shell's settings.",
        "Показать, что это добавит в настройки оболочки.",
    ),
    "region_malformed": (
        "“{region}” is no AWS region; they look like eu-central-1",
        "«{region}» — не регион AWS; они выглядят как eu-central-1",
    ),
    "endpoint_malformed": (
        "“{url}” is no address; they look like http://127.0.0.1:4566",
        "«{url}» — не адрес; они выглядят как http://127.0.0.1:4566",
    ),
    "usage_negative": (
        "“{value}”: no value here is below zero. Help: {help}",
        "«{value}»: отрицательных значений здесь не бывает. Справка: {help}",
    ),
    "usage_option": ("There is no option {option}. Help: {help}", "Нет параметра {option}. Справка: {help}"),
    "usage_option_near": (
        "There is no option {option}; perhaps {near}. Help: {help}",
        "Нет параметра {option}; возможно, {near}. Справка: {help}",
    ),
    "usage_missing": ("{what} is missing. Help: {help}", "Не хватает {what}. Справка: {help}"),
    "usage_value": ("{what}: {detail}. Help: {help}", "{what}: {detail}. Справка: {help}"),
    "usage_other": ("{detail}. Help: {help}", "Команда вызвана неверно ({detail}). Справка: {help}"),
}
