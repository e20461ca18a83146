"""What stands beside an answer in Planfix's chat, and which words the bridge keeps meanwhile."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from bridge.routes.chat_api.chat_answer import number_of
from bridge.routes.chat_api.kept_words import KeptWords
from tests.world import CLIENT, OWNER, USER, World, notices

pytestmark = pytest.mark.only_on("chat_api")

HOUR = 3600.0


def state(world: World, answer: int) -> tuple[str, str] | None:
    """The mark beside an answer, and the first sign of its words."""
    found = world.planfix.chats.state_of(answer)
    return (found.state, found.said[:1]) if found else None


def kept(world: World) -> list[str]:
    """Words that lie in the bucket."""
    return [key for key in world.s3.buckets["files"] if key.startswith("words/")]


def test_answer_that_arrived_has_a_tick(chat: World) -> None:
    """One call, without words; and nothing of it was ever kept."""
    number = chat.employee_answers("ответ")
    chat.settle()
    assert state(chat, number) == ("sent", "")
    assert [key for _, key in chat.s3.calls if key.startswith("words/")] == []


def test_held_answer_has_a_mark_and_then_a_tick(stopped: World) -> None:
    """It says that the answer waits, and for what; a tick takes its place when the client has it."""
    number = stopped.employee_answers("ответ")
    stopped.settle()
    assert state(stopped, number) == ("error", "⏸")
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert (stopped.phone(), state(stopped, number)) == (["ответ"], ("sent", ""))


def test_refused_answer_says_why_and_what_to_do(chat: World) -> None:
    """As every notice does."""
    chat.telegram.block(CLIENT, OWNER)
    number = chat.employee_answers("ответ")
    chat.settle()
    said = chat.planfix.chats.state_of(number).said
    assert state(chat, number) == ("error", "⚠")
    assert "заблокировал" in said
    assert said.count(". ") >= 1, "a reason and a remedy"


def test_cancelled_answer_keeps_its_mark(stopped: World) -> None:
    """And says how it can still be sent; the command itself is done, so it has a tick."""
    number = stopped.employee_answers("ответ")
    command = stopped.employee_answers("/cancel")
    stopped.settle()
    assert state(stopped, number) == ("error", "❎")
    assert "отменён" in stopped.planfix.chats.state_of(number).said
    assert state(stopped, command) == ("sent", "")


def test_answer_that_was_given_up_says_so(chat: World) -> None:
    """After a day of failures; it lies with the dead letters, without its words."""
    chat.update_settings(give_up_answers_after=24)
    chat.telegram.fail_next(status=502, times=10_000)
    number = chat.employee_answers("тайные слова")
    chat.settle(for_seconds=26 * HOUR)
    assert state(chat, number) == ("error", "⚠")
    assert "тайные" not in str(chat.waiting("to-telegram-dead.fifo"))
    assert len(kept(chat)) == 1, "it can be redriven"


def test_mistyped_command_is_not_sent_and_says_so(chat: World) -> None:
    """Beside it, with the way to send it."""
    number = chat.employee_answers("/delte")  # codespell:ignore
    chat.settle()
    assert (chat.phone(), state(chat, number)) == ([], ("error", "ℹ"))


def test_what_no_state_can_say_is_a_message_of_the_bridges_own(chat: World) -> None:
    """Beside a tick there is no place for words: they stand in the chat, by a contact of our own, and reach no client."""
    chat.telegram.fail_next("sendDocument", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    file = chat.planfix.put_file(b"PK", "a.zip")
    number = chat.planfix.employee_comments(chat.task, USER, "вот", notify=(chat.contact_of(),), files=[file])
    chat.settle()
    assert state(chat, number) == ("sent", "")
    assert ["a.zip" in text for text in notices(chat)] == [True]
    bridge = int(chat.comments()[-1].owner.removeprefix("contact:"))
    assert chat.planfix.contact(bridge).fields["name"] != "Анна"
    assert len(chat.phone()) == 2


def test_lost_state_is_reported_again(chat: World) -> None:
    """A tick that Planfix did not take comes with the next attempt, and the client has the answer once."""
    chat.planfix.chats.fail_next("messageStatus", status=502, times=3)
    number = chat.employee_answers("ответ")
    chat.settle()
    assert (chat.phone(), state(chat, number)) == (["ответ"], ("sent", ""))


def test_state_that_planfix_refuses_stops_nothing(chat: World) -> None:
    """It knows no such message any more: the next answer goes out all the same."""
    chat.planfix.chats.fail_next("messageStatus", status=400, error="Invalid parameters")
    chat.employee_answers("один")
    chat.employee_answers("два")
    chat.settle()
    assert chat.phone() == ["один", "два"]


def test_answers_have_a_number_each() -> None:
    """Planfix documents a string: each has its own number, always the same, that fits where numbers are sorted as text."""
    ids = ["77", "00077", "0", "-5", "abc", "ж", "9" * 15, "9" * 30, "１２", ""]
    numbers = [number_of(one) for one in ids]
    assert numbers == [number_of(one) for one in ids]
    assert len(set(numbers)) == len(ids)
    assert numbers[0] == 77
    assert all(0 < one < 10**15 for one in numbers)


# -- the words of answers that wait


def test_words_are_kept_while_an_answer_waits_and_no_longer(stopped: World) -> None:
    """Planfix pushes them once; when the client has them, they are gone."""
    stopped.employee_answers("тайные слова")
    stopped.settle()
    assert len(kept(stopped)) == 1
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert (stopped.phone(), kept(stopped)) == (["тайные слова"], [])


def test_words_are_in_no_table_and_no_log(stopped: World) -> None:
    """The encrypted bucket is the only place."""
    stopped.employee_answers("тайные слова")
    stopped.settle()
    tables = [stopped.dynamodb.items(name) for name in ("connections", "chats", "ledger")]
    assert "тайные" not in f"{tables} {stopped.log.getvalue()}"


def test_held_answer_keeps_its_files_and_formatting(stopped: World) -> None:
    """What was pushed with it goes out with it."""
    file = stopped.planfix.put_file(b"PK", "a.zip")
    html = '<p>вот <a href="https://acme.example/1">счёт</a></p>'
    stopped.planfix.employee_comments(stopped.task, USER, html, notify=(stopped.contact_of(),), files=[file])
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    words, document = [one for one in stopped.telegram.chat_of(CLIENT, OWNER) if one.who == "bot"]
    assert (words.text, [mark["type"] for mark in words.entities]) == ("вот счёт", ["text_link"])
    assert (document.file_name, document.media) == ("a.zip", b"PK")


@pytest.mark.parametrize("dies", ["before", "after"])
def test_death_at_keeping_loses_nothing(stopped: World, dies: str) -> None:
    """The answer was decided about, and the function dies before, or just after, its words are kept."""
    really = KeptWords.keep

    def die(self: KeptWords, *what: object) -> None:
        if dies == "after":
            really(self, *what)  # type: ignore[arg-type]
        raise SystemExit

    stopped.employee_answers("один")
    stopped.employee_answers("два")
    with patch.object(KeptWords, "keep", die), pytest.raises(SystemExit):
        stopped.settle()
    stopped.clock.now += 1000
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.settle()
    assert (stopped.phone(), kept(stopped)) == (["один", "два"], [])


def test_s3_that_fails_loses_nothing(stopped: World) -> None:
    """Keeping the words waits; so does reading them."""
    stopped.s3.fail_next("SlowDown", "SlowDown")
    stopped.employee_answers("один")
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.s3.fail_next("SlowDown", "SlowDown")
    stopped.client_writes("ау")
    stopped.settle()
    assert stopped.phone() == ["один"]


def test_words_of_what_was_refused_for_good_are_not_kept(chat: World) -> None:
    """Nothing will send it: nobody needs them."""
    chat.telegram.block(CLIENT, OWNER)
    chat.employee_answers("ответ")
    chat.settle()
    assert kept(chat) == []


def test_words_of_what_waited_and_was_refused_then_are_gone(stopped: World) -> None:
    """Held, and then the client blocked us."""
    stopped.employee_answers("ответ")
    stopped.settle()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.telegram.fail_next("sendMessage", status=400, description="Bad Request: message is too long")
    stopped.client_writes("ау")
    stopped.settle()
    assert (stopped.phone(), kept(stopped)) == ([], [])


def test_words_that_are_gone_are_said_to_be(stopped: World) -> None:
    """The bucket's time was over before the answer's: nobody waits for it for ever."""
    stopped.employee_answers("один")
    stopped.settle()
    stopped.s3.buckets["files"].clear()
    stopped.telegram.resume_chat(OWNER, CLIENT)
    stopped.client_writes("ау")
    stopped.employee_answers("два")
    stopped.settle()
    assert stopped.phone() == ["два"]
    assert stopped.count.totals["held_answer_gone"] == 1
