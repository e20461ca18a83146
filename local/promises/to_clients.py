"""What is promised of answers: each reaches its client once and in order, or a notice says what became of it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from local.promises.notices import FINAL, HOLDS, OF_CHANGES, Notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.promises.account import Answer, Chat, Marks, Sent
    from local.promises.found import Found

MOST_COPIES: Final = 2
"""Better twice than never, and no more."""

MOST_MESSAGES: Final = 10
"""Of text, in one answer, that a client gets although nobody was asked."""


def strangers(found: Found) -> Iterator[str]:
    """Only answers reach clients, each in its own chat: no remark, no history, no words of the bridge's own."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for one in found.deeds.answers:
        if one.meant_for_client and not one.command:
            answers[found.mark(one)].append(one)
        elif one.command == "/edit" and one.words[1:]:
            answers[found.seen.marks.of_piece(one.words[1])].append(one)
    for (chat, mark), sends in found.sends.items():
        for sent in sends:
            meant = [one for one in answers[mark] if sent.is_edit == bool(one.command)]
            if not meant:
                yield f"the client of {chat.key} got “{sent.text[:80]}”, which is no answer to him"
            elif all(one.chat != chat for one in meant):
                yield f"the client of {chat.key} got “{sent.text[:80]}”, an answer for {meant[0].chat.key}"


def answers(found: Found) -> Iterator[str]:
    """Each answer reached the client once, or a notice says what became of it."""
    for answer in found.deeds.answers:
        if answer.meant_for_client and not answer.command:
            yield from _answer(found, answer)


def _answer(found: Found, answer: Answer) -> Iterator[str]:
    marks, sends, what = found.seen.marks, found.sent(answer), found.what(answer)
    whole = _is_whole(answer, arrived(marks, sends))
    told = [one.value for _, one in found.told(answer)]
    silenced = found.is_silenced(answer)
    if not whole and not found.is_explained(answer) and not silenced and not answer.contact_deleted:
        yield f"{what} did not arrive, and no notice says so (notices: {told})"
    promise = found.open_promise(answer)
    if promise is not None and not silenced and (whole or promise not in HOLDS or not found.will_go_out(answer)):
        how = "arrived, and nobody was told" if whole else "waits for nothing: no row will do what is promised"
        yield f"{what} {how} after {told}"
    denied = found.says(answer, frozenset({Notice.NOT_SENT}))
    lies = denied and not found.says(answer, frozenset({Notice.DELIVERED_AFTER_ALL}))
    if whole and lies and answer.chat not in found.commanded and all(sent.known for sent in sends):
        yield f"{what} arrived, and a notice says that it did not"
    yield from _doubled(found, answer, sends, what)


def states(found: Found) -> Iterator[str]:
    """Where the route shows states: each answer has one in the end, or a notice; none says that the client has what did not arrive."""
    if not found.seen.can.shows_states:
        return
    for answer in found.deeds.answers:
        if not answer.meant_for_client or found.is_silenced(answer):
            continue
        shown = found.states[answer.host, answer.comment]
        if any(one.state == "error" and not one.said for one in shown):
            yield f"{found.what(answer)} is shown as failed, and nothing says why"
        if answer.command:
            if not shown:
                yield f"comment {answer.comment} {answer.command} in task {answer.task} has neither a state nor a word"
            continue
        whole = _is_whole(answer, arrived(found.seen.marks, found.sent(answer)))
        is_ticked = bool(shown) and shown[-1].state == "sent"
        if not shown and not found.says(answer, FINAL | HOLDS):
            yield f"{found.what(answer)} has neither a state nor a word"
        if is_ticked and not whole and not found.says(answer, FINAL):
            yield f"{found.what(answer)} has a tick, and the client has not all of it"
        if whole and not is_ticked and not found.says(answer, FINAL):
            yield f"{found.what(answer)} arrived, and has no tick: {[(one.state, one.said[:60]) for one in shown]}"


def _is_whole(answer: Answer, pieces: list[str]) -> bool:
    """Every word in its order, then every file."""
    text = len(answer.words) - answer.files
    return pieces[:text] == answer.words[:text] and sorted(pieces[text:]) == sorted(answer.words[text:])


