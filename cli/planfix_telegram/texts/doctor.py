"""Sentences of `doctor` and `status`: what is, and what to do (``do_...``)."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_doctor": (
        "Check everything from the outside: each line is well, or says what to do. Exit code 0 only when all is well.",
        "Проверить всё снаружи: каждая строка в порядке или говорит, что делать. Код выхода 0, только если всё хорошо.",
    ),
    "help_status": (
        "The first screen of doctor: what is read in a second.",
        "Первый экран doctor: то, что читается за секунду.",
    ),
    # -- examples
    "examples_doctor": (
        "planfix-telegram doctor\nplanfix-telegram doctor -i main --test-call 12345\nplanfix-telegram doctor --json",
        "planfix-telegram doctor\nplanfix-telegram doctor -i main --test-call 12345\nplanfix-telegram doctor --json",
    ),
    "examples_status": ("planfix-telegram status", "planfix-telegram status"),
    # -- rooms and the end
    "room_stack": ("Stack", "Стек"),
    "room_queues": ("Queues", "Очереди"),
    "room_alarms": ("Alarms", "Тревоги"),
    "room_drift": ("Changes by hand", "Изменения вручную"),
    "room_parameters": ("Settings and secrets", "Настройки и секреты"),
    "room_bot": ("Bot and webhook", "Бот и вебхук"),
    "room_accounts": ("Accounts", "Аккаунты"),
    "room_planfix": ("Planfix", "Планфикс"),
    "room_doors": ("Test calls to the bridge", "Пробные вызовы моста"),
    "room_scenario": ("Scenarios in Planfix", "Сценарии в Планфиксе"),
    "looking_at": ("Checking: {room}…", "Проверка: {room}…"),
    "all_well": ("All is well.", "Всё в порядке."),
    "not_well": (
        "To be mended: {count}. What to do stands under each line.",
        "Требует внимания: {count}. Что делать, сказано под каждой строкой.",
    ),
    "could_not_look": ("Could not be checked: {detail}", "Не удалось проверить: {detail}"),
    "test_call_of_one": (
        "A test call is of one integration: add -i ALIAS.",
        "Пробный вызов — для одной интеграции: добавьте -i ИМЯ.",
    ),
    "test_call_of_rest": (
        "A test call is of scenarios, and this integration has none: answer a client in a chat's task, then look with {call:doctor}",
        "Пробный вызов — для сценариев, а у этой интеграции их нет: ответьте клиенту в задаче чата, затем проверьте: {call:doctor}",
    ),
    # -- stack
    "stack_there": ("{stack} in {region}: {status}, {when}.", "{stack} в {region}: {status}, {when}."),
    "stack_busy": (
        "{stack} in {region} is being deployed at the moment: {status}.",
        "{stack} в {region} сейчас разворачивается: {status}.",
    ),
    "stack_failed": (
        "The last deployment of {stack} in {region} failed: {status}, {when}.",
        "Последнее развёртывание {stack} в {region} не удалось: {status}, {when}.",
    ),
    "stack_version": ("Version {deployed}.", "Версия {deployed}."),
    "stack_old": (
        "The deployed version does not say which it is: it is older than this command ({ours}).",
        "Развёрнутая версия не называет себя: она старше этой команды ({ours}).",
    ),
    "stack_version_differs": (
        "Version {deployed} is deployed, and this command is of version {ours}.",
        "Развёрнута версия {deployed}, а эта команда — версии {ours}.",
    ),
    "clock_right": ("This computer's clock agrees with AWS.", "Часы этого компьютера сходятся с AWS."),
    "clock_wrong": (
        "This computer's clock is off by {seconds} s: from 300 s on AWS refuses every call.",
        "Часы этого компьютера врут на {seconds} с: от 300 с AWS отвергает все вызовы.",
    ),
    "no_drift": (
        "Everything is as the template made it.",
        "Всё так, как сделал шаблон.",
    ),
    "drifted": ("Changed by hand since the deployment: {names}.", "Изменено вручную после развёртывания: {names}."),
    "drift_not_read": (
        "Whether anything was changed by hand could not be checked ({detail}).",
        "Проверить, менялось ли что-то вручную, не удалось ({detail}).",
    ),
    "no_integration": ("There is no integration yet.", "Интеграций ещё нет."),
    # -- queues
    "messages_wait": (
        "Clients' messages on their way to Planfix: {count}.",
        "Сообщений клиентов на пути в Планфикс: {count}.",
    ),
    "messages_wait_long": (
        "Clients' messages on their way to Planfix: {count}, the oldest for {minutes} minutes. Nothing is lost, but nothing moves.",
        "Сообщений клиентов на пути в Планфикс: {count}, старейшее ждёт {minutes} мин. Ничего не потеряно, но и не движется.",
    ),
    "answers_wait": (
        "On their way to Telegram, answers that wait for their time included: {count}.",
        "На пути в Телеграм, вместе с ответами, ждущими своего часа: {count}.",
    ),
    "no_dead_letters": ("Nothing was given up.", "Недоставленного нет."),
    "dead_letters": (
        "Given up: clients' messages {messages}, answers {answers}.",
        "Не доставлено: сообщений клиентов {messages}, ответов {answers}.",
    ),
    # -- alarms
    "alarms_quiet": ("None of the {count} alarms rings.", "Ни одна из тревог ({count}) не звучит."),
    "alarm_rings": ("{name} rings. {why}", "Звучит {name}. {why}"),
    "alarms_gone": ("Alarms are gone: {names}.", "Пропали тревоги: {names}."),
    "alarms_silenced": (
        "Alarms tell nobody, somebody switched that off: {names}.",
        "Тревоги никому не сообщают, это кто-то выключил: {names}.",
    ),
    "no_alarms": ("The stack has no alarms.", "В стеке нет тревог."),
    "alarms_heard": ("Alarms are heard by {names}.", "О тревогах узнаёт {names}."),
    "mail_unconfirmed": (
        "Alarms are not heard by {names}: AWS waits for a confirmation.",
        "О тревогах не узнаёт {names}: AWS ждёт подтверждения.",
    ),
    "nobody_is_mailed": ("Nobody is told of alarms.", "О тревогах никто не узнаёт."),
    # -- settings and secrets
    "settings_right": ("Settings are valid, {size} of {limit} bytes.", "Настройки верны, {size} из {limit} байт."),
    "settings_almost_full": (
        "Settings take {size} of {limit} bytes: the next account may not fit.",
        "Настройки занимают {size} из {limit} байт: следующий аккаунт может не поместиться.",
    ),
    "secrets_right": ("Secrets are complete and encrypted.", "Секреты на месте и зашифрованы."),
    "secrets_plain": (
        "Secrets lie in {name} unencrypted.",
        "Секреты лежат в {name} незашифрованными.",
    ),
    "secret_rotating": (
        "Two values of {name} are valid: a rotation is not ended.",
        "У {name} действуют два значения: замена не закончена.",
    ),
    # -- bot and webhook
    "bot_known": ("Telegram knows the bot: @{username}.", "Телеграм знает бота: @{username}."),
    "business_mode_is_off": (
        "Business accounts cannot connect @{username}.",
        "Бизнес-аккаунты не могут подключить @{username}.",
    ),
    "bot_shared": (
        "@{username} belongs to integration {aliases} too: Telegram sends each update to one of them only.",
        "@{username} есть и у интеграции {aliases}: Телеграм присылает событие только одной из них.",
    ),
    "webhook_here": ("Telegram sends updates to {address}", "Телеграм присылает события на {address}"),
    "webhook_none": ("Telegram has no address to send updates to.", "У Телеграма нет адреса, куда присылать события."),
    "webhook_elsewhere": (
        "Telegram sends the updates elsewhere: {address} instead of {wanted}",
        "Телеграм присылает события не сюда: {address} вместо {wanted}",
    ),
    "webhook_path_wrong": (
        "Telegram sends the updates to a wrong address of this deployment: {address} instead of {wanted}",
        "Телеграм присылает события на неверный адрес этого развёртывания: {address} вместо {wanted}",
    ),
    "webhook_of_another": (
        "Telegram sends the updates to integration {alias} of this deployment.",
        "Телеграм присылает события интеграции {alias} этого же развёртывания.",
    ),
    "kinds_all": ("Telegram sends every kind of update that is needed.", "Телеграм присылает все нужные виды событий."),
    "kinds_missing": ("Telegram was told not to send {kinds}.", "Телеграму сказано не присылать {kinds}."),
    "deliveries_right": (
        "Updates waiting at Telegram: {pending}; last error: {when} {detail}",
        "Событий ждёт в Телеграме: {pending}; последняя ошибка: {when} {detail}",
    ),
    "delivery_failed": (
        "A delivery failed at {when} and went through since: {detail}",
        "Доставка не удалась {when} и с тех пор прошла: {detail}",
    ),
    "deliveries_fail": (
        "Telegram cannot deliver, updates waiting: {pending}; {when}: {detail}",
        "Телеграм не может доставить, событий ждёт: {pending}; {when}: {detail}",
    ),
    "updates_pile_up": (
        "Updates pile up at Telegram: {pending}; last error: {when} {detail}",
        "События копятся в Телеграме: {pending}; последняя ошибка: {when} {detail}",
    ),
    # -- accounts
    "no_channel": (
        "No account is approved and the bot itself is no channel: nothing is carried.",
        "Ни один аккаунт не одобрен, сам бот не канал: ничего не передаётся.",
    ),
    "own_bot_serves": ("What clients write to the bot itself is carried.", "Написанное самому боту передаётся."),
    "account_well": (
        "{name} ({owner}): connected since {when}, can reply.",
        "{name} ({owner}): подключён с {when}, может отвечать.",
    ),
    "account_never_connected": (
        "{name} ({owner}) is approved and has never connected the bot.",
        "{name} ({owner}) одобрен, но бота не подключал.",
    ),
    "account_disconnected": (
        "{name} ({owner}) disconnected the bot at {when}.",
        "{name} ({owner}) отключил бота {when}.",
    ),
    "account_cannot_reply": (
        "{name} ({owner}) does not allow the bot to reply, since {when}.",
        "{name} ({owner}) не разрешает боту отвечать, с {when}.",
    ),
    "account_pending": (
        "{name} ({owner}) connected the bot and is not approved; messages not carried: {missed}.",
        "{name} ({owner}) подключил бота и не одобрен; не передано сообщений: {missed}.",
    ),
    "account_known_at_telegram": (
        "{name} ({owner}): Telegram says the same.",
        "{name} ({owner}): Телеграм подтверждает.",
    ),
    "account_gone_at_telegram": (
        "{name} ({owner}): Telegram does not know this connection any more.",
        "{name} ({owner}): Телеграм больше не знает этого подключения.",
    ),
    "account_right_gone_at_telegram": (
        "{name} ({owner}): Telegram says that the bot may not reply.",
        "{name} ({owner}): Телеграм говорит, что боту нельзя отвечать.",
    ),
    "account_not_asked": (
        "{name} ({owner}): Telegram could not be asked ({detail}).",
        "{name} ({owner}): спросить Телеграм не удалось ({detail}).",
    ),
    "account_heard": (
        "{name} ({owner}): the last message was carried at {when}.",
        "{name} ({owner}): последнее сообщение передано {when}.",
    ),
    "account_not_heard": (
        "{name} ({owner}): no message in the last 14 days.",
        "{name} ({owner}): за последние 14 дней сообщений не было.",
    ),
    # -- Planfix
    "planfix_takes_token": ("Planfix at {host} takes the token.", "Планфикс {host} принимает токен."),
    "scopes_all": ("The token has every right that is needed.", "У токена есть все нужные права."),
    "scopes_missing": ("The token lacks {scopes}.", "Токену не хватает прав: {scopes}."),
    "planfix_clock": (
        "Planfix's clock is {seconds} s from ours. The bridge allows for that.",
        "Часы Планфикса отличаются на {seconds} с. Мост это учитывает.",
    ),
    "no_numbers": (
        "The settings name no template, object or employee.",
        "В настройках нет ни шаблона, ни объекта, ни сотрудника.",
    ),
    "numbers_there": (
        "Templates, objects and people of the settings are in Planfix: {count}.",
        "Шаблоны, объекты и люди из настроек есть в Планфиксе: {count}.",
    ),
    "number_gone": (
        "{key}: Planfix has no number {number}, or does not show it to the token.",
        "{key}: в Планфиксе нет номера {number}, или токену он не виден.",
    ),
    # -- doors
    "door_telegram_answers": (
        "The door for Telegram answers and knows the secret: {address}",
        "Вход для Телеграма отвечает и знает секрет: {address}",
    ),
    "door_planfix_answers": (
        "The door for Planfix answers and knows the secret: {address}",
        "Вход для Планфикса отвечает и знает секрет: {address}",
    ),
    "door_telegram_refuses": (
        "The door for Telegram refuses (HTTP {status}): {address}",
        "Вход для Телеграма отказывает (HTTP {status}): {address}",
    ),
    "door_planfix_refuses": (
        "The door for Planfix refuses (HTTP {status}): {address}",
        "Вход для Планфикса отказывает (HTTP {status}): {address}",
    ),
    # -- scenarios
    "scenario_heard": ("A scenario last called at {when}.", "Сценарий последний раз вызывал мост {when}."),
    "scenario_never_heard": (
        "No scenario has called in the last 14 days.",
        "За последние 14 дней не было ни одного вызова от сценария.",
    ),
    "scenario_password_wrong": (
        "Calls with a wrong password in the last day: {count}, the last at {when}.",
        "Вызовов с неверным паролем за сутки: {count}, последний {when}.",
    ),
    "scenario_password_was_wrong": (
        "Calls with a wrong password in the last day: {count}, the last at {when}; right ones came since.",
        "Вызовов с неверным паролем за сутки: {count}, последний {when}; с тех пор были верные.",
    ),
    # -- what to do
    "do_deploy_again": (
        "Deploy again: make deploy",
        "Разверните заново: make deploy",
    ),
    "do_deploy_or_install": (
        "Deploy the newer one (make deploy), or install the command again from the clone that was deployed.",
        "Разверните более новую (make deploy) или установите команду заново из той копии, что развёрнута.",
    ),
    "do_set_clock": (
        "Set the clock, best by a time server (NTP).",
        "Поставьте часы, лучше по серверу времени (NTP).",
    ),
    "do_setup": ("Make one: {call:setup}", "Создайте: {call:setup}"),
    "do_look_at_planfix": (
        "Look at Planfix's lines here; the sender's log says the reason.",
        "Посмотрите строки о Планфиксе здесь; причина — в журнале отправителя.",
    ),
    "do_dead": (
        "{call:dead list} shows why, {call:dead redrive} --all carries them again.",
        "{call:dead list} покажет причину, {call:dead redrive} --all доставит снова.",
    ),
    "do_alarm": (
        "It ends by itself five minutes after the cause is mended.",
        "Она умолкнет сама через пять минут после устранения причины.",
    ),
    "do_enable_actions": (
        "In AWS: CloudWatch → Alarms → Actions → Alarm actions → Enable.",
        "В AWS: CloudWatch → Alarms → Actions → Alarm actions → Enable.",
    ),
    "do_alarm_mail": (
        "Deploy with an address: make deploy, parameter AlarmEmail.",
        "Разверните с адресом почты: make deploy, параметр AlarmEmail.",
    ),
    "do_confirm_mail": (
        "Open the mail “AWS Notification - Subscription Confirmation” and follow its link; look among spam, it is three days valid.",
        "Откройте письмо «AWS Notification - Subscription Confirmation» и перейдите по ссылке; оно бывает в спаме и действует три дня.",
    ),
    "do_settings": (
        "Mend it with {call:settings set}, {call:settings unset} or {call:settings import}.",
        "Исправьте через {call:settings set}, {call:settings unset} или {call:settings import}.",
    ),
    "do_secrets": ("Enter them again: {call:setup}", "Введите их заново: {call:setup}"),
    "do_encrypt": (
        "Delete the parameter in AWS (Systems Manager → Parameter Store) and store it again: {call:setup}. Then change the tokens.",
        "Удалите параметр в AWS (Systems Manager → Parameter Store) и запишите заново: {call:setup}. Затем смените токены.",
    ),
    "do_shorten": (
        "Move what channels have in common to defaults: {call:settings set} defaults.…",
        "Вынесите общее у каналов в defaults: {call:settings set} defaults.…",
    ),
    "do_end_rotation": (
        "When the older one is used no longer: {call:settings unset} --secret {name}",
        "Когда старое больше не используется: {call:settings unset} --secret {name}",
    ),
    "do_bot_token": (
        "{call:settings set} --secret bot_token, then {call:webhook set}",
        "{call:settings set} --secret bot_token, затем {call:webhook set}",
    ),
    "do_business_mode": (
        "In @BotFather: /mybots → @{username} → Bot Settings → Secretary Mode (formerly Business Mode) → Turn on.",
        "В @BotFather: /mybots → @{username} → Bot Settings → Secretary Mode (раньше Business Mode) → Turn on.",
    ),
    "do_own_bot": (
        "Make another bot in @BotFather (/newbot) for one of them: {call:settings set} --secret bot_token",
        "Создайте в @BotFather (/newbot) другого бота для одной из них: {call:settings set} --secret bot_token",
    ),
    "do_webhook_set": ("Tell Telegram: {call:webhook set}", "Сообщите Телеграму: {call:webhook set}"),
    "do_webhook_take": (
        "Whoever is there loses the updates when you take them: {call:webhook set}",
        "Тот, кто их получает, лишится событий, если забрать их: {call:webhook set}",
    ),
    "do_webhook_of_another": (
        "Two integrations have one bot; give each its own, or take the updates: {call:webhook set}",
        "У двух интеграций один бот; дайте каждой своего или заберите события: {call:webhook set}",
    ),
    "do_webhook_secret": (
        "Telegram shows a secret that the bridge does not know. Tell it the present one: {call:webhook set}",
        "Телеграм показывает секрет, которого мост не знает. Сообщите ему нынешний: {call:webhook set}",
    ),
    "do_webhook_address": (
        "The address is no longer the bridge's: {call:webhook set}",
        "Адрес больше не принадлежит мосту: {call:webhook set}",
    ),
    "do_webhook_logs": (
        "The log of the webhook's function says why (CloudWatch → Log groups).",
        "Причина — в журнале функции вебхука (CloudWatch → Log groups).",
    ),
    "do_approve_first": (
        "Connect the bot in Telegram (Settings → Telegram Business → Chatbots), then {call:accounts approve OWNER}",
        "Подключите бота в Телеграме (Настройки → Telegram для бизнеса → Чат-боты), затем {call:accounts approve НОМЕР}",
    ),
    "do_approve": (
        "If it is one of yours: {call:accounts approve} {owner}. A stranger's may be left alone.",
        "Если он ваш: {call:accounts approve} {owner}. Чужой можно оставить как есть.",
    ),
    "do_connect": (
        "Its owner connects the bot in Telegram: Settings → Telegram Business → Chatbots. Or: {call:accounts revoke} {owner}",
        "Владелец подключает бота в Телеграме: Настройки → Telegram для бизнеса → Чат-боты. Или: {call:accounts revoke} {owner}",
    ),
    "do_reconnect": (
        "Its owner removes the bot in Telegram and adds it again: Settings → Telegram Business → Chatbots.",
        "Владелец убирает бота в Телеграме и добавляет снова: Настройки → Telegram для бизнеса → Чат-боты.",
    ),
    "do_right": (
        "Its owner allows “Reply to messages” in Telegram: Settings → Telegram Business → Chatbots.",
        "Владелец разрешает «Ответы на сообщения» в Телеграме: Настройки → Telegram для бизнеса → Чат-боты.",
    ),
    "do_planfix_token": (
        "{call:settings set} --secret planfix_token; the address is planfix.account_url in {call:settings show}",
        "{call:settings set} --secret planfix_token; адрес — planfix.account_url в {call:settings show}",
    ),
    "do_scopes": (
        "In Planfix: Account management → API access → REST API → the token: tick {scopes}.",
        "В Планфиксе: Управление аккаунтом → Доступ к API → REST API → токен: отметьте {scopes}.",
    ),
    "do_number": (
        "Choose another: {call:settings set} {key} …, or {call:setup}",
        "Выберите другой: {call:settings set} {key} … или {call:setup}",
    ),
    "do_door_secret": (
        "Functions read secrets anew within a minute: try again then. If it stays, deploy again: make deploy",
        "Функции перечитывают секреты в течение минуты: повторите тогда. Если не пройдёт, разверните заново: make deploy",
    ),
    "do_door_later": (
        "Too many calls at the moment: try again in a minute.",
        "Сейчас слишком много вызовов: повторите через минуту.",
    ),
    "do_scenario": (
        "Write a comment in a client's task and look again. If it stays: {call:scenario} says what to enter in Planfix; the scenario must be on.",
        "Напишите комментарий в задаче клиента и проверьте снова. Если не пройдёт: {call:scenario} скажет, что ввести в Планфиксе; сценарий должен быть включён.",
    ),
    "do_scenario_password": (
        "Enter the present password in both scenarios: {call:scenario} shows it.",
        "Введите нынешний пароль в оба сценария: его покажет {call:scenario}.",
    ),
    # -- a test call
    "help_test_call": (
        "Wait until the scenario calls the bridge because of a comment that you write into this task of Planfix.",
        "Дождаться вызова от сценария из-за комментария, который вы напишете в эту задачу Планфикса.",
    ),
    "write_a_comment": (
        "Write a comment as an employee now, notifying nobody: {address}",
        "Напишите сейчас комментарий от имени сотрудника, никого не уведомляя: {address}",
    ),
    "test_call_came": (
        "The comment in task {task} made the scenario call, within {seconds} s.",
        "Комментарий в задаче {task} вызвал сценарий, за {seconds} с.",
    ),
    "test_call_lost": (
        "No scenario called because of task {task} within {seconds} s.",
        "За {seconds} с ни один сценарий не вызвал мост из-за задачи {task}.",
    ),
    "do_scenario_on": (
        "{call:scenario} says what to enter in Planfix; the scenario must be on, and its object must be the task's.",
        "{call:scenario} скажет, что ввести в Планфиксе; сценарий должен быть включён, а его объект — объектом задачи.",
    ),
    # -- chats of Planfix
    "room_chats": ("Chats in Planfix", "Чаты в Планфиксе"),
    "chat_keys_missing": (
        "The chat of {name} has not all its keys: {names}.",
        "У чата {name} не все ключи: {names}.",
    ),
    "chat_known": (
        "Planfix knows the chat of {name} ({provider_id}) at {url}",
        "Планфикс знает чат {name} ({provider_id}) по адресу {url}",
    ),
    "chat_refused": (
        "Planfix at {url} does not know the chat of {name} by its providerId {provider_id} and key.",
        "Планфикс по адресу {url} не знает чата {name} с providerId {provider_id} и этим ключом.",
    ),
    "door_chat_answers": (
        "The door for chats answers and knows the key of {name}: {address}",
        "Вход для чатов отвечает и знает ключ {name}: {address}",
    ),
    "door_chat_refuses": (
        "The door for chats refuses the key of {name} (HTTP {status}): {address}",
        "Вход для чатов отвергает ключ {name} (HTTP {status}): {address}",
    ),
    "chat_heard": ("An answer last came from Planfix at {when}.", "Последний ответ из Планфикса пришёл {when}."),
    "chat_never_heard": (
        "No answer has come from Planfix's chats in the last 14 days.",
        "За последние 14 дней из чатов Планфикса не было ни одного ответа.",
    ),
    "do_chat_keys": (
        "The first is shown in the chat's window in Planfix, the second is typed there: {call:settings set} --secret {names}",
        "Первый показан в окне чата в Планфиксе, второй вводится там: {call:settings set} --secret {names}",
    ),
    "do_chat_window": (
        (
            "Planfix: Account management → Integrations → Chats → the chat: its providerId must be {provider_id}, and its key is stored "
            "by {call:settings set} --secret chats.{channel}.planfix_token"
        ),
        (
            "Планфикс: Управление аккаунтом → Интеграции → Чаты → чат: providerId должен быть {provider_id}, а его ключ "
            "записывает {call:settings set} --secret chats.{channel}.planfix_token"
        ),
    ),
    "do_chat_address": (
        "Copy the address from the chat's window in Planfix: {call:settings set} planfix.chat_url …",
        "Скопируйте адрес из окна чата в Планфиксе: {call:settings set} planfix.chat_url …",
    ),
    "do_chat_answers": (
        "Answer a client in a chat's task and look again. If it stays, the chat's window must have the address {address} and our key.",
        "Ответьте клиенту в задаче чата и проверьте снова. Если не пройдёт: в окне чата должны быть адрес {address} и наш ключ.",
    ),
    "do_chat_password": (
        "Type our key into the chat's window in Planfix; a new one: {call:settings set} --secret chats.….our_tokens --generate",
        "Введите наш ключ в окно чата в Планфиксе; новый: {call:settings set} --secret chats.….our_tokens --generate",
    ),
}
