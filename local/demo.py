"""``make demo``: a conversation through both journeys, then each kind of message both ways, played on fakes.

The transcript is what the fakes received. Exit code 0 only if everything arrived as it should.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.model import OWN_BOT
from local.demo_cast import Words, make
from local.demo_kinds import Kinds
from local.demo_watching import NotSeenError, Watch, covered, plain, words_in
from local.problem import LocalProblem
from local.signals import end_by_signal
from local.stage import (
    ACCOUNT_TEMPLATE,
    BOT_TEMPLATE,
    CAPABILITIES,
    CONTACT_TEMPLATE,
    GROUP,
    MANAGER,
    OWNER,
    OWNER_ID,
    Client,
    Stage,
)
from local.suppression import Suppression

if TYPE_CHECKING:
    from local.fakes.planfix_chat_model import State
    from local.fakes.planfix_model import Comment, Contact, Task
    from local.fakes.telegram_model import Seen

ACCOUNT = str(OWNER_ID)
PATIENCE = 120.0
"""Seconds that one scene may take: at one request a second a client's first message needs about ten."""


ACTS = ("conversation", "kinds")


@dataclass
class Conversation:
    """The first act: two clients, an owner and an employee talk, and much happens to them.

    Args:
        stage: with the cast on it.
        words: what they say.
        watch: on the stage.
    """

    stage: Stage
    words: Words
    watch: Watch

    @property
    def _is_chat(self) -> bool:
        """Whether Planfix itself makes contacts and tasks, and shows what became of answers beside them."""
        return self.stage.can.shows_states

    def play(self) -> None:
        """Play every scene.

        Raises:
            NotSeenError: what the fakes received is not what should have arrived.
            TimeoutError: a scene took too long.
        """
        for scene in (
            self.client_writes,
            self.client_writes_again,
            self.employee_answers,
            self.employee_remarks,
            self.owner_writes_on_the_phone,
            self.client_opens_the_bot,
            self.employee_answers_through_the_bot,
            self.telegram_refuses,
            self.task_is_closed,
            self.same_client_writes_to_the_bot,
        ):
            self.watch.scene(scene)

    # The scenes

    def client_writes(self) -> None:
        """A client writes to the business account: there is a contact, a task and a comment."""
        self.watch.do(lambda: self._client_says(self._mary, self.words.question, ACCOUNT))
        contacts = self.stage.planfix.contacts()
        self.watch.see(len(contacts) == 1, f"contacts: {self._named(contacts)}")
        contact, fields = contacts[0], contacts[0].fields
        self.watch.see(contact.full_name == self._mary.name.full, f"contact {contact.id}: {contact.full_name}")
        if self._is_chat:
            self.watch.see(
                f"t.me/{self._mary.username}" in str(fields.get("description")),
                f"its description: {fields.get('description')}",
            )
        else:
            self.watch.see(
                str(fields.get("telegramId")) == str(self._mary.id), f"its Telegram id: {fields.get('telegramId')}"
            )
            self.watch.see(
                self._mary.username in str(fields.get("telegram")), f"its Telegram name: {fields.get('telegram')}"
            )
        self.watch.see(fields.get("template") == {"id": CONTACT_TEMPLATE}, f"its template: {fields.get('template')}")
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        client = f"contact:{contact.id}"
        self.watch.see(
            task.assigner == client and task.counterparty == (None if self._is_chat else client),
            f"task {task.id} «{task.name}», template {task.template_id}",
        )
        people = ", ".join(
            [*map(self.stage.planfix.person_name, task.assignees.users), *map(self._group, task.assignees.groups)]
        )
        self.watch.see(
            task.assignees.users == [f"user:{MANAGER}"] and task.assignees.groups == [GROUP],
            f"its assignees, the template's and the extra ones: {people}",
        )
        comment = self._newest(task)
        self.watch.see(comment.owner == client and plain(comment) == self.words.question, self._said(comment))
        self.watch.see(f"user:{MANAGER}" in comment.recipients.users, self._notified(comment))

    def client_writes_again(self) -> None:
        """The client writes again: the same task."""
        self.watch.do(lambda: self._client_says(self._mary, self.words.addition, ACCOUNT))
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        says = [plain(comment) for comment in self.stage.comments(task)]
        self.watch.see(says == [self.words.question, self.words.addition], f"task {task.id}: " + " / ".join(says))

    def employee_answers(self) -> None:
        """An employee answers: the client gets it, signed, formatting kept."""
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        self.watch.do(lambda: self._employee_says(task, self.words.answer_html))
        manager = self.stage.cast.manager
        signature = f"{manager.last} {manager.first}:"
        letter = self._newest_letter(self._mary, ACCOUNT)
        self.watch.see(letter.who == "bot", f"on the client's phone: {letter.text!r}")
        self.watch.see(letter.text == f"{signature}\n{self.words.answer_text}", f"signed «{signature}», nothing lost")
        bold = [covered(letter, entity) for entity in letter.entities if entity["type"] == "bold"]
        self.watch.see(bold[:1] == [signature], "the signature is bold")
        if self._is_chat:  # an answer is pushed as plain text
            self._see_tick(task)
        else:
            self.watch.see(self.words.answer_bold in bold, f"the employee's bold is kept: «{self.words.answer_bold}»")

    def employee_remarks(self) -> None:
        """An employee remarks internally: the client gets nothing."""
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        before = self.stage.letters(self._mary.id, ACCOUNT)
        self.watch.do(
            lambda: self._employee_says(task, self.words.internal, to_client=False), is_told=not self._is_chat
        )
        letters = self.stage.letters(self._mary.id, ACCOUNT)
        self.watch.see(letters == before, f"the phone shows {len(letters)} messages, as before")

    def owner_writes_on_the_phone(self) -> None:
        """The owner writes on the phone: it is in the task as the owner's, and is not sent back."""
        self.watch.do(lambda: self.stage.telegram.owner_writes(OWNER_ID, self._mary.id, self.words.from_phone))
        comment = self._newest(self._task(self._mary, ACCOUNT_TEMPLATE, 1))
        self.watch.see(
            comment.owner == f"user:{OWNER}" and self.words.from_phone in plain(comment), self._said(comment)
        )
        texts = [letter.text for letter in self.stage.letters(self._mary.id, ACCOUNT)]
        self.watch.see(sum(self.words.from_phone in text for text in texts) == 1, "the client has it once")

    def client_opens_the_bot(self) -> None:
        """Another client opens the company's own bot and writes: an own contact, an own task."""
        self.watch.do(lambda: self.stage.telegram.start(self.stage.bot, self._john.id, self.words.source))
        self.watch.do(lambda: self._client_says(self._john, self.words.bot_question, OWN_BOT))
        contacts = self.stage.planfix.contacts()
        self.watch.see(len(contacts) == 2, f"contacts: {self._named(contacts)}")  # noqa: PLR2004 - both
        task = self._task(self._john, BOT_TEMPLATE, 1)
        says = [plain(comment) for comment in self.stage.comments(task)]
        self.watch.see(any(self.words.source in text for text in says), f"task {task.id} «{task.name}»: {says[0]}")
        self.watch.see(says[-1] == self.words.bot_question, self._said(self._newest(task)))

    def employee_answers_through_the_bot(self) -> None:
        """An employee answers there: the bot itself brings it."""
        task = self._task(self._john, BOT_TEMPLATE, 1)
        self.watch.do(lambda: self._employee_says(task, self.words.bot_answer))
        letter = self._newest_letter(self._john, OWN_BOT)
        self.watch.see(
            letter.who == "bot" and letter.text.endswith(self.words.bot_answer),
            f"on the client's phone: {letter.text!r}",
        )
        if self._is_chat:
            self._see_tick(task)

    def telegram_refuses(self) -> None:
        """The bot is stopped in the chat, so Telegram refuses: the employee reads why and what to do."""
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        self.stage.telegram.pause_chat(OWNER_ID, self._mary.id)
        before = self.stage.letters(self._mary.id, ACCOUNT)
        self.watch.do(lambda: self._employee_says(task, self.words.refused_answer))
        self.stage.telegram.resume_chat(OWNER_ID, self._mary.id)
        self.watch.see(self.stage.letters(self._mary.id, ACCOUNT) == before, "the client got nothing")
        if self._is_chat:
            self._see_mark_of_error(task)
            return
        notice = self._newest(task)
        text = plain(notice)
        self.watch.see(notice.owner == f"user:{self.stage.planfix.robot_id}", self._said(notice))
        self.watch.see(self.words.refused_answer in text, "it names the answer")
        self.watch.see("остановлен" in text, "it says why")
        self.watch.see("Старт" in text, "it says what to do")
        self.watch.see(notice.recipients.users == [f"user:{MANAGER}"], self._notified(notice))

    def _see_tick(self, task: Task) -> None:
        """Beside the newest answer."""
        state = self.stage.planfix.chats.state_of(self._newest_answer(task).id)
        self.watch.see(state is not None and state == ("sent", ""), f"beside the answer: {_shown(state)}")

    def _see_mark_of_error(self, task: Task) -> None:
        state = self.stage.planfix.chats.state_of(self._newest_answer(task).id)
        self.watch.see(state is not None and state.state == "error", f"beside the answer: {_shown(state)}")
        assert state
        self.watch.see("остановлен" in state.said, "it says why")
        self.watch.see("Старт" in state.said, "it says what to do")

    def task_is_closed(self) -> None:
        """The task is closed and the client writes: a new task, which tells of the former one."""
        former = self._task(self._mary, ACCOUNT_TEMPLATE, 1)
        self.watch.do(lambda: self.stage.planfix.close_task(former.id), is_told=not self._is_chat)
        self.watch.do(lambda: self._client_says(self._mary, self.words.new_question, ACCOUNT))
        task = self._task(self._mary, ACCOUNT_TEMPLATE, 2)
        self.watch.see(task.id != former.id, f"task {task.id} «{task.name}»")
        told = (
            self.words.from_phone if self._is_chat else f"/task/{former.id}"
        )  # Planfix itself copies the last comments
        self.watch.see(told in task.description, f"its description: {words_in(task.description)!r}")
        says = [plain(comment) for comment in self.stage.comments(task)]
        self.watch.see(says == [self.words.new_question], f"task {task.id}: " + " / ".join(says))

    def same_client_writes_to_the_bot(self) -> None:
        """The first client writes to the bot, too: a task of that channel, side by side; REST knows the contact again."""
        self.watch.do(lambda: self._client_says(self._mary, self.words.side_by_side, OWN_BOT))
        contacts = self.stage.planfix.contacts()
        # A chat of Planfix knows its own contacts; who are one and the same is merged by employees.
        expected = 3 if self._is_chat else 2
        self.watch.see(len(contacts) == expected, f"contacts: {self._named(contacts)}")
        task = self._task(self._mary, BOT_TEMPLATE, 1)
        says = [plain(comment) for comment in self.stage.comments(task)]
        self.watch.see(says == [self.words.side_by_side], f"task {task.id} «{task.name}»: " + " / ".join(says))
        self.watch.see(len(self.stage.planfix.tasks()) == 4, "four tasks in all")  # noqa: PLR2004 - two, the new one, this

    # Doing and seeing

    @property
    def _mary(self) -> Client:
        return self.stage.cast.clients[0]

    @property
    def _john(self) -> Client:
        return self.stage.cast.clients[1]

    def _client_says(self, client: Client, text: str, channel: str) -> None:
        owner_id = None if channel == OWN_BOT else int(channel)
        self.stage.telegram.client_writes(self.stage.bot, client.id, text, owner_id=owner_id)

    def _employee_says(self, task: Task, text: str, *, to_client: bool = True) -> None:
        notify = [task.assigner or ""] if to_client else [f"user:{OWNER}"]
        self.stage.planfix.employee_comments(task.id, MANAGER, text, notify=notify)

    def _task(self, client: Client, template: int, count: int) -> Task:
        """The client's newest task in a channel, which has had so many."""
        tasks = self.stage.tasks_of(client.id, template)
        if len(tasks) != count:
            self.watch.see(False, f"{client.name.full} has {len(tasks)} tasks of template {template}, not {count}")
        return tasks[-1]

    def _newest(self, task: Task) -> Comment:
        comments = self.stage.comments(task)
        if not comments:
            self.watch.see(False, f"task {task.id} has no comments")
        return comments[-1]

    def _newest_answer(self, task: Task) -> Comment:
        return [one for one in self.stage.comments(task) if one.owner == f"user:{MANAGER}"][-1]

    def _named(self, contacts: list[Contact]) -> str:
        return ", ".join(contact.full_name for contact in contacts)

    def _group(self, number: int) -> str:
        return self.stage.cast.group if number == GROUP else f"group {number}"

    def _said(self, comment: Comment) -> str:
        return f"task {comment.task_id}, {self.stage.planfix.person_name(comment.owner)}: {plain(comment)}"

    def _notified(self, comment: Comment) -> str:
        return "notified: " + ", ".join(map(self.stage.planfix.person_name, comment.recipients.users))

    def _newest_letter(self, client: Client, channel: str) -> Seen:
        return self.stage.letters(client.id, channel)[-1]


