"""Each promise is seen broken in a small world made by hand, and kept in the same world without that one thing."""

import re
from dataclasses import replace

import pytest

from local.promises import to_planfix
from local.promises.account import Album, Answer, Chat, Comment, Deeds, Left, Marks, Member, Said, Seen, Sent
from local.promises.check import broken, broken_meanwhile
from local.promises.found import Found

HOST = "acme.planfix.ru"
ANNA, BORIS = Chat("main", "5001", 7), Chat("main", "own_bot", 8)
TASKS = {ANNA: 1, BORIS: 2}
NOW, HOUR = 1_763_800_000.0, 3600

HELD = "⏸ Ответ пока не доставлен: «{}». Почему. Что делать."
HELD_BEHIND = "⏸ The answer “{}” waits for the earlier ones and will go out after them"
WAITING = "⏳ Ответ «{}» ещё не доставлен. Почему."
DELIVERED = "✅ Ответ «{}» отправлен клиенту."
NOT_SENT = "⚠️ Ответ клиенту не доставлен: «{}». Почему."
EXPIRED = "⚠️ Ответ «{}» ждал слишком долго и не отправлен."
CANCELLED = "❎ Ответ «{}» отменён и не будет отправлен."


class World:
    """People who write, and a bridge that did all that it promised until a test says otherwise."""

    def __init__(self) -> None:
        self.deeds = Deeds(policies={"main": {"resend"}})
        self.seen = Seen(Marks(re.compile(r"([a-z]+\d+)(?:\.\d+)?")), now=NOW)
        self.seen.contacts = [(HOST, "7"), (HOST, "8")]
        for chat, task in TASKS.items():
            row = {"integration": chat.integration, "channel": chat.channel, "client_id": chat.client_id}
            self.seen.chats += [{"pk": f"{HOST}#task#{task}", **row, "since": 0}, {"pk": chat.key, "holds": False}]
        self._comments = self._messages = self._updates = 0

    def comment(self, chat, by, html, *, task=0, files=()):
        self._comments += 1
        self.seen.comments.append(Comment(HOST, task or TASKS[chat], self._comments, by, html, tuple(files)))
        return self._comments

    def said(self, chat, text, kind="message", *, files=(), message_id=0):
        """Somebody wrote, and what must be carried is not."""
        self._updates += 1
        self._messages += 1
        one = Said(kind, chat, text, ("main", self._updates), (message_id or self._messages,), tuple(files))
        self.deeds.said.append(one)
        return one

    def carried(self, chat, text, kind="message", *, files=()):
        """Somebody wrote, and it stands in the task."""
        one = self.said(chat, text, kind, files=files)
        self.comment(chat, "client", f"<b>Anna</b><br>{text}", files=files)
        return one

    def wrote(self, chat, *words: str, meant=True, command="", task=0, **how):
        """An employee wrote, and nobody sent it."""
        number = self.comment(chat, "employee", f"<p>{' '.join(words)}</p>", task=task)
        one = Answer(chat, HOST, task or TASKS[chat], number, list(words), meant, NOW, command=command, **how)
        self.deeds.answers.append(one)
        return one

    def goes(self, chat, text, **how):
        """The client gets something."""
        self._messages += 1
        self.seen.sent.append(Sent(chat, text, (self._messages,), **how))

    def answered(self, chat, *words: str, **how):
        """An employee wrote, and the client got it."""
        one = self.wrote(chat, *words, **how)
        self.goes(chat, " ".join(words))
        return one

    def notice(self, chat, text):
        return self.comment(chat, "bridge", text)

    def row(self, kind, answer, **fields):
        item = f"{kind}#{answer.chat.channel}#{answer.chat.client_id}#{answer.comment:016d}"
        self.seen.connections.append(
            {"integration": "main", "item": item, "task_id": answer.task, "since": NOW - HOUR, **fields}
        )

    def holds(self, chat, *, holds=True):
        next(row for row in self.seen.chats if row["pk"] == chat.key)["holds"] = holds

    @property
    def broken(self):
        return broken(self.deeds, self.seen)


