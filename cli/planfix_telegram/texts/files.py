"""Sentences of files that the admin names."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "file_unreadable": ("{path} cannot be read: {detail}.", "{path} не читается: {detail}."),
    "file_unwritable": ("{path} cannot be written: {detail}.", "{path} не записывается: {detail}."),
    "file_no_utf8": (
        "{path} is no UTF-8 text (byte {position}): save it as UTF-8.",
        "{path} — не текст UTF-8 (байт {position}): сохраните его в UTF-8.",
    ),
    "file_empty": ("{path} is empty.", "{path} пуст."),
    "file_no_json": (
        "{path} is no JSON: {detail}, line {line}, column {column}. Nothing was written.",
        "{path} — не JSON: {detail}, строка {line}, столбец {column}. Ничего не записано.",
    ),
    "file_no_integrations": (
        '{path} must be {{"integrations": {{"main": {{"settings": …, "secrets": …}}}}}}. Nothing was written.',
        'В {path} должно быть {{"integrations": {{"main": {{"settings": …, "secrets": …}}}}}}. Ничего не записано.',
    ),
    "file_alias_malformed": (
        "{path}: “{alias}” cannot be an alias: use a-z, 0-9, - and _, at most 32. Nothing was written.",
        "{path}: «{alias}» не годится как имя: a-z, 0-9, - и _, не больше 32. Ничего не записано.",
    ),
    "file_no_settings": (
        "{path}: integration {alias} has no “settings”. Nothing was written.",
        "{path}: у интеграции {alias} нет «settings». Ничего не записано.",
    ),
    "file_strange_parts": (
        "{path}: integration {alias} holds “settings” and “secrets” only; look at {strange}. Nothing was written.",
        "{path}: у интеграции {alias} бывают только «settings» и «secrets»; проверьте {strange}. Ничего не записано.",
    ),
}
