"""Every kind of content a Telegram message may have, each as a sentence. A new kind is one row here and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bridge.shown import TURNING, one_line
from bridge.telegram.characters import is_blank
from bridge.telegram.fields import mapping, mappings, number, numbers, person_name, text, words
from bridge.telegram.formatting import to_html
from bridge.telegram.places import describe_location, describe_venue
from bridge.telegram.rich_message import flatten
from bridge.texts import Say, Texts

Describe = Callable[[Mapping[str, Any], Texts], str]
"""From the message and the language: HTML, or "" when the content is not there after all."""

ENVELOPE: Final = frozenset(
    {
        "message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat", "sender_boost_count",
        "sender_business_bot", "sender_tag", "date", "guest_query_id", "business_connection_id", "chat",
        "forward_origin", "is_topic_message", "is_automatic_forward", "reply_to_message", "external_reply", "quote",
        "reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot", "guest_bot_caller_user",
        "guest_bot_caller_chat", "edit_date", "has_protected_content", "is_from_offline", "is_paid_post",
        "media_group_id", "author_signature", "paid_star_count", "link_preview_options", "suggested_post_info",
        "effect_id", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler", "reply_markup",
        "text", "entities", "too_large",
    }
)  # fmt: skip
"""Fields of ``Message`` that are no content of their own (Bot API 10.1)."""

IGNORED: Final[dict[str, str]] = {
    "pinned_message": "points at a message that is in the task already",
    "message_auto_delete_timer_changed": "a setting of the chat; nobody said anything",
    "chat_background_set": "the look of the chat; nobody said anything",
    "paid_message_price_changed": "a setting of the chat; nobody said anything",
    "direct_message_price_changed": "a setting of a channel; nobody said anything",
    "users_shared": "the answer to a button that the bridge never shows",
    "chat_shared": "the answer to a button that the bridge never shows",
    "write_access_allowed": "the client let the bot write, which shows when it writes",
    "connected_website": "a login on a web site, no message to the company",
    "proximity_alert_triggered": "made by a live location, of which only the first point is carried",
    "forum_topic_created": "the heading of a topic in a private chat; what is written in the topic is carried",
    "forum_topic_edited": "the heading of a topic in a private chat; what is written in the topic is carried",
    "forum_topic_closed": "the heading of a topic in a private chat; what is written in the topic is carried",
    "forum_topic_reopened": "the heading of a topic in a private chat; what is written in the topic is carried",
}
"""Service messages of private chats that make no comment, and why. They are counted."""

_WITHOUT_CENTS: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF", "XTR"})
_WITH_THREE_DIGITS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Digits after the point, where they are not two (ISO 4217; XTR is Telegram's Stars)."""


def kind_of(message: Mapping[str, Any]) -> str:
    """The message's kind: ``text``, or the name of the field that holds its content; kinds of the future too.

    Known kinds come first: a field that Telegram adds to messages later must not hide the photo beside it.
    """
    if message.get("too_large"):
        return "too_large"
    known = next((kind for kind in KINDS if message.get(kind) is not None), None)
    if known:
        return known
    if not is_blank(text(message, "text")):
        return "text"
    others = [name for name, value in message.items() if name not in ENVELOPE and value is not None]
    return next((name for name in others if name not in IGNORED), others[0] if others else "empty")


def describe(message: Mapping[str, Any], texts: Texts) -> str:
    """What a message of a known kind holds, as HTML without its caption; "" for text and for unknown kinds."""
    known = KINDS.get(kind_of(message))
    return known(message, texts) if known else ""


