"""``make sweep``: in every journey the process is killed before and after every single call, and what people see is the same.

A journey is played once undisturbed, which gives its calls and its end; then once for each call and each side of it, with
that kill. Lambda's own calls (receiving and deleting messages) are not ours to die in: simulate covers them.

    python -m tests.simulation.sweep --route chat_api
"""

# ruff: noqa: T201 - a command: it prints what it found

from __future__ import annotations

import argparse
import html
import multiprocessing
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from bridge.texts import SENTENCES, Say
from tests.simulation.boundary import Container
from tests.simulation.chance import chance_of
from tests.simulation.faults import MATRICES, SEND, Faults
from tests.simulation.invariants import CAPABILITIES
from tests.simulation.world import SimWorld
from tests.world import CLIENT, DONE, MAIN, MANAGER, OWNER, SECOND_CLIENT, TASK_TEMPLATE, USER, World

SEND_FILE: Final = "telegram sendDocument"
SEND_ALBUM: Final = "telegram sendMediaGroup"

BEFORE: Final = "before"
AFTER: Final = "after"

SETTLED: Final = 200.0
"""Seconds after which nothing is under way any more: longer than the two minutes in which owners flip switches."""
LONG: Final = 5 * 86_400.0
"""Seconds after which everything has come to rest: held answers have expired, timers are over."""

_MOMENT: Final = re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d")
"""A moment in a sentence: after a crash it is all a little later."""

Deed = Callable[[SimWorld], object]


@dataclass(frozen=True)
class Journey:
    """What happened before, and what is killed.

    Attributes:
        before: undisturbed, and settled.
        deed: its consequences are what is swept.
        settings: of the integration.
        routes: on which it can happen.
        lasts: seconds in which those consequences are swept; what timers do later is a journey of its own.
    """

    name: str
    before: Sequence[Deed]
    deed: Deed
    settings: Mapping[str, Any] = field(default_factory=dict)
    lasts: float = 1800.0
    routes: Sequence[str] = tuple(MATRICES)


def _writes(text: str, *, owner: int | None = OWNER, client: int = CLIENT) -> Deed:
    return lambda world: world.client_writes(text, owner=owner, client=client)


def _answers(html: str, **how: Any) -> Deed:
    return lambda world: world.employee_answers(html, **how)


def _commands(text: str) -> Deed:
    """A command: a comment for colleagues, or, where nothing else reaches the bridge, for the client."""
    return lambda world: world.employee_answers(text, notify=() if world.route == "rest" else None)


def _edits(world: SimWorld) -> None:
    sent = world.telegram.chat_of(CLIENT, OWNER)[-1].message_id
    world.telegram.client_edits(world.bot, CLIENT, sent, text="исправлено", owner_id=OWNER)


def _deletes(world: SimWorld) -> None:
    sent = world.telegram.chat_of(CLIENT, OWNER)[-1].message_id
    world.telegram.client_deletes(world.bot, CLIENT, [sent], owner_id=OWNER)


def _shares_phone(world: SimWorld) -> None:
    card = {"phone_number": "79161234567", "first_name": "Анна", "user_id": CLIENT}
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, contact=card)


def _renamed_writes(world: SimWorld) -> None:
    world.telegram.rename(CLIENT, first_name="Аня", username="anya")
    world.client_writes("это снова я")


def _deletes_all(world: SimWorld) -> None:
    ids = [one.message_id for one in world.telegram.chat_of(CLIENT, OWNER)]
    world.telegram.client_deletes(world.bot, CLIENT, ids, owner_id=OWNER)


def _writes_an_article(world: SimWorld) -> None:
    text = " ".join(f"абзац{number}" for number in range(3_000))
    rich = {"blocks": [{"type": "paragraph", "text": text}]}
    world.telegram.client_writes(world.bot, CLIENT, owner_id=OWNER, rich_message=rich)


def _photos(*captions: str) -> Deed:
    """Photos in one message each; more than one are an album."""
    group = {"media_group_id": "album"} if len(captions) > 1 else {}

    def send(world: SimWorld) -> None:
        for number, caption in enumerate(captions):
            file_id = world.telegram.put_file(f"photo {number}".encode(), f"{number}.jpg", "image/jpeg")
            words = {"caption": caption} if caption else {}
            world.telegram.client_writes(
                world.bot, CLIENT, owner_id=OWNER, **world.telegram.media("photo", file_id), **words, **group
            )

    return send


