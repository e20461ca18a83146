"""Files that an employee sends with an answer."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bridge.errors import Reason, RetryLater
from bridge.planfix.linked_files import LinkedFiles
from bridge.planfix.rest import PlanfixRest
from bridge.routes.rest.rest_answer import answer_in
from tests.world import CLIENT, OWNER, USER, World, notices

TOO_BIG = 50 * 1024 * 1024 + 1


def png(width: int = 10, height: int = 10) -> bytes:
    """The beginning of a picture, which says its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0" + b"\0" * 200


def answer(world: World, html: str, *files: tuple[str, bytes]) -> None:
    """An employee's answer with files."""
    numbers = [world.planfix.put_file(data, name) for name, data in files]
    world.planfix.employee_comments(world.task, USER, html, notify=(world.contact_of(),), files=numbers)
    world.settle()


def is_gone(world: World, file: int) -> None:
    """Planfix does not give this file the next time."""
    if world.route == "rest":
        world.planfix.fail_next(
            path_prefix=f"/file/{file}/download", status=400, code=7000, error="File not found by id"
        )
    else:
        world.planfix.fail_next(path_prefix=world.planfix.chats.file_path(file), status=404, times=9)


def link_to(world: World, file: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a file, which opens for everybody; of REST's files nobody knows one."""
    monkeypatch.setattr(PlanfixRest, "public_link", lambda _, number: f"https://acme.planfix.ru/file/{number}")
    return (
        f"https://acme.planfix.ru/file/{file}"
        if world.route == "rest"
        else f"https://acme.planfix.ru{world.planfix.chats.file_path(file)}"
    )


def before_each_file(world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[str], None]) -> None:
    """Let something happen when a file of this name is asked for."""
    of, name = (PlanfixRest, "open_file") if world.route == "rest" else (LinkedFiles, "open")
    really = getattr(of, name)

    @contextmanager
    def opened(self: Any, file: Any, **how: Any) -> Iterator[Any]:
        happens(how["known"].name if "known" in how else file.name)
        with really(self, file, **how) as one:
            yield one

    monkeypatch.setattr(of, name, opened)


def seen(world: World) -> list[tuple[str, str, bytes | None]]:
    """What arrived on the client's phone: kind, text or file name, bytes."""
    shown = [one for one in world.telegram.chat_of(CLIENT, OWNER, bot=world.bot) if one.who == "bot"]
    return [(one.kind, one.text or one.file_name, one.media) for one in shown]


def test_text_and_file_arrive(chat: World) -> None:
    """The words come first, then the file, with its name and all its bytes."""
    answer(chat, "вот счёт", ("счёт.pdf", b"%PDF-1.4 all"))
    assert seen(chat) == [("text", "вот счёт", None), ("document", "счёт.pdf", b"%PDF-1.4 all")]
    assert notices(chat) == []


def test_file_alone_is_an_answer(chat: World) -> None:
    """A comment of a file only is sent."""
    answer(chat, "", ("a.zip", b"PK"))
    assert [kind for kind, _, _ in seen(chat)] == ["document"]
    assert notices(chat) == []


def test_picture_is_a_photo(chat: World) -> None:
    """An image that Telegram takes as a photo is one."""
    answer(chat, "", ("вид.png", png()))
    assert [kind for kind, _, _ in seen(chat)] == ["photo"]


def test_picture_that_is_no_photo_is_a_document(chat: World) -> None:
    """A picture too long for a photo arrives as a file."""
    answer(chat, "", ("лента.png", png(10, 9000)))
    assert [kind for kind, _, _ in seen(chat)] == ["document"]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("голос.ogg", b"OggS" + bytes(24) + b"OpusHead" + bytes(20), "voice"),
        ("песня.mp3", b"ID3\x04" + bytes(40), "audio"),
        ("фильм.mp4", b"\0\0\0\x18ftypisom" + bytes(40), "video"),
        ("кот.gif", b"GIF89a\x10\0\x10\0" + bytes(40), "animation"),
    ],
)
def test_recordings_and_films_go_as_what_they_are(chat: World, name: str, data: bytes, kind: str) -> None:
    """A voice can be listened to, a film watched, in the chat itself."""
    answer(chat, "", (name, data))
    assert [(shown, what) for shown, what, _ in seen(chat)] == [(kind, name)]