def arrived(marks: Marks, sends: list[Sent]) -> list[str]:
    """The pieces that the client read, repetitions left out."""
    return list(dict.fromkeys(piece for sent in sends for piece in marks.pieces(sent.text)))


def _doubled(found: Found, answer: Answer, sends: list[Sent], what: str) -> Iterator[str]:
    by_words: dict[tuple[str, ...], list[Sent]] = defaultdict(list)
    for sent in sends:
        by_words[tuple(found.seen.marks.pieces(sent.text))].append(sent)
    asks = found.deeds.policies.get(answer.chat.integration) == {"ask"}
    asked_to_send = answer.chat in found.commanded
    for copies in by_words.values():
        if len(copies) > MOST_COPIES and not asked_to_send:
            yield f"{what} was sent {len(copies)} times"
        for earlier in copies[:-1]:
            if earlier.known or not earlier.disturbed:
                yield f"{what} was sent twice without need: {earlier.message_ids} had arrived and was known"
            elif asks and not asked_to_send:
                yield f"{what} was sent again though the policy is to ask"


def unasked(found: Found) -> Iterator[str]:
    """Nobody gets very many messages at once unless an employee said so."""
    for answer in found.deeds.answers:
        texts = {sent.text for sent in found.sent(answer) if not _is_file(found, answer, sent)}
        if len(texts) > MOST_MESSAGES and answer.chat not in found.commanded:
            yield f"{found.what(answer)} went out in {len(texts)} messages, and nobody was asked"


def _is_file(found: Found, answer: Answer, sent: Sent) -> bool:
    names = set(answer.words[len(answer.words) - answer.files :])
    return bool(names) and set(found.seen.marks.pieces(sent.text)) <= names


def order(found: Found) -> Iterator[str]:
    """Answers of a task arrive in the order in which they were written."""
    first: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
    for answer in found.deeds.answers:
        at = _place(found, answer)
        if at is not None and not answer.scheduled:
            first[answer.host, answer.task].append((answer.comment, at, found.mark(answer)))
    for (host, task), sent in first.items():
        for one, following in itertools.pairwise(sorted(sent)):
            if following[1] < one[1]:
                yield f"in task {task} of {host} answer “{following[2]}” overtook “{one[2]}”"


def held_order(found: Found) -> Iterator[str]:
    """What was written in a chat after the notice that an answer is held does not overtake it, in whichever task it stands."""
    of_chat: dict[Chat, list[Answer]] = defaultdict(list)
    for answer in found.deeds.answers:
        of_chat[answer.chat].append(answer)
    for answer in found.deeds.answers:
        held = [number for number, one in found.told(answer) if one in HOLDS]
        at = _place(found, answer) if held else None
        if at is None:
            continue
        for other in of_chat[answer.chat]:
            later = _place(found, other) if other.host == answer.host and other.comment > held[0] else None
            if later is not None and later < at:
                yield f"{found.what(other)} overtook {found.what(answer)}, which was held"


def _place(found: Found, answer: Answer) -> int | None:
    """The number of the first message of an answer that went its ordinary way; None when it did not, or did not go out."""
    if found.was_redriven(answer) or answer.delayed or found.says(answer, FINAL) or answer.command:
        return None
    return min((sent.message_ids[0] for sent in found.sent(answer)), default=None)


def commands(found: Found) -> Iterator[str]:
    """``/edit`` and ``/delete`` do what they say, or a notice says why not."""
    for one in found.deeds.answers:
        if one.command not in ("/edit", "/delete") or found.is_silenced(one):
            continue
        told = found.told_since(one)
        if told & OF_CHANGES:
            continue
        if one.command == "/edit":
            sends = [sent for mark in _marks(found, one) for sent in found.sends.get((one.chat, mark), ())]
            if arrived(found.seen.marks, [sent for sent in sends if sent.is_edit]) != one.words[1:]:
                yield f"comment {one.comment} /edit in task {one.task} of {one.host} changed nothing, and no notice says so"
        elif not told & {Notice.DELETED, Notice.PARTLY_DELETED}:
            yield f"comment {one.comment} /delete in task {one.task} of {one.host} was not answered"


def _marks(found: Found, edit: Answer) -> set[str]:
    return {found.seen.marks.of_piece(piece) for piece in edit.words[1:]}