def _namesake(world: SimWorld) -> None:
    world.planfix.add_contact("Аня", telegram="https://t.me/anna_serova")


def _foreign_task(world: SimWorld) -> None:
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    task = world.planfix.add_task("Заказ", counterparty=f"contact:{contact}", template_id=TASK_TEMPLATE)
    world.planfix.employee_comments(task, USER, "старое письмо", notify=(f"contact:{contact}",))


def _merged(world: SimWorld) -> None:
    other = world.planfix.add_contact("Анна полностью", telegram_id=str(CLIENT))
    world.planfix.merge_contacts(1, other)


def _answers_with(html: str, *files: tuple[str, bytes]) -> Deed:
    def answer(world: SimWorld) -> None:
        numbers = [world.planfix.put_file(data, name) for name, data in files]
        world.planfix.employee_comments(world.task, USER, html, notify=(world.contact_of(),), files=numbers)

    return answer


def _two_answers(world: SimWorld) -> None:
    world.employee_answers("раз")
    world.employee_answers("два")


def _passes(seconds: float) -> Deed:
    return lambda world: world.run(world.timeline.now + seconds)


def _found_late(world: SimWorld) -> None:
    kept, world.planfix._scenarios.added = world.planfix._scenarios.added, []
    world.employee_answers("вчерашний ответ")
    world.planfix._scenarios.added = kept
    world.clock.now += 86_500
    world.employee_answers("для своих", notify=())


def _pauses(world: SimWorld) -> None:
    world.telegram.pause_chat(OWNER, CLIENT)


def _resumes_and_client_writes(world: SimWorld) -> None:
    world.telegram.resume_chat(OWNER, CLIENT)
    world.client_writes("я вернулась")


def _resumes_and_owner_writes(world: SimWorld) -> None:
    world.telegram.resume_chat(OWNER, CLIENT)
    world.telegram.owner_writes(OWNER, CLIENT, "отвечаю с телефона")


def _right_returns(world: SimWorld) -> None:
    world.telegram.change_connection(OWNER, rights=("can_reply",))


def _may_delete(world: SimWorld) -> None:
    world.telegram.change_connection(OWNER, rights=("can_reply", "can_read_messages", "can_delete_sent_messages"))


_GREETING: Final = (_writes("Здравствуйте!"),)
_HELD: Final = (*_GREETING, _pauses, _answers("придержанный ответ"))
_OWNER_USER: Final = {
    "channels": {"own_bot": {"name": "Бот"}, str(OWNER): {"name": "Иван", "owner_user": f"user:{MANAGER}"}}
}
_ONLY_REST: Final = ("rest",)
_ONLY_CHATS: Final = ("chat_api",)
_LONG: Final = " ".join(f"слово{number}" for number in range(600))