def _shown(state: State | None) -> str:
    """What an employee sees there."""
    signs = {"sent": "✓", "read": "✓✓", "error": "✗"}
    return "nothing" if state is None else f"{signs[state.state]} {state.said}".strip()


def keep_promises(stage: Stage) -> None:
    """Look at everything once more, as the simulation does.

    Raises:
        NotSeenError: a promise was not kept.
    """
    print("\nAll that was written, on phones, in tasks, queues and tables")  # noqa: T201 - the transcript
    broken = stage.broken_promises()
    for sentence in broken:
        print(f"  ✘ {sentence}")  # noqa: T201
    if broken:
        raise NotSeenError
    print("  ✔ every message and answer once, in order; nothing waits")  # noqa: T201


def main(arguments: list[str] | None = None) -> int:
    """Play the demo.

    Returns:
        Exit code: 0, or 1 when something did not arrive.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    seed = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 - no secret
    cast, words = make(seed)
    try:
        suppression = Suppression(options.suppress, options.route)
    except KeyError as unknown:
        parser.error(f"--suppress: the route {options.route} has no effect {unknown}")
    acts = [options.act] if options.act else ACTS
    end_by_signal()
    print(f"SEED={seed}: to play it again, make demo ROUTE={options.route} SEED={seed}", flush=True)  # noqa: T201
    started = time.monotonic()
    try:
        with Stage(
            cast,
            rate=options.rate,
            route=options.route,
            variables={
                "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "ERROR"),
                "POWERTOOLS_METRICS_DISABLED": "true",
            },
            wrap_telegram=suppression.telegram,
            wrap_planfix=suppression.planfix,
        ) as stage:
            suppression.of_fetches(stage.planfix.chats)
            watch = Watch(stage, options.patience)
            if "conversation" in acts:
                Conversation(stage, words, watch).play()
            if "kinds" in acts:
                Kinds(stage, words, watch).play()
            keep_promises(stage)
            peak, commands = stage.planfix.peak_rate, _commands(stage)
    except NotSeenError:
        print("\nNot everything arrived.")  # noqa: T201
        return 1
    except (TimeoutError, LocalProblem) as problem:
        print(f"\n{problem}")  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("\nEnded; nothing is left running.")  # noqa: T201
        return 1
    took = time.monotonic() - started
    rates = f"at most {peak} requests in a second" if peak else f"{commands}, and no request of REST"
    print(f"\nEverything arrived, in {took:.0f} s; Planfix got {rates}.")  # noqa: T201
    return 0


def _commands(stage: Stage) -> str:
    """The calls of the API for chats, by their commands."""
    named = Counter(call.path.partition("cmd=")[2] for call in stage.planfix.calls if "cmd=" in call.path)
    return ", ".join(f"{number} × {command}" for command, number in named.most_common()) or "nothing"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    # make gives what is set on its command line to the environment: make demo SEED=1
    seed = os.environ.get("SEED")
    parser.add_argument("--seed", type=int, default=seed, help="makes names and words (default SEED, or a random one)")
    parser.add_argument(
        "--route",
        choices=CAPABILITIES,
        default=os.environ.get("ROUTE", "rest"),
        help="how Planfix is reached (default ROUTE, or rest)",
    )
    parser.add_argument("--act", choices=ACTS, help="play this act only")
    parser.add_argument(
        "--suppress",
        action="append",
        metavar="EFFECT",
        default=[],
        help="take this effect away (may be repeated): the demo must notice and exit 1",
    )
    parser.add_argument("--rate", type=float, default=1, help="Planfix REST requests a second (default 1, its limit)")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds that one scene may take")
    return parser


if __name__ == "__main__":
    sys.exit(main())
