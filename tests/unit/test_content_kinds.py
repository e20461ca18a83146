"""Every kind of message as it looks in Planfix: one fixture, one expectation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import Reason
from bridge.model import Attachment
from bridge.telegram import content
from bridge.telegram.kinds import IGNORED
from bridge.telegram.quoting import LONGEST_QUOTE
from bridge.texts import SENTENCES, Texts

KINDS = Path(__file__).parents[1] / "events" / "telegram" / "kinds"
RU, EN = Texts("ru"), Texts("en")

MAP = '<a href="https://maps.google.com/?q=55.751244,37.618423">55.751244,37.618423</a>'

EXPECTED: dict[str, tuple[str, tuple[str, ...]]] = {
    "animation": ("[GIF]<br><i>Смешно</i>", ("cat.gif.mp4",)),
    "audio": ("[Аудио: Кино — Группа крови, 3 мин 5 с]", ("kino.mp3",)),
    "checklist": ("[Чек-лист] Сборы 🧳<br>☑ Паспорт<br>☐ <b>Билеты</b> &amp; виза<br>☐ Зонт", ()),
    "checklist_tasks_added": ("[Добавлено в чек-лист] Сборы 🧳<br>☐ Зарядка", ()),
    "checklist_tasks_done": ("[Отмечено в чек-листе] Сборы 🧳<br>☑ <b>Билеты</b> &amp; виза<br>☑ № 9<br>☐ Паспорт", ()),
    "contact_of_another": ("[Контакт] Борис, +7 916 000-00-00", ()),
    "contact_own": ("[Контакт] Анна Серова, +79161234567", ()),
    "dice": ("[🎲 5]", ()),
    "document": ("Подпишите, пожалуйста", ("Договор № 5.pdf",)),
    "document_without_name": ("[Файл]", ("document_101.docx",)),
    "forwarded_from_channel": ("<i>↪️ Переслано от Новости &lt;завода&gt;</i><br>[Фото]", ("photo_101.jpg",)),
    "forwarded_from_chat": ("<i>↪️ Переслано от Клуб — админ</i><br>Слова", ()),
    "forwarded_from_hidden_user": ("<i>↪️ Переслано от Аноним &lt;b&gt;</i><br>Слова", ()),
    "forwarded_from_nobody": ("<i>↪️ Переслано</i><br>Слова", ()),
    "forwarded_from_user": ("<i>↪️ Переслано от Иван Петров</i><br>Слова", ()),
    "game": ("[Игра] Змейка: Ешьте яблоки<br>Рекорд: <b>7</b>", ()),
    "gift": ("[Подарок, 50 ⭐]<br>С <b>праздником</b>!", ()),
    "gift_upgrade_sent": ("[Улучшение подарка, 50 ⭐]", ()),
    "giveaway": ("[Розыгрыш, победителей: 5, 500 ⭐, Кружки]", ()),
    "giveaway_completed": ("[Розыгрыш завершён, победителей: 1]", ()),
    "giveaway_created": ("[Розыгрыш, 500 ⭐]", ()),
    "giveaway_winners": ("[Розыгрыш завершён, победителей: 2]", ()),
    "invoice": ("[Счёт] Доставка: По Казани, 1500,50 RUB", ()),
    "kind_of_the_future": ("[Сообщение вида «hologram»: откройте его в Telegram]<br>Подпись", ()),
    "live_location": (f"[Геопозиция в реальном времени, здесь её первая точка] {MAP}", ()),
    "live_photo": ("[Живое фото]", ("photo_101.jpg", "live_photo_101.mp4")),
    "location": (f"[Геопозиция] {MAP}", ()),
    "paid_media": ("[Платное медиа, 15 ⭐]<br>Только сегодня", ()),
    "photo": ("Вот так выглядит 📦", ("photo_101.jpg",)),
    "photo_of_album": ("Три вида", ("photo_101.jpg",)),
    "photo_without_caption": ("[Фото]", ("photo_101.jpg",)),
    "poll": ("[Опрос] Когда удобно? Утром / Вечером &lt;после 6&gt;<br>О встрече", ("photo_101.jpg",)),
    "poll_option_added": ("[В опрос добавлен вариант] Ночью", ()),
    "poll_option_deleted": ("[Из опроса удалён вариант] Ночью", ()),
    "quiz": ("[Викторина] 2 + 2? 4 / 5", ()),
    "refunded_payment": ("[Возврат оплаты, 1,005 KWD]", ()),
    "reply_in_topic": ("В теме", ()),
    "reply_to_caption": ("<blockquote>Такой подойдёт?</blockquote>Да", ()),
    "reply_to_checklist_task": ("<blockquote>Билеты &amp; виза</blockquote>Где они?", ()),
    "reply_to_inaccessible": ("[Ответ на сообщение]<br>Помните?", ()),
    "reply_to_other_chat": ("<blockquote>Новости &lt;завода&gt;:<br>Мы открылись</blockquote>Видели?", ()),
    "reply_to_other_chat_without_words": ("<blockquote>Иван Петров:<br>[Опрос] Когда? Утром</blockquote>Видели?", ()),
    "reply_to_poll_option": ("<blockquote>Вечером</blockquote>Лучше так", ()),
    "reply_to_story": ("[Ответ на историю]<br>Красиво", ()),
    "reply_to_text": ("<blockquote>" + ("Можно ли забрать заказ сегодня? " * 6).rstrip() + "…</blockquote>Да", ()),
    "reply_to_voice": ("<blockquote>[Голосовое, 7 с]</blockquote>Не слышно", ()),
    "reply_with_manual_quote": ("<blockquote><b>красный</b></blockquote>Этот", ()),
    "rich_message": (
        '<b>Заказ</b><br>Цена <b>5 <i>тысяч</i></b> за <a href="https://example.com/?a=1&amp;b=2">набор</a> 👍<br>1. один<br>☑ сделано<br>Товар | Цена<br>Чай | 300<br><blockquote>Знание — сила<br>— Бэкон</blockquote><pre><code class="language-python">x &lt; y</code></pre>———<br><b>Ещё</b><br>a^2<br>[Фото] вид<br>[Геопозиция] https://maps.google.com/?q=55.751244,37.618423<br>[Голосовое]<br>Из будущего<br>раз<br>два',
        ("photo_101.jpg", "voice_101.ogg"),
    ),
    "self_destructing_photo": (
        "[Сообщение без содержимого, которое Telegram показал бы боту (например, исчезающее фото): откройте его в Telegram]",
        (),
    ),
    "self_destructing_photo_without_sizes": (
        "[Сообщение вида «photo»: откройте его в Telegram]<br>Смотрите быстро",
        (),
    ),
    "sticker": ("[Стикер 😀]", ("sticker_101.webp",)),
    "sticker_animated": ("[Стикер 👨\u200d👩\u200d👧]", ()),
    "sticker_video": ("[Стикер 😀]", ()),
    "story": ("[Переслана история, Новости &lt;завода&gt;]", ()),
    "successful_payment": ("[Оплата, 100 ⭐]", ()),
    "text_via_bot": ("Нашёл", ()),
    "text_with_everything": (
        '&nbsp;&nbsp;<b>Кот</b> <span class="tg-spoiler" style="background-color:#d3d3d3">👨\u200d👩\u200d👧\u200d👦</span> и שלום<br><a href="https://example.com">https://example.com</a>',
        (),
    ),
    "text_with_field_of_the_future": ("Привет", ()),
    "text_with_hidden_preview": (
        'Смотрите<br><a href="https://example.com/a?b=1&amp;c=2">https://example.com/a?b=1&amp;c=2</a>',
        (),
    ),
    "unique_gift": ("[Подарок, Plush Pepe #12]", ()),
    "venue": (f"[Место] Кафе «Пушкин», Тверской бульвар, 26А {MAP}", ()),
    "video": ("[Видео, 1 мин 5 с]", ("двор.mov",)),
    "video_note": ("[Видеосообщение, 12 с]", ("video_note_101.mp4",)),
    "voice": ("[Голосовое, 7 с]<br>Послушайте", ("voice_101.ogg",)),
    "web_app_data": ('[Данные из приложения, Оформить]<br>{"заказ": 5}', ()),
}
"""Fixture -> the HTML, and the names of its files."""


def message(kind: str) -> dict[str, Any]:
    """The message of a fixture."""
    found: dict[str, Any] = json.loads((KINDS / f"{kind}.json").read_text("utf-8"))["business_message"]
    return found


def test_every_fixture_is_expected() -> None:
    """No fixture lies there unread."""
    assert {path.stem for path in KINDS.glob("*.json")} == set(EXPECTED)


@pytest.mark.parametrize("kind", EXPECTED)
def test_kind_looks_as_it_should(kind: str) -> None:
    """Each kind has its words and its files, with right names."""
    shown = content.render(message(kind), RU)
    assert (shown.html, tuple(file.name for file in shown.attachments)) == EXPECTED[kind]


@pytest.mark.parametrize(
    ("kind", "html"),
    [
        ("voice", "[Voice message, 7 s]<br>Послушайте"),
        ("audio", "[Audio: Кино — Группа крови, 3 min 5 s]"),
        ("invoice", "[Invoice] Доставка: По Казани, 1500.50 RUB"),
        ("forwarded_from_user", "<i>↪️ Forwarded from Иван Петров</i><br>Слова"),
        ("kind_of_the_future", "[A message of kind “hologram”: open it in Telegram]<br>Подпись"),
    ],
)
def test_the_language_is_the_integrations(kind: str, html: str) -> None:
    """The bridge's own words are in English where the integration is."""
    assert content.render(message(kind), EN).html == html


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_word_of_ours_is_in_the_other_language(kind: str) -> None:
    """An English integration has no Russian label anywhere, whatever the kind."""
    shown = content.render(message(kind), EN).html
    ours = {re.split(r"\{\w+\}", one.ru)[0].strip("[]↪️ :«") for one in SENTENCES.values() if one.ru != one.en}
    labels = re.findall(r"\[[^\]]*\]|<i>[^<]*</i>", shown)
    assert [label for label in labels for word in ours if len(word) > 3 and word in label] == []


