"""`planfix-telegram dead`: what the bridge gave up, and carrying it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from bridge.aws.chats import Chats
from bridge.aws.queues import Queue
from bridge.errors import Reason
from bridge.texts import Texts
from planfix_telegram.dead_letters import UNREADABLE, DeadLetterQueue, Letter
from planfix_telegram.desk import TO_PLANFIX_DLQ, TO_PLANFIX_QUEUE, TO_TELEGRAM_DLQ, TO_TELEGRAM_QUEUE, Desk
from planfix_telegram.options import (
    AsJson,
    ChatsTable,
    OnlyIntegration,
    ToPlanfixDlq,
    ToPlanfixQueue,
    ToTelegramDlq,
    ToTelegramQueue,
    Yes,
)
from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.texts import TEXTS, current_language, say

app = typer.Typer(no_args_is_help=True, help="help_dead")

HIDDEN_TO_LOOK: Final = 60
"""Seconds for which letters are hidden while they are listed; a list that is killed hides them no longer than that."""

HIDDEN_TO_WORK: Final = 300
"""Seconds for the same while they are put back: time to answer questions, and for a thousand letters at 0.3 s each."""

MARGIN: Final = 30
"""Seconds that putting one letter back may take at the worst: none is begun with less."""

AT_MOST: Final = 1000
"""Letters of a queue that one run takes up; a queue with more is worked off in several."""

SHORT_ID: Final = 8
"""Letters of an id in the list, unless two ids begin alike."""

SHORTEST_ID: Final = 4
"""An id that was meant to be in a variable of a script, and is not, must not match everything."""

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="help_letter_ids", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="help_letter_id")]
Everything = Annotated[bool, typer.Option("--all", help="help_all_letters")]


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, oldest first.

    Attributes:
        letters: hidden from everybody else.
        queues: the dead-letter queues by name.
        missed: about how many more lie there.
        until: by this time of the desk's clock they are visible again.
    """

    letters: list[Letter]
    queues: dict[str, DeadLetterQueue]
    missed: int
    until: float

    def named(self, wanted: str) -> Letter:
        """The letter whose id begins so."""
        known = [one for one in self.letters if len(wanted) >= SHORTEST_ID and one.message_id.startswith(wanted)]
        if not known:
            raise Problem("letter_unknown", exit_code=WRONG_USAGE, id=wanted)
        if len(known) > 1:
            ids = ", ".join(one.message_id for one in known)
            raise Problem("letter_ambiguous", exit_code=WRONG_USAGE, id=wanted, ids=ids)
        return known[0]

    def short_ids(self) -> dict[str, str]:
        """Ids as they are shown: the shortest beginnings that tell them apart."""
        ids = [one.message_id for one in self.letters]
        length = SHORT_ID
        while len({one[:length] for one in ids}) < len(ids):
            length += 1
        return {one: one[:length] for one in ids}


@app.command("list", help="help_dead_list", epilog="examples_dead_list")
def list_(
    ctx: typer.Context,
    integration: OnlyIntegration = None,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_dlq: ToTelegramDlq = None,
    as_json: AsJson = False,
) -> None:
    """Print what lies in the dead-letter queues; of the messages themselves only numbers and times."""
    desk = Desk.of(ctx)
    with _opened(desk, _queues(desk, to_planfix_dlq, to_telegram_dlq), HIDDEN_TO_LOOK) as found:
        letters = _of(integration, found.letters)
    if as_json:
        desk.screen.json({"letters": [_as_json(letter) for letter in letters], "missed": found.missed})
        return
    if letters:
        _show(desk.screen.table, found, letters)
        desk.screen.note(say("redrive_hint"))
    else:
        desk.screen.result(say("no_letters"))
    _say_what_was_missed(desk, found)


