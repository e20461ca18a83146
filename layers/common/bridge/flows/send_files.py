"""Send the files of an employee's answer: received from Planfix, sent as what Telegram takes them for, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import BridgeError, Reason, Refused
from bridge.flows.keys import part_key, sent_key
from bridge.telegram.files import group_for_albums, outgoing

if TYPE_CHECKING:
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import Lost, TaskState
    from bridge.planfix.route import Comment, File
    from bridge.telegram.files import Kind, OutgoingFile

AT_ONCE: Final = 100 * 1024 * 1024
"""Bytes of files that lie in /tmp at once (Lambda gives 512 MB); an album may hold ten."""

MOST_AT_ONCE: Final = 10

WORTH_SHOWING: Final = 1024 * 1024
"""Bytes from which the client is shown that a file is on its way."""

THE_FILES_OWN_FAULT: Final = frozenset(
    {
        Reason.FILE_TOO_BIG,
        Reason.FILE_GONE,
        Reason.FILE_REFUSED,
        Reason.VOICE_FORBIDDEN,
        Reason.PLANFIX_FILE,
        Reason.PLANFIX_ACCESS_DENIED,
        Reason.UNKNOWN_ERROR,
        Reason.BRIDGE_FAULT,
    }
)
"""Refusals that concern one file; any other concerns the chat, and so the whole answer."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file in /tmp, and which of the comment's files it is."""

    index: int
    file: OutgoingFile

    @property
    def kind(self) -> Kind:
        return self.file.kind

    @property
    def size(self) -> int:
        return self.file.size


def send_files(
    to: Integration, task: TaskState, comment: Comment, way: Way, look: Callable[[Lost], dict[str, Any] | None]
) -> list[tuple[File, Refused]]:
    """Send what was not sent yet; returns the files that could not be sent, each with its reason.

    Raises:
        Refused: the chat takes nothing.
        RetryLater, OutcomeUnknown: not now; the files that went out are remembered.
    """
    waiting = [
        (index, file)
        for index, file in enumerate(comment.files)
        if to.effects.outcome(file_part_key(task, comment.id, index)) is None
    ]
    failed: list[tuple[File, Refused]] = []
    while waiting:
        with ExitStack() as opened:
            ready: list[_Ready] = []
            bytes_here = 0
            while waiting and len(ready) < MOST_AT_ONCE and bytes_here < AT_ONCE:
                index, file = waiting.pop(0)
                try:
                    received = opened.enter_context(to.planfix.open_file(file.id, known=file))
                    ready.append(_Ready(index, opened.enter_context(outgoing(received, name=file.name))))
                    bytes_here += ready[-1].size
                except Refused as refused:
                    failed.append((file, _own_fault(refused)))
            for group in group_for_albums(ready):
                failed += [
                    (comment.files[index], why) for index, why in _send_group(to, task, comment, way, group, look)
                ]
    return failed


def file_part_key(task: TaskState, comment_id: int, index: int) -> str:
    """The ledger key of one file of an answer."""
    return f"{part_key(task.host, comment_id, 0)}#file#{index}"


def _send_group(
    to: Integration,
    task: TaskState,
    comment: Comment,
    way: Way,
    group: Sequence[_Ready],
    look: Callable[[Lost], dict[str, Any] | None],
) -> list[tuple[int, Refused]]:
    """Send an album, or one file; an album that is refused is sent file by file."""
    _show_that_it_comes(to, way, group)

    def send() -> dict[str, Any]:
        if len(group) == 1:
            sent = [to.bot.send_file(way.chat_id, group[0].file, connection_id=way.connection_id)]
        else:
            files = [ready.file for ready in group]
            sent = to.bot.send_album(way.chat_id, files, connection_id=way.connection_id)
        return {"messages": sent}

    def also(done: dict[str, Any]) -> dict[str, Any]:
        messages = done.get("messages", [0] * len(group))
        known = {
            file_part_key(task, comment.id, ready.index): {"message": message}
            for ready, message in zip(group, messages, strict=True)
        }
        return known | {sent_key(task.chat, message): {"comment": comment.id} for message in messages}

    key = f"{part_key(task.host, comment.id, 0)}#files#{'-'.join(str(ready.index) for ready in group)}"
    try:
        done = to.effects.once(key, send, look=look, also=also)
    except Refused as refused:
        if len(group) == 1:
            return [(group[0].index, _own_fault(refused))]
        _own_fault(refused)
        failed: list[tuple[int, Refused]] = []
        for ready in group:
            failed += _send_group(to, task, comment, way, [ready], look)
        return failed
    if "asked" in done:
        raise Refused(Reason.DELIVERY_UNKNOWN)
    to.count("files_carried_to_telegram")
    to.log.info(
        "files carried to Telegram",
        extra={"chat": task.chat.key, "comment": comment.id, "message_ids": done["messages"]},
    )
    return []


def _own_fault(refused: Refused) -> Refused:
    """The refusal, if it is this file's own fault; raised if the chat takes nothing."""
    if refused.reason not in THE_FILES_OWN_FAULT:
        raise refused
    return refused


def _show_that_it_comes(to: Integration, way: Way, group: Sequence[_Ready]) -> None:
    if sum(ready.size for ready in group) < WORTH_SHOWING:
        return
    try:
        to.bot.send_chat_action(way.chat_id, group[0].kind.action, connection_id=way.connection_id)
    except BridgeError as error:
        to.log.info("not shown that a file comes", extra={"reason": error.reason.value})  # a courtesy, no more