@pytest.fixture
def world():
    """Both clients wrote and were answered; Anna's second answer was held and went out; nothing is left."""
    world = World()
    world.carried(ANNA, "c1")
    world.carried(BORIS, "c2")
    world.carried(ANNA, "c3", files=[b"photo"])
    world.answered(ANNA, "a1")
    world.answered(BORIS, "a2")
    world.wrote(ANNA, "a3")
    world.notice(ANNA, HELD.format("a3"))
    world.carried(ANNA, "c4")
    world.goes(ANNA, "a3")
    world.notice(ANNA, DELIVERED.format("a3"))
    world.wrote(ANNA, "i1", meant=False)
    return world


def broke(world, *parts: object):
    """Exactly one promise is broken, and the sentence says these."""
    assert len(world.broken) == 1, world.broken
    for part in parts:
        assert str(part) in world.broken[0]


def test_a_good_world_breaks_nothing(world):
    """The world that every test begins with."""
    assert world.broken == []


# -- messages


def test_a_lost_message_is_found(world):
    """What Telegram told the bot and no comment holds."""
    world.said(ANNA, "c9")
    broke(world, "c9", ANNA.key, "0 comments instead of 1")


def test_a_doubled_message_is_found(world):
    """One message, two comments; the same words said twice are two messages."""
    world.carried(ANNA, "yes1")
    world.carried(ANNA, "yes1")
    assert world.broken == []
    world.comment(ANNA, "client", "yes1")
    broke(world, "yes1", "3 comments instead of 2")


def test_a_message_in_another_chats_task_is_found(world):
    """Its own chat's task, by the row that binds it."""
    world.said(ANNA, "c9")
    world.comment(BORIS, "client", "c9")
    broke(world, "c9", "another chat's")


def test_the_same_words_of_two_clients_are_told_apart(world):
    """Each chat has its own."""
    world.carried(ANNA, "yes1")
    world.carried(BORIS, "yes1")
    assert world.broken == []
    world.said(BORIS, "yes1")
    broke(world, "yes1", BORIS.key)


def test_what_stood_in_a_deleted_task_may_stand_again(world):
    """Nobody knows whether it had been written; but once it has to be there."""
    world.deeds.lost_tasks.append((HOST, 3))
    world.seen.chats.append(
        {"pk": f"{HOST}#task#3", "integration": "main", "channel": "5001", "client_id": 7, "since": 0}
    )
    world.carried(ANNA, "c9")
    world.comment(ANNA, "client", "c9", task=3)
    assert world.broken == []


def test_messages_out_of_order_are_found(world):
    """As they were written; one that was a dead letter may come later."""
    one, other = world.said(ANNA, "c8"), world.said(ANNA, "c9")
    world.comment(ANNA, "client", "c9")
    world.comment(ANNA, "client", "c8")
    broke(world, "“c9” stands where “c8” should")
    world.seen.buried.append({"integration": "main", "update": {"update_id": one.update[1]}, "kind": "update"})
    assert world.broken == []
    assert other.update != one.update


def test_order_of_a_chat_is_judged_beside_what_vanished(world):
    """One message went with a deleted task: the others of its chat have an order all the same."""
    world.said(ANNA, "c7")
    world.comment(ANNA, "client", "c7", task=3)
    world.seen.chats.append(
        {
            "pk": f"{HOST}#task#3",
            "integration": "main",
            "channel": ANNA.channel,
            "client_id": ANNA.client_id,
            "since": 0,
        }
    )
    world.deeds.lost_tasks.append((HOST, 3))
    world.said(ANNA, "c8")
    world.said(ANNA, "c9")
    world.comment(ANNA, "client", "c9")
    world.comment(ANNA, "client", "c8")
    broke(world, "“c9” stands where “c8” should")