@app.command("redrive", help="help_dead_redrive", epilog="examples_dead_redrive")
def redrive(
    ctx: typer.Context,
    ids: Ids = None,
    everything: Everything = False,
    integration: OnlyIntegration = None,
    to_planfix_queue: ToPlanfixQueue = None,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_queue: ToTelegramQueue = None,
    to_telegram_dlq: ToTelegramDlq = None,
    chats_table: ChatsTable = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put dead letters back on their queues, in the order in which they first came."""
    if bool(ids) == everything or (ids and integration):
        raise Problem("letters_wanted", exit_code=WRONG_USAGE)
    desk = Desk.of(ctx)
    queues = _queues(desk, to_planfix_dlq, to_telegram_dlq)
    homes = [(to_planfix_queue, TO_PLANFIX_QUEUE), (to_telegram_queue, TO_TELEGRAM_QUEUE)]
    home = {queue.name: desk.queue(url or desk.output(name)) for queue, (url, name) in zip(queues, homes, strict=True)}
    with _opened(desk, queues, HIDDEN_TO_WORK) as found:
        chosen = _of(integration, found.letters)
        if ids:
            named = {found.named(one).message_id for one in ids}
            chosen = [letter for letter in found.letters if letter.message_id in named]
        lost = [letter for letter in chosen if letter.group is None]
        declined = _declined(desk, chosen, chats_table, yes=yes)
        going = [letter for letter in chosen if letter not in lost and letter not in declined]
        put_back: list[Letter] = []
        try:
            for letter in going:
                _in_time(desk, found)
                with desk.screen.progress(say("putting_back", count=len(put_back) + 1, total=len(going))):
                    # Sent before it is deleted: who is stopped in between leaves it in both queues, and what was done
                    # by then is in the ledger and is not done again.
                    _send(desk, home[letter.queue], letter)
                    put_back.append(letter)
                    found.queues[letter.queue].delete(letter)
        finally:
            _tell(desk, put_back, [letter for letter in chosen if letter not in put_back], as_json=as_json)
    if not as_json:
        _say_what_was_missed(desk, found)
    if lost:
        raise Problem("letters_without_group", ids=", ".join(letter.message_id for letter in lost))


@app.command("drop", help="help_dead_drop", epilog="examples_dead_drop")
def drop(
    ctx: typer.Context,
    letter_id: Id,
    to_planfix_dlq: ToPlanfixDlq = None,
    to_telegram_dlq: ToTelegramDlq = None,
    yes: Yes = False,
) -> None:
    """Delete a dead letter for good."""
    desk = Desk.of(ctx)
    with _opened(desk, _queues(desk, to_planfix_dlq, to_telegram_dlq), HIDDEN_TO_WORK) as found:
        letter = found.named(letter_id)
        _show(desk.screen.choices, found, [letter])
        desk.screen.agree(say("drop_letter"), yes=yes, default=False)
        _in_time(desk, found)
        found.queues[letter.queue].delete(letter)
    desk.screen.result(say("letter_dropped", id=letter.message_id))


# -- reading


def _queues(desk: Desk, to_planfix_dlq: str | None, to_telegram_dlq: str | None) -> list[DeadLetterQueue]:
    return [
        DeadLetterQueue(desk.queue(url))
        for url in (to_planfix_dlq or desk.output(TO_PLANFIX_DLQ), to_telegram_dlq or desk.output(TO_TELEGRAM_DLQ))
    ]


@contextmanager
def _opened(desk: Desk, queues: Sequence[DeadLetterQueue], seconds: int) -> Iterator[Found]:
    """Every letter, hidden for so long at most; however this ends, those that are left are visible again."""
    began = desk.outside.clock()
    letters: list[Letter] = []
    try:
        missed = 0
        for queue in queues:
            there, read = queue.count(), 0
            while read < AT_MOST and desk.outside.clock() - began < seconds / 2:  # the other half is for what follows
                with desk.screen.progress(say("reading_letters", count=len(letters))):
                    batch = queue.hide_next(seconds)
                if not batch:
                    break
                letters += batch
                read += len(batch)
            missed += max(0, there - read)
        letters.sort(key=lambda letter: letter.order)
        yield Found(letters, {queue.name: queue for queue in queues}, missed, began + seconds)
    finally:
        for queue in queues:
            queue.release()


def _of(integration: str | None, letters: Iterable[Letter]) -> list[Letter]:
    return [letter for letter in letters if integration in {None, letter.integration}]


def _in_time(desk: Desk, found: Found) -> None:
    """A letter that is visible again cannot be deleted: putting it back now would only double it."""
    if desk.outside.clock() > found.until - MARGIN:
        raise Problem("letters_came_back")


# -- putting back


def _declined(desk: Desk, letters: Sequence[Letter], chats_table: str | None, *, yes: bool) -> list[Letter]:
    """Answers that would reach the client after later ones, and that the admin does not want to go out so."""
    answers = [letter for letter in letters if letter.kind == "answer"]
    if yes or not answers:
        return []
    with desk.screen.progress(say("reading")):
        chats = desk.chats(chats_table)
        overtaken = [letter for letter in answers if _is_overtaken(chats, letter)]
    if overtaken and not desk.screen.is_interactive:
        raise Problem("nobody_to_ask", exit_code=WRONG_USAGE)
    return [letter for letter in overtaken if not desk.screen.confirm(_question(letter), default=False)]


def _is_overtaken(chats: Chats, letter: Letter) -> bool:
    task = chats.task(letter.host, letter.task or 0)
    return task is not None and chats.state(task.chat).last_answer > (letter.comment or 0)


def _question(letter: Letter) -> str:
    when = _time(letter.first_received_at)
    return say("answer_overtaken", comment=letter.comment, task=letter.task, chat=letter.group, when=when)


def _send(desk: Desk, home: Queue, letter: Letter) -> None:
    home.client.send_message(
        QueueUrl=home.url,
        MessageBody=letter.to_carry_again(desk.outside.unix_time()),
        MessageGroupId=letter.group or "",
        # SQS drops an id that it saw within five minutes, and by then the letter may have failed and be sent again
        MessageDeduplicationId=desk.outside.new_id(),
    )


# -- telling


def _show(table: Any, found: Found, letters: Sequence[Letter]) -> None:
    columns = ("id", "first_came", "integration", "chat", "letter_kind", "about", "bytes", "why")
    ids = found.short_ids()
    table([say(f"column_{column}") for column in columns], [_row(ids[one.message_id], one) for one in letters])


def _say_what_was_missed(desk: Desk, found: Found) -> None:
    if found.missed:
        desk.screen.note(say("letters_missed", count=found.missed))


def _tell(desk: Desk, put_back: Sequence[Letter], left: Sequence[Letter], *, as_json: bool) -> None:
    if as_json:
        ids = {"put_back": put_back, "left": left}
        desk.screen.json({name: [letter.message_id for letter in letters] for name, letters in ids.items()})
    elif not put_back and not left:
        desk.screen.result(say("no_letters"))
    else:
        desk.screen.result(say("letters_put_back", count=len(put_back)))
        if left:
            desk.screen.result(say("letters_left", count=len(left)))


def _row(shown_id: str, letter: Letter) -> tuple[str, ...]:
    kind = f"kind_{letter.kind}"
    numbers = {
        "about_task": letter.task,
        "about_comment": letter.comment,
        "about_update": letter.update_id,
        "about_message": letter.telegram_message_id,
    }
    return (
        shown_id,
        _time(letter.first_received_at),
        letter.integration,
        letter.chat,
        say(kind) if kind in TEXTS else letter.kind,
        ", ".join(say(key, number=number) for key, number in numbers.items() if number is not None),
        str(letter.size),
        _why(letter),
    )


def _as_json(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.message_id,
        "queue": letter.queue,
        "first_came": _time(letter.first_received_at),
        "given_up": _time(letter.buried_at) if letter.buried_at else None,
        "integration": letter.integration,
        "group": letter.group,
        "kind": letter.kind,
        "reason": letter.reason or "received_too_often",
        "why": _why(letter),
        "task": letter.task,
        "comment": letter.comment,
        "update_id": letter.update_id,
        "message_id": letter.telegram_message_id,
        "bytes": letter.size,
    }


def _why(letter: Letter) -> str:
    if not letter.reason:
        return say("received_too_often")
    if letter.reason == UNREADABLE:
        return say("letter_unreadable")
    if letter.reason not in set(Reason):
        return letter.reason  # of a newer bridge
    return Texts(current_language()).why(Reason(letter.reason), say("see_log"))


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
