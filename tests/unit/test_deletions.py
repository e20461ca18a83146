"""Messages that were deleted in Telegram: one notice that says which they were; their words stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.world import CLIENT, OWNER, USER, World

HEAD = "🗑 В Telegram из этого чата удалили то, что ниже. Перенесённое остаётся в задаче."


def deletes(world: World, *ids: int) -> None:
    """The client deletes messages."""
    world.telegram.client_deletes(world.bot, CLIENT, ids, owner_id=OWNER)
    world.settle()


def notice(world: World) -> list[str]:
    """The lines of the newest comment."""
    return str(world.comments()[-1].description).split("<br>")


def stands_in(world: World, comment: int) -> str:
    """Where a message is, as far as the route knows that."""
    if not world.can.reads_back:
        return ""
    return f" (комментарий {comment})"


def deleted_by_number(world: World, *ids: int) -> None:
    """A deletion of messages that the fake's chat does not have."""
    update = {
        "update_id": 5000,
        "deleted_business_messages": {
            "business_connection_id": world.telegram.world.connection_of(OWNER).id,
            "chat": {"id": CLIENT, "first_name": "Анна", "type": "private"},
            "message_ids": list(ids),
        },
    }
    body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": update}
    world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id="deletion")
    world.settle()


def test_deletion_is_one_notice(world: World) -> None:
    """It names each message by its time and its comment, and their comments stay as they are."""
    ids = [world.client_writes("раз")["message_id"]]
    world.clock.now += 60
    ids.append(world.client_writes("два")["message_id"])
    world.settle()
    deletes(world, *reversed(ids))
    assert [one.description for one in world.comments()[:-1]] == ["раз", "два"]
    assert notice(world) == [
        HEAD,
        f"• сообщение от 22.11.2025 08:26 UTC{stands_in(world, 1)}",
        f"• сообщение от 22.11.2025 08:27 UTC{stands_in(world, 2)}",
    ]


def test_deletion_in_english(make_world: Callable[..., World]) -> None:
    """In the integration's language."""
    world = make_world(settings={"language": "en"})
    sent = world.client_writes("one")
    world.settle()
    deletes(world, sent["message_id"])
    assert notice(world) == [
        "🗑 What is below was deleted from this chat in Telegram. What was carried over stays in the task.",
        "• the message of 22.11.2025 08:26 UTC" + " (comment 1)" * world.can.reads_back,
    ]


def test_members_of_an_album_are_one_line(world: World) -> None:
    """The messages of an album are in one comment, so they are named together."""
    ids = []
    for number in range(3):
        media = world.telegram.media("photo", world.telegram.put_file(b"x", f"{number}.jpg", "image/jpeg"))
        sent = world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, media_group_id="album", **media)
        ids.append(sent["message_id"])
    world.settle()
    deletes(world, *ids)
    assert notice(world) == [HEAD, f"• сообщение от 22.11.2025 08:26 UTC{stands_in(world, 1)} × 3"]


def test_deleted_answer_is_named_as_the_answer(world: World) -> None:
    """What was deleted may be an answer that went out from Planfix."""
    world.client_writes("раз")
    world.settle()
    answer = world.employee_answers("ответ")
    world.settle()
    deletes(world, world.telegram.chat_of(CLIENT, OWNER)[-1].message_id)
    assert notice(world) == [HEAD, f"• ответ клиенту (комментарий {answer})"]


@pytest.mark.needs("reads_back")
def test_message_of_a_former_task_is_named_with_it(world: World) -> None:
    """Whoever reads the notice has to know in which task the words stand."""
    sent = world.client_writes("раз")
    world.settle()
    former = world.task
    world.planfix.close_task(former)
    world.settle()
    world.client_writes("два")
    world.settle()
    assert world.task != former, "GIVEN a new task"
    deletes(world, sent["message_id"])
    assert notice(world) == [HEAD, f"• сообщение от 22.11.2025 08:26 UTC (комментарий 1 в задаче {former})"]


