"""The rows of the table: who writes and answers, and what hinders it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.simulation.boundary import Container, gateway_timeout, too_many_requests
from tests.simulation.load.crowd import Crowd
from tests.world import MAIN

if TYPE_CHECKING:
    import httpx

HOUR: Final = 3600.0
DAY: Final = 86_400.0
MB: Final = 1_000_000

POISON: Final = 0
"""Of the clients, which one's task is poison, or whose chat is flooded: the first."""


def _nothing(_: Crowd, __: float) -> None:
    """Nothing hinders."""


@dataclass(frozen=True)
class Scenario:
    """One kind of load.

    Attributes:
        name: on the command line.
        said: what it is, for whoever reads the table.
        plan: lets a crowd plan its deeds; the number is the share of them that is played, 1 for all.
        hinder: makes something go wrong; gets the crowd and the time of the beginning.
        containers: of each queue, one row each.
        rate: Planfix requests a second.
        speed: bytes a second of each transfer.
        bytes_carried: of all files, once.
        until: seconds after which nothing hinders any more.
        looks_every: seconds that one message may wait unseen: so often may it be received while it waits.
        sample: the share of the deeds from which it is measured how many requests are necessary.
        together: a client's deeds are carried together when nothing hinders.
        extra_requests: that a hindrance costs.
        extra_each: that it costs for each message or answer.
        told_each: notices of each answer that its author gets when what hindered it is over.
        most_passed: slots of lesser work that an answer's words wait for; None where slots are not what it waits for.
        answer_within: slots (and two seconds of the way) within which 99 of 100 answers arrive: those that may pass, its own,
            and those that are taken already.
        is_by_age: clients' messages are carried by age.
        latency: seconds within which 99 of 100 messages and answers of chats that nothing hinders arrive.
        most_refusals: how often a service may have to refuse what it has refused before.
        tells_within: seconds within which an employee is told that an answer waits whose chat is hindered.
    """

    name: str
    said: str
    plan: Callable[[Crowd, float], None] = field(repr=False)
    hinder: Callable[[Crowd, float], None] = field(repr=False, default=_nothing)
    containers: tuple[int, ...] = (3,)
    rate: float = 1.0
    speed: float = 0.0
    bytes_carried: float = 0.0
    until: float = 0.0
    looks_every: float = 60.0
    sample: float = 1.0
    together: bool = False
    extra_requests: int = 0
    extra_each: int = 0
    told_each: int = 0
    most_passed: int | None = 3
    answer_within: int | None = None
    is_by_age: bool = True
    latency: float | None = None
    most_refusals: int | None = None
    tells_within: float | None = None


# -- congestion


def _burst(new: int, answers: int = 8, *, known: bool = False) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, share: float) -> None:
        asked = crowd.known()
        for _ in range(_part(new, share)):
            crowd.writes(crowd.known() if known else crowd.newcomer(), crowd.chance.uniform(0, 1))
        for number in range(_part(answers, share)):
            crowd.answered(asked, 10 + 20 * number)

    return plan


def _files_in_a_burst(answers: int, files: int, new: int) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, share: float) -> None:
        for _ in range(_part(answers, share)):
            crowd.answered(crowd.known(), crowd.chance.uniform(0, 10), files=files, size=100_000)
        for _ in range(_part(new, share)):
            crowd.writes(crowd.newcomer(), crowd.chance.uniform(0, 1))

    return plan


# -- slow files


def _files_out(answers: int, files: int, size: int) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, _: float) -> None:
        for _number in range(answers):
            crowd.answered(crowd.known(), crowd.chance.uniform(0, 5), files=files, size=size)

    return plan


def _files_in(messages: int, size: int) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, _: float) -> None:
        for _number in range(messages):
            crowd.writes(crowd.known(), crowd.chance.uniform(0, 5), size=size)

    return plan


# -- outages


def _all_day(clients: int, each: int, *, answers: bool = False) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, share: float) -> None:
        for _ in range(_part(clients, share)):
            client = crowd.known()
            for _number in range(each):
                after = crowd.chance.uniform(0, DAY)
                if answers:
                    crowd.answered(client, after)
                else:
                    crowd.writes(client, after)

    return plan


def _away(service: str) -> Callable[[Crowd, float], None]:
    def hinder(crowd: Crowd, began: float) -> None:
        crowd.world.boundary.outages[service] = began + DAY

    return hinder


# -- Telegram asks to wait


def _answers_to(others: int, each: float) -> Callable[[Crowd, float], None]:
    """One chat is answered first, then so many others, one in ``each`` seconds."""

    def plan(crowd: Crowd, share: float) -> None:
        crowd.answered(crowd.known(), 5, hindered=True)
        for number in range(_part(others, share)):
            crowd.answered(crowd.known(), 10 + each * number)

    return plan


def _flood(seconds: float, *, whole_bot: bool) -> Callable[[Crowd, float], None]:
    def hinder(crowd: Crowd, began: float) -> None:
        flooded = f'"chat_id": {min(deed.client for deed in crowd.deeds)}'.encode()

        def rule(_: Container, call: str, request: httpx.Request) -> httpx.Response | None:
            left = began + seconds - crowd.world.timeline.now
            if left <= 0 or not call.startswith("telegram ") or not (whole_bot or flooded in request.content):
                return None
            return too_many_requests(request, left)

        crowd.world.boundary.rules.append(rule)

    return hinder


