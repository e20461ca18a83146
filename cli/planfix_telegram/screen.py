"""What the admin sees and answers. Results go to stdout; questions, progress and problems to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.texts import say

YES = {"y", "yes", "д", "да"}
NO = {"n", "no", "н", "нет"}


_MARKS = {"ok": ("✓", "green"), "note": ("·", "cyan"), "wrong": ("✗", "bold red"), "unknown": ("?", "bold yellow")}
"""How each state of a finding begins its line."""

NO_WIDTH = 10_000
"""Columns of a pipe or a file: nothing is wrapped there, so that it can be searched."""


class Terminal:
    """The keyboard."""

    def is_interactive(self) -> bool:
        """Whether a person sits there."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def shows_results(self) -> bool:
        """Whether stdout is read by a person and by nobody else."""
        return sys.stdout.isatty()

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        """One line of input; Ctrl-C and Ctrl-D stop the command."""
        try:
            answer = typer.prompt(
                prompt, default="", show_default=False, prompt_suffix=" ", hide_input=hidden, err=True
            )
        except typer.Abort:
            raise KeyboardInterrupt from None
        return str(answer).strip()

    def forget_typed(self) -> None:
        """Throw away the keys that were pressed before the question could be read."""
        try:
            import termios  # noqa: PLC0415 - there is none on Windows, where keys are not kept for the next question
        except ImportError:
            return
        if sys.stdin.isatty():
            termios.tcflush(sys.stdin, termios.TCIFLUSH)


class Screen:
    """The terminal's two outputs and its questions."""

    def __init__(self, terminal: Terminal | None = None) -> None:
        self._terminal = terminal or Terminal()
        self._out = _console(is_terminal=sys.stdout.isatty())
        self._err = _console(is_terminal=sys.stderr.isatty(), stderr=True)

    # -- results

    def result(self, sentence: str = "") -> None:
        """What the command was called for."""
        # an address or a secret must stay one piece for whoever copies it
        self._out.print(_text(sentence), soft_wrap=True)

    def line(self, text: str) -> None:
        """One of many lines for a person or a pipe."""
        typer.echo(text)

    def json(self, value: Any) -> None:
        """The same for programs."""
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table on stdout."""
        self._print_table(self._out, columns, rows)

    def heading(self, sentence: str) -> None:
        """Above the lines of one subject."""
        self._out.print()
        self._out.print(_text(sentence, "bold cyan"))

    def finding(self, state: str, sentence: str, remedy: str) -> None:
        """One line of a report, and what to do about it."""
        mark, style = _MARKS[state]
        self._out.print(Text.assemble(("  " + mark + " ", style), _text(sentence)))
        if remedy:
            self._out.print(Text.assemble("    → ", _text(remedy)))

    # -- the conversation

    def note(self, sentence: str = "") -> None:
        self._err.print(_text(sentence))

    def step(self, sentence: str) -> None:
        """A heading of a longer conversation."""
        self._err.print()
        self._err.print(_text(sentence, "bold cyan"))

    def done(self, sentence: str) -> None:
        self._err.print(Text.assemble(("✓ ", "green"), _text(sentence)))

    def warn(self, sentence: str) -> None:
        self._err.print(Text.assemble(("! ", "bold yellow"), _text(sentence, "yellow")))

    def problem(self, sentence: str) -> None:
        self._err.print(_text(sentence, "red"))

    def choices(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table to choose from."""
        self._print_table(self._err, columns, rows)

    def change(self, key: str, before: str | None, after: str | None) -> None:
        """One line of a difference."""
        line = Text(f"  {clean(key)}: ")
        if before is not None:
            line.append(clean(before), style="red")
        if before is not None and after is not None:
            line.append(" → ")
        if after is not None:
            line.append(clean(after), style="green")
        elif before is not None:
            line.append(f" ({say('removed')})")
        self._err.print(line)

    @contextmanager
    def progress(self, sentence: str) -> Iterator[None]:
        """Shown while something takes longer than a moment."""
        if not self._err.is_terminal:
            yield
            return
        with self._err.status(_text(sentence)):
            yield

    # -- questions

    @property
    def is_interactive(self) -> bool:
        return self._terminal.is_interactive()

    @property
    def is_private(self) -> bool:
        """Whether what is shown is seen by the person at the keyboard only: no pipe, no file."""
        return self._terminal.is_interactive() and self._terminal.shows_results()

    def ask(self, question: str, default: str = "") -> str:
        """A line of text; Enter takes the default."""
        shown = f"{question} [{default}]:" if default else f"{question}:"
        return self._terminal.ask(clean(shown)) or default

    def ask_hidden(self, question: str) -> str:
        """A secret, which the terminal does not echo."""
        return self._terminal.ask(f"{question}:", hidden=True)

    def confirm_deliberately(self, question: str) -> bool:
        """Yes or no to what is not to be agreed to by a key that was pressed too often: Enter is No."""
        self._terminal.forget_typed()
        return self.confirm(question, default=False)

    def confirm(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        hint = say("yes_no_yes") if default else say("yes_no_no")
        while True:
            answer = self._terminal.ask(clean(f"{question} [{hint}]:")).casefold()
            if not answer:
                return default
            if answer in YES | NO:
                return answer in YES
            self.warn(say("answer_yes_or_no"))

    def agree(self, question: str, *, yes: bool, default: bool = True) -> None:
        """Go on only when the admin agrees, by `--yes` or by answering; ``default`` is what Enter answers.

        Raises:
            Problem: nobody is there to ask, or the answer was no.
        """
        if yes:
            return
        if not self.is_interactive:
            raise Problem("nobody_to_ask", exit_code=WRONG_USAGE)
        if not self.confirm(question, default=default):
            raise Problem("not_agreed")

    def agree_deliberately(self, question: str, *, yes: bool) -> None:
        """As `agree`, for what is not to be agreed to by a key that was pressed too often."""
        if not yes and self.is_interactive:
            self._terminal.forget_typed()
        self.agree(question, yes=yes, default=False)

    def _print_table(self, console: Console, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for row in rows:
            table.add_row(*(Text(clean(cell), overflow="fold") for cell in row))
        console.print(table)


def _console(*, is_terminal: bool, stderr: bool = False) -> Console:
    # markup off: names come from strangers' Telegram profiles, and "[red]" in a name is a name
    return Console(markup=False, highlight=False, emoji=False, stderr=stderr, width=None if is_terminal else NO_WIDTH)


def clean(text: str) -> str:
    """A stranger's text without what steers a terminal: escapes, line breaks, marks that turn the writing round."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def shown_time(seconds: float) -> str:
    """Unix seconds as an admin reads them."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _text(sentence: str, style: str = "") -> Text:
    return Text("\n".join(clean(line) for line in sentence.splitlines()), style)