def test_words_of_which_nobody_knows_whose_they_are_may_lie_there(world):
    """A dead letter by a connection that Telegram knows no more."""
    lost = world.said(ANNA, "c9")
    world.seen.unknowable.add(lost.update)
    world.seen.left.append(Left("to-planfix-dead", "c9", lost.update))
    assert world.broken == []


def test_a_file_on_two_comments_is_found(world):
    """Each hangs on one."""
    world.comment(ANNA, "client", "", files=[b"photo"])
    broke(world, "hangs on 2 comments instead of 1")


def test_a_missing_file_is_found_unless_it_is_named(world):
    """A sentence in the comment names what could not be had, or counts it."""
    world.said(ANNA, "p1", files=[b"one"])
    world.comment(ANNA, "client", "p1")
    broke(world, "1 files are missing and 0 were named")
    world.seen.comments[-1] = replace(world.seen.comments[-1], html="p1<br>[Файл не перенесён: x.jpg. Откройте его]")
    assert world.broken == []
    world.said(ANNA, "p2", files=[b"two", b"three"])
    world.comment(ANNA, "client", "p2<br>[2 more files were not carried. Open them in Telegram]")
    assert world.broken == []


def album(world, *handed_at: float):
    """Members that came so many seconds after the first."""
    members = [
        Member(("main", 100 + number), number, f"m{number}".encode(), NOW + at, NOW + at)
        for number, at in enumerate(handed_at)
    ]
    world.seen.albums.append(Album(ANNA, "holiday", tuple(members)))
    return [one.photo for one in members]


def albums(world):
    """What is said of them."""
    return list(to_planfix.albums(Found(world.deeds, world.seen)))


def test_an_album_that_was_cut_is_found(world):
    """What was handed over within three seconds hangs on one comment, whatever comes between."""
    photos = album(world, 0.0, 0.1, 2.9)
    world.comment(ANNA, "client", "p1", files=photos[:2])
    world.comment(ANNA, "client", "", files=photos[2:])
    assert len(albums(world)) == 1
    assert "“holiday”" in albums(world)[0]
    assert ANNA.key in albums(world)[0]


def test_a_later_member_may_stand_alone(world):
    """It came after the album's time; and what was a dead letter comes when it comes."""
    photos = album(world, 0.0, 0.1, 3.5)
    world.comment(ANNA, "client", "p1", files=photos[:2])
    world.comment(ANNA, "client", "", files=photos[2:])
    assert albums(world) == []
    world.seen.albums.clear()
    photos = album(world, 0.0, 0.2)
    world.comment(ANNA, "client", "p2", files=photos[1:])
    world.seen.buried.append({"integration": "main", "kind": "update", "update": {"update_id": 100}})
    assert albums(world) == []


def test_a_deletion_that_nobody_noticed_is_found(world):
    """A line names the comment of what was deleted."""
    said = world.carried(ANNA, "c9")
    comment = world.seen.comments[-1].id
    world.said(ANNA, str(said.message_ids[0]), "deletion", message_id=said.message_ids[0])
    broke(world, "is not noticed")
    line = f"🗑 В Telegram из этого чата удалили то, что ниже.\n• сообщение (комментарий {comment})"
    world.notice(ANNA, line.replace("\n", "<br>"))
    assert world.broken == []
    world.notice(ANNA, line.replace("\n", "<br>"))
    broke(world, "is noticed 2 times")


def test_a_second_contact_is_found(world):
    """One client, one contact in an account."""
    world.seen.contacts.append((HOST, "7"))
    broke(world, "client 7 has 2 contacts")


# -- answers


def test_an_answer_without_an_end_is_found(world):
    """It reaches the client, or a notice says why not."""
    world.wrote(BORIS, "a9")
    broke(world, "a9", "did not arrive, and no notice says so")
    world.notice(BORIS, NOT_SENT.format("a9"))
    assert world.broken == []


