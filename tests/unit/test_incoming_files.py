"""Files and albums that clients and owners send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.flows.albums import MOST_LOOKS
from tests.world import CLIENT, OWNER, SECOND_CLIENT, World

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def send(world: World, kind: str, name: str, mime: str, data: bytes = b"data", **fields: object) -> object:
    """The client sends a file."""
    media = world.telegram.media(kind, world.telegram.put_file(data, name, mime))
    return world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, **media, **fields)


def files_of(world: World, number: int = -1) -> list[tuple[str, bytes]]:
    """Names and bytes of a comment's files in Planfix."""
    stored = world.planfix.files
    return [(stored[file].name, stored[file].data) for file in world.comments()[number].files]


@pytest.mark.parametrize(
    ("kind", "name", "mime", "arrives"),
    [
        ("document", "счёт №5.pdf", "application/pdf", "счёт №5.pdf"),
        ("voice", "voice.oga", "audio/ogg", ".ogg"),
        ("video", "clip.mp4", "video/mp4", ".mp4"),
        ("photo", "p.jpg", "image/jpeg", ".jpg"),
        ("audio", "song.mp3", "audio/mpeg", "song.mp3"),
    ],
)
def test_file_arrives_with_its_comment(world: World, kind: str, name: str, mime: str, arrives: str) -> None:
    """A file comes along with the comment, its bytes whole, with a name that says what it is."""
    send(world, kind, name, mime, b"all of it")
    world.settle()
    [(stored, data)] = files_of(world)
    assert stored.endswith(arrives)
    assert data == b"all of it"


def test_caption_is_the_comments_text(world: World) -> None:
    """What stands under a picture is the comment."""
    send(world, "photo", "p.jpg", "image/jpeg", caption="вот такой")
    world.settle()
    assert world.comments()[0].description == "вот такой"
    assert len(files_of(world)) == 1


def test_file_over_20_mb_is_named(world: World) -> None:
    """A file that Telegram gives no bot is named with its size, and nothing is downloaded."""
    media = world.telegram.media("document", world.telegram.put_file(b"x", "фильм.mkv", "video/x-matroska"))
    media["document"]["file_size"] = 25 * 1024 * 1024
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, **media)
    world.settle()
    assert "фильм.mkv" in world.comments()[0].description
    assert "25" in world.comments()[0].description
    assert "getFile" not in [call.method for call in world.telegram.calls]


@pytest.mark.needs("reads_back")
def test_file_that_planfix_refuses_is_named(world: World) -> None:
    """A file too big for the plan is named; the words arrive."""
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big for your plan")
    send(world, "document", "a.zip", "application/zip", caption="архив")
    world.settle()
    assert world.comments()[0].description.startswith("архив")
    assert "a.zip" in world.comments()[0].description
    assert files_of(world) == []


def test_file_that_never_comes_does_not_hold_the_chat(world: World) -> None:
    """A file that Telegram cannot give is named after ten minutes, and the next message arrives."""
    world.telegram.fail_next(
        "getFile",
        status=400,
        description="Bad Request: wrong file_id or the file is temporarily unavailable",
        times=500,
    )
    send(world, "document", "a.zip", "application/zip")
    world.client_writes("дальше")
    world.settle()
    assert ["a.zip" in one.description for one in world.comments()] == [True, False]
    assert world.comments()[1].description == "дальше"


def take_no_file(world: World, **how: Any) -> None:
    """Planfix fails at each file; where it fetches them itself, nobody can tell that."""
    if world.route != "rest":
        pytest.skip("Planfix fetches the file itself")
    world.planfix.fail_next("POST", "/file/", times=500, **how)


@pytest.mark.parametrize(
    ("fails", "why"),
    [
        (lambda world: take_no_file(world, status=502), "Планфикс не принял файл"),
        (lambda world: take_no_file(world, status=500, code=0, error="?"), "Планфикс не принял файл"),
        (lambda world: world.telegram.fail_next("getFile", status=502, times=500), "Telegram его больше не отдаёт"),
    ],
)
def test_file_that_makes_a_server_fail_does_not_hold_the_chat(
    world: World, fails: Callable[[World], None], why: str
) -> None:
    """What fails each time is the file's own fault: its words and the next message arrive, the file is named."""
    fails(world)
    send(world, "document", "a.zip", "application/zip", caption="архив")
    world.client_writes("дальше")
    world.settle()
    first, second = world.comments()
    assert first.description.startswith("архив")
    assert "a.zip" in first.description
    assert why in first.description
    assert second.description == "дальше"


