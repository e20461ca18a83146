"""Every sentence of the admin's command, in English and Russian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

Language = Literal["en", "ru"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # -- help: the command and its groups
    "help_main": (
        "Set up and look after the Planfix Telegram Bridge.",
        "Настройка моста между Телеграмом и Планфиксом.",
    ),
    "help_setup": (
        "Guided first set-up: tokens, templates, webhook, first account, what to enter in Planfix.",
        "Первая настройка по шагам: токены, шаблоны, вебхук, первый аккаунт, что ввести в Планфиксе.",
    ),
    "help_settings": (
        "Show, change, import and export settings.",
        "Показать, изменить, загрузить и выгрузить настройки.",
    ),
    "help_settings_show": (
        "Show what is set; of secrets only whether they are.",
        "Показать настройки; о секретах — только заданы ли они.",
    ),
    "help_settings_set": (
        "Change settings, or one secret (never on the command line: it is asked for, or read from a file).",
        "Изменить настройки или один секрет (не в командной строке: он спрашивается или читается из файла).",
    ),
    "help_settings_unset": (
        "Remove settings, so that their defaults apply; or the older of two valid secrets.",
        "Убрать настройки, чтобы действовали значения по умолчанию; или старый из двух действующих секретов.",
    ),
    "help_settings_import": (
        "Store integrations as a file describes them: all of them or none.",
        "Записать интеграции из файла: все или ни одной.",
    ),
    "help_settings_export": (
        "Write settings to a file that import reads; never secrets.",
        "Выгрузить настройки в файл, который читает import; без секретов.",
    ),
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
    "help_dead": (
        "What the bridge gave up: list it, carry it again, delete it.",
        "От чего мост отступился: показать, доставить снова, удалить.",
    ),
    "help_dead_list": (
        "List what lies in the dead-letter queues and why; never the messages' words.",
        "Показать, что лежит в очередях недоставленного и почему; без текста сообщений.",
    ),
    "help_dead_redrive": (
        "Carry dead letters again, in the order in which they first came.",
        "Доставить недоставленное снова, в порядке первого поступления.",
    ),
    "help_dead_drop": (
        "Delete a dead letter for good.",
        "Удалить недоставленное навсегда.",
    ),
    "help_scenario": (
        "Show what to enter in the Planfix scenarios.",
        "Показать, что ввести в сценариях Планфикса.",
    ),
    "help_local": (
        "Run the bridge on this machine, without AWS.",
        "Запустить мост на этом компьютере, без AWS.",
    ),
    # -- help: options and arguments
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
    "help_chats_table": ("The chats table; by default the stack's.", "Таблица чатов; по умолчанию из стека."),
    "help_to_planfix_queue": (
        "The queue to Planfix; by default the stack's.",
        "Очередь в Планфикс; по умолчанию из стека.",
    ),
    "help_to_planfix_dlq": (
        "Its dead-letter queue; by default the stack's.",
        "Её очередь недоставленного; по умолчанию из стека.",
    ),
    "help_to_telegram_queue": (
        "The queue to Telegram; by default the stack's.",
        "Очередь в Телеграм; по умолчанию из стека.",
    ),
    "help_to_telegram_dlq": (
        "Its dead-letter queue; by default the stack's.",
        "Её очередь недоставленного; по умолчанию из стека.",
    ),
    "help_letter_ids": ("Ids as dead list shows them.", "Номера, как их показывает dead list."),
    "help_letter_id": ("The id as dead list shows it.", "Номер, как его показывает dead list."),
    "help_all_letters": (
        "Everything that lies there, or everything of one integration.",
        "Всё, что там лежит, или всё одной интеграции.",
    ),
    "help_webhook_url": (
        "Address for Telegram; by default the stack's.",
        "Адрес для Телеграма; по умолчанию из стека.",
    ),
    "help_planfix_webhook_url": (
        "Address for Planfix; by default the stack's.",
        "Адрес для Планфикса; по умолчанию из стека.",
    ),
    "help_from_file": ("Read the secret from a file; - is stdin.", "Прочитать секрет из файла; - означает stdin."),
    "help_pairs": (
        "Dotted key and value; a list's elements are separated by commas.",
        "Ключ через точку и значение; элементы списка — через запятую.",
    ),
    "help_keys": ("Dotted keys.", "Ключи через точку."),
    "help_secret": (
        "Set a secret: bot_token, planfix_token, webhook_secrets or planfix_secrets.",
        "Задать секрет: bot_token, planfix_token, webhook_secrets или planfix_secrets.",
    ),
    "help_unset_secret": (
        "Drop the older of two valid values of this secret.",
        "Убрать старое из двух действующих значений секрета.",
    ),
    "help_generate": ("Make a new random value of the secret.", "Создать новое случайное значение секрета."),
    "help_import_file": ("JSON file; - is stdin.", "Файл JSON; - означает stdin."),
    "help_export_file": ("Where to write; - is stdout.", "Куда записать; - означает stdout."),
    "help_owner": ("The owner's Telegram id, or @username.", "Номер владельца в Телеграме или @имя."),
    "help_channel_name": (
        "The channel's name; by default the owner's.",
        "Название канала; по умолчанию имя владельца.",
    ),
    "help_bot_token_file": (
        "File with the bot token (or PLANFIX_TELEGRAM_BOT_TOKEN).",
        "Файл с токеном бота (или PLANFIX_TELEGRAM_BOT_TOKEN).",
    ),
    "help_planfix_url": ("The Planfix account's address.", "Адрес аккаунта Планфикса."),
    "help_planfix_token_file": (
        "File with the REST token (or PLANFIX_TELEGRAM_PLANFIX_TOKEN).",
        "Файл с токеном REST API (или PLANFIX_TELEGRAM_PLANFIX_TOKEN).",
    ),
    "help_task_template": ("Template for new tasks.", "Шаблон новых задач."),
    "help_task_object": ("Object for new tasks, instead of a template.", "Объект новых задач, вместо шаблона."),
    "help_contact_template": ("Template for new contacts.", "Шаблон новых контактов."),
    "help_default_assignee": (
        "Who gets a task that would have no assignee.",
        "Кому достанется задача без исполнителя.",
    ),
    "help_extra_assignee": (
        "Employee or group added to a task's assignees; may be repeated.",
        "Сотрудник или группа в дополнение к исполнителям задачи; можно повторять.",
    ),
    "help_notice_language": (
        "Language of the bridge's notices in tasks.",
        "Язык уведомлений моста в задачах.",
    ),
    "help_new_task": (
        "Make a new task when the client has no active one, or always go on in the same.",
        "Создавать новую задачу, если у клиента нет активной, или всегда писать в прежнюю.",
    ),
    "help_send_as_employee": (
        "Begin answers with the employee's name.",
        "Начинать ответы с имени сотрудника.",
    ),
    "help_own_bot": ("Clients may write to the bot itself too.", "Клиенты могут писать и самому боту."),
    "help_telegram_api_url": ("Address of a local Bot API server.", "Адрес своего сервера Bot API."),
    "help_setup_owner": (
        "Wait for this account only (its owner's Telegram id).",
        "Ждать только этот аккаунт (номер владельца в Телеграме).",
    ),
    "help_no_wait": ("Do not wait for a business account.", "Не ждать подключения аккаунта."),
    "help_local_settings": (
        "What `settings import` reads, with secrets.",
        "Файл, который читает settings import, с секретами.",
    ),
    "help_local_port": ("Port on 127.0.0.1.", "Порт на 127.0.0.1."),
    # -- help: examples
    "examples": ("Examples", "Примеры"),
    "examples_main": (
        "planfix-telegram setup\nplanfix-telegram accounts list\nplanfix-telegram --stack test settings show",
        "planfix-telegram setup\nplanfix-telegram accounts list\nplanfix-telegram --stack test settings show",
    ),
    "examples_setup": (
        (
            "planfix-telegram setup\n"
            "planfix-telegram setup --bot-token-file bot.txt --planfix-url https://acme.planfix.com "
            "--planfix-token-file planfix.txt --task-template 'Telegram chat' --default-assignee 'Smith John' --no-wait --yes"
        ),
        (
            "planfix-telegram setup\n"
            "planfix-telegram setup --bot-token-file bot.txt --planfix-url https://acme.planfix.ru "
            "--planfix-token-file planfix.txt --task-template 'Чат Telegram' --default-assignee 'Иванов Иван' --no-wait --yes"
        ),
    ),
    "examples_settings_show": (
        "planfix-telegram settings show\nplanfix-telegram settings show -i shop --json",
        "planfix-telegram settings show\nplanfix-telegram settings show -i shop --json",
    ),
    "examples_settings_set": (
        (
            "planfix-telegram settings set send_as_employee on\n"
            "planfix-telegram settings set defaults.task_template 12 defaults.extra_assignees user:5,group:3\n"
            "planfix-telegram settings set channels.123456789.name 'Sales'\n"
            "planfix-telegram settings set --secret bot_token\n"
            "planfix-telegram settings set --secret planfix_secrets --generate"
        ),
        (
            "planfix-telegram settings set send_as_employee on\n"
            "planfix-telegram settings set defaults.task_template 12 defaults.extra_assignees user:5,group:3\n"
            "planfix-telegram settings set channels.123456789.name 'Продажи'\n"
            "planfix-telegram settings set --secret bot_token\n"
            "planfix-telegram settings set --secret planfix_secrets --generate"
        ),
    ),
    "examples_settings_unset": (
        (
            "planfix-telegram settings unset channels.123456789.task_template\n"
            "planfix-telegram settings unset --secret planfix_secrets"
        ),
        (
            "planfix-telegram settings unset channels.123456789.task_template\n"
            "planfix-telegram settings unset --secret planfix_secrets"
        ),
    ),
    "examples_settings_import": (
        "planfix-telegram settings import bridge.json\nplanfix-telegram settings import bridge.json -i shop --yes",
        "planfix-telegram settings import bridge.json\nplanfix-telegram settings import bridge.json -i shop --yes",
    ),
    "examples_settings_export": (
        "planfix-telegram settings export\nplanfix-telegram settings export bridge.json",
        "planfix-telegram settings export\nplanfix-telegram settings export bridge.json",
    ),
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
    "examples_webhook_set": ("planfix-telegram webhook set", "planfix-telegram webhook set"),
    "examples_webhook_info": (
        "planfix-telegram webhook info\nplanfix-telegram webhook info --json",
        "planfix-telegram webhook info\nplanfix-telegram webhook info --json",
    ),
    "examples_webhook_drop": ("planfix-telegram webhook drop", "planfix-telegram webhook drop"),
    "examples_dead_list": (
        "planfix-telegram dead list\nplanfix-telegram dead list -i shop --json",
        "planfix-telegram dead list\nplanfix-telegram dead list -i shop --json",
    ),
    "examples_dead_redrive": (
        (
            "planfix-telegram dead redrive 5f3c9a10 77ab02c4\n"
            "planfix-telegram dead redrive --all\n"
            "planfix-telegram dead redrive --all -i shop --yes --json"
        ),
        (
            "planfix-telegram dead redrive 5f3c9a10 77ab02c4\n"
            "planfix-telegram dead redrive --all\n"
            "planfix-telegram dead redrive --all -i shop --yes --json"
        ),
    ),
    "examples_dead_drop": ("planfix-telegram dead drop 5f3c9a10", "planfix-telegram dead drop 5f3c9a10"),
    "examples_scenario": ("planfix-telegram scenario", "planfix-telegram scenario"),
    "examples_local": (
        "planfix-telegram local --settings bridge.json --port 8080",
        "planfix-telegram local --settings bridge.json --port 8080",
    ),
    # -- words of tables, questions and progress
    "column_key": ("setting", "настройка"),
    "column_value": ("value", "значение"),
    "column_name": ("name", "название"),
    "column_owner": ("owner", "владелец"),
    "column_username": ("username", "имя в Telegram"),
    "column_state": ("state", "состояние"),
    "column_rights": ("rights", "права"),
    "column_connected": ("connected", "подключён"),
    "column_not_carried": ("not carried", "не передано"),
    "column_id": ("id", "номер"),
    "column_first_came": ("first came", "впервые пришло"),
    "column_integration": ("integration", "интеграция"),
    "column_chat": ("chat", "чат"),
    "column_letter_kind": ("kind", "вид"),
    "column_about": ("about", "о чём"),
    "column_bytes": ("bytes", "байт"),
    "column_why": ("why", "почему"),
    "kind_message": ("client's message", "сообщение клиента"),
    "kind_edit": ("edited message", "правка сообщения"),
    "kind_deletion": ("deleted messages", "удаление сообщений"),
    "kind_connection": ("account's connection", "подключение аккаунта"),
    "kind_update": ("Telegram update", "событие Телеграма"),
    "kind_answer": ("answer", "ответ"),
    "kind_task": ("call of Planfix", "вызов Планфикса"),
    "kind_held": ("waiting answers", "ждущие ответы"),
    "kind_owner_wrote": ("owner wrote", "написал владелец"),
    "kind_check_account": ("check of an account", "проверка аккаунта"),
    "kind_check_bot": ("check of the bot", "проверка бота"),
    "kind_check_channel": ("look for an account", "поиск аккаунта"),
    "kind_timer": ("timer", "таймер"),
    "kind_unreadable": ("unreadable", "не читается"),
    "about_task": ("task {number}", "задача {number}"),
    "about_comment": ("comment {number}", "комментарий {number}"),
    "about_update": ("update {number}", "событие {number}"),
    "about_message": ("message {number}", "сообщение {number}"),
    "kind_employee": ("employee", "сотрудник"),
    "kind_group": ("group", "группа"),
    "state_approved": ("approved", "одобрен"),
    "state_pending": ("pending", "ждёт одобрения"),
    "state_disabled": ("disabled in Telegram", "отключён в Telegram"),
    "state_no_reply_right": ("approved, cannot reply", "одобрен, не может отвечать"),
    "state_never_seen": ("approved, never connected", "одобрен, не подключался"),
    "secret_set": ("set", "задан"),
    "secret_not_set": ("not set", "не задан"),
    "secret_changed": ("changed", "изменён"),
    "secret_two_valid": ("set, two values are valid", "задан, действуют два значения"),
    "removed": ("removed", "убрано"),
    "by_default": ("{value} (default)", "{value} (по умолчанию)"),
    "yes_no_yes": ("Y/n", "Д/н"),
    "yes_no_no": ("y/N", "д/Н"),
    "answer_yes_or_no": ("Type y or n.", "Введите д или н."),
    "answer_language": ("Type one of: {known}.", "Введите одно из: {known}."),
    "reading": ("Reading from AWS…", "Чтение из AWS…"),
    "reading_stack": ("Reading the outputs of stack {stack}…", "Чтение выходных значений стека {stack}…"),
    "reading_planfix": ("Reading templates and people from Planfix…", "Чтение шаблонов и сотрудников из Планфикса…"),
    "asking_telegram": ("Asking Telegram…", "Запрос в Телеграм…"),
    "asking_planfix": ("Asking Planfix…", "Запрос в Планфикс…"),
    "setting_webhook": ("Setting the webhook…", "Установка вебхука…"),
    "writing": ("Writing…", "Запись…"),
    "stopped": ("Stopped.", "Остановлено."),
    "not_installed": ("(not installed as a package)", "(не установлен как пакет)"),
    # -- changing what is stored
    "difference_of": ("Integration {alias}:", "Интеграция {alias}:"),
    "write_it": ("Write this?", "Записать?"),
    "nothing_changes": ("Nothing changes.", "Изменений нет."),
    "written": (
        "Written. The bridge uses it within a minute.",
        "Записано. Мост начнёт это использовать в течение минуты.",
    ),
    "imported": ("Written: {aliases}.", "Записано: {aliases}."),
    "exported": (
        "Written to {path}: {aliases}. Secrets are not in it.",
        "Записано в {path}: {aliases}. Секретов там нет.",
    ),
    "overwrite": ("{path} exists. Overwrite it?", "{path} уже есть. Перезаписать?"),
    "enter_secret": ("New {name} (hidden)", "Новый {name} (ввод скрыт)"),
    "two_values_now": (
        (
            "The former value stays valid beside the new one. When nothing uses it any more: "
            "planfix-telegram settings unset --secret {name}"
        ),
        (
            "Прежнее значение действует вместе с новым. Когда оно нигде не нужно: "
            "planfix-telegram settings unset --secret {name}"
        ),
    ),
    "webhook_again": (
        "In a minute tell Telegram as well: planfix-telegram webhook set",
        "Через минуту сообщите об этом Телеграму: planfix-telegram webhook set",
    ),
    # -- setup
    "step_telegram": ("1/6  The bot", "1/6  Бот"),
    "step_planfix": ("2/6  Planfix", "2/6  Планфикс"),
    "step_options": ("3/6  Options", "3/6  Настройки"),
    "step_store": ("4/6  Storing", "4/6  Запись"),
    "step_account": ("5/6  The first business account", "5/6  Первый бизнес-аккаунт"),
    "step_scenario": ("6/6  In Planfix", "6/6  В Планфиксе"),
    "ask_bot_token": ("Bot token from @BotFather (hidden)", "Токен бота от @BotFather (ввод скрыт)"),
    "ask_planfix_url": (
        "Address of your Planfix account, e.g. acme.planfix.com",
        "Адрес вашего Планфикса, например acme.planfix.ru",
    ),
    "ask_planfix_token": ("Planfix REST API token (hidden)", "Токен REST API Планфикса (ввод скрыт)"),
    "enter_keeps": (", Enter keeps the stored one", ", Enter — оставить прежний"),
    "ask_task_template": ("Template for new tasks", "Шаблон новых задач"),
    "ask_task_object": ("Object for new tasks", "Объект новых задач"),
    "ask_contact_template": ("Template for new contacts", "Шаблон новых контактов"),
    "ask_default_assignee": (
        "Who gets a task that would have no assignee",
        "Кому достанется задача, в которой не оказалось исполнителя",
    ),
    "ask_extra_assignees": (
        "Who is added to the assignees of every task",
        "Кого добавлять к исполнителям каждой задачи",
    ),
    "ask_notice_language": (
        "Language of the bridge's notices in tasks (ru, en)",
        "Язык уведомлений моста в задачах (ru, en)",
    ),
    "ask_new_task_if_none_active": (
        "Make a new task when the client has no active one?",
        "Создавать новую задачу, если у клиента нет активной?",
    ),
    "ask_send_as_employee": (
        "Begin each answer with the employee's name?",
        "Начинать каждый ответ с имени сотрудника?",
    ),
    "ask_own_bot": ("May clients write to the bot itself too?", "Могут ли клиенты писать и самому боту?"),
    "nothing_to_choose": (
        "There is nothing to choose from: create it in Planfix, or let the token see it.",
        "Выбирать не из чего: создайте в Планфиксе или откройте токену доступ.",
    ),
    "more_choices": ("… and {count} more: type a part of the name.", "… и ещё {count}: введите часть названия."),
    "choose_one": ("Number or a part of the name", "Номер или часть названия"),
    "choose_several": ("Numbers or parts of names, with commas", "Номера или части названий через запятую"),
    "choose_skip": ("(Enter: none)", "(Enter — не выбирать)"),
    "choose_keep": ("(-: none)", "(- — не выбирать)"),
    "several_match": ("Several match “{text}”:", "Под «{text}» подходят несколько:"),
    "none_matches": ("Nothing matches “{text}”.", "Под «{text}» ничего не подходит."),
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
    "planfix_found": ("Planfix at {host} takes the token.", "Планфикс {host} принял токен."),
    "webhook_set": ("Telegram sends updates to {address}", "Телеграм присылает события на {address}"),
    "connect_the_bot": (
        (
            "On the phone of the account: Telegram → Settings → Telegram Business → Chatbots "
            "(or Edit profile → Chat automation) → @{username}. Choose the chats and allow “Reply to messages”."
        ),
        (
            "На телефоне аккаунта: Telegram → Настройки → Telegram для бизнеса → Чат-боты "
            "(или Изменить профиль → Автоматизация чатов) → @{username}. Выберите чаты и разрешите «Ответы на сообщения»."
        ),
    ),
    "waiting_for_account": (
        "Waiting for the account to connect the bot… (Ctrl-C: go on without it)",
        "Ожидание подключения бота к аккаунту… (Ctrl-C — продолжить без него)",
    ),
    "ask_approve": ("{who} has connected the bot. Approve?", "Бота подключил аккаунт {who}. Одобрить?"),
    "ask_which_account": ("Several accounts have connected the bot", "Бота подключили несколько аккаунтов"),
    "several_waiting": (
        "Several accounts wait, and somebody must say which is yours: {names}.",
        "Ждут несколько аккаунтов, и кто-то должен сказать, какой из них ваш: {names}.",
    ),
    "ask_channel_name": ("Name of this channel in Planfix", "Название этого канала в Планфиксе"),
    "ask_owner_user": ("Which employee is {name}?", "Кто из сотрудников — {name}?"),
    "approve_later": (
        "No account is approved yet. Later: planfix-telegram accounts list, then planfix-telegram accounts approve OWNER",
        "Ни один аккаунт пока не одобрен. Позже: planfix-telegram accounts list и planfix-telegram accounts approve НОМЕР",
    ),
    "approved_before": ("Approved already: {names}.", "Уже одобрены: {names}."),
    "setup_done": (
        "When the scenarios are saved, write to the account from another phone and look into Planfix.",
        "Когда сценарии сохранены, напишите аккаунту с другого телефона и загляните в Планфикс.",
    ),
    # -- the scenario
    "scenario_text": (
        (
            "Make two scenarios in Planfix: in the object of the tasks, or for all tasks.\n"
            "\n"
            "Scenario 1: an employee's answer\n"
            "  Event        comment added and the task meets the conditions\n"
            "               («Добавлен комментарий и задача соответствует условиям»)\n"
            "  Condition    the last comment in the task is by an employee\n"
            "               («Последний комментарий в задаче от сотрудника»)\n"
            "  Action       send an HTTP request («Послать HTTP-запрос»), at once\n"
            "    Method         POST\n"
            "    Address        {address}\n"
            "    Body           as parameters («Параметрами»):\n"
            "                     task  = {{{{Задача.Номер}}}}\n"
            "                     event = comment\n"
            "    Authorization  Basic, login {login}, password: the secret of this integration\n"
            "    Repeat on an error code: on\n"
            "\n"
            "Scenario 2: a change of status\n"
            "  Event        the task's status is changed; no condition\n"
            "  Action       the same request, but event = status"
        ),
        (
            "Создайте в Планфиксе два сценария: в объекте задач или для всех задач.\n"
            "\n"
            "Сценарий 1: ответ сотрудника\n"
            "  Событие      «Добавлен комментарий и задача соответствует условиям»\n"
            "  Условие      «Последний комментарий в задаче от сотрудника»\n"
            "  Операция     «Послать HTTP-запрос», сразу\n"
            "    Метод          POST\n"
            "    Адрес          {address}\n"
            "    Тело           «Параметрами»:\n"
            "                     task  = {{{{Задача.Номер}}}}\n"
            "                     event = comment\n"
            "    Авторизация    Basic, логин {login}, пароль — секрет этой интеграции\n"
            "    Повторять при коде ошибки: да\n"
            "\n"
            "Сценарий 2: смена статуса\n"
            "  Событие      изменён статус задачи; без условий\n"
            "  Операция     тот же запрос, но event = status"
        ),
    ),
    "show_secret_now": (
        "The password is a secret. Show it on this screen, to copy it?",
        "Пароль — секрет. Показать его на этом экране для копирования?",
    ),
    "secret_needs_terminal": (
        "The password is not shown here: run planfix-telegram scenario in a terminal, without a pipe.",
        "Пароль здесь не показывается: выполните planfix-telegram scenario в терминале, без перенаправления.",
    ),
    "secret_later": (
        "To see it later: planfix-telegram scenario",
        "Увидеть его позже: planfix-telegram scenario",
    ),
    # -- accounts
    "no_accounts": (
        "No account has connected the bot yet.",
        "Бота пока не подключил ни один аккаунт.",
    ),
    "approve_hint": (
        "Messages of pending accounts are not carried. To approve: planfix-telegram accounts approve OWNER",
        "Сообщения ждущих аккаунтов не передаются. Одобрить: planfix-telegram accounts approve НОМЕР",
    ),
    "no_reply_right": (
        "Answers cannot be sent: the owner must allow “Reply to messages” in the bot's settings in Telegram.",
        "Ответы не отправляются: владелец должен разрешить «Ответы на сообщения» в настройках бота в Телеграме.",
    ),
    "never_connected": (
        "No connection of owner {owner} was ever seen: check the number in planfix-telegram accounts list.",
        "Подключений владельца {owner} ещё не было: сверьте номер по planfix-telegram accounts list.",
    ),
    "approve_anyway": ("Approve it beforehand?", "Одобрить заранее?"),
    "approved": (
        "Approved: {name}. Messages are carried within a minute.",
        "Одобрен: {name}. Сообщения начнут передаваться в течение минуты.",
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
        "Account {owner} is not approved: there is nothing to revoke. See planfix-telegram accounts list.",
        "Аккаунт {owner} не одобрен: отзывать нечего. Смотрите planfix-telegram accounts list.",
    ),
    "owner_unknown": (
        "No account {owner} has connected the bot. Give the owner's number from planfix-telegram accounts list.",
        "Аккаунт {owner} бота не подключал. Укажите номер владельца из planfix-telegram accounts list.",
    ),
    # -- webhook
    "webhook_address": ("address", "адрес"),
    "webhook_waiting": ("updates waiting", "событий в очереди"),
    "webhook_kinds": ("kinds of updates", "виды событий"),
    "webhook_last_error": ("last error", "последняя ошибка"),
    "webhook_connections": ("connections at most", "соединений не больше"),
    "webhook_kinds_default": ("all but chat_member and reactions", "все, кроме chat_member и реакций"),
    "no_webhook": (
        "No webhook is set, so nothing arrives: planfix-telegram webhook set",
        "Вебхук не установлен, события не приходят: planfix-telegram webhook set",
    ),
    "updates_missing": (
        "Telegram was told not to send {kinds}: planfix-telegram webhook set",
        "Телеграму сказано не присылать {kinds}: planfix-telegram webhook set",
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
        "The webhook is dropped. To have it back: planfix-telegram webhook set",
        "Вебхук убран. Вернуть: planfix-telegram webhook set",
    ),
    # -- dead letters
    "reading_letters": (
        "Reading the dead-letter queues… {count}",
        "Чтение очередей недоставленного… {count}",
    ),
    "putting_back": ("Putting back {count} of {total}…", "Возвращается {count} из {total}…"),
    "no_letters": ("There are no dead letters.", "Недоставленного нет."),
    "redrive_hint": (
        "To carry them again: planfix-telegram dead redrive ID (or --all). They lie there for 14 days.",
        "Доставить снова: planfix-telegram dead redrive НОМЕР (или --all). Здесь они лежат 14 дней.",
    ),
    "letters_missed": (
        (
            "About {count} more may lie there: somebody else is reading them, or they stand behind others of their chat, which "
            "go back first, or there are more than a list shows. Run it again in five minutes."
        ),
        (
            "Возможно, там лежит ещё около {count}: их читает кто-то другой, или они стоят за другими из того же чата, которые "
            "вернутся раньше, или их больше, чем показывает список. Повторите через пять минут."
        ),
    ),
    "received_too_often": (
        "It was received too often, and SQS put it aside by itself.",
        "Его получали слишком много раз, и SQS отложила его сама.",
    ),
    "letter_unreadable": (
        "The bridge does not understand it: perhaps a newer version wrote it.",
        "Мост этого не понимает: возможно, это записала более новая версия.",
    ),
    "see_log": ("see the log", "смотрите журнал"),
    "answer_overtaken": (
        (
            "Answer {comment} in task {task} ({chat}, {when}): the client would get it after later answers. "
            "Put it back all the same?"
        ),
        (
            "Ответ {comment} в задаче {task} ({chat}, {when}): клиент получит его после более поздних ответов. "
            "Всё равно вернуть?"
        ),
    ),
    "letters_put_back": (
        "Put back: {count}. What fails again comes here again.",
        "Возвращено: {count}. Что не удастся снова, снова окажется здесь.",
    ),
    "letters_left": ("Left where they are: {count}.", "Оставлено на месте: {count}."),
    "drop_letter": (
        "What it carries will never arrive, and this cannot be undone. Delete it?",
        "Содержимое никогда не будет доставлено, и вернуть это нельзя. Удалить?",
    ),
    "letter_dropped": ("Deleted: {id}.", "Удалено: {id}."),
    "letters_wanted": (
        "Give ids from planfix-telegram dead list, or --all (also with --integration), but not both.",
        "Укажите номера из planfix-telegram dead list или --all (можно с --integration), но не вместе.",
    ),
    "letter_unknown": (
        "No dead letter has an id that begins with “{id}”: take the id from planfix-telegram dead list.",
        "Недоставленного с номером на «{id}» нет: возьмите номер из planfix-telegram dead list.",
    ),
    "letter_ambiguous": (
        "Several ids begin with “{id}”: {ids}. Give more of it.",
        "На «{id}» начинаются несколько номеров: {ids}. Укажите номер длиннее.",
    ),
    "letters_came_back": (
        "It took too long, so the rest was left where it is. Run the command again.",
        "Прошло слишком много времени, остальное оставлено на месте. Повторите команду.",
    ),
    "letters_unread": (
        "The queue could not be read to its end in time. So that the order stays, nothing was put back. Run the command again.",
        "Очередь не удалось вовремя прочитать до конца. Чтобы порядок сохранился, ничего не возвращено. Повторите команду.",
    ),
    "letters_without_group": (
        (
            "Nobody noted which chat these are of, so they cannot be put back in order: {ids}. "
            "To be rid of them: planfix-telegram dead drop ID"
        ),
        (
            "Не записано, из какого они чата, поэтому вернуть их по порядку нельзя: {ids}. "
            "Избавиться от них: planfix-telegram dead drop НОМЕР"
        ),
    ),
    # -- problems: how the command was called
    "language_unknown": ("this command speaks en and ru", "команда говорит на en и ru"),
    "nobody_to_ask": (
        "Nothing was changed: there is no terminal to ask in. Repeat the command with --yes.",
        "Ничего не изменено: нет терминала, чтобы спросить. Повторите команду с --yes.",
    ),
    "not_agreed": ("Nothing was changed.", "Ничего не изменено."),
    "option_wanted": (
        "There is no terminal to ask for {what}: give it by {option}.",
        "Нет терминала, чтобы спросить {what}: укажите {option}.",
    ),
    "secret_option_wanted": (
        "There is no terminal to ask for {what}: give it by {option} or in the variable {variable}.",
        "Нет терминала, чтобы спросить {what}: укажите {option} или переменную {variable}.",
    ),
    "alias_malformed": (
        "“{alias}” cannot be an integration's alias: use a-z, 0-9, - and _, at most 32, a letter or digit first.",
        "«{alias}» не годится как имя интеграции: a-z, 0-9, - и _, не больше 32, первой буква или цифра.",
    ),
    "pairs_wanted": (
        "Give a key and its value, e.g. settings set language en. Keys are listed by settings show.",
        "Укажите ключ и значение, например settings set language en. Ключи показывает settings show.",
    ),
    "keys_wanted": (
        "Give keys to remove, or --secret NAME, but not both.",
        "Укажите ключи или --secret ИМЯ, но не вместе.",
    ),
    "secret_in_arguments": (
        (
            "A secret on the command line stays in the shell's history: run settings set --secret {name} alone and type it, "
            "or add --from-file FILE."
        ),
        (
            "Секрет в командной строке останется в истории: выполните settings set --secret {name} и введите его "
            "или добавьте --from-file ФАЙЛ."
        ),
    ),
    "is_a_secret": (
        "{name} is a secret and does not belong on the command line: settings set --secret {name}",
        "{name} — секрет, ему не место в командной строке: settings set --secret {name}",
    ),
    "only_with_secret": (
        "--from-file and --generate go with --secret NAME.",
        "--from-file и --generate указываются вместе с --secret ИМЯ.",
    ),
    "secret_unknown": (
        "There is no secret {name}. There are: {known}.",
        "Секрета {name} нет. Есть: {known}.",
    ),
    "digest_key_stays": (
        "digest_key stays for good: with another one, what is half done would not be known again. `settings import` takes one along.",
        "digest_key не меняется: с другим ключом начатое не узнать. `settings import` переносит его вместе с интеграцией.",
    ),
    "secret_from_where": (
        "There is no terminal to ask for {name}: add --from-file FILE (- is stdin).",
        "Нет терминала, чтобы спросить {name}: добавьте --from-file ФАЙЛ (- означает stdin).",
    ),
    "generate_which": (
        "--generate makes {names}, without --from-file; tokens come from Telegram and Planfix.",
        "--generate создаёт {names}, без --from-file; токены выдают Телеграм и Планфикс.",
    ),
    "no_older_value": (
        "{name} has no older value to remove.",
        "У {name} нет старого значения.",
    ),
    "template_or_object": (
        "Give --task-template or --task-object, not both.",
        "Укажите --task-template или --task-object, но не оба.",
    ),
    "choice_unknown": (
        "{option}: Planfix has no “{text}”. It has: {names}.",
        "{option}: в Планфиксе нет «{text}». Есть: {names}.",
    ),
    "choice_ambiguous": (
        "{option}: several match “{text}”: {names}. Give the number.",
        "{option}: под «{text}» подходят несколько: {names}. Укажите номер.",
    ),
    # -- problems: keys and values
    "key_unknown": (
        "There is no setting {key}. There are: {known}.",
        "Настройки {key} нет. Есть: {known}.",
    ),
    "key_unknown_near": (
        "There is no setting {key}. Did you mean {near}?",
        "Настройки {key} нет. Возможно, {near}?",
    ),
    "key_is_group": (
        "{key} is a group of settings. Set one of it, e.g. {examples}.",
        "{key} — группа настроек. Укажите одну из неё, например {examples}.",
    ),
    "key_not_set": ("{key} is not set.", "{key} не задан."),
    "settings_invalid": (
        "Settings of {alias} cannot be so: {reasons}. Nothing was written.",
        "Настройки {alias} неверны: {reasons}. Ничего не записано.",
    ),
    "secrets_invalid": (
        "Secrets of {alias} cannot be so: {reasons}. Nothing was written.",
        "Секреты {alias} неверны: {reasons}. Ничего не записано.",
    ),
    "secret_invalid": ("{name}: {reasons}.", "{name}: {reasons}."),
    "secrets_missing": (
        "Integration {alias} has no secrets: run planfix-telegram setup.",
        "У интеграции {alias} нет секретов: выполните planfix-telegram setup.",
    ),
    "address_invalid": (
        (
            "{key}: “{value}” is not an address that the bridge can use: begin with https:// "
            "(http:// only for this machine)."
        ),
        "{key}: «{value}» — не адрес, который подойдёт мосту: начните с https:// (http:// только для этого компьютера).",
    ),
    "too_large": (
        (
            "{name} would be {size} bytes and SSM takes {limit}: move what channels have in common to defaults, "
            "or shorten their names. Nothing was written."
        ),
        (
            "{name} заняло бы {size} байт, а SSM принимает {limit}: перенесите общее для каналов в defaults "
            "или сократите их названия. Ничего не записано."
        ),
    ),
    "invalid_bool_parsing": ("say on or off", "укажите on или off"),
    "invalid_int_parsing": ("must be a number", "нужно целое число"),
    "invalid_float_parsing": ("must be a number", "нужно число"),
    "invalid_literal_error": ("must be {expected}", "допустимо {expected}"),
    "invalid_person": (
        "must be a person of Planfix such as user:5, contact:10 or group:3",
        "нужен человек или группа Планфикса: user:5, contact:10 или group:3",
    ),
    "invalid_address": (
        "must be an https address (http is allowed only on this machine)",
        "нужен адрес https (http только для этого компьютера)",
    ),
    "invalid_account_address": (
        "must be the account's bare address, such as https://acme.planfix.com, without a user name, ? and #",
        "нужен адрес аккаунта без лишнего, например https://acme.planfix.ru: без имени пользователя, ? и #",
    ),
    "invalid_pace": ("must be from {least} to {most}", "нужно от {least} до {most}"),
    "invalid_bot_token": (
        "a bot token looks like 123456789:AAE… and comes from @BotFather",
        "токен бота выглядит как 123456789:AAE… и выдаётся в @BotFather",
    ),
    "invalid_webhook_secrets": (
        "must be 16 to 256 of A-Z, a-z, 0-9, _ and -",
        "нужно от 16 до 256 символов A-Z, a-z, 0-9, _ и -",
    ),
    "invalid_digest_key": (
        "must be the 43 letters that the command made",
        "нужны те 43 символа, которые создала команда",
    ),
    "invalid_string_too_short": ("must have {min_length} letters at least", "нужно не меньше {min_length} символов"),
    "invalid_string_too_long": ("must have {max_length} letters at most", "нужно не больше {max_length} символов"),
    "invalid_too_short": ("must have {min_length} values at least", "нужно не меньше {min_length} значений"),
    "invalid_too_long": ("must have {max_length} values at most", "нужно не больше {max_length} значений"),
    "invalid_greater_than": ("must be above {gt}", "нужно больше {gt}"),
    "invalid_greater_than_equal": ("must be {ge} at least", "нужно не меньше {ge}"),
    "invalid_less_than_equal": ("must be {le} at most", "нужно не больше {le}"),
    "invalid_extra_forbidden": ("there is no such setting", "такой настройки нет"),
    "invalid_missing": ("is missing", "не хватает"),
    # -- problems: what is stored
    "integration_unknown": (
        "There is no integration {alias} in stack {stack}. There are: {known}.",
        "Интеграции {alias} в стеке {stack} нет. Есть: {known}.",
    ),
    "no_integrations": (
        "Stack {stack} has no integration yet: run planfix-telegram setup.",
        "В стеке {stack} ещё нет интеграций: выполните planfix-telegram setup.",
    ),
    "stored_is_no_json": (
        "What SSM holds for integration {alias} is no JSON: store it anew with planfix-telegram settings import.",
        "В SSM для интеграции {alias} лежит не JSON: запишите заново, planfix-telegram settings import.",
    ),
    "changed_meanwhile": (
        "Somebody changed this meanwhile, so nothing was written. Run the command again.",
        "Тем временем это изменил кто-то другой, поэтому ничего не записано. Повторите команду.",
    ),
    "half_written": (
        "Writing failed, and so did undoing it. Look at these parameters in SSM: {names}.",
        "Запись не удалась, и вернуть прежнее тоже. Проверьте эти параметры в SSM: {names}.",
    ),
    "stored_without_webhook": (
        "Settings are stored, but the webhook is not set. {detail} Then run: planfix-telegram webhook set",
        "Настройки записаны, но вебхук не установлен. {detail} Затем выполните: planfix-telegram webhook set",
    ),
    # -- problems: files
    "file_unreadable": ("{path} cannot be read: {detail}.", "{path} не читается: {detail}."),
    "file_unwritable": ("{path} cannot be written: {detail}.", "{path} не записывается: {detail}."),
    "file_no_utf8": (
        "{path} is no UTF-8 text (byte {position}): save it as UTF-8.",
        "{path} — не текст UTF-8 (байт {position}): сохраните его в UTF-8.",
    ),
    "file_empty": ("{path} is empty.", "{path} пуст."),
    "file_no_json": (
        "{path} is no JSON: {detail}, line {line}, column {column}. Nothing was written.",
        "{path} — не JSON: {detail}, строка {line}, столбец {column}. Ничего не записано.",
    ),
    "file_no_integrations": (
        '{path} must be {{"integrations": {{"main": {{"settings": …, "secrets": …}}}}}}. Nothing was written.',
        'В {path} должно быть {{"integrations": {{"main": {{"settings": …, "secrets": …}}}}}}. Ничего не записано.',
    ),
    "file_alias_malformed": (
        "{path}: “{alias}” cannot be an alias: use a-z, 0-9, - and _, at most 32. Nothing was written.",
        "{path}: «{alias}» не годится как имя: a-z, 0-9, - и _, не больше 32. Ничего не записано.",
    ),
    "file_no_settings": (
        "{path}: integration {alias} has no “settings”. Nothing was written.",
        "{path}: у интеграции {alias} нет «settings». Ничего не записано.",
    ),
    "file_strange_parts": (
        "{path}: integration {alias} holds “settings” and “secrets” only; look at {strange}. Nothing was written.",
        "{path}: у интеграции {alias} бывают только «settings» и «secrets»; проверьте {strange}. Ничего не записано.",
    ),
    "file_without_integration": (
        "{path} has no integration {alias}. It has: {known}.",
        "В {path} нет интеграции {alias}. Есть: {known}.",
    ),
    "import_without_secrets": (
        (
            "Integration {alias} has no secrets, neither in the file nor in SSM: add “secrets” to the file, or run "
            "planfix-telegram setup. Nothing was written."
        ),
        (
            "У интеграции {alias} нет секретов ни в файле, ни в SSM: добавьте «secrets» в файл или выполните "
            "planfix-telegram setup. Ничего не записано."
        ),
    ),
    # -- problems: AWS
    "aws_no_credentials": (
        "AWS credentials were not found: run aws configure (or aws sso login), or name a profile with --profile.",
        "Не найдены ключи AWS: выполните aws configure (или aws sso login) либо укажите профиль в --profile.",
    ),
    "aws_credentials_expired": (
        "The AWS credentials have expired: log in again, e.g. aws sso login.",
        "Срок ключей AWS истёк: войдите снова, например aws sso login.",
    ),
    "aws_credentials_refused": (
        "AWS does not know these credentials ({operation}): check the profile, or log in again.",
        "AWS не знает этих ключей ({operation}): проверьте профиль или войдите снова.",
    ),
    "aws_access_denied": (
        "AWS does not allow this ({operation}): {detail} Ask whoever manages the AWS account for this right.",
        "AWS этого не разрешает ({operation}): {detail} Попросите это право у администратора AWS.",
    ),
    "aws_busy": (
        "AWS is busy ({operation}): try again in a minute.",
        "AWS занят ({operation}): повторите через минуту.",
    ),
    "aws_no_region": (
        "No AWS region is chosen: add --region, e.g. --region eu-central-1.",
        "Не выбран регион AWS: добавьте --region, например --region eu-central-1.",
    ),
    "aws_region_invalid": ("This is no AWS region: {detail}", "Такого региона AWS нет: {detail}"),
    "aws_profile_unknown": (
        "{detail}. See aws configure list-profiles.",
        "{detail}. Смотрите aws configure list-profiles.",
    ),
    "aws_unreachable": (
        "AWS cannot be reached: {detail} Check the network, --region and --endpoint-url.",
        "AWS недоступен: {detail} Проверьте сеть, --region и --endpoint-url.",
    ),
    "aws_table_missing": (
        (
            "AWS does not find the table ({operation}): check --stack, --region and the table that an option "
            "(--connections-table, --chats-table) names."
        ),
        (
            "AWS не находит таблицу ({operation}): проверьте --stack, --region и таблицу, названную параметром "
            "(--connections-table, --chats-table)."
        ),
    ),
    "aws_queue_missing": (
        "AWS does not find the queue ({operation}): check --stack, --region and the queues that options name.",
        "AWS не находит очередь ({operation}): проверьте --stack, --region и очереди, названные параметрами.",
    ),
    "aws_other": ("AWS refused: {detail}", "AWS отказал: {detail}"),
    "stack_missing": (
        "{detail}: deploy it with sam deploy, or name another with --stack and --region.",
        "{detail}: разверните его через sam deploy или укажите другой в --stack и --region.",
    ),
    "prefix_differs": (
        (
            "Stack {stack} reads its settings from {prefix}, not from /{stack}: deploy it again with "
            "--parameter-overrides Stack={stack}."
        ),
        (
            "Стек {stack} читает настройки из {prefix}, а не из /{stack}: разверните его заново с "
            "--parameter-overrides Stack={stack}."
        ),
    ),
    "output_missing": (
        "Stack {stack} has no output {name}: deploy its newest template, or give the value as an option.",
        "В стеке {stack} нет значения {name}: разверните свежий шаблон или укажите значение параметром.",
    ),
    # -- problems: Telegram and Planfix
    "bot_token_wrong": (
        "Telegram does not know this bot token: copy it again from @BotFather (/mybots → API Token).",
        "Телеграм не знает этого токена: скопируйте его ещё раз из @BotFather (/mybots → API Token).",
    ),
    "planfix_token_wrong": (
        "Planfix does not take this REST token ({detail}): make one in Planfix, Account management → API access → REST API.",
        "Планфикс не принял токен REST API ({detail}): создайте его в Управление аккаунтом → Доступ к API → REST API.",
    ),
    "planfix_scopes": (
        "The Planfix token lacks a right ({detail}): give it task_*, contact_*, comment_*, file_* and user_readonly.",
        "Токену Планфикса не хватает права ({detail}): дайте ему task_*, contact_*, comment_*, file_* и user_readonly.",
    ),
    "planfix_quota": (
        "Planfix takes no more requests for now: try again later.",
        "Планфикс пока не принимает запросы: повторите позже.",
    ),
    "telegram_busy": (
        "Telegram asks to wait ({detail}): try again in a minute.",
        "Телеграм просит подождать ({detail}): повторите через минуту.",
    ),
    "service_unreachable": (
        "{service} does not answer ({detail}): check the address and the network, then try again.",
        "{service} не отвечает ({detail}): проверьте адрес и сеть и повторите.",
    ),
    "service_strange": (
        "{service} gives an unexpected answer ({detail}): check the address.",
        "{service} отвечает неожиданно ({detail}): проверьте адрес.",
    ),
    "service_refused": ("{service} refused: {why} ({detail})", "{service} отказал: {why} ({detail})"),
    # -- problems: this machine
    "local_extra_missing": (
        "{package} is missing: pip install 'planfix-telegram[local]'",
        "Не хватает {package}: pip install 'planfix-telegram[local]'",
    ),
    "local_problem": ("{detail}", "{detail}"),
    "program_fault": (
        (
            "This is a fault of the program ({kind} in {place}): please report it. "
            "With PLANFIX_TELEGRAM_DEBUG=1 it prints the whole story."
        ),
        "Это ошибка программы ({kind} в {place}): сообщите о ней. С PLANFIX_TELEGRAM_DEBUG=1 она расскажет подробнее.",
    ),
}
"""Sentences by name: English, Russian."""

_spoken: Language = "en"


def speak(language: Language) -> None:
    """Choose the language of everything that is said from now on; called once, before the first sentence."""
    global _spoken  # noqa: PLW0603 - one process has one admin, who has one language
    _spoken = language


def current_language() -> Language:
    """The language of everything that is said."""
    return _spoken


def say(key: str, /, **values: object) -> str:
    """A sentence with its placeholders filled in."""
    return TEXTS[key][_spoken == "ru"].format(**values)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """What `--language` says, else the system's language (POSIX: LC_ALL before LC_MESSAGES before LANG)."""
    for argument, following in pairwise([*arguments, ""]):
        name, _, value = argument.partition("=")
        if name == "--language":
            return "ru" if (value or following) == "ru" else "en"
    system = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "ru" if system.lower().startswith("ru") else "en"
