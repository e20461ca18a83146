"""Send the files of an employee's answer: received from Planfix, sent as what Telegram takes them for, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bridge.errors import HOLDABLE, OutOfTime, Reason, Refused, RetryLater
from bridge.flows.answer_files import FilesOfAnswer
from bridge.keys import sent_key
from bridge.telegram.files import group_for_albums, outgoing
from bridge.telegram.formatting import plain
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.answer import Answer
    from bridge.clock import Clock
    from bridge.effects import Effects
    from bridge.flows.answer_files import AnswerFiles
    from bridge.flows.channels import Channels
    from bridge.flows.in_doubt import Doubts
    from bridge.journal import Journal
    from bridge.model import File, Lost
    from bridge.routes.port import Route
    from bridge.telegram.files import Kind, OutgoingFile
    from bridge.texts import Texts

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


class FilesOutcome(NamedTuple):
    """What became of an answer's files: their messages; those that could not be sent; those of which the client got a link."""

    sent: Sequence[int] = ()
    failed: Sequence[tuple[File, Refused]] = ()
    linked: Sequence[File] = ()


class _Ready(NamedTuple):
    """A file in /tmp, and which of the answer's files it is, counted from 0."""

    position: int
    file: OutgoingFile

    @property
    def kind(self) -> Kind:
        return self.file.kind

    @property
    def size(self) -> int:
        return self.file.size


