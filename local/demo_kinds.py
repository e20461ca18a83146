"""The second act of a demo: one of each kind of message both ways, and what of it arrived, a line each."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from local.demo_watching import NotSeenError, Watch, covered, in_chat, plain
from local.phone import Phone, contact, dice, location, poll, unknown_kind, venue
from local.samples import Sample, samples
from local.stage import ACCOUNT_TEMPLATE, MANAGER, OWNER, OWNER_ID
from local.suppression import FILE_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from local.demo_cast import Words
    from local.fakes.planfix_model import Comment, Task
    from local.fakes.planfix_model import StoredFile as PlanfixFile
    from local.fakes.telegram_model import Json, Seen
    from local.stage import Client, Stage

ACCOUNT = str(OWNER_ID)
_KILOBYTE = 1024


@dataclass(frozen=True)
class Row:
    """What must be in the task: the comment's exact HTML, and its files by name, media type and bytes."""

    name: str
    html: str
    files: tuple[Sample, ...] = ()


class Kinds:
    """The second act, with a client of its own.

    Args:
        stage: with the cast on it.
        words: of this seed; its code stands in every text, its noise in every file.
        watch: on the stage.
    """

    def __init__(self, stage: Stage, words: Words, watch: Watch) -> None:
        self._stage = stage
        self._watch = watch
        self._code = words.code
        self._phone_number = f"7916{words.code:07}"
        self._signature = f"{stage.cast.manager.last} {stage.cast.manager.first}:"
        # A file's end is its own: each differs from the others and from every other seed's.
        self._files = {
            name: replace(sample, data=sample.data + FILE_MARK + name.encode() + words.noise)
            for name, sample in samples().items()
        }
        client: Client = stage.cast.clients[2]
        self._client = client
        self._phone = Phone(stage.telegram, stage.bot, client.id, OWNER_ID)
        self._owners_phone = replace(self._phone, by_owner=True)
        self._is_chat = stage.can.shows_states
        self._task: Task
        self._sent: dict[str, Json] = {}
        self._comments: dict[str, Comment] = {}

    def play(self) -> None:
        """Play every scene, whatever arrives.

        Raises:
            NotSeenError: not everything arrived as it should.
            TimeoutError: a scene took too long.
        """
        for scene in (
            self.client_sends_each_kind,
            self.client_edits_and_deletes,
            self.employee_sends_each_kind,
            self.employee_edits_and_deletes,
        ):
            self._watch.scene(scene)
        if self._watch.missing:
            raise NotSeenError

    # From the client

    def client_sends_each_kind(self) -> None:
        """A client sends one of each kind, all at once; each is a comment with its files."""
        rows: list[Row] = []
        self._watch.do(lambda: rows.extend(self._send_everything()))
        tasks = self._stage.tasks_of(self._client.id, ACCOUNT_TEMPLATE)
        self._watch.see(len(tasks) == 1, f"one task: {', '.join(task.name for task in tasks)}")
        self._task = tasks[0]
        comments = self._stage.comments(self._task)
        for row in rows:
            author = f"user:{OWNER}" if row.name == "in-owner" else self._task.assigner
            self._look_for(row, [comment for comment in comments if comment.owner == author])
        fields = self._stage.planfix.contact(int((self._task.assigner or "").partition(":")[2])).fields
        numbers = [phone["number"] for phone in fields.get("phones", [])]
        self._note("in-phone", numbers == [f"+{self._phone_number}"], f"the contact's phones: {', '.join(numbers)}")

    def _send_everything(self) -> Iterable[Row]:
        """Send it, and say what must come of it."""
        self._sent["question"] = self._phone.send(f"Какой лучше <{self._code}>?")
        yield self._text()
        yield from self._captioned("photo", "Это фото")
        yield from self._captioned("video", "Это видео")
        yield from self._captioned("document", "Это договор")
        yield from self._captioned("animation", "Это гифка", "[GIF]<br>")
        yield self._alone("video_note", "[Видеосообщение, 3 с]")
        yield self._alone("voice", "[Голосовое, 3 с]")
        yield self._alone("audio", "[Аудио: Чайник — Мелодия, 4 с]")
        yield self._alone("sticker", "[Стикер 😺]")
        yield self._album()
        yield from self._without_files()
        yield from self._rare()
        yield self._live_photo()
        yield self._owners_photo()

    def _text(self) -> Row:
        text = f"Жирно, курсив 🔦 {self._code} < 6 & далее, а здесь стоит ссылка"
        entities = [
            _entity(text, "bold", "Жирно"),
            _entity(text, "italic", "курсив"),
            _entity(text, "text_link", "ссылка", url="https://example.com/?a=1&b=2"),
            _entity(text, "code", str(self._code)),
        ]
        self._sent["text"] = self._phone.send(text, entities=entities)
        return Row(
            "in-text",
            f"<b>Жирно</b>, <i>курсив</i> 🔦 <code>{self._code}</code> &lt; 6 &amp; далее, "
            'а здесь стоит <a href="https://example.com/?a=1&amp;b=2">ссылка</a>',
        )

    def _captioned(self, kind: str, words: str, before: str = "") -> Iterable[Row]:
        caption = f"{words} {self._code}"
        yield self._with_file(kind, self._phone.send_file(self._files[kind], caption), before + caption)

    def _alone(self, kind: str, words: str) -> Row:
        return self._with_file(kind, self._phone.send_file(self._files[kind]), words)

    def _with_file(self, kind: str, message: Json, words: str) -> Row:
        self._sent[kind] = message
        return Row(f"in-{kind}", words, (self._as_planfix_gets_it(self._files[kind], message["message_id"]),))

    def _as_planfix_gets_it(self, file: Sample, message_id: int) -> Sample:
        """Telegram gives no name of photos, voice, round video and stickers: the bridge makes one."""
        ending = {"photo": ".jpg", "voice": ".ogg", "video_note": ".mp4", "sticker": ".webp"}.get(file.kind)
        return replace(file, name=f"{file.kind}_{message_id}{ending}") if ending else file

    def _album(self) -> Row:
        photos = [self._files[name] for name in ("photo_red", "photo_green", "photo")]
        caption = f"Это альбом {self._code}"
        messages = self._phone.send_album(photos, caption)
        got = [
            self._as_planfix_gets_it(photo, message["message_id"])
            for photo, message in zip(photos, messages, strict=True)
        ]
        return Row("in-album", caption, tuple(got))

    def _without_files(self) -> Iterable[Row]:
        client, code = self._client, self._code
        latitude = round(55 + code / 100_000, 5)
        link = f'<a href="https://maps.google.com/?q={latitude},37.61">{latitude},37.61</a>'
        self._phone.send(**location(latitude, 37.61))
        yield Row("in-location", f"[Геопозиция] {link}")
        self._phone.send(**venue(latitude, 37.61, f"Чайная {code}", "Лесная, 5"))
        yield Row("in-venue", f"[Место] Чайная {code}, Лесная, 5 {link}")
        self._phone.send(**contact(client.id, client.name.first, client.name.last, self._phone_number))
        yield Row("in-contact", f"[Контакт] {client.name.full}, +{self._phone_number}")
        self._phone.send(**poll(f"Когда удобно, {code}?", "Утром", "Вечером"))
        yield Row("in-poll", f"[Опрос] Когда удобно, {code}? Утром / Вечером")
        self._phone.send(**dice(code % 6 + 1))
        yield Row("in-dice", f"[🎲 {code % 6 + 1}]")
        quote = {"text": "курсив", "position": 7, "is_manual": True}
        words = f"Отвечаю на цитату {code}"
        self._phone.send(words, quote=quote, reply_to_message=self._sent["text"]["message_id"])
        yield Row("in-reply", f"<blockquote>курсив</blockquote>{words}")
        words = f"Пересылаю {code}"
        origin = {"type": "hidden_user", "sender_user_name": "Почта", "date": 1_700_000_000}
        self._phone.send(words, forward_origin=origin)
        yield Row("in-forward", f"<i>↪️ Переслано от Почта</i><br>{words}")
        self._phone.send(**unknown_kind(f"Подпись {code}"))
        yield Row("in-unknown", f"[Сообщение вида «hologram»: откройте его в Telegram]<br>Подпись {code}")

    def _rare(self) -> Iterable[Row]:
        """What few people send."""
        code = self._code
        latitude = round(55 + code / 100_000, 5)
        link = f'<a href="https://maps.google.com/?q={latitude},37.61">{latitude},37.61</a>'
        where = {"latitude": latitude, "longitude": 37.61, "live_period": 900}
        self._phone.send(location=where)
        yield Row("in-live_location", f"[Геопозиция в реальном времени, здесь её первая точка] {link}")
        self._phone.send(game={"title": f"Змейка {code}", "description": "Ешьте яблоки", "photo": []})
        yield Row("in-game", f"[Игра] Змейка {code}: Ешьте яблоки")
        channel = {"id": -1_001_000_000_001, "title": f"Новости {code}", "type": "channel"}
        self._phone.send(story={"chat": channel, "id": 5})
        yield Row("in-story", f"[Переслана история, Новости {code}]")
        tasks = [{"id": 1, "text": "Паспорт", "completion_date": 1_763_799_000}, {"id": 2, "text": "Зонт"}]
        self._phone.send(checklist={"title": f"Сборы {code}", "tasks": tasks})
        yield Row("in-checklist", f"[Чек-лист] Сборы {code}<br>☑ Паспорт<br>☐ Зонт")
        paid = {"star_count": 15, "paid_media": [{"type": "preview", "width": 100, "height": 100, "duration": 5}]}
        self._phone.send(paid_media=paid, caption=f"Только сегодня {code}")
        yield Row("in-paid_media", f"[Платное медиа, 15 ⭐]<br>Только сегодня {code}")
        self._phone.send(gift={"gift": {"id": "1", "star_count": 50}, "text": f"С праздником {code}!"})
        yield Row("in-gift", f"[Подарок, 50 ⭐]<br>С праздником {code}!")
        heading = {"type": "heading", "text": f"Накладная {code}", "size": 2}
        paragraph = {"type": "paragraph", "text": ["Цена ", {"type": "bold", "text": "5"}]}
        self._phone.send(rich_message={"blocks": [heading, paragraph]})
        yield Row("in-rich_message", f"<b>Накладная {code}</b><br>Цена <b>5</b>")
        draw = {"chats": [], "winners_selection_date": 1_764_000_000, "winner_count": 5}
        self._phone.send(giveaway={**draw, "prize_description": f"Кружки {code}"})
        yield Row("in-service", f"[Розыгрыш, победителей: 5, Кружки {code}]")

    def _live_photo(self) -> Row:
        """A photo that moves: both its halves arrive."""
        telegram = self._stage.telegram
        photo, video = self._files["photo_red"], self._files["video"]
        still = telegram.media("photo", telegram.put_file(photo.data, photo.name, photo.mime))
        moving = telegram.media("video", telegram.put_file(video.data, video.name, video.mime))["video"]
        moving.pop("file_name")  # a live photo has none
        message = self._phone.send(live_photo={**moving, **still}, **still, caption=f"Это живое фото {self._code}")
        halves = (
            self._as_planfix_gets_it(photo, message["message_id"]),
            replace(video, name=f"live_photo_{message['message_id']}.mp4"),
        )
        return Row("in-live_photo", f"Это живое фото {self._code}", halves)

    def _owners_photo(self) -> Row:
        photo = self._files["photo_green"]
        caption = f"От владельца {self._code}"
        message = self._owners_phone.send_file(photo, caption)
        return Row("in-owner", caption, (self._as_planfix_gets_it(photo, message["message_id"]),))

    def client_edits_and_deletes(self) -> None:
        """The client edits one message and deletes two: the task says both, and keeps the words."""
        before = self._stage.comments(self._task)
        words = f"Исправлено {self._code}"

        def act() -> None:
            self._phone.edit(self._sent["photo"]["message_id"], words)
            self._phone.delete(*(self._sent[name]["message_id"] for name in ("sticker", "voice")))

        self._watch.do(act)
        comments = self._stage.comments(self._task)
        new = comments[len(before) :]
        self._watch.note(comments[: len(before)] == before, "what was there is there as it was")
        edits = [comment for comment in new if comment.owner == self._task.assigner and words in plain(comment)]
        is_so = len(edits) == 1 and edits[0].description.startswith("✏️") and not edits[0].files
        is_so = is_so and self._names(edits[0], "in-photo")
        self._note("in-edit", is_so, self._said(edits))
        by_bridge = [comment for comment in new if self._stage.is_by_bridge(comment)]
        deletions = [comment for comment in by_bridge if comment.description.startswith("🗑")]
        is_so = len(deletions) == 1 and self._names(deletions[0], "in-sticker", "in-voice")
        self._note("in-deletion", is_so, self._said(deletions))

    # From the employee

    def employee_sends_each_kind(self) -> None:
        """An employee sends formatted text, one file of each kind in one comment, an album with words, and a quotation."""
        code = self._code
        formatted = (
            f"<p>Список <b>жирный {code}</b>, <i>курсив</i>, <u>черта</u>, <s>зачёркнуто</s>:</p>"
            "<ul><li>первое</li><li>второе</li></ul><blockquote>цитата</blockquote>"
            f'<p><a href="https://example.com/{code}">ссылка</a> &amp; <code>код</code> 🙂</p>'
        )
        one_of_each = [self._files[name] for name in ("photo", "document", "voice", "audio", "video", "gif")]
        album = [self._files[name] for name in ("photo_green", "photo_red")]
        before = self._letters()

        def act() -> None:
            self._comment(formatted)
            self._comment("", one_of_each)
            self._comment(f"<p>Это альбом {code}</p>", album)
            self._comment(f"<blockquote>{html.escape(self._sent['question']['text'])}</blockquote><p>Именно {code}</p>")

        self._watch.do(act)
        letters = self._letters()[len(before) :]
        self._see_formatted(letters)
        for file in one_of_each:
            found = [letter for letter in letters if letter.media == file.data]
            is_so = len(found) == 1 and _is(found[0], file) and not found[0].album
            self._note(f"out-{file.kind}", is_so, _shown(found))
        found = [letter for letter in letters if letter.media in {photo.data for photo in album}]
        in_one = len(found) == len(album) and found[0].album != "" and len({one.album for one in found}) == 1
        is_so = in_one and all(map(_is, found, album)) and any(f"Это альбом {code}" in one.text for one in letters)
        self._note("out-album", is_so, _shown(found))

        found = [letter for letter in letters if f"Именно {code}" in letter.text]
        asked = self._sent["question"]
        if self._is_chat:  # what was quoted is words there, not a message
            is_so = [letter.text for letter in found] == [f"{self._signature}\n{asked['text']}\nИменно {code}"]
            quotes = [
                covered(one, entity) for one in found for entity in one.entities if entity["type"] == "blockquote"
            ]
            self._note(
                "out-quote", is_so and quotes == [asked["text"]], f"{_shown(found)}, quoted: {' / '.join(quotes)}"
            )
            self._see_ticks()
            return
        is_so = [(letter.reply_to, letter.text) for letter in found] == [
            (asked["message_id"], f"{self._signature}\nИменно {code}")
        ]
        quoted = asked["text"] if any(letter.reply_to == asked["message_id"] for letter in found) else "nothing"
        self._note("out-quote", is_so, f"{_shown(found)}, as the answer to: {quoted}")

    def _see_ticks(self) -> None:
        """Beside every answer."""
        answers = [one for one in self._stage.comments(self._task) if one.owner == f"user:{MANAGER}"]
        states = [self._stage.planfix.chats.state_of(one.id) for one in answers]
        is_so = all(state is not None and state == ("sent", "") for state in states)
        shown = " ".join("nothing" if state is None else "✓" if state.state == "sent" else "✗" for state in states)
        self._note("out-ticks", is_so, f"beside the answers: {shown}")

    def _see_formatted(self, letters: Sequence[Seen]) -> None:
        code = self._code
        found = [letter for letter in letters if "Список" in letter.text]
        lines = [line for letter in found for line in letter.text.split("\n") if line]
        bullet = "" if self._is_chat else "• "
        expected = [
            self._signature,
            f"Список жирный {code}, курсив, черта, зачёркнуто:",
            f"{bullet}первое",
            f"{bullet}второе",
            "цитата",
            "ссылка & код 🙂",
        ]
        entities = {(entity["type"], covered(letter, entity)) for letter in found for entity in letter.entities}
        marked = {("bold", self._signature), ("blockquote", "цитата"), ("text_link", "ссылка")}
        if not self._is_chat:  # all the rest is lost where an answer is pushed as plain text
            marked |= {
                ("bold", f"жирный {code}"),
                ("italic", "курсив"),
                ("underline", "черта"),
                ("strikethrough", "зачёркнуто"),
                ("code", "код"),
            }
        address = [entity.get("url") for letter in found for entity in letter.entities if "url" in entity]
        is_so = len(found) == 1 and lines == expected and entities == marked
        is_so = is_so and address == [f"https://example.com/{code}"]
        kinds = ", ".join(entity["type"] for letter in found for entity in letter.entities)
        self._note("out-text", is_so, f"{' / '.join(lines)} ({kinds})")

    def employee_edits_and_deletes(self) -> None:
        """The employee writes /edit and /delete: the client's phone shows the new words, and no longer the others."""
        code = self._code
        before = {letter.message_id for letter in self._letters(deleted=True)}

        def act() -> None:
            self._comment(f"<p>Цена {code}</p>")
            self._comment(f"<p>/edit Новая цена <b>{code}</b></p>")
            self._comment(f"<p>Лишнее {code}</p>")
            self._comment("<p>/delete</p>")

        self._watch.do(act)
        letters = [letter for letter in self._letters(deleted=True) if letter.message_id not in before]
        prices = [letter for letter in letters if letter.text == f"{self._signature}\nНовая цена {code}"]
        bold = {covered(letter, entity) for letter in prices for entity in letter.entities if entity["type"] == "bold"}
        is_so = len(prices) == 1 and prices[0].edit_date is not None and not prices[0].deleted
        is_so = is_so and (self._is_chat or str(code) in bold)
        self._note("out-edit", is_so, _shown(prices))
        gone = [letter for letter in letters if f"Лишнее {code}" in letter.text]
        self._note("out-delete", len(gone) == 1 and gone[0].deleted, f"{_shown(gone)}, deleted")
        self._watch.note(len(letters) == 2, f"the commands themselves stayed inside: {len(letters)} messages")  # noqa: PLR2004 - price, other

    # Doing and seeing

    def _comment(self, text: str, files: Sequence[Sample] = ()) -> None:
        numbers = [self._stage.planfix.put_file(file.data, file.name, file.mime) for file in files]
        notify = [self._task.assigner or ""]
        self._stage.planfix.employee_comments(self._task.id, MANAGER, text, notify=notify, files=numbers)

    def _letters(self, *, deleted: bool = False) -> list[Seen]:
        return self._stage.letters(self._client.id, ACCOUNT, deleted=deleted)

    def _note(self, name: str, is_so: bool, what: str) -> None:
        self._watch.note(is_so, f"{name}: {what}")

    def _names(self, comment: Comment, *rows: str) -> bool:
        """Whether a comment names those of these rows; what did not arrive cannot be named, and messages of chats have no number."""
        return self._is_chat or all(
            str(self._comments[row].id) in comment.description for row in rows if row in self._comments
        )

    def _look_for(self, row: Row, comments: Sequence[Comment]) -> None:
        wanted_html = in_chat(row.html) if self._is_chat else row.html
        found = [comment for comment in comments if comment.description == wanted_html]
        files = [self._stage.planfix.files[number] for comment in found for number in comment.files]
        is_so = len(found) == 1 and len(files) == len(row.files) and all(map(_is_stored, files, row.files))
        if found:
            self._comments[row.name] = found[0]
        got = " + ".join([self._said(found), *map(_described, files)])
        wanted = " + ".join([wanted_html, *(f"{file.name} ({file.mime}), byte for byte" for file in row.files)])
        self._note(row.name, is_so, got if is_so else f"{got} instead of {wanted}")

    def _said(self, comments: Sequence[Comment]) -> str:
        return " | ".join(plain(comment).replace("\n", " / ") for comment in comments) or "nothing"