@pytest.mark.only_on("rest")
def test_hosts_that_files_come_from_can_be_narrowed(make_world: Callable[..., World]) -> None:
    """With planfix.file_hosts a file that Planfix keeps elsewhere is not fetched, and is named."""
    narrowed = {"account_url": "https://acme.planfix.ru", "file_hosts": ["storage.example"]}
    world = make_world(settings={"planfix": narrowed})
    world.client_writes("Здравствуйте!")
    world.settle()
    answer(world, "слова", ("a.zip", b"PK"))
    assert [what for _, what, _ in seen(world)] == ["слова"]
    assert ["a.zip" in text for text in notices(world)] == [True]


def test_pictures_are_an_album(chat: World) -> None:
    """Several pictures in one comment are one album, in order."""
    answer(chat, "", *[(f"{number}.png", png() + bytes([number])) for number in range(3)])
    assert [kind for kind, _, _ in seen(chat)] == ["photo"] * 3
    assert [call.method for call in chat.telegram.calls if call.method.startswith("send")] == ["sendMediaGroup"]


def test_one_bad_file_stops_no_other(chat: World) -> None:
    """A file that is gone is named in a notice; the words and the other file arrive."""
    good, bad = chat.planfix.put_file(b"good", "good.zip"), chat.planfix.put_file(b"bad", "bad.zip")
    is_gone(chat, bad)
    chat.planfix.employee_comments(chat.task, USER, "оба", notify=(chat.contact_of(),), files=[bad, good])
    chat.settle()
    assert seen(chat) == [("text", "оба", None), ("document", "good.zip", b"good")]
    assert ["bad.zip" in text and "good.zip" not in text for text in notices(chat)] == [True]