def duration(seconds: int | None, texts: Texts) -> str:
    """``7 s``, ``2 min 5 s``; "" when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return texts.say(Say.MINUTES, minutes=minutes, seconds=rest) if minutes else texts.say(Say.SECONDS, seconds=rest)


def named(name: str, *details: str) -> str:
    """``[name, detail, detail]`` as HTML, in one line."""
    return to_html(one_line(f"[{', '.join(part for part in (name, *details) if part)}]"), ())


def _lasting(field: str, say: Say) -> Describe:
    return lambda message, texts: named(texts.say(say), duration(number(message.get(field), "duration"), texts))


def _simple(say: Say) -> Describe:
    return lambda _, texts: named(texts.say(say))


def _audio(message: Mapping[str, Any], texts: Texts) -> str:
    audio = mapping(message, "audio")
    track = " — ".join(part for part in (text(audio, "performer"), text(audio, "title")) if not is_blank(part))
    name = f"{texts.say(Say.AUDIO)}: {track}" if track else texts.say(Say.AUDIO)
    return named(name, duration(number(audio, "duration"), texts))


def _document(message: Mapping[str, Any], texts: Texts) -> str:
    name = text(message.get("document"), "file_name")
    return named(f"{texts.say(Say.DOCUMENT)} {name}".strip())


def _sticker(message: Mapping[str, Any], texts: Texts) -> str:
    return named(f"{texts.say(Say.STICKER)} {text(message.get('sticker'), 'emoji')}".strip())


def _paid_media(message: Mapping[str, Any], texts: Texts) -> str:
    return named(texts.say(Say.PAID_MEDIA), _stars(message.get("paid_media"), "star_count"))


def _contact(message: Mapping[str, Any], texts: Texts) -> str:
    contact = mapping(message, "contact")
    said = ", ".join(part for part in (person_name(contact), phone_in(contact)) if part)
    return _labelled(texts, Say.CONTACT, said)


def phone_in(contact: Mapping[str, Any]) -> str:
    """The phone number of a ``Contact``, with its plus: Telegram often leaves it out."""
    phone = text(contact, "phone_number").strip()
    return f"+{phone}" if phone.isdecimal() else phone


def _poll(message: Mapping[str, Any], texts: Texts) -> str:
    poll = mapping(message, "poll")
    options = " / ".join(option for one in mappings(poll, "options") if (option := text(one, "text")))
    question = text(poll, "question")
    question += ("" if question.endswith(("?", "!", ".", ":")) else ":") * bool(question and options)
    said = _labelled(texts, Say.QUIZ if poll.get("type") == "quiz" else Say.POLL, f"{question} {options}".strip())
    return lines(said, words(poll, "description", "description_entities"))


def _poll_option(field: str, say: Say) -> Describe:
    return lambda message, texts: _labelled(texts, say, text(message.get(field), "option_text"))


def _checklist(message: Mapping[str, Any], texts: Texts) -> str:
    checklist = mapping(message, "checklist")
    tasks = [_task(task, done=_is_done(task)) for task in mappings(checklist, "tasks")]
    return lines(_labelled(texts, Say.CHECKLIST, text(checklist, "title")), *tasks)


def _checklist_tasks_done(message: Mapping[str, Any], texts: Texts) -> str:
    event = mapping(message, "checklist_tasks_done")
    checklist = mapping(mapping(event, "checklist_message"), "checklist")
    known = {task.get("id"): task for task in mappings(checklist, "tasks") if number(task, "id") is not None}
    said = [
        _task(known.get(task_id, {"text": f"№ {task_id}"}), done=done)
        for field, done in (("marked_as_done_task_ids", True), ("marked_as_not_done_task_ids", False))
        for task_id in numbers(event, field)
    ]
    return lines(_labelled(texts, Say.CHECKLIST_TASKS_DONE, text(checklist, "title")), *said)


def _checklist_tasks_added(message: Mapping[str, Any], texts: Texts) -> str:
    event = mapping(message, "checklist_tasks_added")
    title = text(mapping(mapping(event, "checklist_message"), "checklist"), "title")
    tasks = [_task(task, done=_is_done(task)) for task in mappings(event, "tasks")]
    return lines(_labelled(texts, Say.CHECKLIST_TASKS_ADDED, title), *tasks)


def _is_done(task: Mapping[str, Any]) -> bool:
    """Done by somebody, at some time; 0 is Telegram's word for never."""
    return bool(number(task, "completion_date") or task.get("completed_by_user") or task.get("completed_by_chat"))


def _task(task: Mapping[str, Any], *, done: bool) -> str:
    called = {**task, "text": TURNING.sub("\u2060", text(task, "text"))}  # as long as before, for its entities
    return f"{'☑' if done else '☐'} {one_line(words(called, 'text', 'text_entities').replace('<br>', ' '))}"


def _dice(message: Mapping[str, Any], _texts: Texts) -> str:
    dice = mapping(message, "dice")
    value = number(dice, "value")
    emoji = text(dice, "emoji") or "🎲"
    return "" if value is None else named(f"{emoji} {value}")


def _game(message: Mapping[str, Any], texts: Texts) -> str:
    game = mapping(message, "game")
    said = ": ".join(part for part in (text(game, "title"), text(game, "description")) if part)
    return lines(_labelled(texts, Say.GAME, said), words(game, "text", "text_entities"))


def _story(message: Mapping[str, Any], texts: Texts) -> str:
    return named(texts.say(Say.STORY), person_name(mapping(message.get("story"), "chat")))


def _invoice(message: Mapping[str, Any], texts: Texts) -> str:
    invoice = mapping(message, "invoice")
    said = ": ".join(part for part in (text(invoice, "title"), text(invoice, "description")) if part)
    return _labelled(texts, Say.INVOICE, ", ".join(part for part in (said, _money(invoice, texts)) if part))


def _payment(field: str, say: Say) -> Describe:
    return lambda message, texts: named(texts.say(say), _money(mapping(message, field), texts))


