"""The whole bridge in virtual time with several containers: whatever they call passes the boundary, where faults happen.

Built on tests/world.py: the same doubles of AWS, the same strict fakes. What AWS does around our code (Lambda's event
source mappings, API Gateway, containers that die) is here.
"""

from __future__ import annotations

import copy
import heapq
import itertools
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Final

import httpx

from bridge.aws.bucket import Bucket
from bridge.aws.chats import Chats
from bridge.aws.dynamodb import Table
from bridge.aws.parameters import Parameters
from bridge.aws.queues import Queue
from bridge.doors.chat import ChatDoor
from bridge.doors.file import FileDoor
from bridge.doors.lock import Lock
from bridge.doors.scenario import ScenarioDoor
from bridge.doors.telegram import TelegramDoor
from bridge.flows.batch import carry_batch
from bridge.http_api import Request
from bridge.journal import Journal
from bridge.planfix.rest import PAGE
from bridge.runtime import Runtime
from local.fakes.planfix import FakePlanfix
from local.fakes.planfix_model import Comment
from local.promises.account import Chat
from local.promises.of_fakes import tasks_of_chats
from tests.simulation import faults as f
from tests.simulation.boundary import DOOR_TIMEOUT, SENDER_TIMEOUT, AwsClient, Boundary, Client, Container, Killed, Wire
from tests.simulation.chance import chance_of
from tests.simulation.faults import Faults
from tests.simulation.story import Story
from tests.simulation.timeline import NEVER, Timeline
from tests.world import Account, World

TO_PLANFIX: Final = "to-planfix.fifo"
TO_TELEGRAM: Final = "to-telegram.fifo"
BATCH: Final = {TO_PLANFIX: 10, TO_TELEGRAM: 1}
"""Messages that Lambda hands over at once (template.yaml)."""
DEAD: Final = {"to-planfix-dead.fifo": TO_PLANFIX, "to-telegram-dead.fifo": TO_TELEGRAM}
FETCHED_AGAIN_AFTER: Final = 60.0
"""Seconds after which Planfix fetches again what it could not have; no source says when it does."""
CONTAINERS: Final = 2
"""Of each queue: the fewest that MaximumConcurrency may be."""
TOO_MANY_INVOCATIONS: Final = 3_000
"""A seed needs a few hundred, up to a thousand where Planfix is away for more than a day; with more, something turns in circles, and
the seed is not played to its end."""
REPEATED_AFTER: Final = (0.2, 3.0, 40.0, 400.0, 7_200.0, 90_000.0)
"""Seconds after which a webhook's request comes again: within SQS's five minutes of deduplication, and long after."""
Door = TelegramDoor | ScenarioDoor | ChatDoor | FileDoor
INJECTED: Final = frozenset({"EndpointConnectionError", "ReadTimeoutError", "ClientError"})
"""Names of the errors that the boundary raises; every other unexpected one is a fault of the bridge."""
MARK: Final = "№"
"""Stands in every word that people write here and in no word of the bridge, so that it must not stand in a log either."""


class Log:
    """A container's logger: lines of the story."""

    def __init__(self, who: Container, world: SimWorld) -> None:
        self._who = who
        self._world = world

    def info(self, msg: str, *, extra: dict[str, object] | None = None) -> None:
        self._line(msg, extra or {})

    def warning(self, msg: str, *, extra: dict[str, object] | None = None) -> None:
        self._line(msg, extra or {})

    def error(self, msg: str, *, extra: dict[str, object] | None = None) -> None:
        self._line(msg, extra or {})
        if msg == "unexpected error" and extra and extra["error"] not in INJECTED:
            self._world.violations.append(f"unexpected error: {extra['error']} at {extra.get('where')}")

    def _line(self, msg: str, extra: Mapping[str, object]) -> None:
        self._world.story.add(self._who.name, "log:", msg, extra)
        if msg == "notice refused":
            self._world.note_refusal(extra)
        elif msg == "words not deleted":
            self._world.left_to_lifecycle.add(int(str(extra["comment"])))
        for value in extra.values():
            if isinstance(value, str) and MARK in value:
                self._world.violations.append(f"a person's words in the log: {msg} {extra}")