class FileSending:
    """Sends what was not sent yet, as many together as there is room and time for."""

    def __init__(
        self,
        route: Route,
        channels: Channels,
        doubts: Doubts,
        answer_files: AnswerFiles,
        effects: Effects,
        texts: Texts,
        clock: Clock,
        journal: Journal,
    ) -> None:
        self._route = route
        self._channels = channels
        self._doubts = doubts
        self._answer_files = answer_files
        self._effects = effects
        self._texts = texts
        self._clock = clock
        self._journal = journal

    def send(self, answer: Answer, *, parts: int, found_at: float) -> FilesOutcome:
        """Send an answer's files; ``parts``: in how many messages the words above them went.

        Raises:
            Refused: the chat takes nothing, or nobody knows whether a file arrived.
            RetryLater, OutcomeUnknown: not now; the files that went out are remembered.
        """
        files = self._files_of(answer, parts, found_at)
        self._settle_doubts(files)
        states = files.each()
        if any(state.asked for state in states):
            raise Refused(Reason.DELIVERY_UNKNOWN)
        linked = [file for state, file in zip(states, answer.files, strict=True) if state.link]
        failed: list[tuple[File, Refused]] = []
        refused = self._send(files, [position for position, state in enumerate(states) if state.message is None])
        self._ask_about(files, [position for position, _ in refused if files.is_again(position)])
        for position, why in refused:
            file = files.file(position)
            if why.reason in A_LINK_WILL_DO and self._send_link(files, position):
                linked.append(file)
                continue
            failed.append((file, why))
            extra = {"chat": answer.chat.key, "file": file.id, "reason": why.reason.value, "detail": why.logged}
            self._journal.warning("file not sent", extra=extra)
        return FilesOutcome(files.messages(), failed, linked)

    def messages(self, answer: Answer) -> list[int]:
        """The messages that an answer's files became."""
        return self._files_of(answer, 0, 0).messages()

    def forget_doubts(self, answer: Answer) -> None:
        """An employee looked and says ``/send``: files whose delivery is unknown may be sent again."""
        self._answer_files.forget_asked(answer.ref, places=len(answer.files))

    def _files_of(self, answer: Answer, parts: int, found_at: float) -> FilesOfAnswer:
        return FilesOfAnswer(answer, parts, found_at, self._answer_files.states(answer.ref, places=len(answer.files)))

    def _settle_doubts(self, files: FilesOfAnswer) -> None:
        """Decide about the files of attempts whose outcome was lost, each by itself: once more, or ask."""
        for key in dict.fromkeys(state.begun for state in files.each() if state.message is None and state.begun):
            if self._effects.still_open(key) is not None:
                self._settle(files, key)

    def _settle(self, files: FilesOfAnswer, key: str) -> None:
        numbers = [number for number, state in files.states.items() if state.begun == key]

        def look(_: Lost) -> dict[str, Any]:
            was_repeated = any(files.states[number].again for number in numbers)
            again = self._doubts.may_repeat(files.answer.ref, was_repeated=was_repeated)
            return {"again": 1} if again else {"asked": 1}

        def also(settled: dict[str, Any]) -> dict[str, Any]:
            for number in numbers:
                before = files.states[number]
                files.states[number] = before._replace(again=key) if "again" in settled else before._replace(asked=key)
            return files.rows()

        def nothing() -> None:
            raise RetryLater(0, Reason.BUSY, "settled by another worker")

        self._effects.once(key, nothing, look=look, also=also)

    def _ask_about(self, files: FilesOfAnswer, positions: Sequence[int]) -> None:
        """What cannot be sent once more may have arrived all the same: if there are such, refuse the answer as in doubt."""
        if positions:
            for position in positions:
                files.change([position], asked=files.state(position).again)
            self._answer_files.keep(files.answer.ref, files.states)
            raise Refused(Reason.DELIVERY_UNKNOWN)

    def _send(self, files: FilesOfAnswer, waiting: list[int]) -> list[tuple[int, Refused]]:
        """Receive and send those at these positions; returns what could not be sent, and why."""
        failed: list[tuple[int, Refused]] = []
        while waiting:
            with ExitStack() as opened:
                ready: list[_Ready] = []
                bytes_here, began = 0, self._clock()
                while waiting and not (
                    len(ready) >= MOST_AT_ONCE or bytes_here >= AT_ONCE or self._clock() - began > RECEIVING
                ):
                    try:
                        ready.append(_Ready(waiting[0], self._received(files.file(waiting[0]), opened)))
                        bytes_here += ready[-1].size
                    except OutOfTime:
                        if not ready:
                            raise
                        break  # what is here still goes; the next invocation goes on with the others
                    except (Refused, RetryLater) as error:
                        failed.append((waiting[0], self._own_fault(files, error)))
                    waiting.pop(0)
                for group in group_for_albums(ready):
                    failed += self._send_group(files, group)
        return failed

    def _received(self, file: File, opened: ExitStack) -> OutgoingFile:
        received = opened.enter_context(self._route.open_file(file))
        return opened.enter_context(outgoing(received, name=file.name))

    def _send_group(self, files: FilesOfAnswer, group: Sequence[_Ready]) -> list[tuple[int, Refused]]:
        """Send an album, or one file; an album that is refused is sent file by file."""
        answer = files.answer
        if sum(ready.size for ready in group) >= WORTH_SHOWING:
            self._channels.show_that_it_comes(answer.chat, group[0].kind.action)
        positions = [ready.position for ready in group]
        key = files.key(positions)
        files.change(positions, begun=key)
        self._answer_files.keep(answer.ref, files.states)
        try:
            messages = self._send_once(
                files, key, positions, lambda: self._channels.send_files(answer.chat, [ready.file for ready in group])
            )
        except (Refused, RetryLater) as error:
            if error.reason not in HOLDABLE | THE_FILES_OWN_FAULT and isinstance(error, Refused):
                self._ask_about(files, [position for position in positions if files.is_again(position)])
            why = self._own_fault(files, error)
            if len(group) == 1:
                return [(group[0].position, why)]
            return [one for ready in group for one in self._send_group(files, [ready])]
        self._journal.count("files_carried_to_telegram")
        extra = {"chat": answer.chat.key, "comment": answer.ref.number, "message_ids": messages}
        self._journal.info("files carried to Telegram", extra=extra)
        return []

    def _send_link(self, files: FilesOfAnswer, position: int) -> bool:
        """Send the client a link instead of the file; False when Planfix gives none that opens for everybody."""
        file = files.file(position)
        link = self._route.public_link(file)
        if not link:
            return False
        said = plain(self._texts.say(Say.FILE_AS_LINK, file=self._texts.file(file.name, file.size), link=link))
        self._send_once(
            files,
            files.link_key(position),
            [position],
            lambda: [self._channels.send_text(files.answer.chat, said)],
            is_link=True,
        )
        self._journal.count("file_sent_as_link")
        return True

    def _send_once(
        self,
        files: FilesOfAnswer,
        key: str,
        positions: Sequence[int],
        send: Callable[[], list[int]],
        *,
        is_link: bool = False,
    ) -> list[int]:
        """Send once, and keep of each file which message it became; returns the messages' numbers."""
        answer = files.answer

        def also(done: Mapping[str, Any]) -> dict[str, Any]:
            if "messages" not in done:
                files.change(positions, asked=key)
                return files.rows()
            became = list(zip(positions, done["messages"], strict=True))
            for position, message in became:
                files.change([position], message=message, link=is_link)
            sent = {sent_key(answer.chat, message): files.sent(one).as_outcome() for one, message in became}
            return files.rows() | sent

        done = self._doubts.send_once(answer.ref, key, lambda: {"messages": send()}, asked={"asked": 1}, also=also)
        if "asked" in done:
            raise Refused(Reason.DELIVERY_UNKNOWN)
        messages: list[int] = done["messages"]
        return messages

    def _own_fault(self, files: FilesOfAnswer, error: Refused | RetryLater) -> Refused:
        """The refusal, if it is this file's own fault; raised if the chat takes nothing, or if it is too early to say."""
        if isinstance(error, Refused):
            if error.reason not in THE_FILES_OWN_FAULT:
                raise error
            return error
        if error.reason not in MAY_NEVER_PASS or self._clock() - files.found_at <= PATIENCE:
            raise error
        return Refused(Reason.FILE_GONE, error.detail)
