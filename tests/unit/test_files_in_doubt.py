"""Files of which nobody knows whether they arrived: each by itself, however they are grouped again."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.planfix.rest import PlanfixRest
from bridge.routes.rest.rest_answer import answer_in
from tests.unit.test_outgoing_files import notices, png, seen
from tests.world import OWNER, USER, World


def world_with(policy: str) -> World:
    """A client who has written once; what is in doubt is asked about, or sent again."""
    world = World(settings={"on_unknown_delivery": policy})
    world.client_writes("Здравствуйте!")
    world.settle()
    return world


def pictures(world: World, count: int = 3) -> int:
    """An employee's album; returns the comment."""
    files = [world.planfix.put_file(png() + bytes([number]), f"{number}.png") for number in range(count)]
    return world.planfix.employee_comments(world.task, USER, "", notify=(world.contact_of(),), files=files)


def lose_album(world: World, *, times: int = 1) -> None:
    """Telegram takes the next album, and its answer is lost."""
    world.telegram.fail_next("sendMediaGroup", status=502, description="Bad Gateway", apply=True, times=times)


def lose_file(world: World, *, times: int = 1) -> None:
    """Telegram takes the next picture, and its answer is lost."""
    world.telegram.fail_next("sendPhoto", status=502, description="Bad Gateway", apply=True, times=times)


def arrived(world: World) -> list[str]:
    """Names of the files on the client's phone."""
    return [name for _, name, _ in seen(world)]


def until_sent(world: World) -> None:
    """Run until the first attempt is over."""
    while not [call for call in world.telegram.calls if call.method.startswith("send")]:
        assert world._step()