# -- files


def test_largest_photo_is_taken() -> None:
    """Of several sizes the largest is the photo, wherever it stands."""
    (photo,) = content.render(message("photo"), RU).attachments
    assert (photo.file_id, photo.size, photo.mime, photo.kind) == ("file-photo-l", 180_000, "image/jpeg", "photo")


def test_live_photo_is_a_photo_and_its_video() -> None:
    """Both halves of a live photo are carried."""
    photo, video = content.render(message("live_photo"), RU).attachments
    assert (photo.kind, photo.mime) == ("photo", "image/jpeg")
    assert (video.kind, video.mime, video.duration) == ("live_photo", "video/mp4", 2)


@pytest.mark.parametrize(
    ("given", "name", "mime"),
    [
        ({"file_name": "отчёт 👨‍👩‍👧.pdf"}, "отчёт 👨‍👩‍👧.pdf", "application/pdf"),
        ({"file_name": "../../etc/passwd"}, "_.._etc_passwd", "application/octet-stream"),
        ({"file_name": "a\\b:c*?.txt"}, "a_b_c__.txt", "text/plain"),
        ({"file_name": "photo\u202egpj.exe"}, "photogpj.exe", None),
        ({"file_name": "line\r\nbreak.txt"}, "line__break.txt", "text/plain"),
        ({"file_name": "...", "mime_type": "image/png"}, "document_5.png", "image/png"),
        ({"file_name": "без расширения", "mime_type": "image/png"}, "без расширения.png", "image/png"),
        ({"file_name": "Makefile"}, "Makefile", "application/octet-stream"),
        ({"mime_type": "application/zip"}, "document_5.zip", "application/zip"),
        ({"mime_type": 'image/png"\r\nX-Evil: 1'}, "document_5.bin", "application/octet-stream"),
        ({"mime_type": "IMAGE/PNG"}, "document_5.png", "image/png"),
        ({"file_name": 7, "mime_type": None, "file_size": -1}, "document_5.bin", "application/octet-stream"),
    ],
)
def test_name_and_type_are_right(given: dict[str, Any], name: str, mime: str | None) -> None:
    """A file has a safe name with an extension, and a type, whatever Telegram gave."""
    (file,) = content.render({"message_id": 5, "document": {"file_id": "x", **given}}, RU).attachments
    assert file.name == name
    assert mime is None or file.mime == mime
    assert file.size is None


