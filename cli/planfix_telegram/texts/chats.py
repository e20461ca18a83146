"""Sentences of `chats` and `forget`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_chats": (
        "Which client has which task, and how that is changed.",
        "У какого клиента какая задача и как это изменить.",
    ),
    "help_chats_list": ("List an integration's chats.", "Показать чаты интеграции."),
    "help_chats_show": ("Show a client's chats.", "Показать чаты клиента."),
    "help_chats_link": (
        "Let a client's chat go on in this task; what was said in it before is not sent.",
        "Продолжить чат клиента в этой задаче; сказанное в ней раньше не отправляется.",
    ),
    "help_chats_unlink": (
        "Let the client's next message open a new task.",
        "Открыть новую задачу при следующем сообщении клиента.",
    ),
    "help_chats_sync": (
        "Look for answers in the tasks of recently active chats: Planfix gives its calls up after some hours.",
        "Поискать ответы в задачах недавно активных чатов: через несколько часов Планфикс оставляет свои вызовы.",
    ),
    "help_forget": (
        "Delete what the bridge keeps of a client: which chats, tasks and contact, and what waits.",
        "Удалить то, что мост хранит о клиенте: чаты, задачи, контакт и то, что ждёт.",
    ),
    "help_client": (
        "The client's Telegram id, as chats list shows it.",
        "Номер клиента в Телеграме, как его показывает chats list.",
    ),
    "help_task": ("The task's number in Planfix.", "Номер задачи в Планфиксе."),
    "help_channel": (
        "In which channel: an account owner's number, or own_bot.",
        "В каком канале: номер владельца аккаунта или own_bot.",
    ),
    # -- examples
    "examples_chats_list": ("planfix-telegram chats list", "planfix-telegram chats list"),
    "examples_chats_show": ("planfix-telegram chats show 77000077", "planfix-telegram chats show 77000077"),
    "examples_chats_link": ("planfix-telegram chats link 77000077 12345", "planfix-telegram chats link 77000077 12345"),
    "examples_chats_unlink": ("planfix-telegram chats unlink 77000077", "planfix-telegram chats unlink 77000077"),
    "examples_chats_sync": (
        "planfix-telegram chats sync --since 24h",
        "planfix-telegram chats sync --since 24h",
    ),
    "examples_forget": ("planfix-telegram forget 77000077", "planfix-telegram forget 77000077"),
    # -- words of tables
    "column_client": ("client", "клиент"),
    "column_contact": ("contact", "контакт"),
    "column_task": ("task", "задача"),
    "column_active": ("active", "активен"),
    "column_chat_state": ("state", "состояние"),
    "chat_awaits_answer": ("waits for an answer", "ждёт ответа"),
    "chat_holds": ("answers are held", "ответы ждут отправки"),
    "chat_new_task_next": ("a new task next", "дальше новая задача"),
    # -- what it says
    "no_chats": ("There are no chats yet.", "Чатов ещё нет."),
    "chat_unknown": (
        "No chat of client {client} is known; channels:{names}",
        "Чата с клиентом {client} нет; каналы:{names}",
    ),
    "chat_ambiguous": (
        "Client {client} has several chats, say which by --channel:{names}",
        "У клиента {client} несколько чатов, укажите через --channel:{names}",
    ),
    "channel_unknown": (
        "“{channel}” is no channel of this integration; there are:{names}",
        "«{channel}» — не канал этой интеграции; есть:{names}",
    ),
    "chat_without_task": (
        "The chat of client {client} has no task: its next message opens one anyway.",
        "У чата с клиентом {client} нет задачи: следующее сообщение и так её откроет.",
    ),
    "task_unknown": (
        "Planfix has no task {task}, or does not show it to the token.",
        "В Планфиксе нет задачи {task}, или токену она не видна.",
    ),
    "task_inactive": (
        "Task {task} is closed: the client's next message would open a new one. Reopen it first.",
        "Задача {task} закрыта: следующее сообщение клиента открыло бы новую. Сначала откройте её.",
    ),
    "task_of_another": (
        "Task {task} is the chat of client {client} in {channel}: two clients in one task would read each other's answers.",
        "Задача {task} — чат клиента {client} в канале {channel}: два клиента в одной задаче читали бы чужие ответы.",
    ),
    "contact_unknown": (
        "Which contact of Planfix client {client} is, is not known: write the Telegram id into the contact first.",
        "Неизвестно, какой контакт Планфикса — клиент {client}: сначала впишите номер Телеграма в контакт.",
    ),
    "task_of_other_contact": (
        "Task {task} is of another contact than {contact}: whoever answers there must tick that contact.",
        "Задача {task} не контакта {contact}: отвечая в ней, нужно отмечать именно его.",
    ),
    "link_chat": (
        "The chat of client {client} in {channel} goes on in {address}. Do it?",
        "Чат клиента {client} в канале {channel} продолжится в {address}. Выполнить?",
    ),
    "chat_linked": (
        "The chat of client {client} goes on in {address}",
        "Чат клиента {client} продолжается в {address}",
    ),
    "unlink_chat": (
        "The next message of client {client} in {channel} opens a new task instead of {task}. Do it?",
        "Следующее сообщение клиента {client} в канале {channel} откроет новую задачу вместо {task}. Выполнить?",
    ),
    "chat_unlinked": (
        "The next message of client {client} opens a new task. Answers in task {task} still go out.",
        "Следующее сообщение клиента {client} откроет новую задачу. Ответы в задаче {task} по-прежнему отправляются.",
    ),
    "nothing_to_sync": ("No chat was active in this time.", "За это время активных чатов не было."),
    "sync_chats": (
        "Chats that were active: {count}. Each costs Planfix a request. Look for answers?",
        "Активных чатов: {count}. Каждый стоит Планфиксу одного запроса. Искать ответы?",
    ),
    "chats_synced": (
        "Tasks that are being looked at: {count}. What was not sent goes out; what is too old gets a notice.",
        "Просматривается задач: {count}. Неотправленное уйдёт; о слишком старом будет уведомление.",
    ),
    # -- forget
    "forget_means": (
        (
            "Answers in the tasks of client {client} will no longer go out. What lies in Planfix and Telegram stays there: delete it "
            "there. Ids in the ledger go by themselves within {days} days, log lines as the deployment says."
        ),
        (
            "Ответы в задачах клиента {client} больше не будут отправляться. То, что в Планфиксе и Телеграме, останется: удалите "
            "там. Номера в журнале сделанного исчезнут сами за {days} дней, строки журналов — по сроку из развёртывания."
        ),
    ),
    "forget_client": (
        "Delete what is kept of client {client} ({rows} rows)?",
        "Удалить хранимое о клиенте {client} (строк: {rows})?",
    ),
    "client_forgotten": ("Forgotten: client {client} ({rows} rows).", "Удалено: клиент {client} (строк: {rows})."),
    "client_unknown": ("Nothing is kept of client {client}.", "О клиенте {client} ничего не хранится."),
    "tasks_by_planfix": (
        "On the route of chats Planfix itself knows which task a chat has: change it there.",
        "В маршруте через чаты задачу чата знает сам Планфикс: меняйте её там.",
    ),
}
