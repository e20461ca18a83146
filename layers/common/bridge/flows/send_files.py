"""Send the files of an employee's answer: received from Planfix, sent as what Telegram takes them for, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bridge.errors import HOLDABLE, BridgeError, OutOfTime, Reason, Refused, RetryLater
from bridge.flows.answer_files import as_row, keep_states, read_states
from bridge.flows.in_doubt import may_repeat, not_sent_again, what_now
from bridge.flows.way import by_newest_way
from bridge.keys import part_key, sent_key
from bridge.telegram.files import group_for_albums, outgoing
from bridge.telegram.formatting import plain
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.flows.answer_files import State
    from bridge.flows.integration import Integration
    from bridge.flows.way import Way
    from bridge.model import File, Lost
    from bridge.telegram.files import Kind, OutgoingFile

AT_ONCE: Final = 50 * 1024 * 1024
"""Bytes after which what is here is sent: as much as one request may hold. Less than twice that lies in /tmp (Lambda gives 512 MB)."""

MOST_AT_ONCE: Final = 10

RECEIVING: Final = 40.0
"""Seconds after which what is here is sent, so that the client sees something come."""

PATIENCE: Final = 1800.0
"""Seconds after which a file that does not come or go is named instead of waited for: it must not hold the chat for a day."""

MAY_NEVER_PASS: Final = frozenset({Reason.UNREACHABLE, Reason.SERVICE_DOWN})
"""Reasons to wait that may be this file's own: its host is down, or it takes longer than a transfer may. Limits are not."""

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

A_LINK_WILL_DO: Final = frozenset({Reason.FILE_TOO_BIG, Reason.FILE_REFUSED})
"""Refusals by Telegram of what the client may still fetch from Planfix."""


@dataclass(frozen=True, slots=True)
class FilesOutcome:
    """What became of an answer's files: their messages; those that could not be sent; those of which the client got a link."""

    sent: Sequence[int] = ()
    failed: Sequence[tuple[File, Refused]] = ()
    linked: Sequence[File] = ()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file in /tmp, and which of the answer's files it is."""

    index: int
    file: OutgoingFile

    @property
    def kind(self) -> Kind:
        return self.file.kind

    @property
    def size(self) -> int:
        return self.file.size


def send_files(to: Integration, answer: Answer, *, parts: int, found_at: float) -> FilesOutcome:
    """Send what was not sent yet; ``parts``: in how many messages the words above the files went.

    Raises:
        Refused: the chat takes nothing, or nobody knows whether a file arrived.
        RetryLater, OutcomeUnknown: not now; the files that went out are remembered.
    """
    states = read_states(to, answer.ref, places=len(answer.files))
    return _Files(to, answer, parts, found_at, states).send()


def files_sent(to: Integration, answer: Answer) -> list[int]:
    """The messages that an answer's files became."""
    return _messages(read_states(to, answer.ref, places=len(answer.files)), answer)


