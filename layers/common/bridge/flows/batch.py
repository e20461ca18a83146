"""A batch from a queue: each record to its journey, in order; what must wait holds its client's followers, nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple, Protocol

from bridge.errors import (
    BridgeError,
    InLine,
    Misconfigured,
    OutcomeUnknown,
    OutOfTime,
    Reason,
    Refused,
    RetryLater,
    StillComing,
)
from bridge.flows.integration import Integration
from bridge.flows.looks import LOOKS, taken_again
from bridge.flows.to_telegram import SAY_THAT_IT_WAITS_AFTER
from bridge.flows.units import Record, Unit, units_of
from bridge.logs import where
from bridge.model import Log
from bridge.queued import (
    CheckAccount,
    CheckBot,
    CheckChannel,
    GivenUp,
    Handed,
    Look,
    MayGo,
    OwnerWrote,
    Pushed,
    Queued,
    Timer,
    Update,
    kind_of,
    read,
)
from bridge.turn import Turn

FIRST_WAIT: Final = 5.0
"""Seconds before the first repetition of what failed."""

LONGEST_GROWN_WAIT: Final = 900.0
"""Seconds: in a long outage a client costs one invocation in a quarter of an hour, as `make load` counts them. It grows with the
outage: after one of five minutes everything goes on within five minutes."""

RECEIVES_SQUARED_A_SECOND: Final = 250.0
"""SQS dead-letters after 1000 receives (template.yaml) without a reason. So the n-th receive waits at least n²/250 s,
whatever it waits for and whoever told it to: a minute at the 122nd, 16 minutes at the 500th. A thousand such waits are
15 days (1000³ / 3 / 250 s), more than `OLDEST`, and the many short ones of an ordinary day stay short."""

OLDEST: Final = 13 * 86_400.0
"""Seconds after which a message is given up even if it was told to wait all the time, or its settings cannot be read: a
queue keeps it 14 days, then it would be gone without a trace."""

LONGEST_WAIT: Final = 11 * 3600.0
"""Seconds: SQS hides a message for at most 12 h from its receipt; a longer wait is asked for again."""

UNIT_NEEDS: Final = 240.0
"""Seconds of the function's 300 that what begins has before it, so that it fits whatever came before it in its batch: a file of
50 MB at 1 MB/s that comes and goes, and the slots for it (transfer.py). What does not begin goes back to the head of its queue."""

BUDGETS_FROM: Final = 3600.0 - 360.0
"""Seconds: the shortest budget that can be set, less an invocation (300 s): a younger message, which can be given up at no
moment of this one, need not be asked how long it was told to wait."""

WORTH_NOTING: Final = 60.0
"""Seconds: waits that we were told to make spend no budget; shorter ones are not worth a write."""

UNKNOWN_ERRORS_RETRIED_FOR: Final = 120.0
"""Seconds: an error that is in no row of planfix/failures.py may pass; after this it is given up with its own text."""

JOURNEYS: Final[dict[type[Queued], Callable[[Integration, Any, Handed], None]]] = {
    Update: lambda to, message, handed: to.updates.carry(message, handed),
    Pushed: lambda to, message, handed: to.answer_journeys.push(message, handed),
    Look: lambda to, message, handed: to.answer_journeys.look(message, handed),
    GivenUp: lambda to, message, handed: to.answer_journeys.try_again(message, handed),
    MayGo: lambda to, message, handed: to.answer_journeys.send_held(message, handed),
    OwnerWrote: lambda to, message, _: to.answer_journeys.owner_wrote(message),
    CheckAccount: lambda to, message, _: to.account_care.check(message.owner),
    CheckBot: lambda to, _, __: to.bot_care.check(),
    CheckChannel: lambda to, message, _: to.bot_care.check_channel(message.channel),
    Timer: lambda to, message, _: to.timers.receive(message),
}
"""What each kind of message means."""

ANSWERS: Final = (Look, Pushed, GivenUp)

FIRST_COME: Final = (*ANSWERS, MayGo, OwnerWrote)
"""Kinds whose calls go before those of clients' messages: answers, and what an answer may be waiting behind."""