@pytest.mark.needs("reads_back")
def test_many_files_that_planfix_cannot_take_do_not_hold_the_chat(world: World) -> None:
    """Each failure counts against Planfix as a whole, which then rests: the comment has its turn all the same."""
    world.planfix.fail_next("POST", "/file/", status=502, times=500)
    album(world, 10, caption="смотрите")
    world.client_writes("дальше")
    world.settle(for_seconds=7200)
    first, second = world.comments()
    assert first.description.count("Планфикс не принял файл") == 10
    assert second.description == "дальше"
    tries = [one for one in world.planfix.calls if one.path == "/file/"]
    assert len(tries) < 30, "each may leave a copy behind that counts in the account"


def test_outage_costs_no_file(world: World) -> None:
    """While Planfix does not answer at all, a message waits with its file, however long."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(status=502, times=15)
    send(world, "document", "a.zip", "application/zip", caption="архив")
    world.settle(for_seconds=5 * 3600)
    assert world.comments()[-1].description.endswith("архив")
    assert len(files_of(world)) == 1


@pytest.mark.needs("reads_back")
def test_lost_answer_doubles_no_file(world: World) -> None:
    """When the comment's answer is lost, the same comment with its file is found again."""
    send(world, "document", "a.zip", "application/zip")
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True)
    world.settle()
    assert len(world.comments()) == 1
    assert len(world.planfix.files) == 1


def album(world: World, count: int, *, group: str = "album-1", caption: str = "", start: int = 0) -> None:
    """The client sends members of an album."""
    for number in range(start, start + count):
        fields = {"caption": caption} if caption and number == 0 else {}
        send(world, "photo", f"{number}.jpg", "image/jpeg", f"photo {number}".encode(), media_group_id=group, **fields)


def test_album_is_one_comment_in_order(world: World) -> None:
    """Ten pictures are one comment with ten files in order and the caption once."""
    album(world, 10, caption="смотрите")
    world.settle()
    assert [one.description for one in world.comments()] == ["смотрите"]
    assert [data for _, data in files_of(world)] == [f"photo {number}".encode() for number in range(10)]


def test_members_that_arrive_a_moment_later_join(world: World) -> None:
    """Members that come while the first one waits are in the same comment."""
    album(world, 2)
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    world.clock.now += 1
    album(world, 2, start=2)
    world.settle()
    assert len(world.comments()) == 1
    assert len(files_of(world)) == 4


def test_late_member_follows_as_its_own(world: World) -> None:
    """A member that comes after the comment was made is a comment of its own, never lost."""
    album(world, 2)
    world.settle()
    album(world, 1, start=2)
    world.settle()
    assert [len(files_of(world, number)) for number in (0, 1)] == [2, 1]


def test_albums_delay_nobody_else(world: World) -> None:
    """Another client's message does not wait for an album."""
    album(world, 2)
    world.client_writes("быстро", client=SECOND_CLIENT)
    began = world.clock()
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    said = [one.description for task in world.planfix.tasks() for one in world.planfix.comments(task.id)]
    assert said == ["быстро"]
    assert world.clock() - began < 10


def test_album_among_messages_keeps_its_place(world: World) -> None:
    """What was written before and after an album stands before and after it."""
    world.client_writes("до")
    album(world, 3)
    world.client_writes("после")
    world.settle()
    assert [one.description for one in world.comments()] == ["до", "[Альбом, файлов: 3]", "после"]


def hanging(world: World) -> list[int]:
    """How many files hang on each comment of all tasks."""
    world.planfix.chats.fetch_files()
    return [len(one.files) for task in world.planfix.tasks() for one in world.planfix.comments(task.id)]


def test_album_behind_a_burst_is_whole(world: World) -> None:
    """The batch ends in the middle of it: GIVEN five texts and an album of ten at once, and ten records a batch."""
    for number in range(5):
        world.client_writes(f"текст {number}")
    album(world, 10)
    world.settle()
    assert hanging(world) == [0, 0, 0, 0, 0, 10]


def test_album_behind_another_clients_record_is_whole(world: World) -> None:
    """Another client's record at the head of the batch leaves room for nine of ten."""
    world.client_writes("быстро", client=SECOND_CLIENT)
    album(world, 10)
    world.settle()
    assert sorted(hanging(world)) == [0, 10]


