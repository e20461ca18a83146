"""Deliberate bugs, put into the real code by patching, and a seed that finds each: what the simulation is worth.

python -m tests.simulation.mutations          every mutation with its seed
python -m tests.simulation.mutations --search search new seeds, after the bridge or the people changed

"""

# ruff: noqa: T201 - a command: it prints what it found

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Any, Final
from unittest.mock import patch

from bridge.aws.chats import Chats
from bridge.aws.ledger import Ledger
from bridge.aws.waiting import Waiting
from bridge.doors import telegram as telegram_door
from bridge.effects import Effects
from bridge.errors import StillComing
from bridge.flows import albums, batch
from bridge.flows.batch import carry_batch
from bridge.flows.held_answers import HeldAnswers
from bridge.flows.integration import Integration
from bridge.flows.long_answers import LongAnswers
from bridge.flows.to_planfix import Updates
from bridge.model import Fresh, Held, Lost, Seen
from bridge.planfix.chat_push import PushedMessage
from bridge.queued import Handed, Look, Update
from bridge.routes.chat_api import answers as chat_answers
from bridge.routes.chat_api import links
from bridge.routes.chat_api.answers import Answers as ChatAnswers
from bridge.routes.chat_api.kept_words import KeptWords
from bridge.routes.chat_api.wording import Wording
from bridge.routes.rest import answers, comment_list, deliver, notices, own_comments, tasks
from bridge.routes.rest.compose import rest_route
from bridge.routes.rest.own_comments import OwnComments
from bridge.runtime import Runtime
from bridge.telegram.reading_html import from_html
from bridge.telegram.updates import group_of, kind_of
from bridge.texts import Say
from tests.simulation.seed import play

SEARCHED: Final = 600
"""Seeds that a search tries."""
ENOUGH: Final = 3
"""Seeds after which it stops."""


BOGUS: Final = {"task": 0, "comment": 0, "version": "", "files": "", "members": [], "message": 0, "of": "", "parts": 1}
"""What a ledger row says of an effect that was not done yet."""


@dataclass(frozen=True)
class Mutation:
    """A bug: what it is called, how it is put in, and seeds that find it.

    One of them is enough; the others are there for the day on which the bridge makes one call more, and the first seed's
    faults hit other calls.
    """

    name: str
    apply: Callable[[], AbstractContextManager[object]]
    seeds: tuple[int, ...]
    route: str = "rest"


def drop_the_claim() -> AbstractContextManager[object]:
    """Nothing is claimed: whoever comes, does it."""
    return patch.object(Ledger, "claim", lambda _self, _key, *_: Fresh())


def complete_before_the_effect() -> AbstractContextManager[object]:
    """The ledger says that a message was carried, or a part of an answer sent, before it is."""
    guarded = Effects._guarded

    def hasty(self: Effects, key: str, do: Callable[[], Any], *rest: Any) -> Any:
        if key.startswith(("message#", "answer#")):
            self._ledger.complete(key, BOGUS)
        return guarded(self, key, do, *rest)

    return patch.object(Effects, "_guarded", hasty)


def skip_a_follower() -> AbstractContextManager[object]:
    """Of what waits behind a failed message of its client, the first is taken for done."""

    def skipping(worker: Any, records: Sequence[Mapping[str, Any]]) -> list[str]:
        kept = carry_batch(worker, records)
        groups = {one["messageId"]: one["attributes"]["MessageGroupId"] for one in records}
        for one, following in itertools.pairwise(kept):
            if groups[one] == groups[following]:
                return [message for message in kept if message != following]
        return kept

    return patch("tests.simulation.world.carry_batch", skipping)


def swap_the_order() -> AbstractContextManager[object]:
    """A batch is carried from its end."""
    return patch("tests.simulation.world.carry_batch", lambda worker, records: carry_batch(worker, records[::-1]))


def group_by_connection_id() -> AbstractContextManager[object]:
    """Messages of one client are in line only as long as the connection's id stays."""

    def by_connection(update: Mapping[str, Any]) -> str:
        body = update.get(kind_of(update))
        connection = body.get("business_connection_id") if isinstance(body, dict) else None
        return str(connection or group_of(update))

    return patch.object(telegram_door, "group_of", by_connection)