JOURNEYS: Final = (
    Journey("first message of a new client", (), _writes("Здравствуйте!")),
    Journey("first message in the bot's own chat", (), _writes("Здравствуйте!", owner=None)),
    Journey("first message, contact known by @username", (_namesake,), _writes("Здравствуйте!"), routes=_ONLY_REST),
    Journey("first message, task of before adopted", (_foreign_task,), _writes("Здравствуйте!"), routes=_ONLY_REST),
    Journey("two messages in one batch", _GREETING, lambda world: (_writes("да")(world), _writes("да")(world))),
    Journey("message in a known task", _GREETING, _writes("ещё")),
    Journey("message after the task was closed", (*_GREETING, lambda world: world.planfix.close_task(world.task)), _writes("ещё")),
    Journey("message after the task was deleted", (*_GREETING, lambda world: world.planfix.delete_task(world.task)), _writes("ещё")),
    Journey("message after the contact was merged", (*_GREETING, _merged), _writes("ещё")),
    Journey("message by a connection never seen", (lambda world: world.telegram.change_connection(OWNER, announce=False),), _writes("ещё")),
    Journey("photo", _GREETING, _photos("смотрите")),
    Journey("album of two photos", _GREETING, _photos("смотрите", "")),
    Journey("edit", _GREETING, _edits),
    Journey("deletion", _GREETING, _deletes),
    Journey("deletion of messages and an answer", (*_GREETING, _writes("ещё"), _answers("ответ")), _deletes_all),
    Journey("client's own phone", _GREETING, _shares_phone),
    Journey("client changed the name", _GREETING, _renamed_writes),
    Journey("message longer than a comment", _GREETING, _writes_an_article),
    Journey("owner's message", _GREETING, lambda world: world.telegram.owner_writes(OWNER, CLIENT, "с телефона")),
    Journey("owner's message as an employee", _GREETING, lambda world: world.telegram.owner_writes(OWNER, CLIENT, "с телефона"), _OWNER_USER),
    Journey("owner writes first", (), lambda world: world.telegram.owner_writes(OWNER, SECOND_CLIENT, "Добрый день")),
    Journey("automatic answer", _GREETING, lambda world: world.telegram.owner_writes(OWNER, CLIENT, "Мы спим", is_from_offline=True)),
    Journey("connection changed", _GREETING, lambda world: world.telegram.change_connection(OWNER)),
    Journey("answer", _GREETING, _answers("ответ")),
    Journey("answer, asking when unknown", _GREETING, _answers("ответ"), {"on_unknown_delivery": "ask"}),
    Journey("answer signed by the employee", _GREETING, _answers("ответ"), {"send_as_employee": True}),
    Journey("answer in two parts", _GREETING, _answers(_LONG)),
    Journey("answer that quotes", _GREETING, _answers("<blockquote>Здравствуйте!</blockquote>ответ")),
    Journey("answer in two parts that quotes", _GREETING, _answers(f"<blockquote>Здравствуйте!</blockquote>{_LONG}")),
    Journey("answer with a file", _GREETING, _answers_with("вот", ("a.zip", b"PK"))),
    Journey("answer with a file, asking when unknown", _GREETING, _answers_with("вот", ("a.zip", b"PK")), {"on_unknown_delivery": "ask"}),
    Journey("answer with an album and a bad file", _GREETING, _answers_with("", ("a.zip", b"PK"), ("b.zip", b"PK2"), ("empty.zip", b""))),
    Journey("two answers", _GREETING, _two_answers),
    Journey("internal remark while the client waits", _GREETING, _answers("для своих", notify=())),
    Journey("answer refused for good", (*_GREETING, lambda world: world.telegram.block(CLIENT, OWNER)), _answers("ответ")),
    Journey("answer refused and held", (*_GREETING, _pauses), _answers("ответ")),
    Journey("answer behind a held one", _HELD, _answers("второй ответ")),
    Journey("held answer goes out when the client writes", _HELD, _resumes_and_client_writes),
    Journey("held answer goes out when the right returns", (*_GREETING, lambda world: world.telegram.change_connection(OWNER, rights=()), _answers("придержанный ответ")), _right_returns),
    Journey("held answer cancelled", _HELD, _commands("/cancel")),
    Journey("cancelled answer sent by command", (*_HELD, _commands("/cancel"), lambda world: world.telegram.resume_chat(OWNER, CLIENT)), _commands("/send")),
    Journey("command without anything to do", _GREETING, _commands("/send")),
    Journey("last answer edited by command", (*_GREETING, _answers("ответ")), _commands("/edit исправлено")),
    Journey("last answer deleted by command", (*_GREETING, _may_delete, _answers("ответ")), _commands("/delete")),
    Journey("last answer deleted by command without the right", (*_GREETING, _answers("ответ")), _commands("/delete")),
    Journey("nothing to edit by command", _GREETING, _commands("/edit исправлено")),
    Journey("nothing to delete by command", _GREETING, _commands("/delete")),
    Journey("new task by command", (*_GREETING, _commands("/new")), _writes("о другом")),
    Journey("held answer cancelled by the owner's message", _HELD, _resumes_and_owner_writes),
    Journey("held answer expires", (*_HELD, _passes(71.9 * 3600)), lambda _: None, {}, 3600.0),
    Journey("answer beyond the 24 hours", (*_GREETING, _passes(86_500)), _answers("ответ")),
    Journey("answer found a day late", _GREETING, _found_late, routes=_ONLY_REST),
    Journey("message, asking when unknown", _GREETING, _writes("ещё"), {"on_unknown_delivery": "ask"}, routes=_ONLY_CHATS),
    Journey("status changed", _GREETING, lambda world: world.planfix.set_status(world.task, DONE)),
)  # fmt: skip