def test_album_is_whole_after_a_backlog(world: World) -> None:
    """However old it is: GIVEN that nothing was carried for a day, and that its members came in two batches."""
    for number in range(4):
        world.client_writes(f"текст {number}")
    album(world, 9)
    world.delivery.deliver_pending()
    world.clock.now += 86_400
    world.settle()
    assert hanging(world) == [0, 0, 0, 0, 9]


def test_album_is_whole_after_redeliveries(world: World) -> None:
    """How often it was received says nothing: GIVEN that its first member was received twice for other reasons."""
    world.settle()
    album(world, 1)
    world.delivery.deliver_pending()
    queue = world.urls["to-planfix.fifo"]
    for _ in range(2):
        (message,) = world.sqs.receive_message(QueueUrl=queue)["Messages"]
        world.sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    world.run_sender("to-planfix.fifo")
    world.clock.now += 1
    album(world, 3, start=1)
    world.settle()
    assert hanging(world) == [4]


def test_greeting_between_members_splits_no_album(world: World) -> None:
    """The owner's automatic greeting follows the first member, and stands after the album."""
    album(world, 1)
    world.telegram.owner_writes(OWNER, CLIENT, "Мы ответим утром", is_from_offline=True)
    album(world, 2, start=1)
    world.settle()
    assert hanging(world) == [3, 0]


def test_greeting_between_ten_members_splits_no_album(world: World) -> None:
    """GIVEN eleven records, which no batch holds: what came between the members goes first."""
    album(world, 1)
    world.telegram.owner_writes(OWNER, CLIENT, "Мы ответим утром", is_from_offline=True)
    album(world, 9, start=1)
    world.settle()
    assert hanging(world) == [0, 10]


def test_album_that_is_looked_at_is_not_given_up_for_its_age(world: World) -> None:
    """Waiting for the rest is no failure: GIVEN an album that was queued for longer than messages are tried."""
    album(world, 2)
    world.delivery.deliver_pending()
    world.clock.now += 12 * 86_400
    world.settle()
    assert hanging(world) == [2]
    assert world.waiting("to-planfix-dead.fifo") == []


def test_album_that_never_ends_is_carried(world: World) -> None:
    """Looks are bounded: GIVEN full batches each time, of which another client's message takes the head."""
    album(world, 9)
    world.delivery.deliver_pending()
    for number in range(MOST_LOOKS + 1):
        world.client_writes(f"текст {number}", client=SECOND_CLIENT)
        world.delivery.deliver_pending()
        while world.run_sender("to-planfix.fifo"):
            pass
        world.clock.now += 20  # longer than the longest wait between two looks
    assert 9 in hanging(world)


def test_redelivered_album_does_nothing_twice(world: World) -> None:
    """The same members again make no second comment."""
    album(world, 3)
    updates = [one for one in world.telegram.updates_for(world.bot) if "business_message" in one]
    world.settle()
    for number, update in enumerate(updates):
        body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": update}
        world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id=f"again-{number}")
    world.settle()
    assert len(world.comments()) == 1


def test_edited_caption_of_an_album_shows_the_words_only(world: World) -> None:
    """An edit of one member's caption brings the new words and no file again."""
    album(world, 2, caption="было")
    sent = world.telegram.updates_for(world.bot)[-2]["business_message"]
    world.settle()
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="стало", owner_id=OWNER)
    world.settle()
    assert world.comments()[-1].description.endswith("стало")
    assert files_of(world) == []


def test_owners_album_is_outgoing(world: World) -> None:
    """An album that the owner sends from the phone is one outgoing comment."""
    world.client_writes("раз")
    world.settle()
    for number in range(2):
        media = world.telegram.media("photo", world.telegram.put_file(PNG, f"{number}.png", "image/png"))
        world.telegram.owner_writes(OWNER, CLIENT, None, media_group_id="own", **media)
    world.settle()
    assert len(world.comments()) == 2
    assert world.comments()[-1].owner.startswith("user:")
    assert len(files_of(world)) == 2