def decide_by_a_cursor() -> AbstractContextManager[object]:
    """A chat's newest decided comment is remembered, and what has a lower number counts as decided."""
    read, decide, table = answers.read_new, Chats.decide, dict[str, Any]()
    known = Chats.task

    def above(planfix: Any, task: Any) -> Any:
        listed = read(planfix, task)
        cursor = (table["chats"].get({"pk": f"cursor#{task.chat.key}"}) or {}).get("at", task.seen.since)
        return replace(listed, fresh=[one for one in listed.newest if one.id > cursor])

    def task_of(self: Chats, host: str, task_id: int) -> Any:
        table["chats"] = self._table
        return known(self, host, task_id)

    def remember(self: Chats, host: str, task_id: int, seen: Seen) -> None:
        decide(self, host, task_id, seen)
        task = self.task(host, task_id)
        if task and seen.decided:
            self._table.put({"pk": f"cursor#{task.chat.key}", "at": max(seen.decided)})

    patches = ExitStack()
    patches.enter_context(patch.object(answers, "read_new", above))
    patches.enter_context(patch.object(answers, "look_further", _look_no_further))
    patches.enter_context(patch.object(Chats, "decide", remember))
    patches.enter_context(patch.object(Chats, "task", task_of))
    return patches


def _look_no_further(_planfix: Any, _effects: Any, _task: Any, listed: Any) -> Any:
    return replace(listed, fresh=[])


def stop_after_the_first_page() -> AbstractContextManager[object]:
    """Of a task's list, the first page is read, whatever lies below."""
    patches = ExitStack()
    patches.enter_context(patch.object(comment_list, "_reaches_what_is_known", lambda _seen, _page: True))
    patches.enter_context(patch.object(answers, "look_further", _look_no_further))
    return patches


def reuse_a_deduplication_id() -> AbstractContextManager[object]:
    """A message has the same id whenever it becomes a dead letter: within five minutes SQS drops the second."""

    def bury(self: Runtime, queue: str, body: Mapping[str, Any], reason: str) -> None:
        names = ("kind", "integration", "update", "host", "task", "comment", "received_at")
        same = json.dumps({name: body[name] for name in names if name in body}, sort_keys=True)
        identity = hashlib.sha256(same.encode()).hexdigest()
        letter = {**body, "dead": {"reason": reason, "at": self.clock()}}
        self.dead_letters[queue].put(letter, group=identity, deduplication_id=identity)

    return patch.object(Runtime, "bury", bury)


def adopt_by_text_alone() -> AbstractContextManager[object]:
    """After a lost answer, any comment with these words is taken for the one that was made."""

    def by_words(self: OwnComments, _attempt: Any, found: Any, lost: Lost) -> bool:
        return self._digest(from_html(found.html).text) in lost.marks

    return patch.object(OwnComments, "_is_of", by_words)


def overtake_a_held_answer() -> AbstractContextManager[object]:
    """New answers do not look whether earlier ones wait."""
    carry = batch.JOURNEYS[Look]

    class Heedless(Chats):
        def state(self, chat: Any) -> Any:
            return replace(super().state(chat), holds=False)

    def overtaking(to: Any, look: Look, handed: Handed) -> None:
        parts = replace(to.parts, chats=Heedless(to.parts.chats._table))
        carry(Integration(parts, rest_route), look, handed)

    return patch.dict(batch.JOURNEYS, {Look: overtaking})


def flood_a_client_unasked() -> AbstractContextManager[object]:
    """An answer goes out in as many messages as it takes."""
    return patch.object(LongAnswers, "is_to_be_asked_about", lambda *_, **__: False)


def promise_what_no_row_will_do() -> AbstractContextManager[object]:
    """Whoever answers behind a held answer is told that it waits, and nothing is put there that will send it."""
    really_hold = HeldAnswers.hold

    def hold(self: HeldAnswers, answer: Any, refusal: Any) -> None:
        if refusal is not None:
            really_hold(self, answer, refusal)
            return
        self._reports.tell(answer, Say.HELD_BEHIND, f"held#{int(self._waiting_list._clock())}")

    return patch.object(HeldAnswers, "hold", hold)