def test_long_name_keeps_its_extension() -> None:
    """A name that no file system takes is cut before its extension, and not inside a character."""
    (file,) = content.render({"document": {"file_id": "x", "file_name": "я" * 500 + ".pdf"}}, RU).attachments
    assert file.name == "я" * 125 + ".pdf"


def test_voice_that_is_no_ogg_has_its_own_extension() -> None:
    """A voice message may be MP3 or M4A (core.telegram.org/bots/api#sendvoice)."""
    voice = {"file_id": "x", "duration": 1, "mime_type": "audio/mpeg"}
    (file,) = content.render({"message_id": 5, "voice": voice}, RU).attachments
    assert file.name == "voice_5.mp3"


def test_files_of_one_message_have_different_names() -> None:
    """Two photos of one message do not take each other's place."""
    blocks = [{"type": "photo", "photo": [{"file_id": name}]} for name in "abc"]
    files = content.render({"message_id": 5, "rich_message": {"blocks": blocks}}, RU).attachments
    assert [file.name for file in files] == ["photo_5.jpg", "photo_5_2.jpg", "photo_5_3.jpg"]
    assert [file.file_id for file in files] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("reason", "html"),
    [
        (
            Reason.FILE_TOO_BIG,
            "[Файл не перенесён: a&lt;b.mov, 28,6 МБ. Он больше 20 МБ, а больше Telegram ботам не отдаёт. Откройте его в Telegram]",
        ),
        (
            Reason.FILE_GONE,
            "[Файл не перенесён: a&lt;b.mov, 28,6 МБ. Telegram его больше не отдаёт. Откройте его в Telegram]",
        ),
        (
            Reason.PLANFIX_FILE,
            "[Файл не перенесён: a&lt;b.mov, 28,6 МБ. Планфикс не принял файл. Откройте его в Telegram]",
        ),
    ],
)
def test_file_that_cannot_be_carried_is_named(reason: Reason, html: str) -> None:
    """Its name, its size, the reason, and where to see it."""
    file = Attachment("video", "x", "u", "a<b.mov", "video/quicktime", 30_000_000)
    assert content.could_not_carry(file, RU, reason) == html