LATER_ANSWERS_SEEN_EVERY: Final = 300.0
"""Seconds between two looks of an answer that waits, while it is young: whoever answered later in that task waits behind
it, and is told so after SAY_THAT_IT_WAITS_AFTER only if somebody looks."""

SEEN_EVERY_AFTER_AN_HOUR: Final = 900.0
"""The same, for what waits longer than an hour. Telegram's longest waits are about 13 h: such a one costs 60 of the 1000
receives after which SQS dead-letters, and many of them in a row are spread by `RECEIVES_SQUARED_A_SECOND`."""

HOUR: Final = 3600.0


COMING_APART: Final = 2.0
"""Seconds (SQS counts whole ones) between the returns of those of one batch whose rest is still coming, albums: a queue that mixes its groups would cut
each of them by the others again and again, as the soak's emulator did."""


class Worker(Protocol):
    """What a batch needs of the runtime."""

    @property
    def clock(self) -> Callable[[], float]: ...

    @property
    def log(self) -> Log: ...

    @property
    def count(self) -> Callable[[str], None]: ...

    @property
    def jitter(self) -> Callable[[], float]: ...

    def integration(self, alias: str) -> Integration: ...

    def secrets_may_have_changed(self, alias: str) -> None: ...

    def seconds_left(self) -> float: ...

    def turn(self, turn: Turn) -> AbstractContextManager[object]: ...

    def put_off(self, queue: str, receipt_handles: Sequence[str], seconds: float) -> None: ...

    def tell(self, message: Queued, group: str) -> None: ...

    def bury(self, queue: str, body: Mapping[str, Any], reason: str) -> None: ...

    def told_to_wait(self, message_id: str, seconds: float = 0) -> float: ...


class Wait(NamedTuple):
    """How long a unit and its followers are hidden."""

    seconds: float
    told: bool
    """A remote said so: no budget is spent meanwhile."""
    is_coming: bool = False
    """The rest of it is still coming."""