def regroup(world: World, comment: int, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes the next attempt group otherwise."""
    if how == "a file is taken out of the comment":
        files = world.planfix._world.comments[comment].files
        files.remove(files[1])
    elif how == "a file is put before them":
        world.planfix._world.comments[comment].files.insert(0, world.planfix.put_file(png() + b"9", "9.png"))
    elif how == "a file is gone":
        world.planfix.fail_next(path_prefix="/file/2/download", status=400, code=7000, error="gone", times=9)
    else:
        slowly(world, monkeypatch)


def slowly(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file takes 25 s: two are sent together at most."""
    really = PlanfixRest.open_file

    def open_file(self: Any, number: int, **known: Any) -> Any:
        world.clock.now += 25
        return really(self, number, **known)

    monkeypatch.setattr(PlanfixRest, "open_file", open_file)


HOW = ["a file is taken out of the comment", "a file is put before them", "a file is gone", "downloads are slower"]


@pytest.mark.parametrize("how", HOW)
def test_album_in_doubt_is_asked_about_however_it_would_be_grouped(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Under `ask` nothing of it goes out again unasked; the employee is told."""
    world = world_with("ask")
    lose_album(world)
    comment = pictures(world)
    until_sent(world)
    regroup(world, comment, how, monkeypatch)
    world.settle()
    assert arrived(world) == ["0.png", "1.png", "2.png"]
    assert [text[0] for text in notices(world)] == ["❓"]


@pytest.mark.parametrize("how", HOW)
def test_album_in_doubt_is_sent_again_once(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Under `resend` each of its files comes twice at most, though each attempt groups otherwise and is lost too."""
    world = world_with("resend")
    lose_album(world, times=9)
    lose_file(world, times=9)
    comment = pictures(world)
    until_sent(world)
    regroup(world, comment, how, monkeypatch)
    world.settle()
    assert [name for name in arrived(world) if arrived(world).count(name) > 2] == []
    assert [text[0] for text in notices(world)] == ["❓"]


def test_what_is_gone_while_in_doubt_may_have_arrived() -> None:
    """Sent again without the file that is gone: of that one nobody says that it was not sent."""
    world = world_with("resend")
    lose_album(world)
    pictures(world)
    until_sent(world)
    world.planfix.fail_next(path_prefix="/file/2/download", status=400, code=7000, error="gone")
    world.settle()
    assert arrived(world) == ["0.png", "1.png", "2.png", "0.png", "2.png"]
    assert [text[0] for text in notices(world)] == ["❓"]
    world.employee_commands("/send")
    world.settle()
    assert arrived(world)[5:] == ["1.png"]


def test_chat_that_refuses_the_repetition_leaves_the_doubt() -> None:
    """The client blocks us before it is sent again: the first attempt may have arrived, and nobody says that it did not."""
    world = world_with("resend")
    lose_album(world)
    pictures(world)
    until_sent(world)
    world.telegram.fail_next("sendMediaGroup", status=403, description="Forbidden: bot was blocked by the user")
    world.settle()
    assert [text[0] for text in notices(world)] == ["❓"]


def test_command_sends_what_is_in_doubt_again() -> None:
    """/send: the employee has looked; all that is in doubt goes out once more, and only that."""
    world = world_with("ask")
    world.telegram.fail_next("sendMediaGroup", status=502, description="Bad Gateway")
    pictures(world)
    world.settle()
    assert arrived(world) == []
    world.employee_commands("/send")
    world.settle()
    assert arrived(world) == ["0.png", "1.png", "2.png"]
    world.employee_commands("/send")
    world.settle()
    assert len(arrived(world)) == 3


@pytest.mark.parametrize("policy", ["ask", "resend"])
def test_doubt_after_the_command_is_asked_about_again(policy: str) -> None:
    """What /send sent and lost is in doubt anew: what was settled before the command does not settle it."""
    world = world_with(policy)
    lose_album(world, times=9)
    pictures(world)
    world.settle()
    before = len(arrived(world))
    world.employee_commands("/send")
    world.settle()
    sent_by_command = {"ask": 3, "resend": 6}[policy]
    assert len(arrived(world)) == before + sent_by_command
    assert [text[0] for text in notices(world)] == ["❓", "❓"]


def test_limit_of_telegram_uses_up_no_repetition() -> None:
    """Told to wait when it is sent again, it is still to be sent again."""
    world = world_with("resend")
    world.telegram.fail_next("sendMediaGroup", status=502, description="Bad Gateway")
    later = {"retry_after": 40}
    world.telegram.fail_next("sendMediaGroup", status=429, description="Too Many Requests", parameters=later)
    pictures(world)
    world.settle()
    assert arrived(world) == ["0.png", "1.png", "2.png"]
    assert notices(world) == []


def test_files_that_were_surely_not_sent_are_sent_in_any_grouping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told to wait is no doubt: under `ask` they go out by themselves, in whatever groups."""
    world = world_with("ask")
    later = {"retry_after": 40}
    world.telegram.fail_next("sendMediaGroup", status=429, description="Too Many Requests", parameters=later)
    comment = pictures(world)
    until_sent(world)
    regroup(world, comment, "downloads are slower", monkeypatch)
    world.settle()
    assert arrived(world) == ["0.png", "1.png", "2.png"]
    assert notices(world) == []


def test_files_are_deleted_with_their_answer_whatever_place_they_had() -> None:
    """/delete finds each message, though the comment's files changed after some of them were sent."""
    world = world_with("resend")
    world.telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    first, second = world.planfix.put_file(b"PK", "a.zip"), world.planfix.put_file(png(), "b.png")
    ticked = (world.contact_of(),)
    number = world.planfix.employee_comments(world.task, USER, "", notify=ticked, files=[first, second])
    world.telegram.fail_next("sendPhoto", status=429, description="Too Many", parameters={"retry_after": 40})
    until_sent(world)
    world.planfix._world.comments[number].files = [second]
    world.settle()
    assert arrived(world) == ["a.zip", "b.png"]
    world.employee_commands("/delete")
    world.settle()
    assert arrived(world) == []


# -- what an older version left behind


def ledger_row(world: World, key: str, **changes: Any) -> None:
    """A row as an older version wrote it."""
    at = int(world.clock() * 1000)
    row = {"pk": key, "claimed_at": at - 200_000, "expires_at": at // 1000 + 86_400, **changes}
    world.runtime.ledger.put(row)


@pytest.mark.parametrize("policy", ["ask", "resend"])
def test_album_that_an_older_version_left_in_doubt(policy: str) -> None:
    """Its row is of the whole group, and was all that it kept."""
    world = world_with(policy)
    ledger_row(world, "answer#acme.planfix.ru#2#0#files#1-2-3", phase="unknown")
    assert pictures(world) == 2
    world.settle()
    assert (len(arrived(world)), [text[0] for text in notices(world)]) == {"ask": (0, ["❓"]), "resend": (3, [])}[
        policy
    ]


def test_files_that_an_older_version_asked_about() -> None:
    """Rows by a file's place: asked about is asked about, sent is sent, and /send sends the one only."""
    world = world_with("ask")
    group = "answer#acme.planfix.ru#2#0#files#1"
    ledger_row(world, group, phase="done", outcome={"asked": 1})
    ledger_row(world, "answer#acme.planfix.ru#2#0#file#0", phase="done", outcome={"asked": group, "file": 1})
    ledger_row(world, "answer#acme.planfix.ru#2#0#file#1", phase="done", outcome={"message": 77, "file": 2})
    assert pictures(world, 2) == 2
    world.settle()
    assert (arrived(world), [text[0] for text in notices(world)]) == ([], ["❓"])
    world.employee_commands("/send")
    world.settle()
    assert arrived(world) == ["0.png"]


def test_redelivery_of_what_was_settled_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is looked at."""
    world = world_with("ask")
    lose_album(world)
    comment = pictures(world)
    until_sent(world)
    regroup(world, comment, "downloads are slower", monkeypatch)
    world.settle()
    main = world.runtime.integration("main")
    for _ in range(2):
        with world.runtime.invocation(lambda: 120_000):
            task, read = main.parts.chats.task("acme.planfix.ru", world.task), main.parts.planfix.comment(comment)
            assert main.sending.send(answer_in(task, read), found_at=world.clock()) is not None
    assert len(arrived(world)) == 3