def test_member_whose_update_came_twice_is_there_once(world: World) -> None:
    """A repeated update beside its album brings no file a second time."""
    album(world, 2)
    update = next(one for one in world.telegram.updates_for(world.bot) if "business_message" in one)
    world.delivery.deliver_pending()
    body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": update}
    world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id="again")
    world.settle()
    assert [len(files_of(world, number)) for number in range(len(world.comments()))] == [2]


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0)])
def test_members_in_another_order_stand_in_their_own(world: World, order: tuple[int, ...]) -> None:
    """Whatever the order in which its updates arrive, an album is as the client put it together."""
    world.client_writes("раз")
    world.settle()
    album(world, 3, caption="смотрите")
    members = [one for one in world.telegram.updates_for(world.bot) if "media_group_id" in str(one)]
    world.bot.pending.clear()
    for place in order:
        body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": members[place]}
        world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id=f"member-{place}")
    world.settle()
    assert world.comments()[-1].description == "смотрите"
    assert [data for _, data in files_of(world)] == [f"photo {number}".encode() for number in range(3)]


def test_album_that_is_forwarded_or_a_reply_says_so_once(world: World) -> None:
    """The line above the words stands there once, not once a picture."""
    for number in range(2):
        forwarded = {"type": "hidden_user", "sender_user_name": "Аноним", "date": 1}
        send(world, "photo", f"{number}.jpg", "image/jpeg", media_group_id="a", forward_origin=forwarded)
    world.settle()
    assert world.says() == ["↪️ Переслано от Аноним\n[Альбом, файлов: 2]"]


@pytest.mark.needs("reads_back")
def test_member_whose_file_does_not_come_is_named_in_its_album(world: World) -> None:
    """One picture that Planfix does not take costs only itself."""
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big for your plan")
    album(world, 3, caption="смотрите")
    world.settle()
    [comment] = world.comments()
    assert comment.description.startswith("смотрите<br>[Файл не перенесён: photo_1.jpg")
    assert [data for _, data in files_of(world)] == [b"photo 1", b"photo 2"]


def test_bot_token_is_in_no_comment_log_or_queue(world: World) -> None:
    """The address of a file holds the bot's token: it goes nowhere, also when the file does not come."""
    send(world, "document", "a.zip", "application/zip")
    world.telegram.fail_next("file", status=404, description="Not Found", times=500)
    send(world, "document", "b.zip", "application/zip")
    world.settle()
    token = world.accounts["main"].token.partition(":")[2]
    everything = repr([world.comments(), world.planfix.calls, world.planfix.files, world.log.getvalue()])
    everything += repr([world.dynamodb.items("ledger"), world.waiting("to-planfix-dead.fifo")])
    assert token not in everything
    assert len(world.comments()) == 2


@pytest.mark.needs("reads_back")
def test_lost_answer_doubles_no_album_without_files(world: World) -> None:
    """An album of which every file was refused is known by its words, and its members are not carried again."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big", times=99)
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True, exact=True)
    album(world, 3)
    world.settle()
    assert len(world.comments()) == 2
    assert world.comments()[-1].description.count("[Файл не перенесён: ") == 3
    assert world.count.totals.get("unexpected_error") is None


def lose_next_comment(world: World) -> None:
    """Planfix makes the next comment, and its answer is lost."""
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True, exact=True)


def refuse_files(world: World, times: int) -> None:
    """Planfix takes none of the next files."""
    world.planfix.fail_next(path_prefix="/file/", status=400, code=7002, error="File is too big", times=times)


@pytest.mark.needs("reads_back")
def test_lost_answer_doubles_no_member_whose_file_was_refused(world: World) -> None:
    """The album's comment is known by the file that came along, and names the other one: it is not carried again."""
    world.client_writes("раз")
    world.settle()
    refuse_files(world, 1)
    lose_next_comment(world)
    album(world, 2)
    world.settle()
    assert hanging(world) == [0, 1]


@pytest.mark.parametrize("refused", [0, 1, 99])
@pytest.mark.parametrize("caption", ["", "смотрите"])
@pytest.mark.needs("reads_back")
def test_member_that_comes_after_an_attempt_with_a_lost_answer(world: World, caption: str, refused: int) -> None:
    """It is in no comment of that attempt, whatever that is known by: it follows as its own, once."""
    world.client_writes("раз")
    world.settle()
    if refused:
        refuse_files(world, refused)
    lose_next_comment(world)
    album(world, 2, caption=caption)
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    world.clock.now += 4
    world.run_sender("to-planfix.fifo")
    album(world, 1, start=2)
    world.settle()
    _, first, second = world.comments()
    assert first.description.startswith(caption or "[Альбом, файлов: 2]")
    assert first.description.count("[Файл не перенесён: ") == min(refused, 2) == 2 - len(first.files)
    assert len(second.files) + second.description.count("[Файл не перенесён: ") == 1