def _messages(states: Mapping[int, State], answer: Answer) -> list[int]:
    return [state["message"] for file in answer.files if "message" in (state := states.get(file.id, {}))]


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of one answer."""

    to: Integration
    answer: Answer
    parts: int
    found_at: float
    states: dict[int, State]

    def send(self) -> FilesOutcome:
        self._settle_doubts()
        states = [self._state(index) for index in range(len(self._files))]
        if any("asked" in state for state in states):
            raise Refused(Reason.DELIVERY_UNKNOWN)
        linked = [file for state, file in zip(states, self._files, strict=True) if "link" in state]
        failed: list[tuple[File, Refused]] = []
        refused = self._send([index for index, state in enumerate(states) if "message" not in state])
        self._ask_about([index for index, _ in refused if self._is_again(index)])
        for index, why in refused:
            file = self._files[index]
            if why.reason in A_LINK_WILL_DO and self._send_link(index):
                linked.append(file)
                continue
            failed.append((file, why))
            self.to.log.warning(
                "file not sent",
                extra={"chat": self.answer.chat.key, "file": file.id, "reason": why.reason.value, "detail": why.logged},
            )
        return FilesOutcome(_messages(self.states, self.answer), failed, linked)

    @property
    def _files(self) -> Sequence[File]:
        return self.answer.files

    def _state(self, index: int) -> State:
        return self.states.get(self._files[index].id, {})

    def _is_again(self, index: int) -> bool:
        """Whether it may have arrived already, and is sent once more."""
        return "again" in self._state(index)

    def _settle_doubts(self) -> None:
        """Decide about the files of attempts whose outcome was lost, each by itself: once more, or ask."""
        unsent = [state for state in map(self._state, range(len(self._files))) if "message" not in state]
        for key in dict.fromkeys(state["begun"] for state in unsent if "begun" in state):
            if self.to.effects.still_open(key) is not None:
                self._settle(key)

    def _settle(self, key: str) -> None:
        numbers = [number for number, state in self.states.items() if state.get("begun") == key]

        def look(_: Lost) -> dict[str, Any]:
            repeated = any("again" in self.states[number] for number in numbers)
            again = may_repeat(self.to, self.answer.ref, repeated=repeated)
            return {"again": 1} if again else {"asked": 1}

        def also(settled: dict[str, Any]) -> dict[str, Any]:
            return self._changed({number: dict.fromkeys(settled, key) for number in numbers})

        def nothing() -> None:
            raise RetryLater(0, Reason.BUSY, "settled by another worker")

        self.to.effects.once(key, nothing, look=look, also=also)

    def _changed(self, changes: Mapping[int, State]) -> dict[str, Any]:
        """Change some files' states; returns them all as a row of the ledger."""
        self.states.update({number: {**self.states.get(number, {}), **state} for number, state in changes.items()})
        return as_row(self.answer.ref, self.states)

    def _ask_about(self, indexes: Sequence[int]) -> None:
        """What cannot be sent once more may have arrived all the same: if there are such, refuse the answer as in doubt."""
        if indexes:
            asked = {self._files[index].id: {"asked": self._state(index)["again"]} for index in indexes}
            self._changed(asked)
            keep_states(self.to, self.answer.ref, self.states)
            raise Refused(Reason.DELIVERY_UNKNOWN)

    def _send(self, waiting: list[int]) -> list[tuple[int, Refused]]:
        """Receive and send, as many together as there is room and time for; returns what could not be sent, and why."""
        failed: list[tuple[int, Refused]] = []
        while waiting:
            with ExitStack() as opened:
                ready: list[_Ready] = []
                bytes_here, began = 0, self.to.clock()
                while waiting and not (
                    len(ready) >= MOST_AT_ONCE or bytes_here >= AT_ONCE or self.to.clock() - began > RECEIVING
                ):
                    try:
                        ready.append(_Ready(waiting[0], self._received(waiting[0], opened)))
                        bytes_here += ready[-1].size
                    except OutOfTime:
                        if not ready:
                            raise
                        break  # what is here still goes; the next invocation goes on with the others
                    except (Refused, RetryLater) as error:
                        failed.append((waiting[0], self._own_fault(error)))
                    waiting.pop(0)
                for group in group_for_albums(ready):
                    failed += self._send_group(group)
        return failed

    def _received(self, index: int, opened: ExitStack) -> OutgoingFile:
        file = self._files[index]
        received = opened.enter_context(self.to.route.open_file(file))
        return opened.enter_context(outgoing(received, name=file.name))

    def _send_group(self, group: Sequence[_Ready]) -> list[tuple[int, Refused]]:
        """Send an album, or one file; an album that is refused is sent file by file."""
        self._show_that_it_comes(group)
        names = [f"{self._files[ready.index].id}{'again' * self._is_again(ready.index)}" for ready in group]
        key = f"{part_key(self.answer.ref.host, self.answer.ref.number, 0)}#files#{'-'.join(names)}"
        self._changed({self._files[ready.index].id: {"begun": key} for ready in group})
        keep_states(self.to, self.answer.ref, self.states)
        try:
            done = self._once(key, [ready.index for ready in group], lambda way: self._upload(group, way))
        except (Refused, RetryLater) as error:
            if error.reason not in HOLDABLE | THE_FILES_OWN_FAULT and isinstance(error, Refused):
                self._ask_about([ready.index for ready in group if self._is_again(ready.index)])
            why = self._own_fault(error)
            if len(group) == 1:
                return [(group[0].index, why)]
            return [one for ready in group for one in self._send_group([ready])]
        self.to.count("files_carried_to_telegram")
        self.to.log.info(
            "files carried to Telegram",
            extra={"chat": self.answer.chat.key, "comment": self.answer.ref.number, "message_ids": done},
        )
        return []

    def _upload(self, group: Sequence[_Ready], way: Way) -> list[int]:
        files = [ready.file for ready in group]
        if len(files) == 1:
            return [self.to.bot.send_file(way.chat_id, files[0], connection_id=way.connection_id)]
        return self.to.bot.send_album(way.chat_id, files, connection_id=way.connection_id)

    def _send_link(self, index: int) -> bool:
        """Send the client a link instead of the file; False when Planfix gives none that opens for everybody."""
        file = self._files[index]
        link = self.to.route.public_link(file)
        if not link:
            return False
        said = plain(self.to.texts.say(Say.FILE_AS_LINK, file=self.to.texts.file(file.name, file.size), link=link))
        key = f"{part_key(self.answer.ref.host, self.answer.ref.number, 0)}#link#{file.id}"
        self._once(
            key,
            [index],
            lambda way: [self.to.bot.send_text(way.chat_id, said, connection_id=way.connection_id)],
            note={"link": True},
        )
        self.to.count("file_sent_as_link")
        return True

    def _once(
        self, key: str, indexes: Sequence[int], send: Callable[[Way], list[int]], *, note: dict[str, Any] | None = None
    ) -> list[int]:
        """Send once, and keep of each file which message it became; returns the messages' numbers."""
        lost: list[Lost] = []

        def attempt() -> dict[str, Any]:
            try:
                return {"messages": by_newest_way(self.to, self.answer.chat, send)}
            except RetryLater:
                not_sent_again(self.to, key)
                raise

        def look(attempt: Lost) -> dict[str, Any] | None:
            lost.append(attempt)
            return what_now(self.to, self.answer.ref, key)

        def also(done: dict[str, Any]) -> dict[str, Any]:
            messages = done.get("messages")
            became = [{"message": one, **(note or {})} for one in messages or ()] or [{"asked": key}] * len(indexes)
            rows = self._changed({self._files[index].id: row for index, row in zip(indexes, became, strict=True)})
            sent = zip(indexes, messages or (), strict=False)
            return rows | {sent_key(self.answer.chat, one): self._sent(index) for index, one in sent}

        try:
            done = self.to.effects.once(key, attempt, look=look, also=also)
        except Refused as refused:
            if lost and refused.reason not in HOLDABLE:
                raise Refused(Reason.DELIVERY_UNKNOWN) from None  # refused now, but an earlier attempt may have arrived
            raise
        if "asked" in done:
            raise Refused(Reason.DELIVERY_UNKNOWN)
        messages: list[int] = done["messages"]
        return messages

    def _sent(self, index: int) -> dict[str, int]:
        """What a message is: which file of which answer."""
        count = len(self._files)
        return {"comment": self.answer.ref.number, "parts": self.parts, "file": index + 1, "files": count}

    def _own_fault(self, error: Refused | RetryLater) -> Refused:
        """The refusal, if it is this file's own fault; raised if the chat takes nothing, or if it is too early to say."""
        if isinstance(error, Refused):
            if error.reason not in THE_FILES_OWN_FAULT:
                raise error
            return error
        if error.reason not in MAY_NEVER_PASS or self.to.clock() - self.found_at <= PATIENCE:
            raise error
        return Refused(Reason.FILE_GONE, error.detail)

    def _show_that_it_comes(self, group: Sequence[_Ready]) -> None:
        if sum(ready.size for ready in group) < WORTH_SHOWING:
            return
        action = group[0].kind.action
        try:
            by_newest_way(
                self.to,
                self.answer.chat,
                lambda way: self.to.bot.send_chat_action(way.chat_id, action, connection_id=way.connection_id),
            )
        except BridgeError as error:
            self.to.log.info("not shown that a file comes", extra={"reason": error.reason.value})  # a courtesy, no more
