"""Every sentence of the admin's command, in English and Russian: a file a command, and what they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, Literal

from planfix_telegram.texts import (
    accounts,
    dead,
    failures,
    files,
    general,
    local,
    scenario,
    settings,
    setup,
    webhook,
)

Language = Literal["en", "ru"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    **general.SENTENCES,
    **setup.SENTENCES,
    **settings.SENTENCES,
    **accounts.SENTENCES,
    **webhook.SENTENCES,
    **scenario.SENTENCES,
    **dead.SENTENCES,
    **local.SENTENCES,
    **files.SENTENCES,
    **failures.SENTENCES,
}
"""Sentences by name: English, Russian."""

_spoken: Language = "en"


def speak(language: Language) -> None:
    """Choose the language of everything that is said from now on; called once, before the first sentence."""
    global _spoken  # noqa: PLW0603 - one process has one admin, who has one language
    _spoken = language


def current_language() -> Language:
    """The language of everything that is said."""
    return _spoken


def say(key: str, /, **values: object) -> str:
    """A sentence with its placeholders filled in."""
    return TEXTS[key][_spoken == "ru"].format(**values)


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """What `--language` says, else the system's language (POSIX: LC_ALL before LC_MESSAGES before LANG)."""
    for argument, following in pairwise([*arguments, ""]):
        name, _, value = argument.partition("=")
        if name == "--language":
            return "ru" if (value or following) == "ru" else "en"
    system = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "ru" if system.lower().startswith("ru") else "en"
