"""Templates, objects and people of Planfix, chosen by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planfix_telegram.problem import WRONG_USAGE, Problem
from planfix_telegram.screen import Screen
from planfix_telegram.texts import as_list, say

AT_ONCE = 20
"""Rows of a table that still fit on a screen together with the question."""

NONE = "-"
"""What is typed to choose nothing where Enter keeps something."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something with a name; `key` is what is stored: `12`, `user:5`, `group:3`."""

    key: str
    name: str
    kind: str = ""


def things(raw: Iterable[Mapping[str, Any]]) -> list[Choice]:
    """Templates or objects, by number; what has none cannot be chosen."""
    return [Choice(str(one["id"]), str(one.get("name") or one["id"])) for one in _numbered(raw)]


def _numbered(raw: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    return (one for one in raw if isinstance(one, Mapping) and isinstance(one.get("id"), int | str))


def people(users: Iterable[Mapping[str, Any]], groups: Iterable[Mapping[str, Any]]) -> list[Choice]:
    """Employees and groups, as assignees are stored."""
    found = []
    for user in _numbered(users):
        if user.get("role") == "Robot":  # scenarios act as robots; nobody reads a robot's tasks
            continue
        number = str(user["id"]).rpartition(":")[2]
        name = " ".join(str(user[part]).strip() for part in ("lastname", "name") if user.get(part))
        found.append(Choice(f"user:{number}", name or number, "employee"))
    return found + [
        Choice(f"group:{one['id']}", str(one.get("name") or one["id"]), "group") for one in _numbered(groups)
    ]


def named(choices: Sequence[Choice], text: str, option: str) -> Choice:
    """The one choice that an option's value means: its number in Planfix, its name, or a part of it.

    Raises:
        Problem: none or several.
    """
    found = _by_number(choices, text) or _by_name(choices, text)
    if len(found) == 1:
        return found[0]
    shown = [f"{one.name} ({one.key})" for one in (found or choices)]
    names = as_list([*shown[:AT_ONCE], *(["…"] if len(shown) > AT_ONCE else [])])
    key = "choice_ambiguous" if found else "choice_unknown"
    raise Problem(key, exit_code=WRONG_USAGE, option=option, text=text, names=names or "-")


def choose(screen: Screen, question: str, choices: Sequence[Choice], kept: str | None) -> Choice | None:
    """Ask for one choice or none.

    Args:
        screen: where to ask.
        question: what is chosen.
        choices: to choose from.
        kept: the key that Enter keeps.
    """
    chosen = _ask(screen, question, choices, [kept] if kept else [], several=False)
    return chosen[0] if chosen else None


def choose_several(screen: Screen, question: str, choices: Sequence[Choice], kept: Sequence[str]) -> list[Choice]:
    """Ask for any number of choices, separated by commas."""
    return _ask(screen, question, choices, kept, several=True)


def _ask(
    screen: Screen, question: str, choices: Sequence[Choice], kept: Sequence[str], *, several: bool
) -> list[Choice]:
    screen.step(question)
    if not choices:
        screen.note(say("nothing_to_choose"))
        return [Choice(key, key) for key in kept]
    before = [one for key in kept for one in choices if one.key == key]
    _show(screen, choices[:AT_ONCE])
    if len(choices) > AT_ONCE:
        screen.note(say("more_choices", count=len(choices) - AT_ONCE))
    hint = say("choose_several" if several else "choose_one")
    hint += " " + (say("choose_keep") if before else say("choose_skip"))
    while True:
        answer = screen.ask(hint, ", ".join(one.name for one in before)) if before else screen.ask(hint)
        if before and answer == ", ".join(one.name for one in before):
            return before
        if answer in {"", NONE}:
            return []
        # a name may have a comma in it
        parts = answer.split(",") if several and not _by_name(choices, answer) else [answer]
        chosen = [_meant(screen, choices, part.strip()) for part in parts if part.strip()]
        if chosen and all(chosen):
            return list(dict.fromkeys(one for one in chosen if one))


def _meant(screen: Screen, choices: Sequence[Choice], text: str) -> Choice | None:
    """The choice that was typed as a number or as a part of its name; else says what to do."""
    found = _by_number(choices, text) or _by_name(choices, text)
    if len(found) == 1:
        return found[0]
    if found:
        screen.warn(say("several_match", text=text))
        _show(screen, found[:AT_ONCE])
    else:
        screen.warn(say("none_matches", text=text))
    return None


def _by_number(choices: Sequence[Choice], text: str) -> list[Choice]:
    """By the number that Planfix shows: `12`; of people `user:5`, or `5` where only one has it."""
    return [one for one in choices if text in {one.key, one.key.rpartition(":")[2]}]


def _by_name(choices: Sequence[Choice], text: str) -> list[Choice]:
    wanted = text.casefold()
    exact = [one for one in choices if one.name.casefold() == wanted]
    return exact or [one for one in choices if wanted in one.name.casefold()]


def _show(screen: Screen, choices: Sequence[Choice]) -> None:
    columns = ["№", say("column_name")]
    if any(one.kind for one in choices):
        screen.choices([*columns, ""], [(one.key, one.name, say(f"kind_{one.kind}")) for one in choices])
    else:
        screen.choices(columns, [(one.key, one.name) for one in choices])
