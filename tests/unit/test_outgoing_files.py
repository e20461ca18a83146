"""Files that an employee sends with an answer."""

from __future__ import annotations

import struct

import pytest

from tests.world import CLIENT, OWNER, USER, World


def png(width: int = 10, height: int = 10) -> bytes:
    """The beginning of a picture, which says its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0" + b"\0" * 200


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written once, with a task."""
    world.client_writes("Здравствуйте!")
    world.settle()
    return world


def answer(world: World, html: str, *files: tuple[str, bytes]) -> None:
    """An employee's answer with files."""
    numbers = [world.planfix.put_file(data, name) for name, data in files]
    world.planfix.employee_comments(world.task, USER, html, notify=(world.contact_of(),), files=numbers)
    world.settle()


def seen(world: World) -> list[tuple[str, str, bytes | None]]:
    """What arrived on the client's phone: kind, text or file name, bytes."""
    shown = [one for one in world.telegram.chat_of(CLIENT, OWNER, bot=world.bot) if one.who == "bot"]
    return [(one.kind, one.text or one.file_name, one.media) for one in shown]


def notices(world: World) -> list[str]:
    """What the bridge itself wrote into the task."""
    return [one.description for one in world.comments() if one.owner == "user:900"]


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


def test_pictures_are_an_album(chat: World) -> None:
    """Several pictures in one comment are one album, in order."""
    answer(chat, "", *[(f"{number}.png", png() + bytes([number])) for number in range(3)])
    assert [kind for kind, _, _ in seen(chat)] == ["photo"] * 3
    assert [call.method for call in chat.telegram.calls if call.method.startswith("send")] == ["sendMediaGroup"]


def test_one_bad_file_stops_no_other(chat: World) -> None:
    """A file that is gone is named in a notice; the words and the other file arrive."""
    good, bad = chat.planfix.put_file(b"good", "good.zip"), chat.planfix.put_file(b"bad", "bad.zip")
    chat.planfix.fail_next(path_prefix=f"/file/{bad}/download", status=400, code=7000, error="File not found by id")
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
def test_answer_marks_as_read_where_wanted(wanted: bool, right: bool, read: int) -> None:
    """With mark_read on and the right given, the client's message is marked as read when it is answered."""
    world = World(settings={"channels": {str(OWNER): {"name": "Иван", "mark_read": wanted}}})
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
