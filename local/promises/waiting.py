"""What is promised of all that waits: nothing waits that could go, and nothing says that it waits and does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from local.promises.account import Chat
from local.promises.notices import ENDS, HOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.promises.account import Answer
    from local.promises.found import Found


TIMERS_TAKE: Final = 600.0
"""Seconds by which a held answer may outstay its time: clocks differ, and a timer has its turn like everybody."""

LOOKS: Final = ("task", "held")
"""Kinds of messages that only say where to look."""

PASSES: Final = frozenset({
    "too_many_requests", "service_down", "unreachable", "busy", "settings_missing", "planfix_quota", "planfix_plan",
    "planfix_token_refused", "planfix_scope_missing", "planfix_account_stopped", "planfix_chat_token_refused",
    "planfix_chat_address",
})  # fmt: skip
"""Reasons that end one day."""


def left(found: Found) -> Iterator[str]:
    """Nothing is left anywhere, but messages of which nobody can know whose they are."""
    for one in found.seen.left:
        if one.update is None or one.update not in found.seen.unknowable:
            yield f"{one.where} still holds {one.what}"


def rows(found: Found) -> Iterator[str]:
    """The rows about what waits agree with the chats, and with what people were told."""
    held: dict[Chat, list[dict[str, Any]]] = {}
    answers = {(one.chat, one.comment): one for one in found.deeds.answers}
    for row in found.seen.connections:
        kind, _, rest = row["item"].partition("#")
        if kind not in ("held", "aside", "unanswered"):
            continue
        channel, client, *number = rest.split("#")
        chat = Chat(row["integration"], channel, int(client))
        if kind == "unanswered":
            yield from _unanswered(found, chat)
            continue
        answer = answers.get((chat, int(number[0])))
        if kind == "held":
            held.setdefault(chat, []).append(row)
            yield from _held(found, chat, row, answer)
        elif row["expires_at"] >= found.seen.now:
            yield from _aside(found, row, answer)
    yield from _holding(found, held)


def looks(found: Found) -> Iterator[str]:
    """A call that only says where to look is not given up because somebody could not be reached: what it would find is safe."""
    for letter in found.seen.buried:
        reason = letter.get("dead", {}).get("reason")
        if letter.get("kind") in LOOKS and reason in PASSES:
            yield f"a look at {letter.get('task') or letter.get('client')} was given up for {reason}"


def unkept(found: Found) -> Iterator[str]:
    """At any moment: whoever reads that an answer is held, and nothing newer about it, has a row that will act."""
    # by task, not by chat: whoever writes in a task of the client's other chat answers there
    held = (row for row in found.seen.connections if row["item"].startswith("held#"))
    waiting = {
        (row["task_id"], int(row["item"].rpartition("#")[2])) for row in held
    }  # task 0: it stands in none of ours
    for answer in found.deeds.answers:
        promise = found.open_promise(answer)
        if (
            promise in HOLDS
            and not {(answer.task, answer.comment), (0, answer.comment)} & waiting
            and not found.is_silenced(answer)
        ):
            yield f"{found.what(answer)} is held, as a notice says, and no row will send it or end it"


def kept_words(found: Found) -> Iterator[str]:
    """The words of an answer are not kept when its client has it."""
    kept = set(found.seen.kept_words)
    for answer in found.deeds.answers:
        shown = found.states[answer.host, answer.comment]
        if (answer.host, answer.comment) in kept and shown and shown[-1].state == "sent":
            yield f"the words of {found.what(answer)} are still kept, and it was sent"


def _holding(found: Found, held: dict[Chat, list[dict[str, Any]]]) -> Iterator[str]:
    holding = {row["pk"] for row in found.seen.chats if row.get("holds")}
    for chat, its_rows in held.items():
        if chat.key not in holding:
            yield f"answers of {chat.key} are held, and the chat does not know: {[row['item'] for row in its_rows]}"
    for key in sorted(holding - {chat.key for chat in held}):
        yield f"the chat {key} says that it holds answers, and none is held"


def _held(found: Found, chat: Chat, row: dict[str, Any], answer: Answer | None) -> Iterator[str]:
    waited = found.seen.now - row["since"]
    if waited > found.deeds.hold_for + TIMERS_TAKE:
        yield f"{row['item']} of {row['integration']} waits for {waited / 3600:.1f} h: nobody looks at it any more"
    if answer is None:
        return
    promised = [number for number, one in found.told(answer) if one in HOLDS]
    if not promised and not found.is_silenced(answer):
        yield f"{found.what(answer)} is held, and no notice says so"
    if chat not in found.deeds.hindered and _wrote_since(found, chat, max(promised, default=answer.comment)):
        yield f"{found.what(answer)} is held although the client wrote since and nothing hinders it"


def _aside(found: Found, row: dict[str, Any], answer: Answer | None) -> Iterator[str]:
    if answer is not None and not found.says(answer, ENDS) and not found.is_silenced(answer):
        yield f"{found.what(answer)} waits for /send ({row['item']}), and no notice says so"


def _unanswered(found: Found, chat: Chat) -> Iterator[str]:
    """What stands later in Planfix than all that the client wrote, and went out, is an answer to it."""
    by_client = _written(found, chat, by_client=True)
    answered = [
        one.comment for one in found.deeds.answers if one.chat == chat and not one.scheduled and found.sent(one)
    ]
    newest = max([*answered, *_written(found, chat, by_client=False)], default=0)
    if newest > max(by_client, default=0):
        yield f"the client of {chat.key} counts as unanswered, and comment {newest} was an answer"


def _written(found: Found, chat: Chat, *, by_client: bool) -> list[int]:
    """The comments that carry words of this chat's client, or of its owner."""
    kinds = ("message", "photos", "edit") if by_client else ("owner",)
    return [
        one.id for said in found.deeds.said if said.chat == chat and said.kind in kinds for one in found.stand(said)
    ]


def _wrote_since(found: Found, chat: Chat, comment: int) -> bool:
    return any(number > comment for number in _written(found, chat, by_client=True))


def posting(found: Found) -> Iterator[str]:
    """No task says that the bridge is posting into it."""
    for row in found.seen.chats:
        if row.get("posting"):
            yield f"{row['pk']} says that the bridge is still posting {row['posting']}"