def _entity(text: str, kind: str, words: str, **given: Any) -> Json:
    """An entity over these words; it counts UTF-16 units."""
    before = text[: text.index(words)]
    offset, length = (len(one.encode("utf-16-le")) // 2 for one in (before, words))
    return {"type": kind, "offset": offset, "length": length, **given}


def _is(letter: Seen, file: Sample) -> bool:
    return (letter.kind, letter.file_name, letter.mime, letter.media) == (file.kind, file.name, file.mime, file.data)


def _is_stored(stored: PlanfixFile, file: Sample) -> bool:
    return (stored.name, stored.mime, stored.data) == (file.name, file.mime, file.data)


def _described(file: PlanfixFile) -> str:
    return f"{file.name} ({file.mime}, {len(file.data) / _KILOBYTE:.1f} KB)"


def _shown(letters: Sequence[Seen]) -> str:
    """What the phone shows."""
    return " | ".join(_one_shown(letter) for letter in letters) or "nothing"


def _one_shown(letter: Seen) -> str:
    file = (
        f"{letter.kind} {letter.file_name} ({letter.mime}, {len(letter.media) / _KILOBYTE:.1f} KB)"
        if letter.media
        else ""
    )
    return " ".join(part for part in (file, letter.text.replace("\n", " / ")) if part)
