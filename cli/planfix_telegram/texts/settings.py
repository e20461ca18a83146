"""Sentences of `settings`, and of changing what is stored."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
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
    # -- options and arguments
    "help_from_file": ("Read the secret from a file; - is stdin.", "Прочитать секрет из файла; - означает stdin."),
    "help_pairs": (
        "Dotted key and value; a list's elements are separated by commas.",
        "Ключ через точку и значение; элементы списка — через запятую.",
    ),
    "help_keys": ("Dotted keys.", "Ключи через точку."),
    "help_secret": (
        "Set a secret: bot_token, planfix_token, webhook_secrets, planfix_secrets, chats.123456789.planfix_token or .our_tokens.",
        "Задать секрет: bot_token, planfix_token, webhook_secrets, planfix_secrets, chats.123456789.planfix_token или .our_tokens.",
    ),
    "help_unset_secret": (
        "Drop the older of two valid values of this secret.",
        "Убрать старое из двух действующих значений секрета.",
    ),
    "help_generate": ("Make a new random value of the secret.", "Создать новое случайное значение секрета."),
    "help_import_file": ("JSON file; - is stdin.", "Файл JSON; - означает stdin."),
    "help_export_file": ("Where to write; - is stdout.", "Куда записать; - означает stdout."),
    # -- examples
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
    # -- words of tables, questions and progress
    "secret_set": ("set", "задан"),
    "secret_not_set": ("not set", "не задан"),
    "secret_changed": ("changed", "изменён"),
    "secret_two_valid": ("set, two values are valid", "задан, действуют два значения"),
    "left_to_planfix": ("in Planfix: {option}", "в Планфиксе: {option}"),
    "left_though_set": (
        "{value} (this route does not use it; in Planfix: {option})",
        "{value} (этот способ его не использует; в Планфиксе: {option})",
    ),
    "left_task_template": (
        "object or template for new tasks («Объект (шаблон) для создания новых задач»)",
        "«Объект (шаблон) для создания новых задач»",
    ),
    "left_contact_template": (
        "template for new contacts («Шаблон для создания новых контактов»)",
        "«Шаблон для создания новых контактов»",
    ),
    "left_extra_assignees": (
        "additional assignees («Подключить дополнительных исполнителей»)",
        "«Подключить дополнительных исполнителей»",
    ),
    "left_default_assignee": (
        "the template's assignees; without any, whoever set the chat up",
        "исполнители шаблона; если их нет — тот, кто подключил чат",
    ),
    "left_new_task": (
        "new task if none is active («Создавать новую задачу, если нет активных задач общения с этим контактом»)",
        "«Создавать новую задачу, если нет активных задач общения с этим контактом»",
    ),
    "left_where": (
        (
            "“In Planfix” is the window of each channel's chat: Account management → Integrations → Chats → Planfix's API "
            "for chats («Управление аккаунтом → Интеграции → Чаты → API ПланФикса для чатов»)."
        ),
        (
            "«В Планфиксе» — в окне чата каждого канала: Управление аккаунтом → Интеграции → Чаты → "
            "API ПланФикса для чатов."
        ),
    ),
    "by_default": ("{value} (default)", "{value} (по умолчанию)"),
    "writing": ("Writing…", "Запись…"),
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
            "{call:settings unset} --secret {name}"
        ),
        ("Прежнее значение действует вместе с новым. Когда оно нигде не нужно: {call:settings unset} --secret {name}"),
    ),
    "webhook_again": (
        "In a minute tell Telegram as well: {call:webhook set}",
        "Через минуту сообщите об этом Телеграму: {call:webhook set}",
    ),
    # -- problems: how the command was called
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
    # -- problems: keys and values
    "key_unknown": (
        "There is no setting {key}. There are:{known}",
        "Настройки {key} нет. Есть:{known}",
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
        "Settings of {alias} are not valid: {reasons}.",
        "Настройки {alias} неверны: {reasons}.",
    ),
    "secrets_invalid": (
        "Secrets of {alias} are not valid: {reasons}.",
        "Секреты {alias} неверны: {reasons}.",
    ),
    "secret_invalid": ("{name}: {reasons}.", "{name}: {reasons}."),
    "secrets_missing": (
        "Integration {alias} has no secrets: run {call:setup}.",
        "У интеграции {alias} нет секретов: выполните {call:setup}.",
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
    "too_many_chats": (
        "The keys of so many chats do not fit into {limit} parameters of {size} bytes. Nothing was written.",
        "Ключи стольких чатов не помещаются в {limit} параметров по {size} байт. Ничего не записано.",
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
    "invalid_provider_id": (
        "must be 1 to 64 characters without spaces and ~",
        "нужно от 1 до 64 символов без пробелов и ~",
    ),
    "invalid_owner_email": ("must be an e-mail address", "нужен адрес электронной почты"),
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
        "Stack {stack} has no integration yet: run {call:setup}.",
        "В стеке {stack} ещё нет интеграций: выполните {call:setup}.",
    ),
    "stored_is_no_json": (
        "What SSM holds for integration {alias} is no JSON: store it anew with {call:settings import}.",
        "В SSM для интеграции {alias} лежит не JSON: запишите заново, {call:settings import}.",
    ),
    "changed_meanwhile": (
        "Somebody changed this meanwhile, so nothing was written. Run the command again.",
        "Тем временем это изменил кто-то другой, поэтому ничего не записано. Повторите команду.",
    ),
    "half_written": (
        "Writing failed, and so did undoing it. Look at these parameters in SSM: {names}.",
        "Запись не удалась, и вернуть прежнее тоже. Проверьте эти параметры в SSM: {names}.",
    ),
    # -- problems: what is imported
    "file_without_integration": (
        "{path} has no integration {alias}. It has: {known}.",
        "В {path} нет интеграции {alias}. Есть: {known}.",
    ),
    "import_without_secrets": (
        (
            "Integration {alias} has no secrets, neither in the file nor in SSM: add “secrets” to the file, or run "
            "{call:setup}. Nothing was written."
        ),
        (
            "У интеграции {alias} нет секретов ни в файле, ни в SSM: добавьте «secrets» в файл или выполните "
            "{call:setup}. Ничего не записано."
        ),
    ),
    # -- another route
    "route_to_chats": (
        (
            "Planfix does not join what the two routes make. With the next message each client gets a new contact and a new task; "
            "merge the contacts in Planfix, and the old task into the new one. Answers in the old tasks go nowhere from now on, "
            "and nobody is told: finish these tasks, and switch both scenarios off."
        ),
        (
            "Планфикс не соединяет то, что создано разными способами. Со следующим сообщением у каждого клиента появятся новый "
            "контакт и новая задача: объедините контакты в Планфиксе, а старую задачу — с новой, оставив новую. Ответы в старых "
            "задачах больше не уходят, и никто об этом не узнает: завершите эти задачи и выключите оба сценария."
        ),
    ),
    "route_to_rest": (
        (
            "Planfix does not join what the two routes make. With the next message the bridge looks for each client's contact by "
            "Telegram id and @username, and makes one, and a new task, where Planfix has neither of them; merge them in Planfix, "
            "the old task into the new one. Answers in the old chats go nowhere from now on, and nobody is told: finish "
            "these tasks, switch the chats off, and make the scenarios: {call:scenario}"
        ),
        (
            "Планфикс не соединяет то, что создано разными способами. Со следующим сообщением мост ищет контакт клиента по номеру "
            "в Телеграме и @username, а где их нет, создаёт новый, и с ним новую задачу: объедините их в Планфиксе, оставив новую "
            "задачу. Ответы в старых чатах больше не уходят, и никто об этом не узнает: завершите эти задачи, выключите чаты и "
            "создайте сценарии: {call:scenario}"
        ),
    ),
    "route_keys_missing": (
        (
            "Planfix's keys of these chats are missing; messages of their channels wait until they are there. {call:setup} "
            "shows each window and asks for its key:{names}"
        ),
        (
            "Не хватает ключей Планфикса для этих чатов; сообщения их каналов подождут. {call:setup} покажет, что ввести в окне "
            "каждого, и спросит ключ:{names}"
        ),
    ),
    "route_secrets_missing": (
        (
            "The route rest needs what is not there: {names}. Set each of them first: {call:settings set} --secret NAME "
            "(planfix_secrets with --generate). Nothing was written."
        ),
        (
            "Способу rest не хватает секретов: {names}. Сначала задайте каждый: {call:settings set} --secret ИМЯ "
            "(planfix_secrets — с --generate). Ничего не записано."
        ),
    ),
    "names_need_token": (
        (
            "{key}: “{value}” is a name. Names are looked up by Planfix's REST API, and this integration has no token for it. "
            "Give the number, or set a token first: {call:settings set} --secret planfix_token"
        ),
        (
            "{key}: «{value}» — это название. Названия ищутся через REST API Планфикса, а токена для него у интеграции нет. "
            "Укажите номер или сначала задайте токен: {call:settings set} --secret planfix_token"
        ),
    ),
    # -- numbers of Planfix
    "help_no_check": (
        "Do not look numbers and names up in Planfix.",
        "Не сверять номера и названия с Планфиксом.",
    ),
    "numbers_gone": (
        "Planfix at {host} does not have what these name, or does not show it to the token (--no-check stores it anyway):{names}",
        "В Планфиксе {host} этого нет, или токену оно не видно (--no-check запишет всё равно):{names}",
    ),
    # -- what else the model finds wrong
    "invalid_two_ways": (
        "set task_template or task_object, not both",
        "задайте task_template или task_object, но не оба",
    ),
    "invalid_chat_url_missing": (
        "the route chat_api needs planfix.chat_url: the address that the window of a chat shows in Planfix",
        "способу chat_api нужен planfix.chat_url: адрес из окна чата в Планфиксе",
    ),
    "invalid_provider_id_default": (
        "provider_id is each channel's own: set channels.<owner id>.provider_id",
        "provider_id у каждого канала свой: задайте channels.<owner id>.provider_id",
    ),
    "invalid_provider_id_twice": (
        "two channels have the same provider_id",
        "у двух каналов одинаковый provider_id",
    ),
    "invalid_channel_key": (
        "“{key}” is no channel: a channel is own_bot or the number of an account's owner in Telegram",
        "«{key}» — не канал: канал — это own_bot или номер владельца аккаунта в Телеграме",
    ),
    "invalid_string_type": ("must be text", "нужен текст"),
    "invalid_int_type": ("must be a whole number", "нужно целое число"),
    "invalid_int_from_float": ("must be a whole number", "нужно целое число"),
    "invalid_float_type": ("must be a number", "нужно число"),
    "invalid_bool_type": ("must be true or false", "нужно true или false"),
    "invalid_tuple_type": ("must be a list", "нужен список"),
    "invalid_dict_type": ("must be an object with keys", "нужен объект с ключами"),
    "invalid_model_type": ("must be an object with keys", "нужен объект с ключами"),
    "invalid_otherwise": ("is not valid ({detail})", "не годится ({detail})"),
    # -- history
    "help_settings_history": (
        "Show who changed what and when; of secrets, only that they were written.",
        "Показать, кто, что и когда менял; о секретах — только что их записывали.",
    ),
    "examples_settings_history": ("planfix-telegram settings history", "planfix-telegram settings history"),
    "column_when": ("when", "когда"),
    "column_by": ("by", "кто"),
    "column_before": ("before", "было"),
    "column_after": ("after", "стало"),
    "secrets_word": ("secrets", "секреты"),
}