@dataclass
class Kill:
    """The point at which a process dies: the call of that number, and the side of it."""

    number: int = 0
    side: str = BEFORE
    calls: list[str] = field(default_factory=list)
    died_at: float | None = None
    armed: bool = False
    _making: dict[int, int] = field(default_factory=dict)

    def asked(self, who: Container, call: str) -> None:
        if not self.armed or call.startswith("poller"):
            return
        self.calls.append(call)
        self._making[id(who)] = len(self.calls)
        self._die(who, BEFORE)

    def told(self, who: Container, call: str) -> None:
        if self.armed and not call.startswith("poller"):
            self._die(who, AFTER)

    def _die(self, who: Container, side: str) -> None:
        if self.number and self._making[id(who)] == self.number and self.side == side and self.died_at is None:
            self.died_at = who.timeline.now
            who.die()


class End(NamedTuple):
    """What people see at the end, line by line; what stands beside answers is in ``planfix``."""

    planfix: tuple[str, ...]
    phones: tuple[str, ...]


def run(journey: Journey, kill: Kill, route: str = "rest") -> End:
    """Play a journey, killed at that point or not at all."""
    faults = Faults(matrix=MATRICES[route])
    world = SimWorld(accounts=(MAIN,), rate=10.0, faults=faults, chance=chance_of(journey.name))
    world.boundary.asked, world.boundary.told = kill.asked, kill.told
    if journey.settings:
        world.update_settings(**journey.settings)
    for deed in journey.before:
        deed(world)
        world.run(world.timeline.now + SETTLED)
    kill.armed = True
    journey.deed(world)
    world.run(world.timeline.now + journey.lasts)
    kill.armed = False
    world.run(world.timeline.now + LONG)
    world.timeline.close()
    assert world.is_idle, "something turns in circles"
    return End((*_planfix(world), *_beside(world)), tuple(_phones(world)))


def _planfix(world: World) -> Iterator[str]:
    planfix = world.planfix
    for contact in planfix.contacts():
        if _is_bridge(world, f"contact:{contact.id}"):
            continue
        yield f"contact {contact.id}: {sorted(contact.fields.items(), key=str)}"
    for task in planfix.tasks():
        yield f"task {task.id}: {task.name} | {task.description} | {task.status_id} | {task.counterparty} | {task.assignees}"
        for one in planfix.comments(task.id):
            if not _tells_of_waiting(one.description):
                files = [planfix.files[number].data for number in one.files]
                if world.route == "chat_api":  # fetched one by one, in whatever order they could be had
                    files.sort()
                files += [link[0].encode() for link in one.links]
                by = _BY_THE_BRIDGE if _is_bridge(world, one.owner) else one.owner
                yield f"in task {task.id} {by} to {sorted(one.recipients.users)}: {_MOMENT.sub('…', one.description)} {files}"


def _is_bridge(world: World, owner: str) -> bool:
    """Whether it is the contact by which the bridge writes into chats."""
    contacts = world.planfix.chats.commands.contacts.items()
    return any(
        number for (_, contact_id), number in contacts if contact_id == "bridge" and owner == f"contact:{number}"
    )


def _beside(world: World) -> Iterator[str]:
    """The state of each answer in a chat."""
    for number, state in world.planfix.chats.commands.states.items():
        said = "" if _tells_of_waiting(state.said) else _MOMENT.sub("…", state.said)
        yield f"{_BESIDE}comment {number}: {state.state} {said}"


