"""What is seen, sorted: which words stand where, what each client got, which notices are about which answer."""

from __future__ import annotations

from collections import Counter, defaultdict

from local.promises.account import Answer, Chat, Comment, Deeds, Said, Seen, Sent, State, update_of
from local.promises.notices import (
    ENDS,
    FINAL,
    HOLDS,
    PROMISES,
    Notice,
    files_named,
    is_deletion,
    is_doubt,
    is_marked_as_repeat,
    notices_in,
    words_of,
)

Told = list[tuple[int, Notice]]
"""Notices by the number of their comments, in which they stand in the task."""


class Found:
    """The end, looked up.

    Attributes:
        carried: by mark, the comments in which the words of clients and owners stand.
        repeats: comments that say of themselves that they may be there already, by host and number.
        doubts: how often employees of a chat were asked to look whether a message arrived.
        hanging: how many comments each photo hangs on, those of lost tasks and repeats aside.
        states: by host and number, what was shown beside an answer, in order.
        sends: by chat and mark, what clients got; mark "" is what nobody wrote.
    """

    def __init__(self, deeds: Deeds, seen: Seen) -> None:
        self.deeds, self.seen = deeds, seen
        self.carried: dict[str, list[Comment]] = defaultdict(list)
        self.notices: dict[tuple[str, int], Told] = defaultdict(list)
        self.deletions: list[tuple[Comment, str]] = []
        self.of_photo: dict[bytes, list[Comment]] = defaultdict(list)
        self.repeats: set[tuple[str, int]] = set()
        self.doubts: Counter[Chat | None] = Counter()
        self.files_named = 0
        self._told: dict[tuple[str, str], Told] = defaultdict(list)
        self._chats = {one["pk"]: _chat_in(one) for one in seen.chats if "#task#" in one["pk"]}
        self._lost = set(deeds.lost_tasks)
        self._by_people = {(one.host, one.comment) for one in deeds.answers}
        for comment in sorted(seen.comments, key=lambda one: one.id):
            self._sort_in(comment)
        self.hanging = Counter({photo: sum(map(self._counts, on)) for photo, on in self.of_photo.items()})
        self.states: dict[tuple[str, int], list[State]] = defaultdict(list)
        self._sort_in_states()
        self.sends: dict[tuple[Chat, str], list[Sent]] = defaultdict(list)
        for sent in seen.sent:
            for mark in seen.marks.marks(sent.text) or {""}:
                self.sends[sent.chat, mark].append(sent)
        self.buried = {update_of(one) for one in seen.buried}
        self._redriven = {
            (one["integration"], one["comment"] if one["kind"] == "answer" else int(one["push"]["message_id"]))
            for one in seen.buried
            if one.get("kind") in ("answer", "pushed")
        }
        self.commanded = {one.chat for one in deeds.answers if one.command == "/send"}

    def _sort_in(self, comment: Comment) -> None:
        words = words_of(comment.html)
        told = notices_in(words) if comment.by == "bridge" else []
        marks = self.seen.marks.marks(words)
        if told:
            self.notices[comment.host, comment.task] += [(comment.id, one) for one in told]
            for mark in marks:
                self._told[comment.host, mark] += [(comment.id, one) for one in told]
        elif (comment.host, comment.id) not in self._by_people and comment.by != "employee":
            self.files_named += files_named(words)
            if comment.by == "bridge" and is_deletion(words):
                self.deletions.append((comment, words))
            if comment.by == "bridge" and is_doubt(words):
                self.doubts[self.chat_of(comment)] += 1
            if is_marked_as_repeat(words):
                self.repeats.add((comment.host, comment.id))
            for photo in comment.files:
                self.of_photo[photo].append(comment)
            for mark in marks:
                self.carried[mark].append(comment)

    def _sort_in_states(self) -> None:
        """What stands beside an answer tells of it like a notice about it."""
        answers = {(one.host, one.comment): one for one in self.deeds.answers}
        for state in self.seen.states:
            self.states[state.host, state.comment].append(state)
            answer = answers.get((state.host, state.comment))
            if answer is None:
                continue
            told = notices_in(words_of(state.said)) or ([Notice.DELIVERED_AFTER_ALL] if state.state == "sent" else [])
            self.notices[state.host, answer.task] += [(state.after, one) for one in told]
            self._told[state.host, self.mark(answer)] += [(state.after, one) for one in told]
        if self.seen.states:  # a state that was shown since a comment was written stands behind it
            for about in self._told.values():
                about.sort(key=lambda one: one[0])

    def _counts(self, comment: Comment) -> bool:
        return not self.is_lost(comment) and not self.is_repeat(comment)

    def is_repeat(self, comment: Comment) -> bool:
        """Whether it says of itself that it may be there already."""
        return (comment.host, comment.id) in self.repeats

    def was_redriven(self, answer: Answer) -> bool:
        """Whether it lay with the dead letters."""
        return (answer.chat.integration, answer.comment) in self._redriven

    def chat_of(self, comment: Comment) -> Chat | None:
        """The chat whose task this comment stands in."""
        return self.chat_of_task(comment.host, comment.task)

    def chat_of_task(self, host: str, task: int) -> Chat | None:
        """The chat whose task this is."""
        return self.seen.tasks.get((host, task)) or self._chats.get(f"{host}#task#{task}")

    def is_lost(self, comment: Comment) -> bool:
        """Whether it stands in a task that an employee deleted."""
        return (comment.host, comment.task) in self._lost

    def is_silenced(self, answer: Answer) -> bool:
        """Whether no notice could be written where the answer stands, or nobody waits for one."""
        where = (answer.host, answer.task)
        return where in self._lost or where in self.seen.refused_notices or answer.deleted or answer.unheard

    def stand(self, said: Said) -> list[Comment]:
        """The comments in its own chat in which these words stand."""
        return [one for one in self.carried[said.text] if self.chat_of(one) == said.chat]

    def was_buried(self, said: Said) -> bool:
        return said.update in self.buried

    def is_unknowable(self, said: Said) -> bool:
        """Whether nobody can know whose message this is."""
        return said.update in self.seen.unknowable

    def told_since(self, answer: Answer) -> set[Notice]:
        """What notices say behind a command: in its task, or, where Planfix chooses the task, in any of its chat."""
        tasks = {(answer.host, answer.task)}
        if self.seen.can.shows_states:
            tasks |= {task for task, chat in self.seen.tasks.items() if chat == answer.chat}
        return {notice for task in tasks for number, notice in self.notices[task] if number >= answer.comment}

    def mark(self, answer: Answer) -> str:
        """What an answer is recognised by."""
        return self.seen.marks.of_piece(answer.words[0]) if answer.words else ""

    def sent(self, answer: Answer) -> list[Sent]:
        """What the client got of an answer."""
        return [one for one in self.sends.get((answer.chat, self.mark(answer)), ()) if not one.is_edit]

    def told(self, answer: Answer) -> Told:
        """The notices about an answer, in the order in which they stand there."""
        return self._told.get((answer.host, self.mark(answer)), [])

    def says(self, answer: Answer, notices: frozenset[Notice]) -> bool:
        """Whether one of these notices is about this answer."""
        return any(one in notices for _, one in self.told(answer))

    def is_explained(self, answer: Answer) -> bool:
        """Whether a notice says how it ended, or that it is held, and it is."""
        return self.says(answer, FINAL) or (self.open_promise(answer) in HOLDS and self.will_go_out(answer))

    def open_promise(self, answer: Answer) -> Notice | None:
        """The newest notice that promises another one, if that did not follow."""
        for _, one in reversed(self.told(answer)):
            if one in ENDS:
                return None
            if one in PROMISES:
                return one
        return None

    def will_go_out(self, answer: Answer) -> bool:
        """Whether a row is there that sends it, or ends it, by itself."""
        item = f"held#{answer.chat.channel}#{answer.chat.client_id}#{answer.comment:016d}"
        return any(
            row["integration"] == answer.chat.integration and row["item"] == item for row in self.seen.connections
        )

    def what(self, answer: Answer) -> str:
        """An answer in the words of a violation."""
        return f"answer {answer.comment} “{self.mark(answer)}” in task {answer.task} of {answer.host}"


def _chat_in(row: dict[str, object]) -> Chat:
    return Chat(str(row["integration"]), str(row["channel"]), int(str(row["client_id"])))