@dataclass(frozen=True)
class Clocks:
    """Clocks that are apart.

    Attributes:
        skew: seconds by which containers' may be wrong.
        telegram_ahead: seconds by which Telegram's is ahead.
        planfix_ahead: the same of Planfix's.
    """

    skew: float = 0.0
    telegram_ahead: float = 0.0
    planfix_ahead: float = 0.0


TOGETHER: Final = Clocks()


@dataclass(eq=False)
class Sender:
    """A container of the sender; Lambda gives it messages of one queue."""

    process: Container
    queue: str
    runtime: Runtime


class SimWorld(World):
    """Everything, at the timeline's time.

    Args:
        accounts: the integrations.
        rate: of the Planfix accounts, requests a second.
        faults: what goes wrong, on which route to Planfix.
        chance: of latencies and waits.
        clocks: how far they are apart.
        page: how many elements of a Planfix list the bridge asks for at once.
        settings: merged over the default settings of every integration.
        containers: of the sender, for each queue.

    Attributes:
        violations: what must never happen and did.
        left_to_lifecycle: numbers of answers whose words could not be deleted when they were sent; the bucket does it later.
        refused_notices: tasks in which Planfix took a notice for no good.
        overlaps: invocations that began while another one ran.
        receives: messages that were handed out, again and again while they wait.
        most_receives: of one message.
        billed: seconds that the sender's invocations took in all.
    """

    story_of: ClassVar[type[Story]] = Story
    boundary_of: ClassVar[type[Boundary]] = Boundary
    """What tests/simulation/load puts its own in for."""

    def __init__(
        self,
        *,
        accounts: tuple[Account, ...],
        rate: float = 1.0,
        faults: Faults | None = None,
        chance: random.Random | None = None,
        clocks: Clocks = TOGETHER,
        page: int = PAGE,
        settings: Mapping[str, Any] | None = None,
        containers: int = CONTAINERS,
    ) -> None:
        self.faults = faults or Faults()
        super().__init__(
            accounts=accounts,
            route=self.faults.matrix.route,
            settings=settings,
            rate=rate,
            telegram_ahead=clocks.telegram_ahead,
            planfix_ahead=clocks.planfix_ahead,
        )
        self.page = page
        self.rate = rate
        self.timeline = Timeline(self.clock)
        self.chance = chance or chance_of("nothing in particular")
        self.story = self.story_of(self.timeline)
        self.boundary = self.boundary_of(self.timeline, self.faults, self.story, self.chance)
        self.boundary.watch.clocks_agree, self.boundary.watch.gap = clocks.skew < 0.1 / rate, 1 / rate
        self.violations = self.boundary.violations
        self._chats = self.dynamodb._tables["chats"]
        self.boundary.dead_letter_urls = {self.urls[name] for name in DEAD}
        self.refused_notices: set[int] = set()
        self.left_to_lifecycle: set[int] = set()
        self.overlaps = self.invocations = self.redriven = self.receives = self.most_receives = 0
        self.billed = 0.0
        self._most_invocations = TOO_MANY_INVOCATIONS
        self._skew = clocks.skew
        self._doors: dict[str, list[tuple[Container, Door]]] = {
            kind: [] for kind in ("telegram", "planfix", "chat", "file")
        }
        self._senders = {
            queue: [self._make_sender(queue, number) for number in range(1, containers + 1)] for queue in BATCH
        }
        self._poller = Container("Lambda's poller", self.timeline, NEVER)
        self._poller.begin()
        self._polled = AwsClient(self.boundary, self._poller, "poller", self.sqs)
        self._delivering = False
        self._firing: set[str] = set()
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        for host, planfix in self.planfixes.items():
            self._fetch_what_comes(host, planfix)

    def note_refusal(self, extra: Mapping[str, object]) -> None:
        """Planfix took a notice for no good: of a task, or of what a ledger key names."""
        if "task" in extra:
            self.refused_notices.add(int(str(extra["task"])))
            return
        kind, *named = str(extra["key"]).split("#")
        if kind == "notice":
            host, number = named[0].removeprefix("chat:"), int(named[1])
            self.refused_notices.add(self.planfixes[host]._world.comments[number].task_id)
            return
        for host, planfix in self.planfixes.items():
            for (_, task), chat in tasks_of_chats(planfix, host).items():
                if chat.key in str(extra["key"]):
                    self.refused_notices.add(task)

    def give_up_after(self, invocations: int) -> None:
        """Stand still after so many: something turns in circles."""
        self._most_invocations = invocations

    def chat_of(self, host: str, task: int) -> Chat | None:
        """The chat whose task this is."""
        if self.route == "chat_api":
            return tasks_of_chats(self.planfixes[host], host).get((host, task))
        row = self._chats.get((f"{host}#task#{task}", None))
        return Chat(row["integration"]["S"], row["channel"]["S"], int(row["client_id"]["N"])) if row else None

    # -- time

    def run(self, until: float) -> None:
        """Let everything happen that happens before ``until``."""
        while self.invocations < self._most_invocations:
            outside, actor = self._begin_what_is_due(), self.timeline.next_at()
            if min(outside, actor) > until:
                break
            if actor <= outside:
                self.timeline.horizon = min(outside, until)
                self.timeline.step()
            else:
                self.timeline.now = max(self.timeline.now, outside)
        self.timeline.now = max(self.timeline.now, until)

    def pass_about(self, seconds: float) -> None:
        """Let so much time pass, and a little more: what people do falls on no whole multiple of anything."""
        self.run(self.timeline.now + seconds * self.chance.uniform(1.0, 1.01))

    @property
    def is_idle(self) -> bool:
        """Whether nothing will ever happen again by itself."""
        return min(self._begin_what_is_due(), self.timeline.next_at()) == NEVER

    @property
    def planfix_now(self) -> float:
        """What Planfix's clock shows."""
        return self.timeline.now + self.planfix_ahead

    def later(self, at: float, what: Callable[[], object]) -> None:
        """Do something at that time."""
        heapq.heappush(self._later, (at, next(self._order), what))

    def _begin_what_is_due(self) -> float:
        """Begin it; returns when the next thing is due."""
        now, following = self.timeline.now, NEVER
        while self._later and self._later[0][0] <= now:
            self.timeline.spawn("later", self._actor(heapq.heappop(self._later)[2]))
        if self._later:
            following = self._later[0][0]
        if not self._delivering:
            due = self._telegram_due()
            if due <= now:
                self._delivering = True
                self.timeline.spawn("Telegram", self._deliver)
            else:
                following = min(following, due)
        for host, planfix in self.planfixes.items():
            following = min(following, self._fire_when_due(host, self._planfix_due(host), planfix.fire_pending))
            if self.route == "chat_api":
                due = self._pushes_due(host)
                following = min(following, self._fire_when_due(f"{host}'s chats", due, planfix.chats.fire_pending))
        return min(following, *(self._begin_invocations(queue, now) for queue in BATCH))

    def _fire_when_due(self, who: str, due: float, fire: Callable[[], int]) -> float:
        """Let Planfix call, one call after another; returns when the next one is due."""
        if who in self._firing:
            return NEVER
        if due > self.timeline.now:
            return due
        self._firing.add(who)
        self.timeline.spawn(f"Planfix {who}", lambda: self._fire(who, fire))
        return NEVER

    def _begin_invocations(self, queue: str, now: float) -> float:
        """As many as there are containers and messages; returns when the next one is due."""
        for sender in self._senders[queue]:
            if sender.process.busy:
                continue
            due = self.sqs.next_event_at(self.urls[queue], now=now)
            if due is None or due > now:
                return NEVER if due is None else due
            self._receive(sender)
        return NEVER  # until one of the containers is free again

    def _telegram_due(self) -> float:
        bots = [bot for bot in self.bots.values() if bot.pending]
        due = min((update.next_at for bot in bots for update in self.delivery._heads(bot)), default=NEVER)
        return due - self.telegram_ahead

    def _planfix_due(self, host: str) -> float:
        scenarios = self.planfixes[host]._scenarios
        if not scenarios.waiting:
            return NEVER
        return max(min(request.due for request in scenarios.waiting), scenarios._silent_until) - self.planfix_ahead

    def _pushes_due(self, host: str) -> float:
        return min((push.due for push in self.planfixes[host].chats._waiting), default=NEVER) - self.planfix_ahead

    def _actor(self, what: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            what()

        return act

    # -- Telegram and Planfix call

    def _deliver(self) -> None:
        try:
            self.delivery.deliver_pending()
        finally:
            self._delivering = False

    def _fire(self, who: str, fire: Callable[[], int]) -> None:
        try:
            fire()
        finally:
            self._firing.discard(who)

    def _post_to_door(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        _, kind, alias, *_ = httpx.URL(url).path.split("/")
        request = Request(alias, {name.lower(): value for name, value in headers.items()}, body)
        return int(self._call_door(kind, request)["statusCode"])

    def _push_to_door(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        _, _, alias, *_ = httpx.URL(url).path.split("/")
        request = Request(alias, {name.lower(): value for name, value in headers.items()}, body)
        answered = self._call_door("chat", request)
        return int(answered["statusCode"]), str(answered.get("body", "")).encode()

    def fetch(self, url: str) -> dict[str, Any]:
        _, _, alias, signed = httpx.URL(url).path.split("/")
        return dict(self._call_door("file", Request(alias, {}, b"", signed)))

    def _fetch_what_comes(self, host: str, planfix: FakePlanfix) -> None:
        """Planfix fetches the files of a message some time after it came, and again until it has them."""
        commented, chance = planfix._world.on_comment, chance_of("fetches")

        def look(comment: Comment) -> None:
            commented(comment)
            if comment.links:
                self.later(self.timeline.now + chance.uniform(0.2, 30.0), fetch)

        def fetch() -> None:
            who = f"fetches of {host}"
            if who in self._firing:
                self.later(self.timeline.now + 1.0, fetch)
                return
            self._firing.add(who)
            try:
                if planfix.chats.fetch_files():
                    self.later(self.timeline.now + FETCHED_AGAIN_AFTER, fetch)
            finally:
                self._firing.discard(who)

        planfix._world.on_comment = look

    def _call_door(self, kind: str, request: Request) -> Mapping[str, Any]:
        """One call of a webhook, with what goes wrong at it on the way."""
        call = f"webhook {kind}"
        fault = self.faults.take(call)
        if fault:
            self.story.add(kind, f"{call}: FAULT {fault} ({f.EXPLAINED[fault]}) {request.body[:300]!r}")
        if fault == f.CUT_BEFORE:
            raise ConnectionError("injected")
        if fault == f.MISSED:
            return {"statusCode": 200}
        answered = self._knock(kind, request)
        if fault == f.REPEATED:
            again = self.timeline.now + self.chance.choice(REPEATED_AFTER)
            self.later(again, lambda: self._knock(kind, request))
        if fault == f.CUT_AFTER:
            raise ConnectionError("injected")
        return answered

    def _knock(self, kind: str, request: Request) -> Mapping[str, Any]:
        """One invocation of a door."""
        process, door = self._free_door(kind)
        process.begin()
        try:
            answered = door.accept(request)
        except Killed as killed:
            self.story.add(process.name, f"the process died: {killed}")
            self._doors[kind] = [one for one in self._doors[kind] if one[0] is not process]
            return {"statusCode": 502}
        finally:
            process.busy = False
        self.story.add(process.name, "answers", answered["statusCode"])
        return answered

    def _free_door(self, kind: str) -> tuple[Container, Door]:
        for one in self._doors[kind]:
            if not one[0].busy:
                return one
        process = Container(f"{kind} door", self.timeline, DOOR_TIMEOUT, self._offset(), prefix="door")
        dynamodb, sqs, ssm = self._clients(process)
        journal = Journal(Log(process, self), self.count)
        lock = Lock(Parameters(ssm, "test", process.clock), journal)
        queue, chats = Queue(sqs, self.urls[TO_TELEGRAM]), Chats(Table(dynamodb, "chats"))
        door: Door
        if kind == "telegram":
            door = TelegramDoor(lock, Queue(sqs, self.urls[TO_PLANFIX]), process.clock, journal)
        elif kind == "chat":
            door = ChatDoor(lock, queue, chats, process.clock, journal)
        elif kind == "file":
            door = FileDoor(lock, self._bucket(process), process.clock, journal)
        else:
            door = ScenarioDoor(lock, queue, chats=chats, clock=process.clock, new_id=self._new_id, journal=journal)
        self._doors[kind].append((process, door))
        return self._doors[kind][-1]

    # -- Lambda

    def _offset(self) -> float:
        return self.chance.uniform(-1, 1) * self._skew if self._skew else 0.0

    def _clients(self, process: Container) -> tuple[Any, Any, Any]:
        return (
            AwsClient(self.boundary, process, "dynamodb", self.dynamodb),
            AwsClient(self.boundary, process, "sqs", self.sqs),
            AwsClient(self.boundary, process, "ssm", self.ssm),
        )

    def _bucket(self, process: Container) -> Bucket:
        return Bucket(lambda: AwsClient(self.boundary, process, "s3", self.s3), "files")

    def _make_sender(self, queue: str, number: int) -> Sender:
        process = Container(f"{queue.removesuffix('.fifo')} {number}", self.timeline, SENDER_TIMEOUT, self._offset())
        return Sender(process, queue, self._runtime_of(process))

    def _runtime_of(self, process: Container) -> Runtime:
        """The runtime of tests/world.py, with every client replaced by this process's own."""
        dynamodb, sqs, ssm = self._clients(process)

        def own(value: Any) -> Any:
            if isinstance(value, Table):
                return Table(dynamodb, value.name)
            if isinstance(value, Queue):
                return Queue(sqs, value.url)
            if isinstance(value, dict):
                return {name: own(one) for name, one in value.items()}
            if hasattr(value, "_table"):
                value = copy.copy(value)
                value._table = own(value._table)
                if hasattr(value, "_clock"):
                    value._clock = process.clock
            return value

        services = {"api.telegram.org": ("telegram", self.telegram.wsgi)}
        services |= {host: (host, planfix.wsgi) for host, planfix in self.planfixes.items()}
        parts = {one.name: own(getattr(self.runtime, one.name)) for one in fields(Runtime)}
        return replace(
            self.runtime,
            **parts
            | {
                "parameters": Parameters(ssm, "test", process.clock),
                "bucket": self._bucket(process),
                "http": Client(transport=Wire(self.boundary, process, services)),
                "log": Log(process, self),
                "clock": process.clock,
                "sleep": process.sleep,
                "monotonic": process.clock,
                "jitter": lambda: self.chance.uniform(1.0, 1.2),
                "page": self.page,
                "_built": {},
            },
        )

    def _receive(self, sender: Sender) -> None:
        got = self.sqs.receive_message(
            QueueUrl=self.urls[sender.queue],
            MaxNumberOfMessages=BATCH[sender.queue],
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not got:
            return
        call = "poller receive_message"
        fault = self.faults.take(call)
        if fault:
            self.boundary.note_fault(self._poller, call, fault)
            return
        self.overlaps += any(one.process.busy for senders in self._senders.values() for one in senders)
        self.invocations += 1
        self.receives += len(got)
        received = [int(one["Attributes"]["ApproximateReceiveCount"]) for one in got]
        self.most_receives = max(self.most_receives, *received)
        sender.process.begin(json.loads(got[0]["Body"])["kind"])
        self.timeline.spawn(sender.process.name, lambda: self._invoke(sender, got))

    def _invoke(self, sender: Sender, got: list[dict[str, Any]]) -> None:
        """One invocation, as an event source mapping makes it (ReportBatchItemFailures)."""
        process = sender.process
        arn = f"arn:aws:sqs:eu-central-1:000000000000:{sender.queue}"
        records = [
            {
                "messageId": one["MessageId"],
                "receiptHandle": one["ReceiptHandle"],
                "body": one["Body"],
                "attributes": one["Attributes"],
                "eventSourceARN": arn,
            }
            for one in got
        ]
        self.story.add(process.name, "begins with", lambda: ", ".join(map(_named, got)))
        try:
            with sender.runtime.invocation(lambda: int(process.left * 1000)) as worker:
                kept = set(carry_batch(worker, records))
        except Killed as killed:
            self.story.add(process.name, f"the process died: {killed}")
            if process.left <= 0 and process.is_untroubled:
                self.violations.append(f"{process.name} did not end within its time, and no call of AWS was slow")
            process.offset = self._offset()
            sender.runtime = self._runtime_of(process)
            kept = {one["messageId"] for one in records}
        except Exception as error:  # noqa: BLE001 - Lambda reports it, and the whole batch comes again
            self.story.add(process.name, f"the invocation failed: {type(error).__name__}")
            if type(error).__name__ not in {*INJECTED, "RetryLater"}:
                self.violations.append(f"the invocation failed: {type(error).__name__}: {error}")
            kept = {one["messageId"] for one in records}
        finally:
            process.busy = False
        self.billed += self.timeline.now - process.started
        for one in got:
            if one["MessageId"] not in kept:
                self._delete(sender.queue, one["ReceiptHandle"])
        self.timeline.stir()

    def _delete(self, queue: str, receipt_handle: str) -> None:
        try:
            self._polled.delete_message(QueueUrl=self.urls[queue], ReceiptHandle=receipt_handle)
        except Exception as error:  # noqa: BLE001 - the message comes again when it is visible
            self.story.add("Lambda's poller", f"a message was carried and not deleted: {type(error).__name__}")

    # -- the admin

    @property
    def has_dead_letters(self) -> bool:
        return any(self.sqs.messages(self.urls[dead]) for dead in DEAD)

    def redrive(self) -> int:
        """Put what lies in the dead-letter queues back, as the admin's command does; returns how much."""
        moved = 0
        for dead, queue in DEAD.items():
            while got := self.sqs.receive_message(QueueUrl=self.urls[dead], MaxNumberOfMessages=10).get("Messages"):
                for one in got:
                    body = json.loads(one["Body"])
                    body.pop("dead")
                    self.story.add("admin", f"redrives {_named(one)}")
                    Queue(self.sqs, self.urls[queue]).put(body, group=body["group"], deduplication_id=self._new_id())  # type: ignore[arg-type]
                    self.sqs.delete_message(QueueUrl=self.urls[dead], ReceiptHandle=one["ReceiptHandle"])
                    moved += 1
        self.redriven += moved
        self.boundary.watch.starts_over()
        self.timeline.stir()
        return moved


def _named(message: Mapping[str, Any]) -> str:
    body = json.loads(message["Body"])
    update = body.get("update", {})
    details = [str(body[name]) for name in ("task", "comment", "channel", "client", "due") if name in body]
    details += [str(update[name]) for name in ("update_id",) if name in update]
    return f"{body['integration']}/{body['kind']} {' '.join(details)}"