_BY_THE_BRIDGE: Final = "the bridge"
_BESIDE: Final = "beside "
_REPEATS: Final = [
    f"{html.escape(text, quote=False)}<br>"
    for text in (SENTENCES[Say.PERHAPS_A_REPEAT].ru, SENTENCES[Say.PERHAPS_A_REPEAT].en)
]
_OF_WAITING: Final = [
    re.compile(".*".join(map(re.escape, re.split(r"\{\w+\}", text))), re.DOTALL)
    for say in (Say.WAITING, Say.DELIVERED_AFTER_ALL, Say.ACCOUNT_LOST, Say.ACCOUNT_BACK, Say.NOTHING_WAITS)
    for text in (SENTENCES[say].ru, SENTENCES[say].en)
]


def _tells_of_waiting(html: str) -> bool:
    """A killed process's messages come again after twelve minutes: by then the employee is told that it takes long.

    So is whether the account was lost meanwhile: that is told where somebody waits two minutes after the change. And
    whether a command that died found something to do is not known, so it does not say that there was nothing.
    """
    return any(pattern.fullmatch(html) for pattern in _OF_WAITING)


def _phones(world: World) -> Iterator[str]:
    for client in (CLIENT, SECOND_CLIENT):
        for owner in (OWNER, None):
            for one in world.telegram.chat_of(client, owner, bot=world.bot):
                if one.who == "bot":
                    yield f"{client} with {owner or 'the bot'}, in reply to {one.reply_to}: {one.text} {one.file_name}"


@dataclass
class Swept:
    """A journey's calls, how often it was killed, and at which points the end was another one.

    Attributes:
        doubled: a part of an answer arrived twice, as the policy ``resend`` says.
        late: answers in another order, since a door died, and Planfix told of the first one later.
        repeated: a line in a chat that says of itself that it may be there already, or one of the bridge's own twice.
        asked: the employee is asked to look, as the policy ``ask`` says, and where what may have gone out was then refused.
        differing: what must not be.
    """

    journey: str
    calls: list[str]
    kills: int
    doubled: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def sweep(journey: Journey, sides: Sequence[str] = (BEFORE, AFTER), route: str = "rest") -> Swept:
    """Kill a journey everywhere; on one side only in half the time, since between two calls nothing can be seen."""
    whole = Kill()
    expected = run(journey, whole, route)
    swept = Swept(journey.name, whole.calls, len(sides) * len(whole.calls))
    asks = journey.settings.get("on_unknown_delivery") == "ask"
    for number, call in enumerate(whole.calls, 1):
        for side in sides:
            kill = Kill(number, side)
            got = run(journey, kill, route)
            point = f"killed {side} call {number}, {call}"
            assert kill.died_at is not None, f"{journey.name}: nobody was {point}"
            if got == expected:
                continue
            if route == "chat_api" and call.startswith("door ") and _is_another_order(expected, got):
                swept.late.append(point)
            elif not CAPABILITIES[route].reads_back and _is_a_repeat(expected, got, asks=asks):
                swept.repeated.append(point)
            elif _is_claimed(kill) and _asks(expected, got):
                swept.asked.append(point)
            elif not asks and _is_on_its_way(kill) and _is_one_part_more(expected, got, kill):
                swept.doubled.append(point)
            else:
                swept.differing.append(f"{point}: {_difference(expected, got)}")
    return swept


def _made(kill: Kill) -> list[str]:
    """The calls that were made before the process died."""
    return kill.calls[: kill.number if kill.side == AFTER else kill.number - 1]


def _is_on_its_way(kill: Kill) -> bool:
    """Whether it died between Telegram's taking a message and the write that says so."""
    return _made(kill)[-1] in (SEND, SEND_FILE, SEND_ALBUM)


def _is_claimed(kill: Kill) -> bool:
    """Whether it died after it said that it is about to send, and before the write that says what came of it."""
    made = _made(kill)
    claim = max((number for number, call in enumerate(made) if call == "dynamodb put_item"), default=len(made))
    return "dynamodb transact_write_items" not in made[claim:] and claim < len(made)


def _asks(expected: End, got: End) -> bool:
    """Nothing is sent twice; instead of being sent, or of a refusal's words, the employee is asked to look."""
    missing, more = set(expected.planfix) - set(got.planfix), set(got.planfix) - set(expected.planfix)
    asked = len(more) == 1 and "❓" in more.pop() and all("⚠️" in line or line.startswith(_BESIDE) for line in missing)
    return asked and not Counter(got.phones) - Counter(expected.phones)