def test_refused_album_is_sent_file_by_file(chat: World) -> None:
    """When Telegram refuses an album, each of its files is tried on its own."""
    chat.telegram.fail_next("sendMediaGroup", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    answer(chat, "", ("1.png", png()), ("2.png", png()))
    assert len(seen(chat)) == 2
    assert notices(chat) == []


def test_lost_answer_doubles_the_lost_file_only(chat: World) -> None:
    """Under `resend` only the file whose answer was lost may come twice; what came before it does not."""
    chat.telegram.fail_next("sendDocument", status=502, description="Bad Gateway", apply=True)
    answer(chat, "слова", ("a.zip", b"PK"))
    assert [what for _, what, _ in seen(chat)] == ["слова", "a.zip", "a.zip"]


def test_files_are_held_with_their_answer(chat: World) -> None:
    """In a stopped chat words and files are held together and arrive when the client writes."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    answer(chat, "слова", ("a.zip", b"PK"))
    assert seen(chat) == []
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.client_writes("ау")
    chat.settle()
    assert [what for _, what, _ in seen(chat)] == ["слова", "a.zip"]


def test_typing_is_shown_while_a_large_file_comes(chat: World) -> None:
    """The client sees that a large file is on its way; for a small one that is not worth a call."""
    answer(chat, "", ("small.zip", b"PK"))
    answer(chat, "", ("large.zip", b"PK" * 600_000))
    actions = [call.params["action"] for call in chat.telegram.calls if call.method == "sendChatAction"]
    assert actions == ["upload_document"]


@pytest.mark.parametrize(("wanted", "right", "read"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_answer_marks_as_read_where_wanted(
    make_world: Callable[..., World], wanted: bool, right: bool, read: int
) -> None:
    """With mark_read on and the right given, the client's message is marked as read when it is answered."""
    world = make_world(settings={"channels": {str(OWNER): {"name": "Иван", "mark_read": wanted}}})
    if not right:
        world.telegram.change_connection(OWNER, rights=("can_reply",))
    world.client_writes("Здравствуйте!")
    world.settle()
    world.employee_answers("ответ")
    world.settle()
    assert [call.method for call in world.telegram.calls].count("readBusinessMessage") == read
    assert world.phone() == ["ответ"]


def test_notice_of_files_alone_names_them(chat: World) -> None:
    """Which answer a notice is about is told by its files when it has no words."""
    chat.telegram.block(CLIENT, OWNER)
    answer(chat, "", ("счёт.pdf", b"%PDF"), ("акт.pdf", b"%PDF"))
    assert ["«счёт.pdf, акт.pdf»" in text for text in notices(chat)] == [True]


# -- what does not go


@pytest.mark.only_on("rest")  # where a file has an address that opens for everybody, that is sent
def test_file_over_50_mb_is_named_with_size_and_remedy(chat: World) -> None:
    """Telegram takes no more: the notice names file, size and what to do; the words and the other file went."""
    answer(chat, "слова", ("фильм.mp4", bytes(TOO_BIG)), ("a.zip", b"PK"))
    assert [what for _, what, _ in seen(chat)] == ["слова", "a.zip"]
    (notice,) = notices(chat)
    assert notice == (
        "⚠️ Файлы клиенту не отправлены: фильм.mp4 (50 МБ). Файл больше, чем позволяет Telegram. "
        "Положите файл на облачный диск и отправьте клиенту ссылку."
    )
    assert not [call for call in chat.planfix.calls if call.path.endswith("/1/download")]


@pytest.mark.only_on("rest")  # where a file has an address that opens for everybody, that is sent
def test_notice_says_of_each_file_why(chat: World) -> None:
    """Two files with two reasons are two lines of one notice."""
    gone = chat.planfix.put_file(b"gone", "gone.zip")
    is_gone(chat, gone)
    empty = chat.planfix.put_file(b"", "empty.txt")
    chat.planfix.employee_comments(chat.task, USER, "вот", notify=(chat.contact_of(),), files=[gone, empty])
    chat.settle()
    (notice,) = notices(chat)
    assert notice == (
        "⚠️ Файлы клиенту не отправлены: gone.zip (4 Б). Файл недоступен. Приложите файл ещё раз.<br>"
        "⚠️ Файлы клиенту не отправлены: empty.txt (0 Б). Telegram не принял файл. "
        "Отправьте ссылку на файл или приложите его в другом формате."
    )


@pytest.mark.only_on("rest")  # where a file has an address that opens for everybody, that is sent
def test_answer_of_which_nothing_went_is_no_answer(chat: World) -> None:
    """A file alone that does not go: one notice, and the client still waits for an answer and is not shown as read."""
    chat.update_settings(channels={str(OWNER): {"name": "Иван", "mark_read": True}})
    answer(chat, "", ("фильм.mp4", bytes(TOO_BIG)))
    assert ["фильм.mp4" in text for text in notices(chat)] == [True]
    state = chat.runtime.chats.state(chat.runtime.chats.task("acme.planfix.ru", chat.task).chat)
    assert state.awaits_answer
    assert "readBusinessMessage" not in [call.method for call in chat.telegram.calls]


@pytest.mark.only_on("rest")  # where a file has an address that opens for everybody, that is sent
def test_answer_of_which_nothing_went_was_not_delivered_after_all(chat: World) -> None:
    """Held, then refused because of its file: nobody reads that it was sent."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    answer(chat, "", ("a.zip", b"PK"))
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.telegram.fail_next("sendDocument", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    chat.client_writes("ау")
    chat.settle()
    assert [text[0] for text in notices(chat)] == ["⏸", "⚠"]
    assert seen(chat) == []


@pytest.mark.parametrize("refusal", ["too big", "refused"])
def test_link_goes_where_planfix_gives_one(chat: World, monkeypatch: pytest.MonkeyPatch, refusal: str) -> None:
    """What Telegram does not take goes as a link that opens for everybody; the employee is told."""
    link = link_to(chat, 1, monkeypatch)
    if refusal == "refused":
        chat.telegram.fail_next("sendDocument", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    answer(chat, "слова", ("фильм.bin", bytes(TOO_BIG if refusal == "too big" else 2048)))
    size = " (50 МБ)" if refusal == "too big" else " (2 КБ)"
    shown = f"фильм.bin{size}" if chat.can.reads_answers_again else "фильм.bin"  # a size is not pushed
    assert seen(chat) == [
        ("text", "слова", None),
        ("text", f"📎 {shown}: {link}", None),
    ]
    assert [f"ссылки на них: {shown}" in text for text in notices(chat)] == [True]


def test_link_goes_once(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A redelivery knows that the link went, and that the employee was told."""
    link_to(chat, 1, monkeypatch)
    chat.planfix.fail_next("POST", f"/task/{chat.task}/comments/", status=500, code=0, error="x", exact=True)
    answer(chat, "", ("фильм.mp4", bytes(TOO_BIG)))
    assert len(seen(chat)) == 1
    assert len(notices(chat)) == 1


def test_link_is_no_remedy_for_a_file_that_is_gone(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Planfix itself does not give the client cannot fetch there either."""
    link_to(chat, 1, monkeypatch)
    is_gone(chat, 1)
    answer(chat, "", ("a.zip", b"PK"))
    assert seen(chat) == []


@pytest.mark.needs("reads_answers_again")
def test_picture_inside_the_text_is_told_of(chat: World) -> None:
    """A picture pasted into the text is no file of the comment: the employee learns that it did not go."""
    answer(chat, '<p>Смотрите:</p><img src="https://acme.planfix.ru/pic/1">')
    assert chat.phone() == ["Смотрите:"]
    assert ["Картинка, вставленная в текст ответа «Смотрите:»" in text for text in notices(chat)] == [True]


def test_picture_that_is_a_file_too_is_sent(chat: World) -> None:
    """Where the editor keeps what was pasted as a file of the comment, it goes as one, and nothing is told."""
    answer(chat, '<p>Смотрите:</p><img src="https://acme.planfix.ru/pic/1">', ("вид.png", png()))
    assert [kind for kind, _, _ in seen(chat)] == ["text", "photo"]
    assert notices(chat) == []


# -- each file's own outcome


def receiving_fails(monkeypatch: pytest.MonkeyPatch, name: str, *, for_seconds: float, world: World) -> None:
    """Let a file's host not answer for so long."""
    until = world.clock() + for_seconds

    def fail(asked_for: str) -> None:
        if asked_for == name and world.clock() < until:
            raise RetryLater(30, Reason.UNREACHABLE, "files.example: ConnectTimeout")

    before_each_file(world, monkeypatch, fail)


def test_file_that_comes_later_is_waited_for(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is down for a minute costs nothing but time: the album stays one."""
    receiving_fails(monkeypatch, "1.png", for_seconds=60, world=chat)
    answer(chat, "", ("1.png", png()), ("2.png", png()))
    assert [call.method for call in chat.telegram.calls if call.method.startswith("send")] == ["sendMediaGroup"]
    assert notices(chat) == []


def test_file_that_never_comes_is_named_and_the_rest_goes(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be had for half an hour does not hold the chat for a day."""
    receiving_fails(monkeypatch, "1.png", for_seconds=86_400, world=chat)
    answer(chat, "", ("1.png", png()), ("2.png", png()))
    chat.employee_answers("и ещё")
    chat.settle()
    assert [what for _, what, _ in seen(chat)] == ["2.png", "и ещё"]
    assert ["1.png" in text and "недоступен" in text for text in notices(chat) if text.startswith("⚠")] == [True]


def test_slow_files_are_sent_in_two_goes(chat: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is here after forty seconds is sent: else slow files would use up the function's time before any is sent."""

    def take_long(_: str) -> None:
        chat.clock.now += 25

    before_each_file(chat, monkeypatch, take_long)
    answer(chat, "", *[(f"{number}.png", png()) for number in range(4)])
    assert [what for _, what, _ in seen(chat)] == [f"{number}.png" for number in range(4)]
    assert [call.method for call in chat.telegram.calls if call.method.startswith("send")] == ["sendMediaGroup"] * 2


def test_file_in_doubt_is_asked_about_and_sent_by_command(make_world: Callable[..., World]) -> None:
    """Under `ask` a file whose answer was lost waits for /send, and the files after it with it; nothing comes twice unasked."""
    world = make_world(settings={"on_unknown_delivery": "ask"})
    world.client_writes("Здравствуйте!")
    world.settle()
    world.telegram.fail_next("sendDocument", status=502, description="Bad Gateway")
    answer(world, "слова", ("a.zip", b"PK"), ("b.png", png()))
    assert [what for _, what, _ in seen(world)] == ["слова"]
    assert [text[0] for text in notices(world)] == ["❓"]
    if world.can.reads_answers_again:
        main = world.runtime.integration("main")
        with world.runtime.invocation(lambda: 120_000):  # a redelivery asks again, and sends nothing
            task, comment = main.parts.chats.task("acme.planfix.ru", world.task), main.parts.planfix.comment(2)
            refusal = main.sending.send(answer_in(task, comment), found_at=world.clock())
        assert refusal.error.reason is Reason.DELIVERY_UNKNOWN
    else:
        world.planfix.chats.push_again("2")
        world.settle()
    assert len(seen(world)) == 1
    world.employee_commands("/send")
    world.settle()
    assert [what for _, what, _ in seen(world)] == ["слова", "a.zip", "b.png"]


def test_file_refused_after_a_lost_answer_is_in_doubt(chat: World) -> None:
    """Refused now, but an earlier attempt may have arrived: nobody says that it did not."""
    chat.telegram.fail_next("sendDocument", status=502, description="Bad Gateway", apply=True)
    chat.telegram.fail_next("sendDocument", status=400, description="Bad Request: IMAGE_PROCESS_FAILED", times=2)
    answer(chat, "", ("a.zip", b"PK"))
    assert [text[0] for text in notices(chat)] == ["❓"]


@pytest.mark.needs("reads_answers_again")
def test_files_that_change_between_two_attempts(chat: World) -> None:
    """The employee takes the first file back while the second waits: the second is sent, though its place is another."""
    first, second = chat.planfix.put_file(b"PK", "a.zip"), chat.planfix.put_file(png(), "b.png")
    number = chat.planfix.employee_comments(chat.task, USER, "", notify=(chat.contact_of(),), files=[first, second])
    later = {"retry_after": 40}
    chat.telegram.fail_next("sendPhoto", status=429, description="Too Many Requests", parameters=later)
    original = chat.runtime.http.post

    def post(url: str, **content: object) -> object:
        if url.endswith("/sendPhoto"):
            chat.planfix._world.comments[number].files = [second]
        return original(url, **content)

    chat.runtime.http.post = post  # type: ignore[method-assign, assignment]
    chat.settle()
    assert [what for _, what, _ in seen(chat)] == ["a.zip", "b.png"]


def test_partly_sent_counts_the_files(chat: World) -> None:
    """The client blocks us between two files: the employee reads what arrived."""
    chat.telegram.fail_next("sendPhoto", status=403, description="Forbidden: bot was blocked by the user")
    answer(chat, "слова", ("a.zip", b"PK"), ("b.png", png()))
    assert ["Дошло частей: 2 из 3" in text for text in notices(chat)] == [True]


def test_file_goes_by_the_newest_connection(chat: World) -> None:
    """The owner changed the settings while the file was on its way: it is sent by the new connection."""
    update: list[str] = []
    original = chat.runtime.http.post

    def post(url: str, **content: object) -> object:
        if url.endswith("/sendDocument") and not update:
            chat.telegram.change_connection(OWNER)
            update.append(url)
            chat.delivery.deliver_pending()
            while chat.run_sender("to-planfix.fifo"):
                pass
        return original(url, **content)

    chat.runtime.http.post = post  # type: ignore[method-assign, assignment]
    answer(chat, "", ("a.zip", b"PK"))
    assert [what for _, what, _ in seen(chat)] == ["a.zip"]
    assert notices(chat) == []


def test_file_is_not_received_again_for_a_moments_wait(chat: World) -> None:
    """Telegram asks for two seconds just when the file is on its way: the same bytes go after them."""
    wait = {"retry_after": 2}
    chat.telegram.fail_next("sendDocument", status=429, description="Too Many Requests", parameters=wait)
    answer(chat, "слова", ("a.zip", b"PK"))
    assert [what for _, what, _ in seen(chat)] == ["слова", "a.zip"]
    fetched = ("/file/1/download", chat.planfix.chats.file_path(1))
    assert len([call for call in chat.planfix.calls if call.path in fetched]) == 1