def _money(paid: Mapping[str, Any], texts: Texts) -> str:
    amount, currency = number(paid, "total_amount"), text(paid, "currency")
    if amount is None:
        return ""
    digits = 0 if currency in _WITHOUT_CENTS else 3 if currency in _WITH_THREE_DIGITS else 2
    whole, rest = divmod(amount, 10**digits)
    mark = "," if texts.language == "ru" else "."
    said = f"{whole}{mark}{rest:0{digits}}" if digits else str(whole)
    return f"{said} {'⭐' if currency == 'XTR' else currency}".strip()


def _gift(field: str, say: Say) -> Describe:
    def describe_gift(message: Mapping[str, Any], texts: Texts) -> str:
        info = mapping(message, field)
        return lines(named(texts.say(say), _stars(info.get("gift"), "star_count")), words(info, "text", "entities"))

    return describe_gift


def _unique_gift(message: Mapping[str, Any], texts: Texts) -> str:
    gift = mapping(mapping(message, "unique_gift"), "gift")
    count = number(gift, "number")
    called = text(gift, "base_name") + ("" if count is None else f" #{count}")
    return named(texts.say(Say.GIFT), called.strip())


def _giveaway(field: str, say: Say) -> Describe:
    def describe_giveaway(message: Mapping[str, Any], texts: Texts) -> str:
        giveaway = mapping(message, field)
        winners = number(giveaway, "winner_count")
        said = "" if winners is None else texts.say(Say.WINNERS, count=winners)
        prize = text(giveaway, "prize_description")
        return named(texts.say(say), said, _stars(giveaway, "prize_star_count"), prize)

    return describe_giveaway


def _stars(of: Any, name: str) -> str:
    count = number(of, name)
    return f"{count} ⭐" if count else ""


def _web_app_data(message: Mapping[str, Any], texts: Texts) -> str:
    data = mapping(message, "web_app_data")
    return lines(named(texts.say(Say.WEB_APP_DATA), text(data, "button_text")), to_html(text(data, "data"), ()))


def _rich_message(message: Mapping[str, Any], texts: Texts) -> str:
    flat = flatten(mapping(message, "rich_message"), texts)
    return "" if is_blank(flat.text) else to_html(flat.text, flat.entities)


def _labelled(texts: Texts, say: Say, said: str) -> str:
    """``[Label] what it holds``, in one line; "" when it holds nothing."""
    return "" if is_blank(said) else to_html(one_line(f"[{texts.say(say)}] {said}"), ())


def lines(*parts: str) -> str:
    """HTML, one part a line; empty parts are left out, and a block ends its line by itself."""
    joined = ""
    for part in parts:
        if joined and part and not joined.endswith(("</blockquote>", "</pre>")):
            joined += "<br>"
        joined += part
    return joined


KINDS: Final[dict[str, Describe]] = {
    # these three come with a second field for old bots, so they are looked at first
    "animation": _simple(Say.ANIMATION),
    "live_photo": _simple(Say.LIVE_PHOTO),
    "venue": describe_venue,
    "photo": _simple(Say.PHOTO),
    "video": _lasting("video", Say.VIDEO),
    "video_note": _lasting("video_note", Say.VIDEO_NOTE),
    "voice": _lasting("voice", Say.VOICE),
    "audio": _audio,
    "document": _document,
    "sticker": _sticker,
    "paid_media": _paid_media,
    "location": describe_location,
    "contact": _contact,
    "poll": _poll,
    "poll_option_added": _poll_option("poll_option_added", Say.POLL_OPTION_ADDED),
    "poll_option_deleted": _poll_option("poll_option_deleted", Say.POLL_OPTION_DELETED),
    "checklist": _checklist,
    "checklist_tasks_done": _checklist_tasks_done,
    "checklist_tasks_added": _checklist_tasks_added,
    "dice": _dice,
    "game": _game,
    "story": _story,
    "invoice": _invoice,
    "successful_payment": _payment("successful_payment", Say.PAYMENT),
    "refunded_payment": _payment("refunded_payment", Say.REFUND),
    "gift": _gift("gift", Say.GIFT),
    "unique_gift": _unique_gift,
    "gift_upgrade_sent": _gift("gift_upgrade_sent", Say.GIFT_UPGRADE),
    "giveaway": _giveaway("giveaway", Say.GIVEAWAY),
    "giveaway_created": _giveaway("giveaway_created", Say.GIVEAWAY),
    "giveaway_winners": _giveaway("giveaway_winners", Say.GIVEAWAY_COMPLETED),
    "giveaway_completed": _giveaway("giveaway_completed", Say.GIVEAWAY_COMPLETED),
    "web_app_data": _web_app_data,
    "rich_message": _rich_message,
}
"""How each kind is said, in the order in which a message is asked for them."""
