"""The promises where Planfix's API for chats is the route: each is kept in a world that is right, and seen broken in one that is not."""

import re

import pytest

from local.promises.account import Answer, Can, Chat, Comment, Deeds, Marks, Said, Seen, Sent, State
from local.promises.check import broken

HOST = "acme.planfix.ru"
ANNA = Chat("main", "own_bot", 7)
TASK = 1
REPEAT = "(возможно, повтор: неизвестно, дошло ли это сообщение раньше)<br>"
DOUBT = "❓ Связь с Планфиксом прервалась, и неизвестно, дошло ли сообщение клиента."
WHY = "⚠️ Ответ клиенту не доставлен: «a9». Почему."


class World:
    """Anna wrote and was answered, and the answer has its tick."""

    def __init__(self) -> None:
        self.deeds = Deeds(policies={"main": {"resend"}})
        self.seen = Seen(Marks(re.compile(r"([a-z]+\d+)")), can=Can(reads_back=False, shows_states=True))
        self.seen.tasks = {(HOST, TASK): ANNA}
        self._numbers = 0
        self.carried("c1")
        self.state(self.answered("a1"), "sent")

    def _next(self):
        self._numbers += 1
        return self._numbers

    def comment(self, by, html, files=()):
        self.seen.comments.append(Comment(HOST, TASK, self._next(), by, html, tuple(files)))

    def said(self, text, files=()):
        number = self._next()
        self.deeds.said.append(Said("message", ANNA, text, ("main", number), (number,), tuple(files)))

    def carried(self, text, files=()):
        self.said(text, files)
        self.comment("client", text, files)

    def wrote(self, text, **how):
        answer = Answer(ANNA, HOST, TASK, self._next(), [text], True, 0.0, **how)
        self.comment("employee", text)
        self.deeds.answers.append(answer)
        return answer

    def answered(self, text):
        answer = self.wrote(text)
        self.seen.sent.append(Sent(ANNA, text, (self._next(),)))
        return answer

    def state(self, answer, state, said=""):
        self.seen.states.append(State(HOST, answer.comment, state, said, self._next()))

    @property
    def broken(self):
        return broken(self.deeds, self.seen)


@pytest.fixture
def world():
    """Nothing in it is broken."""
    return World()


def broke(world, *parts: str):
    """Some promise is broken, and a sentence says these."""
    assert any(all(part in sentence for part in parts) for sentence in world.broken), world.broken


def test_a_good_world_breaks_nothing(world):
    """The world that every test begins with."""
    assert world.broken == []


# -- messages


def test_a_repeat_that_says_so_is_none_too_many(world):
    """Where nothing can be looked for, what may be there already comes again and says so; unmarked it is one too many."""
    world.comment("client", f"{REPEAT}c1")
    assert world.broken == []
    world.comment("client", "c1")
    broke(world, "c1", "3 comments instead of 1")


def test_a_repeat_where_a_look_was_possible_is_found(world):
    """The other route reads back, and needs no repeats."""
    world.comment("client", f"{REPEAT}c1")
    world.seen.can = Can()
    broke(world, "c1", "2 comments instead of 1")


def test_a_file_of_a_repeat_is_none_too_many(world):
    """It comes along with its message."""
    world.carried("c2", [b"photo"])
    world.comment("client", f"{REPEAT}c2", [b"photo"])
    assert world.broken == []
    world.comment("client", "", [b"photo"])
    broke(world, "hangs on 2 comments")


def test_a_lost_message_is_found_unless_somebody_was_asked_to_look(world):
    """One request to look stands for one message."""
    world.said("c8")
    broke(world, "c8", "0 comments instead of 1")
    world.comment("bridge", DOUBT)
    assert world.broken == []


# -- answers


def test_an_answer_without_state_and_word_is_found(world):
    """Its author sees neither a tick nor why there is none."""
    world.answered("a9")
    broke(world, "a9", "neither a state nor a word")


def test_an_answer_that_arrived_has_its_tick(world):
    """A state that says that it failed is no tick."""
    answer = world.answered("a9")
    world.state(answer, "error", "⏳ Ответ «a9» ещё не доставлен. Почему.")
    broke(world, "a9", "arrived, and has no tick")
    world.state(answer, "sent")
    assert world.broken == []


def test_a_tick_that_lies_is_found(world):
    """The client has nothing of it."""
    world.state(world.wrote("a9"), "sent")
    broke(world, "a9", "has a tick, and the client has not all of it")


def test_a_failure_without_words_is_found(world):
    """Whoever reads that it failed reads why."""
    answer = world.wrote("a9")
    world.state(answer, "error")
    broke(world, "a9", "nothing says why")


def test_what_stands_beside_an_answer_tells_of_it(world):
    """Like a notice that names it."""
    answer = world.wrote("a9")
    world.state(answer, "error", WHY)
    assert world.broken == []


def test_a_command_is_answered(world):
    """By a tick, or in words."""
    command = world.wrote("/cancel", command="/cancel")
    broke(world, "/cancel", "neither a state nor a word")
    world.state(command, "sent")
    assert world.broken == []


def test_what_planfix_gave_up_is_nobodys_fault(world):
    """It never told the bridge, and its author reads that it failed."""
    world.wrote("a9", unheard=True)
    assert world.broken == []


def test_words_of_an_answer_that_was_sent_are_not_kept(world):
    """They were kept only because it waited."""
    world.seen.kept_words = [(HOST, world.deeds.answers[0].comment)]
    broke(world, "a1", "still kept")


def test_what_was_pushed_late_overtakes_nobody(world):
    """The bridge sends answers in the order in which it hears of them."""
    late, first = world.wrote("a8"), world.wrote("a9")
    for answer in (first, late):
        world.seen.sent.append(Sent(ANNA, answer.words[0], (world._next(),)))
        world.state(answer, "sent")
    broke(world, "a9", "overtook")
    late.delayed = True
    assert world.broken == []
