"""Every sentence of the admin's command, in English and Russian: a file a command, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import Final, Literal

from planfix_telegram.texts import (
    accounts,
    chats,
    dead,
    doctor,
    failures,
    files,
    general,
    integrations,
    local,
    logs,
    rotate,
    scenario,
    settings,
    setup,
    webhook,
)

Language = Literal["en", "ru"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **general.SENTENCES,
    **setup.SENTENCES,
    **doctor.SENTENCES,
    **settings.SENTENCES,
    **accounts.SENTENCES,
    **chats.SENTENCES,
    **integrations.SENTENCES,
    **webhook.SENTENCES,
    **scenario.SENTENCES,
    **dead.SENTENCES,
    **logs.SENTENCES,
    **rotate.SENTENCES,
    **local.SENTENCES,
    **files.SENTENCES,
    **failures.SENTENCES,
}
"""Sentences by name: English, Russian."""

_spoken: Language = "en"

NAME: Final = "planfix-telegram"
DEFAULT_INTEGRATION: Final = "main"


class _Call:
    """This command as a hint tells to type it: ``{call:webhook set}`` in a sentence repeats the options in use."""

    def __format__(self, command: str) -> str:
        parts = [NAME, _options, command]
        if _integration.get() != DEFAULT_INTEGRATION and command.partition(" ")[0] not in _WHOLE_STACK:
            parts.append(f"-i {_integration.get()}")
        return " ".join(part for part in parts if part)


_WHOLE_STACK: Final = {"", "integrations", "local"}
"""Commands that have no option for an integration."""

_options = ""
_integration: ContextVar[str] = ContextVar("integration", default=DEFAULT_INTEGRATION)
"""Of the thread: doctor looks at several integrations side by side."""


def repeat_options(options: str) -> None:
    """From now on hints repeat these options, which stand before the command's name."""
    global _options  # noqa: PLW0603 - one process is one call of the command
    _options = options


def speak_of(integration: str) -> None:
    """From now on hints of this thread are about this integration."""
    _integration.set(integration or DEFAULT_INTEGRATION)


def speak(language: Language) -> None:
    """Choose the language of everything that is said from now on; called once, before the first sentence."""
    global _spoken  # noqa: PLW0603 - one process has one admin, who has one language
    _spoken = language


def current_language() -> Language:
    """The language of everything that is said."""
    return _spoken


def say(key: str, /, **values: object) -> str:
    """A sentence with its placeholders filled in."""
    return TEXTS[key][_spoken == "ru"].format(call=_Call(), **values)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """What `--language` says, else the system's language (POSIX: LC_ALL before LC_MESSAGES before LANG)."""
    for argument, following in pairwise([*arguments, ""]):
        name, _, value = argument.partition("=")
        if name == "--language":
            return "ru" if (value or following) == "ru" else "en"
    system = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "ru" if system.lower().startswith("ru") else "en"


def as_list(names: Iterable[str]) -> str:
    """Names one under another, within a sentence."""
    return "".join("\n  " + " ".join(name.split()) for name in names)
