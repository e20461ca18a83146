"""Sentences of `setup`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_setup": (
        "Guided first set-up: tokens, templates, webhook, first account, what to enter in Planfix.",
        "Первая настройка по шагам: токены, шаблоны, вебхук, первый аккаунт, что ввести в Планфиксе.",
    ),
    # -- options and arguments
    "help_bot_token_file": (
        "File with the bot token (or PLANFIX_TELEGRAM_BOT_TOKEN).",
        "Файл с токеном бота (или PLANFIX_TELEGRAM_BOT_TOKEN).",
    ),
    "help_route": (
        "How Planfix is reached: by its API for chats, or by REST and scenarios.",
        "Способ связи с Планфиксом: API для чатов или REST со сценариями.",
    ),
    "help_planfix_chat_url": (
        "Address of Planfix's API for chats, from a chat's window there.",
        "Адрес API Планфикса для чатов, из окна чата.",
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
        "Wait for this account only (its owner's Telegram id, or @username).",
        "Ждать только этот аккаунт (номер владельца в Телеграме или @имя).",
    ),
    "help_no_wait": ("Do not wait for a business account.", "Не ждать подключения аккаунта."),
    # -- examples
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
    # -- words of tables, questions and progress
    "kind_employee": ("employee", "сотрудник"),
    "kind_group": ("group", "группа"),
    "answer_language": ("Type one of: {known}.", "Введите одно из: {known}."),
    "reading_planfix": ("Reading templates and people from Planfix…", "Чтение шаблонов и сотрудников из Планфикса…"),
    # -- steps and questions
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
    # four lines each
    "route_chat_api_explained": (
        (
            "chat_api (recommended): a native chat in Planfix, by its own API for chats.\n"
            "  Set up: two fields to paste into the window of each channel's chat.\n"
            "  Ticks beside each answer, the employee's name and files come along; no daily quota is stated.\n"
            "  Templates, assignees and when a new task is made are chosen in Planfix; /new is not there."
        ),
        (
            "chat_api (рекомендуется): родной чат Планфикса, через его API для чатов.\n"
            "  Настройка: вставить два поля в окно чата каждого канала.\n"
            "  Галочки у каждого ответа, имя сотрудника и файлы приходят сами; суточного лимита не заявлено.\n"
            "  Шаблоны, исполнители и правило новой задачи выбираются в Планфиксе; команды /new нет."
        ),
    ),
    "route_rest_explained": (
        (
            "rest: full control, by Planfix's REST API.\n"
            "  Set up: a token with rights, templates chosen here, and two scenarios to build in Planfix.\n"
            "  Formatting and replies stay, nothing is lost or doubled when a connection breaks, /new works.\n"
            "  One request a second and a daily quota for the whole account; notices instead of ticks."
        ),
        (
            "rest: полный контроль, через REST API Планфикса.\n"
            "  Настройка: токен с правами, шаблоны выбираются здесь, в Планфиксе нужно создать два сценария.\n"
            "  Оформление и ответы на сообщения сохраняются, при обрыве связи ничего не теряется и не двоится, есть /new.\n"
            "  Один запрос в секунду и суточный лимит на весь аккаунт; вместо галочек — уведомления."
        ),
    ),
    "ask_route": ("Which route: chat_api or rest", "Какой способ: chat_api или rest"),
    "ask_chat_url": (
        "Address of Planfix's API for chats, from a chat's window there",
        "Адрес API Планфикса для чатов, из окна чата",
    ),
    "ask_planfix_token_too": (
        "Planfix REST API token, not required here (hidden)",
        "Токен REST API Планфикса, здесь необязателен (ввод скрыт)",
    ),
    "enter_leaves_out": (", Enter goes on without", ", Enter — продолжить без него"),
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
    "ask_channel_name": ("Name of this channel in Planfix", "Название этого канала в Планфиксе"),
    "ask_owner_user": ("Which employee is {name}?", "Кто из сотрудников — {name}?"),
    "ask_owner_email": (
        "E-mail under which {name} is an employee in Planfix (Enter: none)",
        "Электронная почта, под которой {name} — сотрудник в Планфиксе (Enter — не указывать)",
    ),
    "approved_before": ("Approved already: {names}.", "Уже одобрены: {names}."),
    "setup_done": (
        "When the scenarios are saved, write to the account from another phone and look into Planfix.",
        "Когда сценарии сохранены, напишите аккаунту с другого телефона и загляните в Планфикс.",
    ),
    "setup_done_by_chats": (
        "Write to the account from another phone, and look at the task's chat in Planfix.",
        "Напишите аккаунту с другого телефона и загляните в чат задачи в Планфиксе.",
    ),
    # -- problems: how the command was called
    "options_of_rest": (
        "{options}: on the route chat_api this is chosen in Planfix, in the window of each chat.",
        "{options}: при способе chat_api это выбирается в Планфиксе, в окне каждого чата.",
    ),
    "option_wanted": (
        "There is no terminal to ask for {what}: give it by {option}.",
        "Нет терминала, чтобы спросить {what}: укажите {option}.",
    ),
    "secret_option_wanted": (
        "There is no terminal to ask for {what}: give it by {option} or in the variable {variable}.",
        "Нет терминала, чтобы спросить {what}: укажите {option} или переменную {variable}.",
    ),
    "template_or_object": (
        "Give --task-template or --task-object, not both.",
        "Укажите --task-template или --task-object, но не оба.",
    ),
    "choice_unknown": (
        "{option}: Planfix has no “{text}”. It has:{names}",
        "{option}: в Планфиксе нет «{text}». Есть:{names}",
    ),
    "choice_ambiguous": (
        "{option}: several match “{text}”, give the number:{names}",
        "{option}: под «{text}» подходят несколько, укажите номер:{names}",
    ),
    # -- problems: what is stored
    "stored_without_webhook": (
        "Settings are stored, but the webhook is not set. {detail} Then run: {call:webhook set}",
        "Настройки записаны, но вебхук не установлен. {detail} Затем выполните: {call:webhook set}",
    ),
    # -- what is left when no account was approved
    "step_left": ("Still to do", "Осталось сделать"),
    "left_to_do": (
        (
            "1. On the phone of the account: Telegram → Settings → Telegram Business → Chatbots → @{username}.\n"
            "2. Look who has connected the bot: {call:accounts list}\n"
            "3. Approve the account: {call:accounts approve OWNER}\n"
            "4. Save the scenarios in Planfix as they stand above; again: {call:scenario}\n"
            "5. See whether all is well: {call:doctor}"
        ),
        (
            "1. На телефоне аккаунта: Telegram → Настройки → Telegram для бизнеса → Чат-боты → @{username}.\n"
            "2. Посмотрите, кто подключил бота: {call:accounts list}\n"
            "3. Одобрите аккаунт: {call:accounts approve НОМЕР}\n"
            "4. Сохраните в Планфиксе сценарии, как показано выше; ещё раз: {call:scenario}\n"
            "5. Проверьте, всё ли в порядке: {call:doctor}"
        ),
    ),
    "left_to_do_by_chats": (
        (
            "1. On the phone of the account: Telegram → Settings → Telegram Business → Chatbots → @{username}.\n"
            "2. Look who has connected the bot: {call:accounts list}\n"
            "3. Approve the account: {call:accounts approve OWNER}\n"
            "4. Fill in the window of each chat in Planfix: {call:scenario}\n"
            "5. Store Planfix's key of each: {call:settings set} --secret chats.OWNER.planfix_token\n"
            "6. See whether all is well: {call:doctor}"
        ),
        (
            "1. На телефоне аккаунта: Telegram → Настройки → Telegram для бизнеса → Чат-боты → @{username}.\n"
            "2. Посмотрите, кто подключил бота: {call:accounts list}\n"
            "3. Одобрите аккаунт: {call:accounts approve НОМЕР}\n"
            "4. Заполните в Планфиксе окно каждого чата: {call:scenario}\n"
            "5. Запишите ключ Планфикса каждого: {call:settings set} --secret chats.НОМЕР.planfix_token\n"
            "6. Проверьте, всё ли в порядке: {call:doctor}"
        ),
    ),
    "left_windows": (
        (
            "1. Fill in the window of each chat in Planfix: {call:scenario}\n"
            "2. Store Planfix's key of each: {call:settings set} --secret chats.OWNER.planfix_token\n"
            "3. See whether all is well: {call:doctor}"
        ),
        (
            "1. Заполните в Планфиксе окно каждого чата: {call:scenario}\n"
            "2. Запишите ключ Планфикса каждого: {call:settings set} --secret chats.НОМЕР.planfix_token\n"
            "3. Проверьте, всё ли в порядке: {call:doctor}"
        ),
    ),
    "somebody_waits": (
        "Somebody has connected the bot, and anybody could: say by --owner whose account is yours:{names}",
        "Бота подключили, а это может любой: скажите через --owner, чей аккаунт ваш:{names}",
    ),
    # -- the Planfix account's address
    "looking_for_planfix": ("Looking for Planfix at {address}…", "Поиск Планфикса на {address}…"),
    "planfix_is_at": ("Your Planfix is {address}", "Ваш Планфикс: {address}"),
    "planfix_not_there": (
        "There is no Planfix at {tried}: copy the address from your browser, e.g. https://acme.planfix.com",
        "По адресу {tried} Планфикса нет: скопируйте адрес из браузера, например https://acme.planfix.ru",
    ),
    "chat_url_found": ("Planfix's API for chats is {address}", "API Планфикса для чатов: {address}"),
    "chat_url_not_there": (
        "Planfix's API for chats is not at {tried}: copy the address from a chat's window in Planfix (Integrations → Chats).",
        "По адресу {tried} нет API Планфикса для чатов: скопируйте адрес из окна чата в Планфиксе (Интеграции → Чаты).",
    ),
    "planfix_twice": (
        "There are two such accounts, give the whole address: {tried}",
        "Таких аккаунтов два, укажите адрес целиком: {tried}",
    ),
}
