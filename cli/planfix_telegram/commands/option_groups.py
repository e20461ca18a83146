"""Options that belong together are the fields of one dataclass: the command takes the object, the admin sees the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """What typer is given instead of ``command``: each field of a parameter that is a dataclass is an option of its own.

    A field is declared as a parameter would be: annotated with `typer.Option`, its default behind it. Options stand in the
    help in the order of the parameters and fields.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if is_dataclass(kind) and isinstance(kind, type)}
    parameters: list[Parameter] = []
    for one in signature(command).parameters.values():
        parameters += _options(groups[one.name]) if one.name in groups else [one.replace(annotation=hints[one.name])]

    @wraps(command)
    def called(**given: Any) -> None:
        made = {name: kind(**{one.name: given.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()}
        command(**given, **made)

    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
    called.__annotations__ = {one.name: one.annotation for one in parameters}
    return called


def _options(group: type) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(one.name, Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
        for one in fields(group)
    ]
