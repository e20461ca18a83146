"""What must hold when everything has settled and the dead letters were redriven."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from bridge.errors import Reason
from bridge.model import OWN_BOT, Chat
from bridge.texts import SENTENCES, Say
from tests.simulation.boundary import Sent
from tests.simulation.people import YES, Answer, People, Said
from tests.simulation.world import DEAD, MARK, SimWorld

ROBOT: Final = "user:900"
"""The token's user in the fake Planfix: whose comments notices are."""

FINAL: Final = frozenset(
    {
        Say.NOT_SENT, Say.PARTLY_SENT, Say.FOUND_TOO_LATE, Say.HELD_EXPIRED, Say.CANCELLED, Say.CANCELLED_BY_OWNER,
        Say.GIVEN_UP, Say.DELIVERY_UNKNOWN, Say.FILES_NOT_SENT,
    }
)  # fmt: skip
"""Notices that say how an answer ended that did not go out."""
WAITS: Final = frozenset({Say.HELD, Say.HELD_BEHIND, Say.WAITING})
"""Notices that promise another one."""
TOLD: Final = frozenset({Say.DELIVERED_AFTER_ALL})
"""The notice that keeps that promise when the answer arrived; a final one does too when nobody knew that it had."""
MOST_COPIES: Final = 2
"""The issue's number: better twice than never, and no more."""
WORD: Final = re.compile(rf"[a-zа-я]+{MARK}\d*")


def check(world: SimWorld, people: People) -> list[str]:
    """Every violation as a sentence; none when all is well."""
    found = Findings(world, people)
    return [
        *world.violations,
        *_queues(found),
        *_incoming(found),
        *_photos(found),
        *_incoming_order(found),
        *_strangers(found),
        *_answers(found),
        *_answer_order(found),
        *_contacts(found),
    ]


class Findings:
    """The end of a seed, looked up in the fakes."""

    def __init__(self, world: SimWorld, people: People) -> None:
        self.world = world
        self.people = people
        self.deeds = people.deeds
        self.comments: dict[str, list[Any]] = {
            host: sorted(planfix._world.comments.values(), key=lambda one: one.id)
            for host, planfix in world.planfixes.items()
        }
        self.carried: dict[str, list[tuple[str, Any]]] = defaultdict(list)
        self.notices: dict[tuple[str, str], list[Say]] = defaultdict(list)
        self.hanging: Counter[bytes] = Counter()
        self.carried_photos: set[bytes] = set()
        for host, comments in self.comments.items():
            for comment in comments:
                self._sort_in(host, comment)
        self.sends: dict[str, list[tuple[Chat, Sent]]] = defaultdict(list)
        for sent in world.boundary.sent:
            chat = self._chat_of_send(sent)
            if chat is not None:
                for mark in {one.partition(".")[0] for one in WORD.findall(sent.text)} or {""}:
                    self.sends[mark].append((chat, sent))
        self.redriven = {letter["comment"] for letter in world.boundary.dead_letters if letter["kind"] == "answer"}
        self.buried = {_update_of(letter) for letter in world.boundary.dead_letters}
        # Their connection's id was replaced before the bridge ever heard of it, and Telegram tells nothing of old ids.
        self.unknowable = {
            _update_of(letter)
            for letter in world.waiting("to-planfix-dead.fifo")
            if letter["dead"]["reason"] == Reason.CONNECTION_LOST and not self._is_current(letter["update"])
        }

    def _sort_in(self, host: str, comment: Any) -> None:
        shown = [self.world.planfixes[host].files[number].data for number in comment.files]
        self.carried_photos.update(shown)
        if not self.is_lost(host, comment):
            self.hanging.update(shown)
        marks = {one.partition(".")[0] for one in WORD.findall(_plain(comment.description))}
        said = _sentence(comment.description) if comment.owner == ROBOT else None
        for mark in marks:
            if said is None:
                self.carried[mark].append((host, comment))
            else:
                self.notices[host, mark].append(said)

    def _chat_of_send(self, sent: Sent) -> Chat | None:
        """None for what the bot says to an owner."""
        for alias, owner in self.people.owners.items():
            if sent.client == owner:
                return None
            if sent.account == owner:
                return Chat(alias, str(owner), sent.client)
            if sent.account == self.world.bots[alias].id:
                return Chat(alias, OWN_BOT, sent.client)
        raise AssertionError(f"a message by account {sent.account}")

    def host(self, chat: Chat) -> str:
        return self.world.accounts[chat.integration].host

    def chat_of_comment(self, host: str, comment: Any) -> Chat | None:
        return self.world.chat_of(host, comment.task_id)

    def is_lost(self, host: str, comment: Any) -> bool:
        """Whether it stands in a task that an employee deleted."""
        return (host, comment.task_id) in self.deeds.lost_tasks

    def says_send(self, answer: Answer) -> bool:
        """Whether an employee wrote /send in the answer's chat."""
        return any(one.command == "/send" and one.chat == answer.chat for one in self.deeds.answers)

    def _is_current(self, update: dict[str, Any]) -> bool:
        body = next(one for one in update.values() if isinstance(one, dict))
        return bool(self.world.telegram.world.connections[body["business_connection_id"]].current)

    def was_buried(self, said: Said) -> bool:
        return said.update in self.buried


