"""Words that no comment takes, and files that cannot come along: nothing vanishes, nothing becomes a dead letter."""

from __future__ import annotations

import pytest

from bridge.routes.rest.wording import LONGEST, beginning
from tests.world import CLIENT, OWNER, World

pytestmark = pytest.mark.only_on("rest")


def send_long(world: World, text: str) -> None:
    """The client sends an article: rich messages hold 32768 characters (facts of Bot API 10.1)."""
    block = {"type": "paragraph", "text": text}
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, rich_message={"blocks": [block]})
    world.settle()


@pytest.mark.parametrize("letter", ["я", "&", "👍", "<"])
def test_words_over_64_kb_come_as_a_file(world: World, letter: str) -> None:
    """Their beginning is the comment, and all of them are in the file that hangs on it."""
    text = "начало " + (letter * 7 + "  ") * 3_500 + " конец"
    send_long(world, text)
    [comment] = world.comments()
    assert comment.description.startswith("начало ")
    assert len(comment.description) > 7_000
    assert comment.description.endswith("[Сообщение не вместилось в комментарий: оно целиком в файле message.html]")
    [number] = comment.files
    whole = world.planfix.files[number]
    assert (whole.name, whole.mime) == ("message.html", "text/html")
    assert "конец" in whole.data.decode()
    assert world.waiting("to-planfix-dead.fifo") == []


def test_words_that_fit_stay_whole() -> None:
    """Up to the limit nothing is cut."""
    words = "<b>я</b>" + "я" * (LONGEST // 2 - 10)
    assert beginning(words) == words
    assert len(beginning(words + "я" * 20)) < len(words)


def test_file_of_long_words_that_planfix_refuses(world: World) -> None:
    """The comment says where the rest is."""
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big for your plan")
    send_long(world, "я" * 32_000)
    [comment] = world.comments()
    assert comment.files == []
    assert comment.description.endswith("[Сообщение не вместилось в комментарий: откройте его в Telegram]")


def test_file_of_long_words_that_makes_planfix_fail(world: World) -> None:
    """Nor does it hold the chat."""
    world.planfix.fail_next("POST", "/file/", status=502, times=500)
    send_long(world, "я" * 32_000)
    [comment] = world.comments()
    assert comment.description.endswith("[Сообщение не вместилось в комментарий: откройте его в Telegram]")


def test_lost_answer_doubles_no_long_words(world: World) -> None:
    """The comment whose answer was lost is known by its beginning, its file is not put there twice."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True, exact=True)
    send_long(world, "я" * 32_000)
    assert len(world.comments()) == 2
    assert len(world.planfix.files) == 1


@pytest.mark.parametrize("caption", ["смотрите", ""])
def test_lost_answer_doubles_no_comment_whose_file_did_not_come(world: World, caption: str) -> None:
    """Also where its only file was refused: it is known by its words, without the sentence about the file."""
    world.client_writes("раз")
    world.settle()
    media = world.telegram.media("document", world.telegram.put_file(b"x", "a.zip", "application/zip"))
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big for your plan")
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True, exact=True)
    words = {"caption": caption} if caption else {}
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, **media, **words)
    world.settle()
    assert ["a.zip" in one.description for one in world.comments()] == [False, True]


def test_more_files_than_a_comment_can_name(world: World) -> None:
    """A message made of refused files names ten of them and counts the others."""
    big = {"file_size": 30 << 20, "width": 1, "height": 1}
    blocks = [
        {"type": "photo", "photo": [{**big, "file_id": f"f{number}", "file_unique_id": f"u{number}"}]}
        for number in range(500)
    ]
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, rich_message={"blocks": blocks})
    world.settle()
    [comment] = world.comments()
    assert comment.description.count("[Файл не перенесён: ") == 10
    assert comment.description.endswith("[Не перенесено ещё файлов: 490. Откройте их в Telegram]")