def read_the_clock_twice() -> AbstractContextManager[object]:
    """Whether a waiting answer has expired is told by two readings of the clock: one without an end expires between them."""

    def answers(self: Waiting, kind: Any, chat: Any) -> list[Held]:
        rows = self._query(chat.integration, f"{kind}#{chat.channel}#{chat.client_id}#")
        mine = [row for row in rows if row.get("expires_at", self._clock()) >= self._clock()]
        return [Held(row["task_id"], int(row["item"].rpartition("#")[2]), row["since"]) for row in mine]

    return patch.object(Waiting, "answers", answers)


def key_without_host() -> AbstractContextManager[object]:
    """Comments of two Planfix accounts with one number are one: an employee's there is taken for ours here."""
    patches = ExitStack()
    for module in (notices, deliver, own_comments):
        patches.enter_context(patch.object(module, "comment_key", lambda _host, number: f"comment#{number}"))
    return patches


def key_an_album_by_its_first_message() -> AbstractContextManager[object]:
    """What comes of an album again, without its first member, is another album."""
    return patch.object(albums, "album_of", lambda update: str(update[kind_of(update)]["message_id"]))


def judge_an_album_by_its_receive_count() -> AbstractContextManager[object]:
    """An album that was received before is taken for whole, whatever it had waited behind."""
    carry, receipts = Updates.carry, [0]

    def carrying(self: Updates, message: Update, handed: Handed) -> None:
        receipts[0] = handed.receipts
        carry(self, message, handed)

    def wait(_self: Any, _key: str, here: int, **_: Any) -> None:
        if receipts[0] == 1 and here < albums.MOST_MEMBERS:
            raise StillComing(albums.MEMBERS_COME_WITHIN, "an album is arriving")

    patches = ExitStack()
    patches.enter_context(patch.object(Updates, "carry", carrying))
    patches.enter_context(patch.object(albums.Albums, "_wait_for_more", wait))
    return patches


def take_an_answer_for_history() -> AbstractContextManager[object]:
    """A task whose creation's answer was lost is adopted like anybody's: what was answered in it meanwhile is history."""
    return patch.object(tasks, "_was_made_then", lambda _task, _contact, _lost: False)


def forget_the_call() -> AbstractContextManager[object]:
    """A call that only says where to look is given up like any other message, however safe lies what it would find."""
    return patch.object(batch, "_waits_for_ever", lambda _message, _error: False)


def repeat_without_saying_so() -> AbstractContextManager[object]:
    """In a chat, what may be there already comes again like anything else."""
    message = Wording.message

    def unmarked(self: Wording, *said: Any, is_repeat: bool) -> Any:
        return message(self, *said, is_repeat=False)

    return patch.object(Wording, "message", unmarked)


def tick_what_is_not_sent() -> AbstractContextManager[object]:
    """An answer has its tick as soon as it comes."""
    decide = chat_answers.answer_of
    read = ChatAnswers.read

    def hasty(self: ChatAnswers, call: Any, journey: Any) -> None:
        pushed = PushedMessage.of(call.push)
        self._states.sent(decide(pushed, call.chat, self._host, call.received_at))
        read(self, call, journey)

    return patch.object(ChatAnswers, "read", hasty)


def know_no_message_by_its_id() -> AbstractContextManager[object]:
    """What is pushed again is another answer."""
    answer_of, first = chat_answers.answer_of, dict[Any, float | None]()

    def another(pushed: Any, chat: Any, host: str, at: float | None) -> Any:
        answer = answer_of(pushed, chat, host, at)
        if first.setdefault(answer.ref, at) == at:
            return answer
        return replace(answer, ref=replace(answer.ref, number=answer.ref.number + 1_000_000))

    return patch.object(chat_answers, "answer_of", another)


def keep_no_words() -> AbstractContextManager[object]:
    """An answer that waits is as good as gone: Planfix pushes its words once."""
    return patch.object(KeptWords, "keep", lambda *_: None)


def never_forget_words() -> AbstractContextManager[object]:
    """What an employee wrote is kept although the client has it."""
    return patch.object(KeptWords, "forget", lambda *_: None)