def _update_of(letter: dict[str, Any]) -> tuple[str, int]:
    return letter["integration"], letter.get("update", {}).get("update_id", 0)


def _plain(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


_PATTERNS: Final = [
    (say, re.compile("".join(".*" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", text)), re.DOTALL))
    for say, sentence in SENTENCES.items()
    for text in (sentence.ru, sentence.en)
    if "{answer}" in text or say is Say.FILES_NOT_SENT
]  # fmt: skip


def _sentence(html: str) -> Say | None:
    """Which notice about an answer this is."""
    text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return next((say for say, pattern in _PATTERNS if pattern.fullmatch(text)), None)


def _queues(found: Findings) -> Iterator[str]:
    """Nothing is left anywhere, but messages of which nobody can know whose they are."""
    for queue in (*DEAD, *DEAD.values()):
        for body in found.world.waiting(queue):
            if _update_of(body) not in found.unknowable:
                yield f"{queue} still holds {body}"
    for alias, bot in found.world.bots.items():
        for update in bot.pending:
            yield f"Telegram still has update {update.id} for {alias}"


def _incoming(found: Findings) -> Iterator[str]:
    """Each accepted message has exactly one comment, in a task of its chat."""
    said = [one for one in found.deeds.said if one.kind != "deletion" and one.update not in found.unknowable]
    for (chat, text), wanted in Counter((one.chat, one.text) for one in said).items():
        carried = found.carried[text]
        if text == YES:
            carried = [one for one in carried if found.chat_of_comment(*one) == chat]
        # What vanished with a deleted task is written again when nobody knows whether it had been written.
        standing = [one for one in carried if not found.is_lost(*one)]
        if not len(standing) <= wanted <= len(carried):
            yield f"“{text}” of {chat.key} has {len(carried)} comments instead of {wanted}"
        for host, comment in carried:
            if found.chat_of_comment(host, comment) != chat:
                yield f"“{text}” of {chat.key} stands in task {comment.task_id} of {host}, which is another chat's"
    for one in found.deeds.said:
        if one.kind == "deletion" and one.update not in found.unknowable:
            yield from _deletion(found, one)


def _photos(found: Findings) -> Iterator[str]:
    """Each photo hangs on one comment; one that could not be had is named (and counted) instead."""
    missing = 0
    for one in found.deeds.said:
        if one.update in found.unknowable:
            continue
        missing += sum(photo not in found.carried_photos for photo in one.photos)
        if any(found.hanging[photo] > 1 for photo in one.photos):
            yield f"photos of “{one.text}” of {one.chat.key} hang on several comments"
    named = found.world.count.totals.get("file_not_carried", 0)
    if missing > named:
        yield f"{missing} photos are missing and {named} were named"


def _deletion(found: Findings, said: Said) -> Iterator[str]:
    """One line names the comment of the message that was deleted, or counts it where the bridge never had it."""
    host = found.host(said.chat)
    lines = [
        comment.description
        for comment in found.comments[host]
        if found.chat_of_comment(host, comment) == said.chat and comment.description.startswith("🗑")
    ]
    earlier = [one for one in found.deeds.said[: found.deeds.said.index(said)] if one.chat == said.chat]
    of_it = {
        one.text for one in earlier if one.kind not in ("edit", "deletion") and said.text == str(one.message_ids[0])
    }
    shown = {comment.id for text in of_it for where, comment in found.carried[text] if where == host}
    name = "|".join(rf"(?:комментарий|comment) {number}\b" for number in shown) or "мост не переносил|did not carry"
    naming = sum(bool(re.search(name, line)) for line in lines)
    if naming > 1 and of_it and YES not in of_it:
        yield f"the deletion of {said.text} in {said.chat.key} is noticed {naming} times"
    lost = any(found.world.chat_of(*task) == said.chat for task in found.deeds.lost_tasks)
    lost |= any(found.world.chat_of(host, task) == said.chat for task in found.world.refused_notices)
    if not naming and earlier and not lost and not any(map(found.was_buried, earlier)):
        yield f"the deletion of {said.text} in {said.chat.key} is not noticed"


def _incoming_order(found: Findings) -> Iterator[str]:
    """Comments of a chat stand in the order in which its messages were written."""
    for chat in found.people.chats:
        said = [one for one in found.deeds.said if one.chat == chat and one.kind != "deletion"]
        skipped = {one.text for one in said if found.was_buried(one)}
        wanted = [one.text for one in said if one.text not in skipped]
        host = found.host(chat)
        texts = set(wanted)
        stand = [
            (comment.id, mark)
            for mark in texts
            for where, comment in found.carried[mark]
            if where == host and found.chat_of_comment(host, comment) == chat and not found.is_lost(host, comment)
        ]
        got = [mark for _, mark in sorted(stand)]
        if Counter(got) == Counter(wanted) and got != wanted:
            place = next(number for number, (one, other) in enumerate(zip(got, wanted, strict=True)) if one != other)
            yield f"in {chat.key} “{got[place]}” stands where “{wanted[place]}” should: {got[place : place + 4]}"


def _strangers(found: Findings) -> Iterator[str]:
    """Only answers reach clients, each in its own chat: no remark, no history, no words of our own."""
    answers = {one.words[0].partition(".")[0]: one for one in found.deeds.answers if not one.command}
    for mark, sends in found.sends.items():
        answer = answers.get(mark)
        for chat, sent in sends:
            if answer is None or not answer.meant_for_client:
                yield f"the client of {chat.key} got “{sent.text[:80]}”, which is no answer to him"
            elif answer.chat != chat:
                yield f"the client of {chat.key} got “{sent.text[:80]}”, an answer for {answer.chat.key}"


def _answers(found: Findings) -> Iterator[str]:
    """Each answer reached the client once, or a notice says what became of it."""
    for answer in found.deeds.answers:
        if not answer.meant_for_client or answer.command:
            continue
        mark = answer.words[0].partition(".")[0]
        sends = [sent for _, sent in found.sends.get(mark, ())]
        notices = found.notices.get((answer.host, mark), [])
        whole = _arrived(sends) == answer.words
        task_lost = (answer.host, answer.task) in found.deeds.lost_tasks or answer.task in found.world.refused_notices
        what = f"answer {answer.comment} “{mark}” in task {answer.task} of {answer.host}"
        if not whole and not FINAL.intersection(notices) and not task_lost and not answer.contact_deleted:
            yield f"{what} did not arrive, and no notice says so (notices: {[one.value for one in notices]})"
        if whole and WAITS.intersection(notices) and not (TOLD | FINAL).intersection(notices) and not task_lost:
            yield f"{what} arrived, and nobody was told after {[one.value for one in notices]}"
        lies = Say.NOT_SENT in notices and Say.DELIVERED_AFTER_ALL not in notices and not found.says_send(answer)
        if whole and lies and all(sent.confirmed for sent in sends):
            yield f"{what} arrived, and a notice says that it did not"
        yield from _doubled(found, answer, sends, what)


def _words(sent: Sent) -> tuple[str, ...]:
    """The employee's words, without the name above them (which the admin may switch on and off meanwhile)."""
    return tuple(one for one in sent.text.split() if MARK in one)


def _arrived(sends: list[Sent]) -> list[str]:
    """The words that the client read, repetitions left out."""
    return list(dict.fromkeys(word for sent in sends for word in _words(sent)))


def _doubled(found: Findings, answer: Answer, sends: list[Sent], what: str) -> Iterator[str]:
    by_words: dict[tuple[str, ...], list[Sent]] = defaultdict(list)
    for sent in sends:
        by_words[_words(sent)].append(sent)
    policies = found.people.policies[answer.chat.integration]
    asked_to_send = found.says_send(answer)
    for copies in by_words.values():
        if len(copies) > MOST_COPIES and not asked_to_send:
            yield f"{what} was sent {len(copies)} times"
        for earlier in copies[:-1]:
            if earlier.confirmed or not earlier.disturbed:
                yield f"{what} was sent twice without need: {earlier.message_ids} had arrived and was known"
            elif policies == {"ask"} and not asked_to_send:
                yield f"{what} was sent again though the policy is to ask"


def _answer_order(found: Findings) -> Iterator[str]:
    """Answers of a task arrive in the order in which they were written."""
    first: dict[tuple[str, int], list[tuple[int, float, str]]] = defaultdict(list)
    for answer in found.deeds.answers:
        mark = answer.words[0].partition(".")[0]
        sends = [sent for _, sent in found.sends.get(mark, ())]
        if (
            not sends
            or answer.scheduled
            or answer.comment in found.redriven
            or FINAL.intersection(found.notices.get((answer.host, mark), ()))
        ):
            continue
        first[answer.host, answer.task].append((answer.comment, min(sent.at for sent in sends), mark))
    for (host, task), arrived in first.items():
        in_order = sorted(arrived)
        for one, following in itertools.pairwise(in_order):
            if following[1] < one[1]:
                yield f"in task {task} of {host} answer “{following[2]}” overtook “{one[2]}”"


def _contacts(found: Findings) -> Iterator[str]:
    for host, planfix in found.world.planfixes.items():
        ids = Counter(one.fields.get("telegramId") for one in planfix.contacts())
        for telegram_id, number in ids.items():
            if telegram_id and number > 1:
                yield f"client {telegram_id} has {number} contacts in {host}"