def test_half_an_answer_is_no_answer(world):
    """Every piece of it is read."""
    world.wrote(BORIS, "a9.1", "a9.2")
    world.goes(BORIS, "a9.1")
    broke(world, "a9", "did not arrive")
    world.goes(BORIS, "a9.2")
    assert world.broken == []


def test_nobody_waits_for_a_deleted_answer(world):
    """Deleted with its task, by itself, or a remark since its contact is gone."""
    world.wrote(BORIS, "a8", deleted=True)
    world.wrote(BORIS, "a9", contact_deleted=True)
    assert world.broken == []


def test_a_remark_that_reaches_a_client_is_found(world):
    """What notifies no client stays inside."""
    world.goes(ANNA, "i1")
    broke(world, "got “i1”, which is no answer to him")


def test_the_bridges_own_words_to_a_client_are_found(world):
    """Nobody wrote them."""
    world.goes(ANNA, "⏸ Ответ пока не доставлен")
    broke(world, "which is no answer to him")


def test_an_answer_in_another_chat_is_found(world):
    """It was written for somebody else."""
    world.answered(BORIS, "a9")
    world.goes(ANNA, "a9")
    broke(world, ANNA.key, f"an answer for {BORIS.key}")


def test_a_second_copy_without_need_is_found(world):
    """Once more only where the bridge could not know, and wants it so."""
    world.wrote(BORIS, "a9")
    world.goes(BORIS, "a9", known=False, disturbed=True)
    world.goes(BORIS, "a9")
    assert world.broken == []
    world.deeds.policies["main"] = {"ask"}
    broke(world, "the policy is to ask")
    world.deeds.policies["main"] = {"resend"}
    world.seen.sent[-2] = replace(world.seen.sent[-2], known=True)
    broke(world, "sent twice without need")


def test_a_third_copy_is_found(world):
    """Better twice than never, and no more; unless an employee asks for it."""
    world.wrote(BORIS, "a9")
    for _ in range(3):
        world.goes(BORIS, "a9", known=False, disturbed=True)
    broke(world, "sent 3 times")
    world.wrote(BORIS, "/send", meant=False, command="/send")
    assert world.broken == []


def test_very_many_messages_that_nobody_asked_for_are_found(world):
    """Ten go out by themselves; more are asked about first. Files are not counted."""
    pieces = [f"a9.{number}" for number in range(11)]
    world.wrote(BORIS, *pieces, files=1)
    for piece in pieces:
        world.goes(BORIS, piece)
    assert world.broken == []
    world.wrote(ANNA, *[piece.replace("a9", "a8") for piece in pieces])
    for piece in pieces:
        world.goes(ANNA, piece.replace("a9", "a8"))
    broke(world, "a8", "went out in 11 messages, and nobody was asked")
    world.wrote(ANNA, "/send", meant=False, command="/send")
    assert world.broken == []


def test_answers_out_of_order_are_found(world):
    """As Planfix numbers them, so Telegram numbers them; those for later aside."""
    one = world.wrote(BORIS, "a8")
    world.answered(BORIS, "a9")
    world.goes(BORIS, "a8")
    broke(world, "“a9” overtook “a8”")
    one.scheduled = True
    assert world.broken == []


def test_a_notice_that_lies_is_found(world):
    """It says that an answer did not arrive, and the bridge knew that it did."""
    world.answered(BORIS, "a9")
    world.notice(BORIS, NOT_SENT.format("a9"))
    broke(world, "a notice says that it did not")


def test_an_edit_that_changed_nothing_is_found(world):
    """The phone shows the new words, or a notice says why not."""
    world.wrote(BORIS, "/edit", "e1", meant=False, command="/edit")
    broke(world, "/edit", "changed nothing")
    world.goes(BORIS, "e1", is_edit=True)
    assert world.broken == []
    world.wrote(BORIS, "/edit", "e2", meant=False, command="/edit")
    world.notice(BORIS, "ℹ️ Ничего не изменено: более поздний ответ ещё не отправлен")
    assert world.broken == []