@pytest.mark.parametrize(
    ("size", "said"), [(None, "a.mov. "), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (3 << 30, "3072 MB")]
)
def test_size_of_a_file_is_readable(size: int | None, said: str) -> None:
    """In the unit that a person would use; nothing when it is unknown."""
    file = Attachment("video", "x", "u", "a.mov", "video/quicktime", size)
    assert said in content.could_not_carry(file, EN, Reason.FILE_GONE)


# -- what an edit is compared by, and what an album needs


@pytest.mark.parametrize(
    ("kind", "change", "same"),
    [
        ("text_via_bot", {"edit_date": 1, "has_protected_content": True}, True),
        ("text_via_bot", {"text": "Нашла"}, False),
        ("text_with_hidden_preview", {"link_preview_options": {"url": "https://example.com/b"}}, False),
        ("photo", {"caption": "Другое"}, False),
        ("photo", {"photo": [{"file_id": "another", "file_unique_id": "n", "width": 9, "height": 9}]}, False),
        ("photo", {"photo": [{"file_id": "renewed", "file_unique_id": "photo-l", "width": 9, "height": 9}]}, True),
        ("reply_to_text", {"reply_to_message": {"message_id": 90, "text": "Изменено"}}, True),
        ("reply_to_text", {"reply_to_message": None}, True),
        ("live_location", {"location": {"latitude": 1, "longitude": 1, "live_period": 900}}, True),
        ("live_location", {"location": {"latitude": 1.5, "longitude": 1}}, True),
        ("checklist_tasks_added", {"checklist_tasks_added": {"tasks": []}}, False),
    ],
)
def test_edit_counts_when_somebody_could_see_it(kind: str, change: dict[str, Any], same: bool) -> None:
    """The fingerprint changes with what is visible of the message itself, and with nothing else."""
    before = content.render(message(kind), RU)
    after = content.render({**message(kind), **change}, RU)
    assert (content.fingerprint(before) == content.fingerprint(after)) is same