# -- one that fails alone


def _talk_beside_poison(innocent: int, exchanges: int) -> Callable[[Crowd, float], None]:
    def plan(crowd: Crowd, share: float) -> None:
        crowd.answered(crowd.known(), 5, hindered=True)
        for _ in range(_part(innocent, share)):
            client = crowd.known()
            for number in range(exchanges):
                after = QUIET + (number + crowd.chance.random()) * (HOUR - QUIET) / exchanges
                crowd.writes(client, after)
                crowd.answered(client, after + 60)

    return plan


def _gateway_times_out(crowd: Crowd, began: float) -> None:
    """504, and at once: while a failing call is on its way, others would slip through between two pauses."""
    poison = min(task.id for task in crowd.world.planfix.tasks())

    def rule(_: Container, __: str, request: httpx.Request) -> httpx.Response | None:
        if crowd.world.timeline.now > began + HOUR or request.url.path != f"/rest/task/{poison}/comments/list":
            return None
        return gateway_timeout(request)

    crowd.world.boundary.rules.append(rule)


QUIET: Final = 900.0
"""Seconds in which nobody but the poison asks Planfix for anything: a circuit that one task can open is open then."""


def _part(number: int, share: float) -> int:
    return max(round(number * share), 1)


def _day(name: str, clients: int, each: int) -> Scenario:
    service = name.partition("-")[0]
    is_planfix = service == "planfix"
    what = f"{clients * each:,} {'messages' if is_planfix else 'answers'} of {clients:,} clients wait"
    return Scenario(
        name,
        f"{service.title()} is away for a day: {what}",
        _all_day(clients, each, answers=not is_planfix),
        _away(MAIN.host if is_planfix else service),
        until=DAY,
        looks_every=1080,  # a quarter of an hour, and the jitter of a fifth
        extra_requests=600,  # a probe in five minutes, and what met the outage's beginning
        extra_each=0
        if is_planfix
        else 14,  # an answer's task is looked at for later ones: in its first ten minutes, then once an hour
        told_each=0 if is_planfix else 1,  # "what waited was sent"
        sample=100 / clients,
        together=is_planfix,
        most_passed=None,
        is_by_age=False,
    )


def _rows() -> list[Scenario]:
    many = (1, 2, 3, 4, 5, 8, 20, 50)
    return [
        Scenario("burst", "100 new clients write at once, one chat is answered every 20 s", _burst(100), containers=many, answer_within=6),
        Scenario("known", "the same with clients who have a task", _burst(100, known=True), containers=many, answer_within=6),
        Scenario("files-40x5", "40 answers with 5 files each, 60 new clients write", _files_in_a_burst(40, 5, 60), most_passed=None, answer_within=264),
        Scenario("files-20x10", "20 answers with 10 files each, 100 new clients write", _files_in_a_burst(20, 10, 100), most_passed=None, answer_within=242),
        Scenario("photos", "an answer with three photos of 30 MB at 1.6 MB/s", _files_out(1, 3, 30 * MB), speed=1.6 * MB, bytes_carried=90 * MB),
        Scenario("out", "an answer with a file of 50 MB at 1 MB/s", _files_out(1, 1, 50 * MB), speed=MB, bytes_carried=50 * MB),
        Scenario("out-10", "ten of them", _files_out(10, 1, 50 * MB), speed=MB, bytes_carried=500 * MB, most_passed=None),
        Scenario("in", "a client sends 20 MB at 1 MB/s", _files_in(1, 20 * MB), speed=MB, bytes_carried=20 * MB),
        Scenario("in-10", "ten of them", _files_in(10, 20 * MB), speed=MB, bytes_carried=200 * MB),
        Scenario("flood-chat", "429 for one chat, retry after an hour; 30 others are answered", _answers_to(30, 10), _flood(HOUR, whole_bot=False), until=HOUR, extra_requests=30, latency=30, most_refusals=20, tells_within=400),
        Scenario("flood-bot", "429 for the whole bot, retry after a minute; 30 are answered", _answers_to(30, 2), _flood(65, whole_bot=True), until=65, extra_requests=31, most_passed=None, most_refusals=10),
        Scenario("poison", "504 of one task's comments for an hour; 20 others talk", _talk_beside_poison(20, 3), _gateway_times_out, until=HOUR, looks_every=300, extra_requests=30, latency=30, most_refusals=40),
        Scenario("rate-0.5", "one request in two seconds: 12 new clients write, one is answered", _burst(12, 3), rate=0.5, answer_within=6),
        Scenario("rate-0.2", "one request in five seconds: 6 new clients write, one is answered", _burst(6, 2), rate=0.2, answer_within=6),
        _day("planfix-day-small", 300, 5),
        _day("telegram-day-small", 300, 5),
        _day("planfix-day", 2000, 5),
        _day("telegram-day", 2000, 5),
    ]  # fmt: skip


SCENARIOS: Final = tuple(_rows())