def test_album_that_is_redriven_is_whole(world: World) -> None:
    """What was seen of it when it first came says nothing: GIVEN five of ten then, and the same five at first now."""
    album(world, 5)
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    album(world, 5, start=5)
    world.planfix.fail_next(status=502, times=100_000)
    world.settle(for_seconds=11 * 86_400)
    letters = world.waiting("to-planfix-dead.fifo")
    assert len(letters) == 10
    world.planfix._world.faults.waiting.clear()
    world.clock.now += 600
    for number, letter in enumerate(sorted(letters, key=lambda one: one["update"]["update_id"])):
        body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": letter["update"]}
        world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id=f"again-{number}")
        if number == 4:
            world.run_sender("to-planfix.fifo")
    world.settle()
    assert hanging(world) == [10]


@pytest.mark.parametrize("change", ["edit", "deletion"])
def test_change_of_a_member_does_not_overtake_its_album(world: World, change: str) -> None:
    """GIVEN eleven records, which no batch holds: only what changes nothing goes first."""
    world.client_writes("раз")
    world.settle()
    album(world, 1, caption="старое")
    first = world.telegram.updates_for(world.bot)[-1]["business_message"]["message_id"]
    if change == "edit":
        world.telegram.client_edits(world.bot, CLIENT, first, "новое", owner_id=OWNER)
    else:
        world.telegram.client_deletes(world.bot, CLIENT, [first], owner_id=OWNER)
    album(world, 9, start=1)
    world.settle()
    shown = [one.description for one in world.comments()]
    assert shown[1] == "старое"
    assert ("изменено" if change == "edit" else "удалили") in shown[2].lower()
    assert ("(комментарий 2)" in shown[2]) == world.can.reads_back
    assert sum(hanging(world)) == 10


@pytest.mark.parametrize(("broken", "count"), [("message_id", "unreadable_update"), ("type", "not_private")])
def test_album_that_is_not_carried_is_counted(world: World, broken: str, count: str) -> None:
    """As every single message is: one without a number, one of a group."""
    album(world, 2)
    updates = [one for one in world.telegram.updates_for(world.bot) if "business_message" in one]
    for number, update in enumerate(updates):
        if broken == "type":
            update["business_message"]["chat"]["type"] = "group"
        elif number:
            del update["business_message"]["message_id"]
        body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": update}
        world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id=f"strange-{number}")
    while world.run_sender("to-planfix.fifo"):
        world.clock.now += 4
    assert world.count.totals[count] == 1
    assert hanging(world) == ([] if broken == "type" else [1])


@pytest.mark.needs("reads_back")
def test_album_of_which_an_attempt_had_one_member_is_whole(world: World) -> None:
    """An attempt that came to nothing binds nobody: GIVEN that nobody knew that when the other members were there."""
    world.client_writes("раз")
    world.settle()
    album(world, 1, caption="смотрите")
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    world.clock.now += 4
    world.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", exact=True)
    world.run_sender("to-planfix.fifo")
    album(world, 8, start=1)
    world.settle()
    assert hanging(world) == [0, 9]


@pytest.mark.needs("reads_back")
def test_owners_message_that_is_refused_leaves_no_mark(world: World) -> None:
    """While a task says that the bridge is posting into it, answers there are looked at twice."""
    world.client_writes("раз")
    world.settle()
    path = f"/task/{world.task}/comments/"
    world.planfix.fail_next("POST", path, status=400, code=6, error="Access denied", exact=True)
    world.telegram.owner_writes(OWNER, CLIENT, "с телефона")
    world.settle()
    assert world.waiting("to-planfix-dead.fifo"), "GIVEN that it was given up"
    task = world.runtime.chats.task(next(iter(world.planfixes)), world.task)
    assert task is not None
    assert task.posting == ""


@pytest.mark.needs("reads_back")
def test_file_is_not_received_again_for_a_moments_wait(world: World) -> None:
    """Planfix asks for a second just when the file is on its way: the same bytes go after it, not new ones of Telegram's."""
    world.client_writes("раз")
    world.settle()
    asked: list[str] = []
    bot = world.runtime.integration("main").parts.bot
    download = bot._begin_download
    bot._begin_download = lambda path: (asked.append(path), download(path))[1]
    world.planfix.refuse_next_for_limit(1000, "POST", "/file/")
    send(world, "document", "a.zip", "application/zip")
    world.settle()
    assert (len(asked), files_of(world)) == (1, [("a.zip", b"data")])
