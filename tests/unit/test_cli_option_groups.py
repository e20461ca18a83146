"""Options that belong together as one object."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import Annotated

import typer
from typer.testing import CliRunner

from planfix_telegram.commands.option_groups import with_groups


@dataclass(frozen=True)
class Size:
    """Two options."""

    width: Annotated[int, typer.Option("--width")] = 1
    height: Annotated[int, typer.Option("--height")] = 2


@with_groups
def draw(*, name: Annotated[str, typer.Option()] = "box", size: Size, quiet: bool = False) -> None:
    """A command with a group between two options of its own."""
    typer.echo(f"{name} {size} {quiet}")


app = typer.Typer()
app.command()(draw)


def test_a_field_is_an_option_where_its_group_stands():
    """The help lists options in the order of parameters and fields."""
    assert list(signature(draw).parameters) == ["name", "width", "height", "quiet"]


def test_the_command_gets_its_group_as_one_object():
    """What is not said has the field's default."""
    ended = CliRunner().invoke(app, ["--height", "5", "--name", "jar"])
    assert ended.output == "jar Size(width=1, height=5) False\n"