def test_an_edit_as_a_new_message_is_found(world):
    """A command's words change a message, and are none."""
    world.wrote(BORIS, "/edit", "e1", meant=False, command="/edit")
    world.goes(BORIS, "e1", is_edit=True)
    world.goes(BORIS, "e1")
    broke(world, "which is no answer to him")


def test_a_deleting_command_is_answered(world):
    """What it deleted is said, or why nothing."""
    world.wrote(BORIS, "/delete", meant=False, command="/delete")
    broke(world, "/delete", "was not answered")
    world.notice(BORIS, "🗑 Последний ответ клиенту удалён из Telegram.")
    assert world.broken == []


# -- what waits


def held(world):
    """Boris's answer is held, and all says so."""
    answer = world.wrote(BORIS, "a9")
    world.notice(BORIS, HELD.format("a9"))
    world.row("held", answer)
    world.holds(BORIS)
    return answer


def test_a_held_answer_may_wait(world):
    """Its row will act, its chat knows, its author was told."""
    held(world)
    assert world.broken == []


def test_a_promise_that_no_row_keeps_is_found(world):
    """The notice says that it goes out by itself, and nothing will do it."""
    held(world)
    world.seen.connections.clear()
    world.holds(BORIS, holds=False)
    assert len(world.broken) == 2
    assert "did not arrive" in world.broken[0]
    assert "no row will do what is promised" in world.broken[1]


@pytest.mark.parametrize("promise", [HELD, HELD_BEHIND, WAITING])
def test_a_promise_whose_end_is_not_told_is_found(world, promise):
    """It arrived, and whoever was told to wait is not told."""
    world.wrote(BORIS, "a9")
    world.notice(BORIS, promise.format("a9"))
    world.goes(BORIS, "a9")
    broke(world, "arrived, and nobody was told")
    world.notice(BORIS, DELIVERED.format("a9"))
    assert world.broken == []


@pytest.mark.parametrize("end", [EXPIRED, CANCELLED, NOT_SENT])
def test_an_answer_may_end_otherwise(world, end):
    """Expired, cancelled, refused: the promised notice came."""
    world.wrote(BORIS, "a9")
    world.notice(BORIS, HELD.format("a9"))
    world.notice(BORIS, end.format("a9"))
    assert world.broken == []


def test_a_new_promise_needs_a_new_end(world):
    """An end keeps what was promised before it, not after."""
    world.wrote(BORIS, "a9")
    for notice in (HELD, CANCELLED, HELD):
        world.notice(BORIS, notice.format("a9"))
    broke(world, "no row will do what is promised")


def test_a_waiting_notice_with_empty_queues_is_found(world):
    """It says that delivery is repeated, and nothing is left that repeats it."""
    world.wrote(BORIS, "a9")
    world.notice(BORIS, WAITING.format("a9"))
    assert any("no row will do what is promised" in one for one in world.broken)


def test_at_any_moment_a_held_answer_has_its_row(world):
    """Before everything has settled, too; what has its end, or needs none, needs no row."""
    held(world)
    world.said(BORIS, "c9")  # still on its way
    assert broken_meanwhile(world.deeds, world.seen) == []
    world.seen.connections.clear()
    [sentence] = broken_meanwhile(world.deeds, world.seen)
    assert "no row will send it" in sentence
    world.notice(BORIS, DELIVERED.format("a9"))
    assert broken_meanwhile(world.deeds, world.seen) == []


def test_a_chat_that_does_not_know_what_it_holds_is_found(world):
    """A row, and the chat says nothing."""
    held(world)
    world.holds(BORIS, holds=False)
    broke(world, BORIS.key, "the chat does not know")


def test_a_chat_that_holds_nothing_is_found(world):
    """It says that it holds: every answer there would wait behind nothing."""
    world.holds(BORIS)
    broke(world, BORIS.key, "none is held")


