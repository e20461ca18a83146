"""Sentences of `dead`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
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
    # -- options and arguments
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
    # -- examples
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
    # -- words of tables, questions and progress
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
    "kind_pushed": ("answer in a chat", "ответ в чате"),
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
    # -- carrying again and deleting
    "reading_letters": (
        "Reading the dead-letter queues… {count}",
        "Чтение очередей недоставленного… {count}",
    ),
    "putting_back": ("Putting back {count} of {total}…", "Возвращается {count} из {total}…"),
    "no_letters": ("There are no dead letters.", "Недоставленного нет."),
    "redrive_hint": (
        "To carry them again: {call:dead redrive ID} (or --all). They lie there for 14 days.",
        "Доставить снова: {call:dead redrive НОМЕР} (или --all). Здесь они лежат 14 дней.",
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
        "Give ids from {call:dead list}, or --all (also with --integration), but not both.",
        "Укажите номера из {call:dead list} или --all (можно с --integration), но не вместе.",
    ),
    "letter_unknown": (
        "No dead letter has an id that begins with “{id}”: take the id from {call:dead list}.",
        "Недоставленного с номером на «{id}» нет: возьмите номер из {call:dead list}.",
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
            "To be rid of them: {call:dead drop ID}"
        ),
        (
            "Не записано, из какого они чата, поэтому вернуть их по порядку нельзя: {ids}. "
            "Избавиться от них: {call:dead drop НОМЕР}"
        ),
    ),
    # -- one of them
    "help_dead_show": ("Show one dead letter.", "Показать одно недоставленное."),
    "help_show_text": (
        "With what the client wrote: whoever sees the screen can read it.",
        "С тем, что написал клиент: это прочтёт каждый, кто видит экран.",
    ),
    "examples_dead_show": (
        "planfix-telegram dead show 5f3c9a10\nplanfix-telegram dead show 5f3c9a10 --show-text",
        "planfix-telegram dead show 5f3c9a10\nplanfix-telegram dead show 5f3c9a10 --show-text",
    ),
    "letter_without_words": (
        "There is no text in it: an answer's words stay in Planfix, a file's in Telegram.",
        "Текста в нём нет: слова ответа остаются в Планфиксе, файл — в Телеграме.",
    ),
}
