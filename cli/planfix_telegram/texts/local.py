"""Sentences of `local`."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # -- help
    "help_local": (
        "Run the bridge on this machine, without AWS.",
        "Запустить мост на этом компьютере, без AWS.",
    ),
    # -- options and arguments
    "help_local_settings": (
        "What `settings import` reads, with secrets.",
        "Файл, который читает settings import, с секретами.",
    ),
    "help_local_port": ("Port on 127.0.0.1.", "Порт на 127.0.0.1."),
    # -- examples
    "examples_local": (
        "planfix-telegram local --settings bridge.json --port 8080",
        "planfix-telegram local --settings bridge.json --port 8080",
    ),
    # -- problems: this machine
    "local_extra_missing": (
        "{package} is missing: pip install 'planfix-telegram[local]'",
        "Не хватает {package}: pip install 'planfix-telegram[local]'",
    ),
    "local_problem": ("{detail}", "{detail}"),
}