def close_addresses_at_once() -> AbstractContextManager[object]:
    """A file's address is over before Planfix comes for it."""
    return patch.object(links, "DAY", 0)


MUTATIONS: Final = (
    Mutation("drop the claim", drop_the_claim, (0, 1, 2)),
    Mutation("complete before the effect", complete_before_the_effect, (1, 2, 3)),
    Mutation("skip a follower", skip_a_follower, (1, 3)),
    Mutation("swap the order", swap_the_order, (0, 1, 2)),
    Mutation("group by connection id", group_by_connection_id, (4, 5, 9)),
    Mutation("decide comments by a cursor per chat", decide_by_a_cursor, (11, 13, 16)),
    Mutation("stop listing after the first page", stop_after_the_first_page, (7, 10, 2)),
    Mutation("reuse a deduplication id on redrive", reuse_a_deduplication_id, (406, 520)),
    Mutation("adopt by text alone", adopt_by_text_alone, (166, 217, 227)),
    Mutation("overtake a held answer", overtake_a_held_answer, (91, 94, 259)),
    Mutation("a notice that promises what no row will do", promise_what_no_row_will_do, (2, 4, 6)),
    Mutation("flood a client unasked", flood_a_client_unasked, (3, 4, 10)),
    Mutation("read the clock twice", read_the_clock_twice, (3, 9, 13)),
    Mutation("a key without host", key_without_host, (0, 2, 4)),
    Mutation("key an album by its first message", key_an_album_by_its_first_message, (7, 29)),
    Mutation("judge an album by its receive count", judge_an_album_by_its_receive_count, (7, 12, 36)),
    Mutation("take an answer for history", take_an_answer_for_history, (145,)),
    Mutation("a forgotten call", forget_the_call, (10, 34, 45)),
    Mutation("a repeat that does not say so", repeat_without_saying_so, (0, 1, 9), "chat_api"),
    Mutation("a tick before the answer is sent", tick_what_is_not_sent, (0, 1, 2), "chat_api"),
    Mutation("a pushed answer without identity", know_no_message_by_its_id, (8, 17), "chat_api"),
    Mutation("words that nobody keeps", keep_no_words, (0, 1, 2), "chat_api"),
    Mutation("words that nobody deletes", never_forget_words, (0, 1, 2), "chat_api"),
    Mutation("addresses that end at once", close_addresses_at_once, (1, 2, 3), "chat_api"),
)


def violations(mutation: Mutation, seed: int) -> list[str]:
    """What the seed shows with this bug."""
    with mutation.apply():
        return play(seed, route=mutation.route).violations


def found_by(mutation: Mutation) -> tuple[int, str] | None:
    """The first of its seeds that finds it and shows nothing without it, and what it shows."""
    for seed in mutation.seeds:
        shown = violations(mutation, seed)
        if shown and not play(seed, route=mutation.route).violations:
            return seed, shown[0]
    return None


def search(number: int) -> list[tuple[int, str]]:
    """The first seeds that find the mutation of this number and show nothing without it."""
    found: list[tuple[int, str]] = []
    for seed in range(SEARCHED):
        one = found_by(replace(MUTATIONS[number], seeds=(seed,)))
        found += [one] if one else []
        if len(found) == ENOUGH:
            break
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check every mutation, or search seeds; the exit code says whether each is found."""
    parser = argparse.ArgumentParser(description="Deliberate bugs that the simulation must find.")
    parser.add_argument("--search", action="store_true", help="search the first seeds that find each")
    parser.add_argument("--only", default="", help="bugs whose name holds this")
    asked = parser.parse_args(arguments)
    chosen = [number for number, mutation in enumerate(MUTATIONS) if asked.only in mutation.name]
    if asked.search:
        with multiprocessing.Pool(os.cpu_count()) as pool:
            for number, found in zip(chosen, pool.imap(search, chosen), strict=True):
                print(f"{MUTATIONS[number].name}: {found}", flush=True)
        return 0
    missed = 0
    for mutation in (MUTATIONS[number] for number in chosen):
        one = found_by(mutation)
        missed += one is None
        print(f"{mutation.name}: " + (f"seed {one[0]}: {one[1]}" if one else "NOT FOUND"))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
