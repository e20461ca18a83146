"""Sentences of `accounts`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_accounts": (
        "List, approve and revoke Telegram business accounts.",
        "Бизнес-аккаунты Телеграма: список, одобрение, отзыв.",
    ),
    "help_accounts_list": (
        "List the accounts that connected the bot, and those approved.",
        "Показать подключившиеся и одобренные аккаунты.",
    ),
    "help_accounts_approve": (
        "Carry an account's messages from now on.",
        "С этого момента передавать сообщения аккаунта.",
    ),
    "help_accounts_revoke": ("Carry an account's messages no longer.", "Больше не передавать сообщения аккаунта."),
    # -- options and arguments
    "help_owner": ("The owner's Telegram id, or @username.", "Номер владельца в Телеграме или @имя."),
    "help_channel_name": (
        "The channel's name; by default the owner's.",
        "Название канала; по умолчанию имя владельца.",
    ),
    # -- examples
    "examples_accounts_list": (
        "planfix-telegram accounts list\nplanfix-telegram accounts list --json",
        "planfix-telegram accounts list\nplanfix-telegram accounts list --json",
    ),
    "examples_accounts_approve": (
        "planfix-telegram accounts approve 123456789\nplanfix-telegram accounts approve @anna --name 'Sales'",
        "planfix-telegram accounts approve 123456789\nplanfix-telegram accounts approve @anna --name 'Продажи'",
    ),
    "examples_accounts_revoke": (
        "planfix-telegram accounts revoke 123456789",
        "planfix-telegram accounts revoke 123456789",
    ),
    # -- words of tables, questions and progress
    "column_owner": ("owner", "владелец"),
    "column_username": ("username", "имя в Telegram"),
    "column_state": ("state", "состояние"),
    "column_rights": ("rights", "права"),
    "column_connected": ("connected", "подключён"),
    "column_not_carried": ("not carried", "не передано"),
    "state_approved": ("approved", "одобрен"),
    "state_pending": ("pending", "ждёт одобрения"),
    "state_disabled": ("disabled in Telegram", "отключён в Telegram"),
    "state_no_reply_right": ("approved, cannot reply", "одобрен, не может отвечать"),
    "state_never_seen": ("approved, never connected", "одобрен, не подключался"),
    # -- approving and revoking
    "no_accounts": (
        "No account has connected the bot yet.",
        "Бота пока не подключил ни один аккаунт.",
    ),
    "approve_hint": (
        "Messages of pending accounts are not carried. To approve: {call:accounts approve OWNER}",
        "Сообщения ждущих аккаунтов не передаются. Одобрить: {call:accounts approve НОМЕР}",
    ),
    "no_reply_right": (
        "Answers cannot be sent: the owner must allow “Reply to messages” in the bot's settings in Telegram.",
        "Ответы не отправляются: владелец должен разрешить «Ответы на сообщения» в настройках бота в Телеграме.",
    ),
    "never_connected": (
        "No connection of owner {owner} was ever seen: check the number in {call:accounts list}.",
        "Подключений владельца {owner} ещё не было: сверьте номер по {call:accounts list}.",
    ),
    "approve_anyway": ("Approve it beforehand?", "Одобрить заранее?"),
    "approved": (
        "Approved: {name}. Messages are carried within a minute.",
        "Одобрен: {name}. Сообщения начнут передаваться в течение минуты.",
    ),
    "approved_wants_window": (
        "Its messages wait until its chat is there in Planfix. What to enter: {call:scenario}",
        "Его сообщения подождут, пока в Планфиксе нет его чата. Что ввести: {call:scenario}",
    ),
    "were_not_carried": (
        "Messages that came while it waited and were not carried: {count}. Look at them in Telegram.",
        "Пока аккаунт ждал, не передано сообщений: {count}. Посмотрите их в Телеграме.",
    ),
    "all_carried": ("No message came while it waited.", "Пока аккаунт ждал, сообщений не было."),
    "held_go_out": (
        "Clients of account {channel} for whom answers wait: {count}. The answers go out within two minutes.",
        "Клиентов аккаунта {channel}, которых ждут ответы: {count}. Ответы уйдут в течение двух минут.",
    ),
    "held_go_out_later": (
        "If answers wait for clients of the accounts that are back, they go out within ten minutes.",
        "Если ответы ждут клиентов вернувшихся аккаунтов, они уйдут в течение десяти минут.",
    ),
    "revoked": (
        "Revoked: {name}. Tasks stay as they are; new messages are not carried.",
        "Отозван: {name}. Задачи остаются; новые сообщения не передаются.",
    ),
    "approved_already": (
        "Account {owner} is approved already. To rename it, add --name.",
        "Аккаунт {owner} уже одобрен. Чтобы переименовать, добавьте --name.",
    ),
    "not_approved": (
        "Account {owner} is not approved: there is nothing to revoke. See {call:accounts list}.",
        "Аккаунт {owner} не одобрен: отзывать нечего. Смотрите {call:accounts list}.",
    ),
    "owner_unknown": (
        "No account {owner} has connected the bot. Give the owner's number from {call:accounts list}.",
        "Аккаунт {owner} бота не подключал. Укажите номер владельца из {call:accounts list}.",
    ),
    "approved_beforehand": (
        "Approved before it was ever seen: {name}. Its messages are carried once it connects the bot.",
        "Одобрен заранее: {name}. Сообщения начнут передаваться, когда он подключит бота.",
    ),
    "owner_ambiguous": (
        "Several accounts are called “{owner}”, give the owner's number:{names}",
        "Аккаунтов с именем «{owner}» несколько, укажите номер владельца:{names}",
    ),
}