def _is_another_order(expected: End, got: End) -> bool:
    return all(Counter(one) == Counter(other) for one, other in zip(expected, got, strict=True))


def _is_a_repeat(expected: End, got: End, *, asks: bool) -> bool:
    """Nothing can be looked for: at most one line of a chat is there twice, the second time saying so, or asked about instead."""
    if got.phones != expected.phones:
        return False
    lines = Counter(_unmarked(line) for line in got.planfix)
    missing, more = Counter(expected.planfix) - lines, lines - Counter(expected.planfix)
    if asks:
        return missing.total() <= 1 and more.total() == 1 and SENTENCES[Say.INCOMING_UNKNOWN].ru in next(iter(more))
    marks = sum(_unmarked(line) != line for line in got.planfix)
    is_of_the_bridge = all(_BY_THE_BRIDGE in line for line in more)
    return not missing and more.total() <= 1 and marks <= 1 and (marks == 1 or is_of_the_bridge)


def _unmarked(line: str) -> str:
    """The line without the words by which a message says that it may be there already."""
    for repeat in _REPEATS:
        line = line.replace(repeat, "")
    return line


def _is_one_part_more(expected: End, got: End, kill: Kill) -> bool:
    """A part is one call: a message, or an album of several."""
    more = Counter(got.phones) - Counter(expected.phones)
    an_album = _made(kill)[-1] == SEND_ALBUM and set(more.values()) == {1}
    return (
        got.planfix == expected.planfix and set(got.phones) == set(expected.phones) and (more.total() == 1 or an_album)
    )


def _difference(expected: End, got: End) -> str:
    """What is missing, what is too much; or that the order is another one."""
    one, other = Counter(expected.planfix + expected.phones), Counter(got.planfix + got.phones)
    lines = [f"missing: {line}" for line in one - other] + [f"too much: {line}" for line in other - one]
    return "; ".join(line[:300] for line in lines) or "another order"


def lines(swept: Swept) -> Iterator[str]:
    """The journey's calls in their order, and what the kills at them led to."""
    yield f"{swept.journey}: {len(swept.calls)} calls, {swept.kills} kills"
    names = [re.sub(r"^(dynamodb|sqs|ssm|telegram|planfix) ", "", call) for call in swept.calls]
    for start in range(0, len(names), 6):
        yield "    " + ", ".join(f"{start + 1 + number} {name}" for number, name in enumerate(names[start : start + 6]))
    for what, points in (
        ("one part twice", swept.doubled),
        ("asked", swept.asked),
        ("a repeat", swept.repeated),
        ("told late", swept.late),
        ("DIFFERENT", swept.differing),
    ):
        for point in points:
            yield f"    {what}: {point}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Sweep every journey, on every core; the exit code says whether all ends are the same."""
    parser = argparse.ArgumentParser(description="Kills the bridge at every call.")
    parser.add_argument("--only", default="", help="journeys whose name holds this")
    parser.add_argument("--route", choices=sorted(MATRICES), default="rest", help="how the bridge reaches Planfix")
    asked = parser.parse_args(arguments)
    journeys = [
        number
        for number, journey in enumerate(JOURNEYS)
        if asked.only in journey.name and asked.route in journey.routes
    ]
    began = time.monotonic()
    with multiprocessing.Pool(os.cpu_count()) as pool:
        found = list(pool.imap(partial(_sweep_number, asked.route), journeys))
    for swept in found:
        print("\n".join(lines(swept)))
    differing = sum(len(swept.differing) for swept in found)
    print(
        f"\n{len(found)} journeys, {sum(len(swept.calls) for swept in found)} calls, each killed before and after: "
        f"{sum(swept.kills for swept in found)} kills in {time.monotonic() - began:.0f} s. Different ends: {differing}. One part "
        f"of an answer twice: {sum(len(swept.doubled) for swept in found)} (all between Telegram's taking it and the write "
        f"that says so). A repeat in a chat: {sum(len(swept.repeated) for swept in found)}."
    )
    return 1 if differing else 0


def _sweep_number(route: str, number: int) -> Swept:
    return sweep(JOURNEYS[number], route=route)


if __name__ == "__main__":
    raise SystemExit(main())