def test_unknown_messages_are_counted(world: World) -> None:
    """What the bridge never carried cannot be named, and is not left out."""
    sent = world.client_writes("раз")
    world.settle()
    deleted_by_number(world, 7001, sent["message_id"], 7002, 7001)
    assert notice(world) == [
        HEAD,
        f"• сообщение от 22.11.2025 08:26 UTC{stands_in(world, 1)}",
        "• сообщений, которых мост не переносил или уже не помнит: 2",
    ]


@pytest.mark.needs("reads_back")
def test_a_whole_chat_is_one_notice_of_bounded_cost(world: World) -> None:
    """Of a hundred messages the newest twenty are looked up and named, the others counted."""
    for number in range(25):
        world.client_writes(f"слово {number}")
    world.settle()
    known = [one.message_id for one in world.telegram.chat_of(CLIENT, OWNER)]
    before = sum(world.dynamodb.operations.values())
    deleted_by_number(world, *range(-75, 0), *known)
    lines = notice(world)
    assert sum(world.dynamodb.operations.values()) - before < 60
    assert len([one for one in world.comments() if "🗑" in one.description]) == 1
    assert lines[-1] == "…и ещё 80, более ранних"
    named = [line.rpartition("комментарий ")[2].rstrip(")") for line in lines[1:-1]]
    assert named == [str(number) for number in range(6, 26)]


def test_redelivered_deletion_is_noticed_once(world: World) -> None:
    """The same update again makes no second notice."""
    sent = world.client_writes("раз")
    world.settle()
    deletes(world, sent["message_id"])
    deleted_by_number(world, sent["message_id"])
    assert len(world.comments()) == 2


@pytest.mark.needs("reads_back")
def test_row_of_an_older_version_has_no_date(world: World) -> None:
    """What was carried before dates were kept is named without one."""
    sent = world.client_writes("раз")
    world.settle()
    effects = world.runtime.integration("main").parts.effects
    key = f"message#main#{OWNER}#{CLIENT}#{sent['message_id']}"
    effects.renew(key, {name: value for name, value in effects.outcome(key).items() if name != "date"})
    deletes(world, sent["message_id"])
    assert notice(world) == [HEAD, "• сообщение (комментарий 1)"]


def sent_in(world: World, html: str, files: int) -> tuple[int, list[int]]:
    """An answer with so many files; its comment and its messages."""
    world.client_writes("раз")
    world.settle()
    before = len(world.telegram.chat_of(CLIENT, OWNER))
    numbers = [world.planfix.put_file(b"x", f"{one}.txt", "text/plain") for one in range(files)]
    comment = world.planfix.employee_comments(world.task, USER, html, notify=(world.contact_of(),), files=numbers)
    world.settle()
    return comment, [one.message_id for one in world.telegram.chat_of(CLIENT, OWNER)[before:]]


def test_one_file_of_an_answer_is_named_as_one_file(world: World) -> None:
    """The rest of the answer is still there: nobody reads that all of it was deleted."""
    comment, messages = sent_in(world, "смета и план", 3)
    deletes(world, messages[2])
    assert notice(world) == [HEAD, f"• файл 2 из 3 в ответе клиенту (комментарий {comment})"]


def test_text_of_an_answer_is_named_without_its_files(world: World) -> None:
    """The words were deleted, the files stay."""
    comment, messages = sent_in(world, "смета и план", 2)
    deletes(world, messages[0])
    assert notice(world) == [HEAD, f"• текст ответа клиенту, без файлов (комментарий {comment})"]


def test_one_part_of_a_long_answer_is_named_as_that_part(world: World) -> None:
    """Of an answer that is several messages, the one is named."""
    comment, messages = sent_in(world, "слово " * 1500, 0)
    deletes(world, messages[1], messages[2])
    assert notice(world) == [HEAD] + [f"• часть {n} из 3 ответа клиенту (комментарий {comment})" for n in (2, 3)]


def test_whole_answer_is_named_once(world: World) -> None:
    """All its messages at once: that is the answer; so is its only file."""
    comment, messages = sent_in(world, "смета и план", 2)
    deletes(world, *messages)
    assert notice(world) == [HEAD, f"• ответ клиенту (комментарий {comment})"]
    comment, messages = sent_in(world, "", 1)
    deletes(world, *messages)
    assert notice(world) == [HEAD, f"• ответ клиенту (комментарий {comment})"]