def carry_batch(worker: Worker, raw_records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Carry a batch; returns the message ids that stay in the queue."""
    waiting: dict[str, Wait] = {}
    kept: list[Record] = []
    units = units_of([Record.of(raw) for raw in raw_records])
    for unit, turn in zip(units, _turns(worker, units), strict=True):
        group = unit.first.group
        if group not in waiting:
            is_too_late = worker.seconds_left() < UNIT_NEEDS
            wait = Wait(0.0, told=True) if is_too_late else _carry_or_wait(worker, unit, turn)
            if wait is None:
                continue
            if wait.is_coming:
                wait = wait._replace(
                    seconds=wait.seconds + COMING_APART * sum(one.is_coming for one in waiting.values())
                )
            waiting[group] = wait
            _keep_ticket(worker, turn)
        kept += unit.records  # the failed one and its followers: order within a client
    for group, wait in waiting.items():
        held = [record for record in kept if record.group == group]
        worker.put_off(held[0].queue, [record.receipt_handle for record in held], wait.seconds)
        if wait.told and wait.seconds > WORTH_NOTING:
            _note_told_wait(worker, held, wait.seconds)
    return [record.message_id for record in kept]


def _keep_ticket(worker: Worker, turn: Turn) -> None:
    """It comes back with the ticket that it has in a line."""
    try:
        turn.goes_back()
    except Exception as error:  # noqa: BLE001 - what the batch did must still be reported as done
        worker.log.warning("ticket not kept", extra={"error": type(error).__name__})


def _note_told_wait(worker: Worker, records: Sequence[Record], seconds: float) -> None:
    """The followers wait as long as their first: it is not their budget either."""
    try:
        for record in records:
            worker.told_to_wait(record.message_id, seconds)
    except Exception as error:  # noqa: BLE001 - what the batch did must still be reported as done
        worker.log.warning("told wait not noted", extra={"error": type(error).__name__})


def _turns(worker: Worker, units: Sequence[Unit]) -> list[Turn]:
    """One for each unit; each knows what comes behind it. A client's messages go together: what was read for one serves the others."""
    turns: list[Turn] = []
    begun: defaultdict[str, set[str]] = defaultdict(set)
    for index, unit in reversed(list(enumerate(units))):
        first = unit.first
        turn = Turn(
            worker.seconds_left,
            isinstance(unit.message, FIRST_COME),
            first.group,
            first.message_id,
            first.received,
            behind=_behind(unit, zip(units[index + 1 :], turns, strict=True)),
            begun=begun[first.group],
        )
        turns.insert(0, turn)
    return turns


def _behind(unit: Unit, later: Iterable[tuple[Unit, Turn]]) -> tuple[Turn, ...]:
    """Whoever needs a ticket of the same line: the first message of each other client. One that nobody uses is in the way."""
    firsts: dict[str, Turn] = {}
    for other, turn in later:
        is_ours = unit.message and other.message and unit.message.integration == other.message.integration
        if is_ours and not turn.is_answer and turn.group != unit.first.group:
            firsts.setdefault(turn.group, turn)
    return tuple(firsts.values())


def _carry_or_wait(worker: Worker, unit: Unit, turn: Turn) -> Wait | None:
    """Carry one unit. Whatever breaks, be it the giving up itself, what the batch did for others stays done."""
    try:
        with worker.turn(turn):
            return _carry(worker, unit)
    except Exception as error:  # noqa: BLE001 - see above
        worker.count("unexpected_error")
        worker.log.error(
            "neither carried nor given up",
            extra={"error": type(error).__name__, "where": where(error), "group": unit.first.group},
        )
        return Wait(_grown(unit.first.received), told=False)  # no longer: SQS's 1000 receives are the last net here


def _carry(worker: Worker, unit: Unit) -> Wait | None:
    """Carry one unit; None when it is done with, else how long it waits."""
    record, message = unit.first, unit.message
    if message is None:
        worker.count("unreadable_record")
        worker.bury(record.queue, {"body": record.body, "group": record.group}, Reason.BRIDGE_FAULT.value)
        return None
    age = worker.clock() - message.received_at
    told_to_wait = worker.told_to_wait(record.message_id) if age > BUDGETS_FROM else 0.0
    handed = Handed(record.received, told_to_wait, unit.members, unit.may_be_cut)
    try:
        JOURNEYS[type(message)](worker.integration(message.integration), message, handed)
    except Refused as refused:
        if refused.reason is Reason.UNKNOWN_ERROR and age < UNKNOWN_ERRORS_RETRIED_FOR:
            later = RetryLater(FIRST_WAIT, refused.reason, refused.detail)
            return _wait_or_give_up(worker, unit, message, later, told_to_wait)
        _bury(worker, unit, refused)
        return None
    except BridgeError as error:
        return _wait_or_give_up(worker, unit, message, error, told_to_wait)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not lose a message or stop other chats
        worker.log.error(
            "unexpected error",
            extra={"error": type(error).__name__, "where": where(error), "group": record.group},
        )
        worker.count("unexpected_error")
        fault = RetryLater(0, Reason.BRIDGE_FAULT, type(error).__name__)
        return _wait_or_give_up(worker, unit, message, fault, told_to_wait)
    return None


def _wait_or_give_up(
    worker: Worker, unit: Unit, message: Queued, error: BridgeError, told_to_wait: float
) -> Wait | None:
    record = unit.first
    if isinstance(error, Misconfigured):
        worker.count("misconfigured")
        worker.count("admin_needed")  # the alarm of template.yaml
        worker.secrets_may_have_changed(message.integration)
    age = worker.clock() - message.received_at
    is_timer = isinstance(message, Timer)
    is_failure = not is_timer and not isinstance(error, StillComing)
    is_over = age > OLDEST or age - told_to_wait > _budget(worker, message, error)
    if is_failure and is_over:
        if not (_waits_for_ever(message, error) and _is_taken_again(worker, message, record.group)):
            _bury(worker, unit, error)
        return None
    told = isinstance(error, RetryLater) and not error.counts and not is_timer
    wait = _wait(error, record.received)
    if not isinstance(error, InLine):
        wait *= worker.jitter()  # what failed together does not return together
    wait = min(wait, LONGEST_WAIT)
    if isinstance(message, (*ANSWERS, MayGo)):  # what is written behind held answers is seen by them only
        wait = min(wait, _until_an_answer_is_seen(age))
    wait = max(wait, record.received**2 / RECEIVES_SQUARED_A_SECOND)
    if is_failure and isinstance(message, LOOKS) and age > SAY_THAT_IT_WAITS_AFTER:
        worker.count("answer_waits")  # the alarm of template.yaml: while Planfix is away nobody can be told in it
    worker.count("put_off")
    worker.log.info(
        "put off",
        extra={
            "group": record.group,
            "kind": kind_of(message),
            "reason": error.reason.value,
            "detail": error.logged,
            "seconds": round(wait, 1),
            "received": record.received,
        },
    )
    return Wait(wait, told, is_coming=isinstance(error, StillComing))


def _until_an_answer_is_seen(age: float) -> float:
    """The longest wait of an answer: somebody must be there when its notice, or that of a later one, is due."""
    if age < SAY_THAT_IT_WAITS_AFTER:
        return SAY_THAT_IT_WAITS_AFTER - age
    return LATER_ANSWERS_SEEN_EVERY if age < HOUR else SEEN_EVERY_AFTER_AN_HOUR


def _waits_for_ever(message: Queued, error: BridgeError) -> bool:
    """Whether nothing gets old while this waits: a look, unless it stumbles over a fault of ours, which the admin has to see."""
    return isinstance(message, LOOKS) and error.reason is not Reason.BRIDGE_FAULT


def _is_taken_again(worker: Worker, message: Queued, group: str) -> bool:
    """Whether a look that is about to be too old for its queue goes on as a new message."""
    again = taken_again(message, worker.clock()) if isinstance(message, LOOKS) else None
    if again is None:
        return False
    worker.count("looked_again")
    worker.tell(again, group)
    return True


def _budget(worker: Worker, message: Queued, error: BridgeError) -> float:
    """Seconds after which this message is given up; the longest one while its settings cannot be read, and for a look."""
    if _waits_for_ever(message, error):
        return OLDEST
    try:
        settings = worker.integration(message.integration).parts.settings
    except BridgeError:
        return OLDEST
    hours = settings.give_up_answers_after if isinstance(message, ANSWERS) else settings.give_up_incoming_after
    return hours * 3600.0


def _wait(error: BridgeError, received: int) -> float:
    """As long as we were told, else growing with every receipt."""
    if isinstance(error, OutOfTime):
        return error.after
    if isinstance(error, RetryLater) and not error.counts:
        return max(error.after, 1.0)
    told = error.after if isinstance(error, RetryLater) else 0.0
    return max(_grown(received), told, FIRST_WAIT if isinstance(error, OutcomeUnknown) else 0.0)


def _grown(received: int) -> float:
    """5 s, and twice as long with every receipt."""
    return float(min(FIRST_WAIT * 2 ** min(received - 1, 10), LONGEST_GROWN_WAIT))


def _bury(worker: Worker, unit: Unit, error: BridgeError) -> None:
    for record in unit.records:
        message = read(record.body)
        if message is None:  # none of ours is buried elsewhere (`_carry`)
            continue
        worker.count("given_up")
        worker.log.error(
            "given up",
            extra={
                "group": record.group,
                "kind": kind_of(message),
                "reason": error.reason.value,
                "detail": error.logged,
            },
        )
        worker.bury(record.queue, {**json.loads(record.body), "group": record.group}, error.reason.value)
        if isinstance(message, Update):
            _tell_the_task(worker, message, error)
        elif isinstance(message, Look):
            _owe_a_look(worker, message)


def _tell_the_task(worker: Worker, message: Update, error: BridgeError) -> None:
    """A notice where the message should have been, if Planfix can take one; the dead letter is safe already."""
    try:
        with worker.turn(Turn(worker.seconds_left, is_answer=True)):  # it may not come again
            worker.integration(message.integration).buried_updates.tell(message.update, error)
    except BridgeError as later:
        worker.log.warning("no notice of what was given up", extra={"reason": later.reason.value})


def _owe_a_look(worker: Worker, look: Look) -> None:
    try:
        worker.integration(look.integration).looks.owe(look)
    except BridgeError as later:
        worker.log.warning("nobody will look again", extra={"reason": later.reason.value})
