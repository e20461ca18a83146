"""Every sentence that a person reads, in Russian and English: short, polite, with the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from bridge.errors import Reason
from bridge.shown import one_line

Language = Literal["ru", "en"]


class Say(StrEnum):
    """The sentences by name."""

    # what a client's side did
    STARTED_BOT = "started_bot"
    STARTED_BOT_FROM = "started_bot_from"
    OWNER_WROTE = "owner_wrote"
    AUTOMATIC_ANSWER = "automatic_answer"
    MESSAGE_EDITED = "message_edited"
    MESSAGES_DELETED = "messages_deleted"
    MORE_DELETED = "more_deleted"
    UNKNOWN_DELETED = "unknown_deleted"
    MESSAGE_OF = "message_of"
    A_MESSAGE = "a_message"
    SENT_ANSWER = "sent_answer"
    SENT_TEXT = "sent_text"
    SENT_PART = "sent_part"
    SENT_FILE = "sent_file"
    IN_COMMENT = "in_comment"
    IN_COMMENT_OF_TASK = "in_comment_of_task"
    UNKNOWN_KIND = "unknown_kind"
    ALBUM = "album"
    WRITTEN_AT = "written_at"
    TOO_LARGE_UPDATE = "too_large_update"
    # what a message holds: its kind, and what is said of a file
    FORWARDED = "forwarded"
    FORWARDED_FROM = "forwarded_from"
    REPLY = "reply"
    REPLY_TO_STORY = "reply_to_story"
    HIDDEN_CONTENT = "hidden_content"
    PHOTO = "photo"
    LIVE_PHOTO = "live_photo"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    PAID_MEDIA = "paid_media"
    LOCATION = "location"
    LIVE_LOCATION = "live_location"
    VENUE = "venue"
    CONTACT = "contact"
    POLL = "poll"
    QUIZ = "quiz"
    POLL_OPTION_ADDED = "poll_option_added"
    POLL_OPTION_DELETED = "poll_option_deleted"
    CHECKLIST = "checklist"
    CHECKLIST_TASKS_DONE = "checklist_tasks_done"
    CHECKLIST_TASKS_ADDED = "checklist_tasks_added"
    GAME = "game"
    STORY = "story"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"
    GIFT = "gift"
    GIFT_UPGRADE = "gift_upgrade"
    GIVEAWAY = "giveaway"
    GIVEAWAY_COMPLETED = "giveaway_completed"
    WINNERS = "winners"
    WEB_APP_DATA = "web_app_data"
    SECONDS = "seconds"
    MINUTES = "minutes"
    BYTES = "bytes"
    KILOBYTES = "kilobytes"
    MEGABYTES = "megabytes"
    FILE_NOT_CARRIED = "file_not_carried"
    FILE_OVER_20_MB = "file_over_20_mb"
    FILE_NOT_GIVEN = "file_not_given"
    MORE_FILES_NOT_CARRIED = "more_files_not_carried"
    REST_IN_FILE = "rest_in_file"
    REST_IN_TELEGRAM = "rest_in_telegram"
    # tasks and contacts
    TASK_NAME = "task_name"
    TASK_DESCRIPTION = "task_description"
    FORMER_TASK = "former_task"
    NAMELESS_CLIENT = "nameless_client"
    OWN_BOT_CHANNEL = "own_bot_channel"
    # notices
    NOT_SENT = "not_sent"
    PARTLY_SENT = "partly_sent"
    NOT_NOTIFIED = "not_notified"
    FOUND_TOO_LATE = "found_too_late"
    COMMENT_NOT_FOUND = "comment_not_found"
    MERGED = "merged"
    COMMENT_UNREADABLE = "comment_unreadable"
    FILES_NOT_SENT = "files_not_sent"
    FILES_SENT_AS_LINKS = "files_sent_as_links"
    PICTURE_NOT_SENT = "picture_not_sent"
    HELD = "held"
    HELD_BEHIND = "held_behind"
    HELD_EXPIRED = "held_expired"
    VERY_LONG = "very_long"
    VERY_LONG_CANCELLED = "very_long_cancelled"
    CANCELLED = "cancelled"
    CANCELLED_BY_OWNER = "cancelled_by_owner"
    NOTHING_WAITS = "nothing_waits"
    EDITED = "edited"
    DELETED = "deleted"
    PARTLY_DELETED = "partly_deleted"
    NOTHING_TO_CHANGE = "nothing_to_change"
    NOT_CHANGED = "not_changed"
    LATER_NOT_SENT = "later_not_sent"
    COMMAND_TAKES_NO_FILES = "command_takes_no_files"
    NEW_TASK_NEXT = "new_task_next"
    LOOKS_LIKE_COMMAND = "looks_like_command"
    WAITING = "waiting"
    DELIVERED_AFTER_ALL = "delivered_after_all"
    GIVEN_UP = "given_up"
    DELIVERY_UNKNOWN = "delivery_unknown"
    INCOMING_GIVEN_UP = "incoming_given_up"
    # a business account's connection
    ACCOUNT_LOST = "account_lost"
    ACCOUNT_BACK = "account_back"
    OWNER_ACCOUNT_LOST = "owner_account_lost"
    OWNER_ACCOUNT_BACK = "owner_account_back"
    # to a client
    FILE_AS_LINK = "file_as_link"
    BOT_TALKS_TO_NOBODY = "bot_talks_to_nobody"
    # to whoever calls a webhook
    NO_TASK_NUMBER = "no_task_number"
    WRONG_SECRET = "wrong_secret"  # noqa: S105 - a sentence's name
    TRY_AGAIN = "try_again"
    LINK_NOT_OURS = "link_not_ours"
    LINK_IS_OVER = "link_is_over"
    # Planfix's own chats
    BRIDGE = "bridge"
    BOT_CANNOT_WRITE_FIRST = "bot_cannot_write_first"
    PLANFIX_CHOOSES_TASK = "planfix_chooses_task"
    PERHAPS_A_REPEAT = "perhaps_a_repeat"
    INCOMING_UNKNOWN = "incoming_unknown"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages, with ``{placeholders}``."""

    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something did not happen, and what a person can do about it."""

    why: Sentence
    remedy: Sentence


SENTENCES: Final[dict[Say, Sentence]] = {
    Say.STARTED_BOT: Sentence("Клиент открыл бота.", "The client opened the bot."),
    Say.STARTED_BOT_FROM: Sentence(
        "Клиент открыл бота, источник: {payload}.", "The client opened the bot, source: {payload}."
    ),
    Say.OWNER_WROTE: Sentence("{name} (из Telegram):", "{name} (from Telegram):"),
    Say.AUTOMATIC_ANSWER: Sentence("Автоматический ответ из Telegram:", "Automatic answer from Telegram:"),
    Say.MESSAGE_EDITED: Sentence("✏️ Изменено {message}, теперь в нём:", "✏️ Edited: {message}. It now says:"),
    Say.MESSAGES_DELETED: Sentence(
        "🗑 В Telegram из этого чата удалили то, что ниже. Перенесённое остаётся в задаче.",
        "🗑 What is below was deleted from this chat in Telegram. What was carried over stays in the task.",
    ),
    Say.MORE_DELETED: Sentence("…и ещё {count}, более ранних", "…and {count} earlier ones"),
    Say.UNKNOWN_DELETED: Sentence(
        "• сообщений, которых мост не переносил или уже не помнит: {count}",
        "• messages that the bridge did not carry or no longer remembers: {count}",
    ),
    Say.MESSAGE_OF: Sentence("сообщение от {time} UTC", "the message of {time} UTC"),
    Say.A_MESSAGE: Sentence("сообщение", "a message"),
    Say.SENT_ANSWER: Sentence("ответ клиенту (комментарий {comment})", "the answer to the client (comment {comment})"),
    Say.SENT_TEXT: Sentence(
        "текст ответа клиенту, без файлов (комментарий {comment})",
        "the text of the answer to the client, without its files (comment {comment})",
    ),
    Say.SENT_PART: Sentence(
        "часть {part} из {parts} ответа клиенту (комментарий {comment})",
        "part {part} of {parts} of the answer to the client (comment {comment})",
    ),
    Say.SENT_FILE: Sentence(
        "файл {file} из {files} в ответе клиенту (комментарий {comment})",
        "file {file} of {files} of the answer to the client (comment {comment})",
    ),
    Say.IN_COMMENT: Sentence("{message} (комментарий {comment})", "{message} (comment {comment})"),
    Say.IN_COMMENT_OF_TASK: Sentence(
        "{message} (комментарий {comment} в задаче {task})", "{message} (comment {comment} in task {task})"
    ),
    Say.UNKNOWN_KIND: Sentence(
        "[Сообщение вида «{kind}»: откройте его в Telegram]", "[A message of kind “{kind}”: open it in Telegram]"
    ),
    Say.ALBUM: Sentence("[Альбом, файлов: {count}]", "[Album of {count} files]"),
    Say.WRITTEN_AT: Sentence("🕓 Написано {time} UTC:", "🕓 Written at {time} UTC:"),
    Say.TOO_LARGE_UPDATE: Sentence(
        "[Слишком большое сообщение: откройте его в Telegram]", "[The message is too large: open it in Telegram]"
    ),
    Say.FORWARDED: Sentence("↪️ Переслано", "↪️ Forwarded"),
    Say.FORWARDED_FROM: Sentence("↪️ Переслано от {name}", "↪️ Forwarded from {name}"),
    Say.REPLY: Sentence("[Ответ на сообщение]", "[Reply to a message]"),
    Say.REPLY_TO_STORY: Sentence("[Ответ на историю]", "[Reply to a story]"),
    Say.HIDDEN_CONTENT: Sentence(
        "[Сообщение без содержимого, которое Telegram показал бы боту (например, исчезающее фото): откройте его в Telegram]",
        "[A message whose content Telegram does not show to a bot (a self-destructing photo, for instance): open it in Telegram]",
    ),
    Say.PHOTO: Sentence("Фото", "Photo"),
    Say.LIVE_PHOTO: Sentence("Живое фото", "Live photo"),
    Say.VIDEO: Sentence("Видео", "Video"),
    Say.VIDEO_NOTE: Sentence("Видеосообщение", "Video message"),
    Say.ANIMATION: Sentence("GIF", "GIF"),
    Say.VOICE: Sentence("Голосовое", "Voice message"),
    Say.AUDIO: Sentence("Аудио", "Audio"),
    Say.DOCUMENT: Sentence("Файл", "File"),
    Say.STICKER: Sentence("Стикер", "Sticker"),
    Say.PAID_MEDIA: Sentence("Платное медиа", "Paid media"),
    Say.LOCATION: Sentence("Геопозиция", "Location"),
    Say.LIVE_LOCATION: Sentence(
        "Геопозиция в реальном времени, здесь её первая точка", "Live location, this is its first point"
    ),
    Say.VENUE: Sentence("Место", "Place"),
    Say.CONTACT: Sentence("Контакт", "Contact"),
    Say.POLL: Sentence("Опрос", "Poll"),
    Say.QUIZ: Sentence("Викторина", "Quiz"),
    Say.POLL_OPTION_ADDED: Sentence("В опрос добавлен вариант", "An option was added to the poll"),
    Say.POLL_OPTION_DELETED: Sentence("Из опроса удалён вариант", "An option was removed from the poll"),
    Say.CHECKLIST: Sentence("Чек-лист", "Checklist"),
    Say.CHECKLIST_TASKS_DONE: Sentence("Отмечено в чек-листе", "Ticked in the checklist"),
    Say.CHECKLIST_TASKS_ADDED: Sentence("Добавлено в чек-лист", "Added to the checklist"),
    Say.GAME: Sentence("Игра", "Game"),
    Say.STORY: Sentence("Переслана история", "A forwarded story"),
    Say.INVOICE: Sentence("Счёт", "Invoice"),
    Say.PAYMENT: Sentence("Оплата", "Payment"),
    Say.REFUND: Sentence("Возврат оплаты", "Refund"),
    Say.GIFT: Sentence("Подарок", "Gift"),
    Say.GIFT_UPGRADE: Sentence("Улучшение подарка", "Gift upgrade"),
    Say.GIVEAWAY: Sentence("Розыгрыш", "Giveaway"),
    Say.GIVEAWAY_COMPLETED: Sentence("Розыгрыш завершён", "The giveaway is over"),
    Say.WINNERS: Sentence("победителей: {count}", "winners: {count}"),
    Say.WEB_APP_DATA: Sentence("Данные из приложения", "Data from a web app"),
    Say.SECONDS: Sentence("{seconds} с", "{seconds} s"),
    Say.MINUTES: Sentence("{minutes} мин {seconds} с", "{minutes} min {seconds} s"),
    Say.BYTES: Sentence("{size} Б", "{size} B"),
    Say.KILOBYTES: Sentence("{size} КБ", "{size} KB"),
    Say.MEGABYTES: Sentence("{size} МБ", "{size} MB"),
    Say.FILE_NOT_CARRIED: Sentence(
        "[Файл не перенесён: {file}. {why} Откройте его в Telegram]",
        "[A file was not carried: {file}. {why} Open it in Telegram]",
    ),
    Say.FILE_OVER_20_MB: Sentence(
        "Он больше 20 МБ, а больше Telegram ботам не отдаёт.", "It is over 20 MB, and Telegram gives no more to bots."
    ),
    Say.FILE_NOT_GIVEN: Sentence("Telegram его больше не отдаёт.", "Telegram no longer gives it."),
    Say.MORE_FILES_NOT_CARRIED: Sentence(
        "[Не перенесено ещё файлов: {count}. Откройте их в Telegram]",
        "[{count} more files were not carried. Open them in Telegram]",
    ),
    Say.REST_IN_FILE: Sentence(
        "[Сообщение не вместилось в комментарий: оно целиком в файле message.html]",
        "[The message does not fit into a comment: all of it is in the file message.html]",
    ),
    Say.REST_IN_TELEGRAM: Sentence(
        "[Сообщение не вместилось в комментарий: откройте его в Telegram]",
        "[The message does not fit into a comment: open it in Telegram]",
    ),
    Say.TASK_NAME: Sentence("Telegram: {client}", "Telegram: {client}"),
    Say.TASK_DESCRIPTION: Sentence(
        "Переписка с клиентом в Telegram. Канал: {channel}.",
        "Conversation with a client in Telegram. Channel: {channel}.",
    ),
    Say.FORMER_TASK: Sentence("Предыдущая задача: {link}", "Former task: {link}"),
    Say.NAMELESS_CLIENT: Sentence("Клиент Telegram {id}", "Telegram client {id}"),
    Say.OWN_BOT_CHANNEL: Sentence("бот", "the bot"),
    Say.NOT_SENT: Sentence(
        "⚠️ Ответ клиенту не доставлен: «{answer}». {why} {remedy}",
        "⚠️ The answer did not reach the client: “{answer}”. {why} {remedy}",
    ),
    Say.PARTLY_SENT: Sentence(
        "⚠️ Ответ доставлен клиенту не полностью: «{answer}». Дошло частей: {sent} из {parts}. {why} {remedy}",
        "⚠️ Only part of the answer reached the client: “{answer}”. Parts delivered: {sent} of {parts}. {why} {remedy}",
    ),
    Say.NOT_NOTIFIED: Sentence(
        "ℹ️ Комментарий «{answer}» клиенту не отправлен: клиент не отмечен в «Уведомить». "
        "Если это ответ клиенту, напишите его ещё раз и отметьте клиента.",
        "ℹ️ The comment “{answer}” was not sent: the client is not ticked in “Notify”. "
        "If it is an answer, write it again and tick the client.",
    ),
    Say.FOUND_TOO_LATE: Sentence(
        "⚠️ Ответ «{answer}» найден позже чем через сутки и поэтому не отправлен. "
        "Если он ещё нужен, напишите комментарий /send.",
        "⚠️ The answer “{answer}” was found more than a day late and was therefore not sent. "
        "If it is still needed, write the comment /send.",
    ),
    Say.MERGED: Sentence(
        "⚠️ Ответ «{answer}» клиенту не отправлен: когда вы его писали, мост ещё не знал, что задачу чата объединили с этой. "
        "Если он нужен, напишите комментарий /send.",
        "⚠️ The answer “{answer}” was not sent: when you wrote it, the bridge did not know yet that the chat's task was merged "
        "into this one. If it is needed, write the comment /send.",
    ),
    Say.COMMENT_NOT_FOUND: Sentence(
        "⚠️ Планфикс сообщил о новом комментарии, но среди {count} последних его нет. "
        "Если он был написан заранее как ответ клиенту, напишите его ещё раз.",
        "⚠️ Planfix told of a new comment, but it is not among the newest {count}. "
        "If it was written earlier as an answer to the client, write it again.",
    ),
    Say.COMMENT_UNREADABLE: Sentence(
        "⚠️ Один из комментариев этой задачи мост прочитать не смог, клиенту он не отправлен. "
        "Если это был ответ клиенту, напишите его ещё раз.",
        "⚠️ The bridge could not read one of this task's comments, so it was not sent. "
        "If it was an answer to the client, write it again.",
    ),
    Say.FILES_NOT_SENT: Sentence(
        "⚠️ Файлы клиенту не отправлены: {names}. {why} {remedy}",
        "⚠️ Files were not sent to the client: {names}. {why} {remedy}",
    ),
    Say.FILES_SENT_AS_LINKS: Sentence(
        "ℹ️ Telegram не принял файлы, поэтому клиент получил ссылки на них: {names}. "
        "Сколько эти ссылки будут открываться, решает Планфикс.",
        "ℹ️ Telegram did not take the files, so the client got links to them: {names}. "
        "Planfix decides how long these links open.",
    ),
    Say.PICTURE_NOT_SENT: Sentence(
        "ℹ️ Картинка, вставленная в текст ответа «{answer}», клиенту не отправлена. Приложите её к комментарию файлом.",
        "ℹ️ A picture inside the text of the answer “{answer}” was not sent. Attach it to a comment as a file.",
    ),
    Say.HELD: Sentence(
        "⏸ Ответ пока не доставлен: «{answer}». {why} {remedy} "
        "Ответ будет отправлен сам, как только это станет возможно, но не позже {until} UTC; "
        "комментарий /cancel отменит его.",
        "⏸ The answer was not delivered yet: “{answer}”. {why} {remedy} "
        "The answer will go out by itself as soon as it can, but no later than {until} UTC; "
        "the comment /cancel cancels it.",
    ),
    Say.HELD_BEHIND: Sentence(
        "⏸ Ответ «{answer}» ждёт предыдущих и будет отправлен вслед за ними; комментарий /cancel отменит их все.",
        "⏸ The answer “{answer}” waits for the earlier ones and will go out after them; the comment /cancel cancels all.",
    ),
    Say.HELD_EXPIRED: Sentence(
        "⚠️ Ответ «{answer}» ждал слишком долго и не отправлен. Если он ещё нужен, напишите комментарий /send.",
        "⚠️ The answer “{answer}” has waited too long and was not sent. If it is still needed, write the comment /send.",
    ),
    Say.VERY_LONG: Sentence(
        "❓ Ответ «{answer}» занимает сообщений: {count}. Поэтому он пока не отправлен. "
        "Комментарий /send отправит его, /cancel отменит; или приложите этот текст файлом.",
        "❓ The answer “{answer}” is {count} messages and was therefore not sent yet. "
        "The comment /send sends it, /cancel cancels it; or attach the text as a file.",
    ),
    Say.VERY_LONG_CANCELLED: Sentence(
        "❎ Длинный ответ «{answer}» отменён. Если он всё же нужен, напишите его ещё раз или приложите файлом.",
        "❎ The long answer “{answer}” was cancelled. If it is needed all the same, write it again or attach it as a file.",
    ),
    Say.CANCELLED: Sentence(
        "❎ Ответ «{answer}» отменён и не будет отправлен. Передумали: комментарий /send.",
        "❎ The answer “{answer}” was cancelled and will not be sent. Changed your mind: the comment /send.",
    ),
    Say.CANCELLED_BY_OWNER: Sentence(
        "❎ Ответ «{answer}» отменён: клиенту уже написали из самого Telegram. "
        "Если он всё же нужен, напишите комментарий /send.",
        "❎ The answer “{answer}” was cancelled: somebody wrote to the client from Telegram itself. "
        "If it is needed all the same, write the comment /send.",
    ),
    Say.NOTHING_WAITS: Sentence(
        "ℹ️ В этом чате нет ответов, к которым относится эта команда.",
        "ℹ️ No answer in this chat waits for this command.",
    ),
    Say.EDITED: Sentence(
        "✏️ Последний ответ клиенту изменён в Telegram.", "✏️ The last answer was changed in the client's Telegram."
    ),
    Say.DELETED: Sentence(
        "🗑 Последний ответ клиенту удалён из Telegram.", "🗑 The last answer was deleted from the client's Telegram."
    ),
    Say.PARTLY_DELETED: Sentence(
        "⚠️ Последний ответ удалён из Telegram клиента не полностью: сообщений удалено {gone} из {count}. {why} {remedy}",
        "⚠️ The last answer was deleted from the client's Telegram only in part: {gone} of {count} messages. {why} {remedy}",
    ),
    Say.NOTHING_TO_CHANGE: Sentence(
        "ℹ️ В этом чате нет отправленного ответа, к которому относится эта команда.",
        "ℹ️ No answer was sent in this chat that this command could concern.",
    ),
    Say.NOT_CHANGED: Sentence(
        "⚠️ Последний ответ изменить или удалить не удалось. {why} {remedy}",
        "⚠️ The last answer could not be changed or deleted. {why} {remedy}",
    ),
    Say.LATER_NOT_SENT: Sentence(
        "ℹ️ Ничего не изменено: более поздний ответ ещё не отправлен клиенту. Если он ждёт и больше не нужен, "
        "напишите комментарий /cancel. То, что клиент уже получил, можно изменить в самом Telegram.",
        "ℹ️ Nothing was changed: a later answer has not been sent to the client. If it waits and is needed no longer, "
        "write the comment /cancel. What the client has got can be changed in Telegram itself.",
    ),
    Say.COMMAND_TAKES_NO_FILES: Sentence(
        "ℹ️ С командой файлы и картинки клиенту не отправляются: приложите их к обычному комментарию.",
        "ℹ️ Files and pictures are not sent with a command: attach them to an ordinary comment.",
    ),
    Say.NEW_TASK_NEXT: Sentence(
        "🆕 Следующее сообщение клиента откроет новую задачу.", "🆕 The client's next message will open a new task."
    ),
    Say.LOOKS_LIKE_COMMAND: Sentence(
        "ℹ️ Комментарий «{answer}» клиенту не отправлен: он похож на команду {command}. "
        "Если это текст для клиента, начните его с //.",
        "ℹ️ The comment “{answer}” was not sent: it looks like the command {command}. "
        "If it is meant for the client, begin it with //.",
    ),
    Say.WAITING: Sentence(
        "⏳ Ответ «{answer}» ещё не доставлен. {why} Доставка повторяется сама, писать его ещё раз не нужно.",
        "⏳ The answer “{answer}” is not delivered yet. {why} Delivery is repeated by itself, do not write it again.",
    ),
    Say.DELIVERED_AFTER_ALL: Sentence(
        "✅ Ответ «{answer}» отправлен клиенту.", "✅ The answer “{answer}” was sent to the client."
    ),
    Say.GIVEN_UP: Sentence(
        "⚠️ Ответ «{answer}» так и не удалось доставить. {why} Если он ещё нужен, напишите комментарий /send.",
        "⚠️ The answer “{answer}” could not be delivered. {why} If it is still needed, write the comment /send.",
    ),
    Say.DELIVERY_UNKNOWN: Sentence(
        "❓ Неизвестно, дошёл ли ответ «{answer}»: связь с Telegram прервалась при отправке. "
        "Проверьте чат; если ответа там нет, напишите комментарий /send.",
        "❓ Nobody knows whether the answer “{answer}” arrived: the connection to Telegram broke while it was sent. "
        "Look into the chat; if it is not there, write the comment /send.",
    ),
    Say.INCOMING_GIVEN_UP: Sentence(
        "⚠️ Сообщение клиента не удалось перенести в задачу. {why} Откройте чат в Telegram.",
        "⚠️ A message of the client could not be carried into the task. {why} Open the chat in Telegram.",
    ),
    Say.ACCOUNT_LOST: Sentence(
        "⚠️ Ответы клиенту сейчас не отправляются. {why} {remedy}",
        "⚠️ Answers to the client do not go out at the moment. {why} {remedy}",
    ),
    Say.ACCOUNT_BACK: Sentence(
        "✅ Связь с бизнес-аккаунтом восстановлена, ответы снова отправляются.",
        "✅ The business account is connected again, answers go out.",
    ),
    Say.OWNER_ACCOUNT_LOST: Sentence(
        "⚠️ Ответы вашим клиентам из Планфикса сейчас не отправляются. {why} {remedy}",
        "⚠️ Answers from Planfix to your clients do not go out at the moment. {why} {remedy}",
    ),
    Say.OWNER_ACCOUNT_BACK: Sentence(
        "✅ Связь восстановлена: ответы вашим клиентам из Планфикса снова отправляются.",
        "✅ Connected again: answers from Planfix to your clients go out.",
    ),
    Say.FILE_AS_LINK: Sentence("📎 {file}: {link}", "📎 {file}: {link}"),
    Say.BOT_TALKS_TO_NOBODY: Sentence(
        "Здравствуйте! Этот бот не ведёт переписку. Пожалуйста, напишите компании в её обычный чат.",
        "Hello! This bot does not hold conversations. Please write to the company in its usual chat.",
    ),
    Say.NO_TASK_NUMBER: Sentence(
        "В запросе нет номера задачи: передайте параметр task={{{{Задача.Номер}}}}.",
        "The request has no task number: send the parameter task={{{{Задача.Номер}}}}.",
    ),
    Say.WRONG_SECRET: Sentence("Неверный секрет.", "Wrong secret."),
    Say.TRY_AGAIN: Sentence("Временный сбой, повторите позже.", "A passing failure, please repeat later."),
    Say.LINK_NOT_OURS: Sentence("Такой ссылки на файл нет.", "There is no such link to a file."),
    Say.LINK_IS_OVER: Sentence(
        "Срок этой ссылки истёк или файла больше нет. Откройте чат в Telegram.",
        "This link is over, or the file is gone. Please open the chat in Telegram.",
    ),
    Say.BRIDGE: Sentence("Мост Telegram", "Telegram bridge"),
    Say.BOT_CANNOT_WRITE_FIRST: Sentence(
        "Бот не может написать клиенту первым, а по номеру телефона Telegram клиента не находит. Попросите клиента написать боту или в ваш аккаунт и поделиться там своим номером.",
        "A bot cannot write to a client first, and Telegram finds nobody by a phone number. Ask the client to write to the bot or to your account, and to share the own number there.",
    ),
    Say.PLANFIX_CHOOSES_TASK: Sentence(
        "Задачу для чата выбирает Планфикс. Завершите задачу, и следующее сообщение клиента откроет новую.",
        "Planfix chooses the chat's task. Finish the task, and the client's next message opens a new one.",
    ),
    Say.PERHAPS_A_REPEAT: Sentence(
        "(возможно, повтор: неизвестно, дошло ли это сообщение раньше)",
        "(possibly a repeat: nobody knows whether this message arrived before)",
    ),
    Say.INCOMING_UNKNOWN: Sentence(
        "❓ Связь с Планфиксом прервалась, и неизвестно, дошло ли сообщение клиента. Откройте чат в Telegram и сверьте.",
        "❓ The connection to Planfix broke, and nobody knows whether a client's message arrived. Please open the chat in Telegram and compare.",
    ),
}


def _refusal(ru_why: str, ru_remedy: str, en_why: str, en_remedy: str) -> Refusal:
    return Refusal(Sentence(ru_why, en_why), Sentence(ru_remedy, en_remedy))


REFUSALS: Final[dict[Reason, Refusal]] = {
    Reason.WINDOW_CLOSED: _refusal(
        "Клиент не писал больше 24 часов, а позже Telegram не даёт боту отвечать от имени бизнес-аккаунта.",
        "Напишите клиенту из самого Telegram или дождитесь его сообщения.",
        "The client has not written for more than 24 hours, after which Telegram lets no bot answer for the business account.",
        "Write from Telegram itself, or wait for the client's message.",
    ),
    Reason.BOT_STOPPED_IN_CHAT: _refusal(
        "Бот остановлен или исключён в чате с этим клиентом.",
        "Откройте этот чат в Telegram и нажмите «Старт» вверху, либо добавьте чат в настройках чат-бота.",
        "The bot is stopped or excluded in the chat with this client.",
        "Open this chat in Telegram and press “Start” at the top, or add the chat in the chatbot settings.",
    ),
    Reason.REPLY_NOT_ALLOWED: _refusal(
        "У бота нет права отвечать на сообщения.",
        "Владелец аккаунта: Настройки → Telegram для бизнеса → Чат-боты → включите «Ответы на сообщения».",
        "The bot has no right to reply to messages.",
        "The account's owner: Settings → Telegram Business → Chatbots → switch on “Reply to messages”.",
    ),
    Reason.CONNECTION_LOST: _refusal(
        "Бизнес-аккаунт отключён от бота или его подключение изменилось.",
        "Владелец аккаунта: Настройки → Telegram для бизнеса → Чат-боты → добавьте бота заново.",
        "The business account is no longer connected to the bot, or the connection has changed.",
        "The account's owner: Settings → Telegram Business → Chatbots → add the bot again.",
    ),
    Reason.ACCOUNT_NOT_APPROVED: _refusal(
        "Бизнес-аккаунт убран из настроек моста.",
        "Администратор: planfix-telegram accounts approve вернёт его.",
        "The business account was taken out of the bridge's settings.",
        "The administrator: planfix-telegram accounts approve puts it back.",
    ),
    Reason.BUSINESS_MODE_OFF: _refusal(
        "У бота выключен режим для бизнес-аккаунтов.",
        "Администратор: @BotFather → настройки бота → включите Business Mode (Secretary Mode).",
        "The bot's business mode is off.",
        "The administrator: @BotFather → bot settings → switch on Business Mode (Secretary Mode).",
    ),
    Reason.CLIENT_BLOCKED_US: _refusal(
        "Клиент заблокировал нас в Telegram.",
        "Свяжитесь с клиентом другим способом.",
        "The client has blocked us in Telegram.",
        "Reach the client in another way.",
    ),
    Reason.WE_BLOCKED_CLIENT: _refusal(
        "Клиент заблокирован в бизнес-аккаунте.",
        "Владелец аккаунта: разблокируйте клиента в Telegram и повторите ответ.",
        "The client is blocked in the business account.",
        "The account's owner: unblock the client in Telegram, then answer again.",
    ),
    Reason.CLIENT_DEACTIVATED: _refusal(
        "Аккаунт клиента в Telegram удалён.",
        "Свяжитесь с клиентом другим способом.",
        "The client's Telegram account was deleted.",
        "Reach the client in another way.",
    ),
    Reason.CLIENT_NEVER_STARTED: _refusal(
        "Клиент не запускал этого бота, а первым бот писать не может.",
        "Попросите клиента открыть бота и нажать «Старт».",
        "The client has not started this bot, and a bot cannot write first.",
        "Ask the client to open the bot and press “Start”.",
    ),
    Reason.CLIENT_IS_BOT: _refusal(
        "На стороне клиента бот, ему писать нельзя.",
        "Ответ не требуется.",
        "The other side is a bot, which cannot be written to.",
        "No answer is needed.",
    ),
    Reason.CLIENT_ONLY_CONTACTS: _refusal(
        "Клиент принимает сообщения только от своих контактов или от Premium.",
        "Напишите клиенту из самого Telegram или свяжитесь другим способом.",
        "The client takes messages only from contacts or Premium users.",
        "Write from Telegram itself, or reach the client in another way.",
    ),
    Reason.CLIENT_WANTS_STARS: _refusal(
        "Клиент берёт плату в Telegram Stars за сообщения.",
        "Напишите клиенту из самого Telegram.",
        "The client charges Telegram Stars for messages.",
        "Write from Telegram itself.",
    ),
    Reason.ACCOUNT_RESTRICTED: _refusal(
        "Telegram ограничил этот аккаунт.",
        "Владелец аккаунта: напишите @SpamBot, он назовёт причину и срок.",
        "Telegram has restricted this account.",
        "The account's owner: ask @SpamBot for the reason and the date.",
    ),
    Reason.CHAT_NOT_FOUND: _refusal(
        "Telegram не находит чат с этим клиентом.",
        "Дождитесь сообщения клиента или напишите ему из самого Telegram.",
        "Telegram does not find the chat with this client.",
        "Wait for the client's message, or write from Telegram itself.",
    ),
    Reason.MANY_MESSAGES: _refusal(
        "Он занимает больше десяти сообщений.",
        "Комментарий /send отправит его; или приложите этот текст файлом.",
        "It is more than ten messages.",
        "The comment /send sends it; or attach the text as a file.",
    ),
    Reason.TOO_LONG: _refusal(
        "Telegram счёл текст слишком длинным.",
        "Разделите ответ на несколько комментариев.",
        "Telegram found the text too long.",
        "Divide the answer into several comments.",
    ),
    Reason.EMPTY: _refusal(
        "В ответе нет текста, который можно показать в Telegram.",
        "Напишите ответ текстом или приложите файл.",
        "The answer holds no text that Telegram can show.",
        "Write the answer as text, or attach a file.",
    ),
    Reason.MARKUP_REFUSED: _refusal(
        "Telegram не принял оформление текста.",
        "Повторите ответ без оформления.",
        "Telegram did not take the formatting.",
        "Write the answer again without formatting.",
    ),
    Reason.EDIT_IMPOSSIBLE: _refusal(
        "Telegram уже не даёт изменить или удалить это сообщение.",
        "Напишите новое сообщение с поправкой.",
        "Telegram no longer lets this message be edited or deleted.",
        "Write a new message with the correction.",
    ),
    Reason.NOT_ONE_MESSAGE: _refusal(
        "Команда /edit заменяет одно текстовое сообщение одним: ей нужен новый текст, и ни он, ни прежний ответ не могут "
        "занимать несколько сообщений.",
        "Напишите новое сообщение с поправкой.",
        "The command /edit replaces one text message with one: it needs a new text, and neither that nor the former "
        "answer may take several messages.",
        "Write a new message with the correction.",
    ),
    Reason.DELETE_NOT_ALLOWED: _refusal(
        "У бота нет права удалять отправленные сообщения.",
        "Владелец аккаунта: Настройки → Telegram для бизнеса → Чат-боты → разрешите удалять отправленные сообщения.",
        "The bot has no right to delete sent messages.",
        "The account's owner: Settings → Telegram Business → Chatbots → switch on “Delete sent messages”.",
    ),
    Reason.REPLY_TARGET_GONE: _refusal(
        "Сообщение, на которое дан ответ, удалено.",
        "Повторите ответ без цитаты.",
        "The message that was replied to is gone.",
        "Write the answer again without the quote.",
    ),
    Reason.VOICE_FORBIDDEN: _refusal(
        "Клиент запретил голосовые и видеосообщения.",
        "Отправьте запись файлом или напишите текстом.",
        "The client forbids voice and video messages.",
        "Send the recording as a file, or write text.",
    ),
    Reason.FILE_TOO_BIG: _refusal(
        "Файл больше, чем позволяет Telegram.",
        "Положите файл на облачный диск и отправьте клиенту ссылку.",
        "The file is larger than Telegram allows.",
        "Put the file on a cloud drive and send the client a link.",
    ),
    Reason.FILE_GONE: _refusal(
        "Файл недоступен.",
        "Приложите файл ещё раз.",
        "The file is not available.",
        "Attach the file again.",
    ),
    Reason.FILE_REFUSED: _refusal(
        "Telegram не принял файл.",
        "Отправьте ссылку на файл или приложите его в другом формате.",
        "Telegram did not take the file.",
        "Send a link to the file, or attach it in another format.",
    ),
    Reason.BOT_TOKEN_REVOKED: _refusal(
        "Токен бота отозван или неверен.",
        "Администратор: получите токен у @BotFather и выполните planfix-telegram settings set --secret bot_token.",
        "The bot's token was revoked or is wrong.",
        "The administrator: take the token from @BotFather and run planfix-telegram settings set --secret bot_token.",
    ),
    Reason.BOT_TAKEN_OVER: _refusal(
        "Этим ботом управляет другая программа.",
        "Администратор: отключите её и выполните planfix-telegram webhook set.",
        "Another program is using this bot.",
        "The administrator: switch it off and run planfix-telegram webhook set.",
    ),
    Reason.BRIDGE_FAULT: _refusal(
        "Мост отправил неверный запрос: это ошибка моста.",
        "Сообщите администратору и ответьте из самого Telegram.",
        "The bridge sent a wrong request: this is the bridge's fault.",
        "Tell the administrator, and answer from Telegram itself.",
    ),
    Reason.TASK_GONE: _refusal(
        "Задача удалена.",
        "Новое сообщение клиента создаст новую задачу.",
        "The task was deleted.",
        "The client's next message will make a new task.",
    ),
    Reason.CONTACT_GONE: _refusal(
        "Контакт клиента удалён или объединён.",
        "Мост найдёт или создаст контакт сам при следующем сообщении.",
        "The client's contact was deleted or merged.",
        "The bridge will find or make the contact with the next message.",
    ),
    Reason.COMMENT_GONE: _refusal(
        "Комментарий удалён.",
        "Напишите его ещё раз, если он нужен.",
        "The comment was deleted.",
        "Write it again if it is needed.",
    ),
    Reason.PLANFIX_TOKEN_REFUSED: _refusal(
        "Планфикс не принял токен REST API.",
        "Администратор: выпустите токен и выполните planfix-telegram settings set --secret planfix_token.",
        "Planfix did not take the REST token.",
        "The administrator: make a token and run planfix-telegram settings set --secret planfix_token.",
    ),
    Reason.PLANFIX_SCOPE_MISSING: _refusal(
        "Токену Планфикса не хватает прав.",
        "Администратор: добавьте токену права на задачи, контакты, комментарии и файлы.",
        "The Planfix token lacks a scope.",
        "The administrator: give the token the scopes for tasks, contacts, comments and files.",
    ),
    Reason.PLANFIX_ACCESS_DENIED: _refusal(
        "В Планфиксе нет доступа к этой задаче или комментарии в ней запрещены.",
        "Администратор: дайте пользователю токена доступ к задаче и право комментировать.",
        "Planfix gives no access to this task, or forbids comments in it.",
        "The administrator: give the token's user access to the task and the right to comment.",
    ),
    Reason.PLANFIX_ACCOUNT_STOPPED: _refusal(
        "Аккаунт Планфикса заморожен или заблокирован.",
        "Администратор: обратитесь в поддержку Планфикса.",
        "The Planfix account is frozen or blocked.",
        "The administrator: write to Planfix support.",
    ),
    Reason.PLANFIX_PLAN: _refusal(
        "Тариф Планфикса этого не позволяет или не оплачен.",
        "Администратор: проверьте тариф и оплату в Планфиксе.",
        "The Planfix plan does not allow this, or is not paid.",
        "The administrator: check the plan and its payment in Planfix.",
    ),
    Reason.PLANFIX_QUOTA: _refusal(
        "Исчерпан лимит запросов Планфикса.",
        "Сообщения будут доставлены, когда лимит обновится.",
        "The limit of Planfix requests is used up.",
        "Messages will be delivered when the limit is renewed.",
    ),
    Reason.PLANFIX_BAD_VALUE: _refusal(
        "Планфикс не принял значение поля.",
        "Администратор: проверьте шаблоны и исполнителей командой planfix-telegram settings show.",
        "Planfix did not take the value of a field.",
        "The administrator: check templates and assignees with planfix-telegram settings show.",
    ),
    Reason.PLANFIX_FILE: _refusal(
        "Планфикс не принял файл.",
        "Откройте файл в Telegram.",
        "Planfix did not take the file.",
        "Open the file in Telegram.",
    ),
    Reason.PLANFIX_REFUSED: _refusal(
        "Планфикс отказал в операции.",
        "Администратор: проверьте настройки шаблона и права токена.",
        "Planfix refused the operation.",
        "The administrator: check the template's settings and the token's rights.",
    ),
    Reason.PLANFIX_CHAT_TOKEN_REFUSED: _refusal(
        "Планфикс не принял ключ чата.",
        "Администратор: скопируйте ключ (token) из окна этого чата в Планфиксе: Управление аккаунтом, Интеграции, Чаты.",
        "Planfix did not take the chat's token.",
        "The administrator: copy the token from this chat's window in Planfix: Account management, Integrations, Chats.",
    ),
    Reason.PLANFIX_CHAT_ADDRESS: _refusal(
        "По адресу из planfix.chat_url нет API Планфикса для чатов.",
        "Администратор: скопируйте адрес из окна этого чата в Планфиксе: Управление аккаунтом, Интеграции, Чаты.",
        "There is no Planfix API for chats at the address in planfix.chat_url.",
        "The administrator: copy the address from this chat's window in Planfix: Account management, Integrations, Chats.",
    ),
    Reason.PLANFIX_CHAT_REFUSED: _refusal(
        "API Планфикса для чатов не принял сообщение.",
        "Администратор: проверьте, что providerId в окне этого чата в Планфиксе тот же, что показывает planfix-telegram settings show.",
        "Planfix's API for chats did not take the message.",
        "The administrator: check that the providerId in this chat's window in Planfix is the one that planfix-telegram settings show prints.",
    ),
    Reason.TOO_MANY_REQUESTS: _refusal(
        "Telegram просит подождать.",
        "Ответ будет отправлен сам.",
        "Telegram asks to wait.",
        "The answer will go out by itself.",
    ),
    Reason.SERVICE_DOWN: _refusal(
        "Сервис временно не отвечает.",
        "Доставка повторится сама.",
        "The service does not answer at the moment.",
        "Delivery will be repeated by itself.",
    ),
    Reason.UNREACHABLE: _refusal(
        "Сервис недоступен по сети.",
        "Доставка повторится сама.",
        "The service cannot be reached.",
        "Delivery will be repeated by itself.",
    ),
    Reason.BUSY: _refusal(
        "Очередь занята.",
        "Доставка произойдёт сама.",
        "The queue is busy.",
        "Delivery will happen by itself.",
    ),
    Reason.UNKNOWN_ERROR: _refusal(
        "Неизвестная ошибка: {detail}.",
        "Ответьте из самого Telegram и сообщите администратору.",
        "Unknown error: {detail}.",
        "Answer from Telegram itself and tell the administrator.",
    ),
    Reason.SETTINGS_MISSING: _refusal(
        "Настройки интеграции не найдены.",
        "Администратор: выполните planfix-telegram setup.",
        "The integration's settings were not found.",
        "The administrator: run planfix-telegram setup.",
    ),
    Reason.DELIVERY_UNKNOWN: _refusal(
        "Неизвестно, дошёл ли ответ.",
        "Проверьте чат в Telegram.",
        "Nobody knows whether the answer arrived.",
        "Look into the chat in Telegram.",
    ),
    Reason.COMMENT_CHANGED: _refusal(
        "Комментарий изменили, пока он отправлялся.",
        "Посмотрите, что дошло, и напишите остальное ещё раз.",
        "The comment was changed while it was being sent.",
        "See what arrived, and write the rest again.",
    ),
    Reason.COMMENT_UNREADABLE: _refusal(
        "Мост не смог прочитать комментарий целиком.",
        "Напишите его ещё раз новым комментарием.",
        "The bridge could not read all of the comment.",
        "Write it again as a new comment.",
    ),
    Reason.CLIENT_NOT_NOTIFIED: _refusal(
        "Теперь комментарий не уведомляет клиента.",
        "Если он для клиента, напишите новый и отметьте клиента среди уведомляемых.",
        "The comment does not notify the client any more.",
        "If it is for the client, write a new one and tick the client among the notified.",
    ),
    Reason.TOO_OLD: _refusal(
        "Ответ найден слишком поздно.",
        "Если он ещё нужен, напишите его ещё раз.",
        "The answer was found too late.",
        "If it is still needed, write it again.",
    ),
}


WAITS: Final[dict[Reason, Sentence]] = {
    Reason.TOO_MANY_REQUESTS: Sentence(
        "Telegram просит подождать до {until} UTC.", "Telegram asks to wait until {until} UTC."
    ),
    Reason.PLANFIX_QUOTA: Sentence(
        "Исчерпан лимит запросов Планфикса, он просит подождать до {until} UTC.",
        "The limit of Planfix requests is used up, Planfix asks to wait until {until} UTC.",
    ),
}
"""Why something waits, where a service named a time."""


_BYTES_IN_KILOBYTE: Final = 1024
_UNITS: Final = (Say.BYTES, Say.KILOBYTES, Say.MEGABYTES)


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences in one language."""

    language: Language

    def say(self, sentence: Say, **words: object) -> str:
        """A sentence with its placeholders filled in; whoever a word is from, it stays in its line (shown.py)."""
        foreign = {name: one_line(word) if isinstance(word, str) else word for name, word in words.items()}
        return self._in_language(SENTENCES[sentence]).format(**foreign)

    def why(self, reason: Reason, detail: str = "", *, until: str = "") -> str:
        """Why it was refused, or waits; ``until`` when the service asked to wait, where it did."""
        if until and reason in WAITS:
            return self._in_language(WAITS[reason]).format(until=until)
        return self._in_language(REFUSALS[reason].why).format(detail=one_line(detail) or "?")

    def remedy(self, reason: Reason) -> str:
        """What a person can do about it."""
        return self._in_language(REFUSALS[reason].remedy)

    def size(self, size: int) -> str:
        """So many bytes, as people say it."""
        value, unit = float(size), 0
        while value >= _BYTES_IN_KILOBYTE and unit < len(_UNITS) - 1:
            value, unit = value / _BYTES_IN_KILOBYTE, unit + 1
        said = f"{value:.1f}".removesuffix(".0")
        return self.say(_UNITS[unit], size=said.replace(".", ",") if self.language == "ru" else said)

    def file(self, name: str, size: int | None) -> str:
        """A file by its name, and its size where it is known."""
        shown = one_line(name)
        return shown if size is None else f"{shown} ({self.size(size)})"

    def _in_language(self, sentence: Sentence) -> str:
        return sentence.ru if self.language == "ru" else sentence.en