@pytest.mark.parametrize(
    ("kind", "above", "said"),
    [
        ("photo_of_album", "", "Три вида"),
        ("forwarded_from_channel", "<i>↪️ Переслано от Новости &lt;завода&gt;</i>", ""),
        ("audio", "", "[Аудио: Кино — Группа крови, 3 мин 5 с]"),
        ("reply_with_manual_quote", "<blockquote><b>красный</b></blockquote>", "Этот"),
    ],
)
def test_parts_of_a_message_in_an_album(kind: str, above: str, said: str) -> None:
    """What stands above, and what the files do not show by themselves, can be told apart."""
    shown = content.render(message(kind), RU)
    assert (shown.above, shown.said) == (above, said)


# -- the rest


@pytest.mark.parametrize(
    ("kind", "phone"), [("contact_own", "+79161234567"), ("contact_of_another", None), ("poll", None)]
)
def test_only_the_senders_own_phone_is_offered(kind: str, phone: str | None) -> None:
    """A phone is the sender's when the contact is the sender's own."""
    assert content.own_phone(message(kind)) == phone


def test_contact_of_nobody_is_not_the_senders() -> None:
    """Two missing ids are not the same person."""
    assert content.own_phone({"contact": {"phone_number": "1"}, "from": {}}) is None


@pytest.mark.parametrize("fields", [{}, {"text": " \u200b\u2800"}, {"text": "", "caption": ""}, {"photo": None}])
def test_message_that_shows_nothing_is_said_so(fields: dict[str, Any]) -> None:
    """A message without anything to see still makes a comment that says where to look."""
    assert content.render(fields, RU).html.startswith("[Сообщение без содержимого")


def test_old_field_beside_the_new_one_is_not_carried_twice() -> None:
    """An animation also has a document and a venue a location: each is one kind with one file."""
    assert content.kind_of(message("animation")) == "animation"
    assert len(content.render(message("animation"), RU).attachments) == 1
    assert content.kind_of(message("venue")) == "venue"


@pytest.mark.parametrize("service", IGNORED)
def test_service_message_beside_words_is_carried(service: str) -> None:
    """A service field never hides what somebody said."""
    assert content.is_ignored({service: {}})
    for words in ({"text": "x"}, {"caption": "x"}, {"dice": {"value": 1}}, {"hologram": {}}):
        assert not content.is_ignored({service: {}, **words})


@pytest.mark.parametrize("text", ["👨‍👩‍👧‍👦", "👍🏽", "🇷🇺", "مرحبا بك", "שלום", "e\u0301", "हिन्दी", "a\u200fb"])
def test_every_script_survives(text: str) -> None:
    """Emoji, right-to-left text and joiners come out as they went in, everywhere."""
    assert content.render({"text": text}, RU).html == text
    assert content.render({"caption": text, "photo": [{"file_id": "x"}]}, RU).html == text
    assert text in content.render({"poll": {"question": text, "options": [{"text": text}]}}, RU).html
    assert text in content.render({"text": "x", "forward_origin": {"sender_user": {"first_name": text}}}, RU).html
    assert (
        f"<blockquote>{text}</blockquote>x"
        == content.render({"text": "x", "reply_to_message": {"text": text}}, RU).html
    )
    assert text in content.render({"rich_message": {"blocks": [{"type": "paragraph", "text": [text]}]}}, RU).html


def test_long_quote_is_cut_between_graphemes() -> None:
    """The beginning of a quoted message never ends inside a family."""
    family = "👨‍👩‍👧‍👦"
    said = content.render({"text": "x", "reply_to_message": {"text": family * 200}}, RU).html
    quoted = said.removeprefix("<blockquote>").partition("…")[0]
    assert quoted
    assert quoted.replace(family, "") == ""
    assert len(quoted) <= LONGEST_QUOTE


def test_rich_message_of_any_depth_keeps_its_words() -> None:
    """Deeper than Python's stack, the form is given up and the words are kept."""
    block: Any = {"type": "paragraph", "text": "на дне"}
    for _ in range(5000):
        block = {"type": "blockquote", "blocks": [block]}
    rich: Any = "в глубине"
    for _ in range(5000):
        rich = {"type": "bold", "text": [rich]}
    shown = content.render({"rich_message": {"blocks": [block, {"type": "paragraph", "text": rich}]}}, RU)
    assert "на дне" in shown.html
    assert "в глубине" in shown.html