def test_a_held_answer_that_outstayed_its_time_is_found(world):
    """Nobody looks at it any more."""
    held(world)
    world.seen.connections[0]["since"] = NOW - world.deeds.hold_for - HOUR
    broke(world, "nobody looks at it any more")


def test_a_held_answer_that_could_go_is_found(world):
    """The client wrote since, and nothing hinders it."""
    held(world)
    world.carried(BORIS, "c9")
    broke(world, "held although the client wrote since")
    world.deeds.hindered.add(BORIS)
    assert world.broken == []


def test_a_held_answer_of_which_nobody_was_told_is_found(world):
    """Held, and its author does not know."""
    answer = world.wrote(BORIS, "a9", contact_deleted=True)
    world.row("held", answer)
    world.holds(BORIS)
    broke(world, "is held, and no notice says so")


def test_an_answer_that_overtook_a_held_one_is_found(world):
    """In whichever task of the chat it was written, after the notice that the other one is held."""
    world.wrote(BORIS, "a8")
    world.notice(BORIS, HELD.format("a8"))
    world.seen.chats.append(
        {"pk": f"{HOST}#task#3", "integration": "main", "channel": "own_bot", "client_id": 8, "since": 0}
    )
    world.answered(BORIS, "a9", task=3)
    world.goes(BORIS, "a8")
    world.notice(BORIS, DELIVERED.format("a8"))
    broke(world, "a9", "overtook", "a8", "which was held")


def test_an_answer_put_aside_in_silence_is_found(world):
    """/send would send it, and nobody knows that; what has expired nobody reads any more."""
    answer = world.wrote(BORIS, "a9", contact_deleted=True)
    world.row("aside", answer, expires_at=NOW + HOUR)
    broke(world, "waits for /send", "no notice says so")
    world.seen.connections[0]["expires_at"] = NOW - HOUR
    assert world.broken == []
    world.seen.connections[0]["expires_at"] = NOW + HOUR
    world.notice(BORIS, CANCELLED.format("a9"))
    assert world.broken == []


def test_a_client_who_has_an_answer_and_counts_as_unanswered_is_found(world):
    """A later message of the client is what makes the row right."""
    world.seen.connections.append({"integration": "main", "item": "unanswered#own_bot#8", "task_id": 2, "client_id": 8})
    broke(world, BORIS.key, "counts as unanswered")
    world.carried(BORIS, "c9")
    assert world.broken == []


def test_an_owners_word_is_an_answer(world):
    """What the owner wrote on the phone, too."""
    world.seen.connections.append({"integration": "main", "item": "unanswered#5001#7", "task_id": 1, "client_id": 7})
    assert world.broken == []
    world.carried(ANNA, "o1", "owner")
    broke(world, ANNA.key, "counts as unanswered")


def test_a_mark_of_posting_that_stayed_is_found(world):
    """A task in which the bridge would be posting for ever."""
    world.seen.chats[0]["posting"] = "message#x"
    broke(world, "still posting")


def test_what_is_left_is_found(world):
    """In a queue, with Telegram, with Planfix."""
    world.seen.left.append(Left("to-telegram", "an answer"))
    broke(world, "to-telegram still holds an answer")


# -- what stops notices stops no proof


def test_where_no_notice_can_be_written_none_is_asked_for(world):
    """The task was deleted, or Planfix takes no notice there."""
    world.wrote(BORIS, "a9")
    world.notice(BORIS, HELD.format("a9"))
    world.seen.refused_notices.add((HOST, TASKS[BORIS]))
    assert world.broken == []


def test_a_file_that_came_late_stands_behind_the_others(world):
    """Words keep their order, before all files; which file could be had first is told by nobody."""
    one = world.wrote(BORIS, "a9", "a9.1", "a9.2", files=2)
    for piece in ("a9", "a9.2", "a9.1"):
        world.goes(BORIS, piece)
    assert [sentence for sentence in world.broken if "did not arrive" in sentence] == []
    one.files = 0
    assert any("did not arrive" in sentence for sentence in world.broken)
