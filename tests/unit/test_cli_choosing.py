"""Choosing templates and people by name."""

from __future__ import annotations

import pytest

from planfix_telegram.choosing import Choice, choose, choose_several, named, people, things
from planfix_telegram.problem import Problem
from planfix_telegram.screen import Screen, Terminal, clean
from planfix_telegram.texts import speak

TEMPLATES = [Choice("11", "Chat"), Choice("12", "Chat with a contract"), Choice("13", "Call")]


class _Typist(Terminal):
    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)

    def ask(self, prompt: str, *, hidden: bool = False) -> str:
        return self._answers.pop(0)


@pytest.fixture(autouse=True)
def _english():
    speak("en")


@pytest.mark.parametrize(("text", "key"), [("12", "12"), ("chat", "11"), ("contract", "12"), ("CALL", "13")])
def test_an_option_names_by_number_name_or_part(text, key):
    """A whole name beats a part of another."""
    assert named(TEMPLATES, text, "--task-template").key == key


@pytest.mark.parametrize(
    ("text", "names"), [("c", "\n  Chat (11)\n  Chat with a contract (12)\n  Call (13)"), ("x", "Chat")]
)
def test_an_option_that_names_none_or_several_says_which_there_are(text, names):
    """The sentence lists names and numbers to choose from."""
    with pytest.raises(Problem) as problem:
        named(TEMPLATES, text, "--task-template")
    assert names in str(problem.value)
    assert problem.value.exit_code == 2


@pytest.mark.parametrize(
    ("answers", "key"), [(["12"], "12"), (["contract"], "12"), (["c", "Call"], "13"), (["9", "11"], "11"), ([""], None)]
)
def test_a_person_types_planfixs_number_or_a_part_of_a_name(answers, key):
    """The same number that options and settings take. What means none or several is asked again; Enter chooses nothing."""
    chosen = choose(Screen(_Typist(*answers)), "Template", TEMPLATES, None)
    assert (chosen and chosen.key) == key


@pytest.mark.parametrize(("answer", "key"), [("", "12"), ("-", None), ("13", "13")])
def test_enter_keeps_what_is_stored(answer, key):
    """Where something is stored, a dash chooses nothing."""
    chosen = choose(Screen(_Typist(answer)), "Template", TEMPLATES, "12")
    assert (chosen and chosen.key) == key


def test_several_are_separated_by_commas():
    """Numbers and names may be mixed; a repeated one counts once; an unclear one is asked again."""
    assert [one.key for one in choose_several(Screen(_Typist("13, contract, call")), "T", TEMPLATES, [])] == [
        "13",
        "12",
    ]
    assert [one.key for one in choose_several(Screen(_Typist("11, c", "11")), "T", TEMPLATES, [])] == ["11"]
    assert [one.key for one in choose_several(Screen(_Typist("")), "T", TEMPLATES, ["13", "11"])] == ["13", "11"]


def test_a_name_with_a_comma_is_one_name():
    """It is not taken for two."""
    people = [
        Choice("group:1", "Sales, Moscow", "group"),
        Choice("group:2", "Sales", "group"),
        Choice("user:2", "Moscow", "employee"),
    ]
    assert [one.key for one in choose_several(Screen(_Typist("Sales, Moscow")), "T", people, [])] == ["group:1"]
    assert [one.key for one in choose_several(Screen(_Typist("user:2, group:2")), "T", people, [])] == [
        "user:2",
        "group:2",
    ]
    assert [one.key for one in choose_several(Screen(_Typist("2", "1")), "T", people, [])] == ["group:1"]


def test_a_long_list_is_cut_and_can_be_searched(capsys):
    """Names beyond the table are still found by a part of them."""
    many = [Choice(str(number), f"Template {number}") for number in range(100)]
    assert choose(Screen(_Typist("template 77")), "T", many, None) == many[77]
    shown = capsys.readouterr().err
    assert "Template 19" in shown
    assert "Template 20" not in shown
    assert "80 more" in shown


def test_people_are_employees_and_groups_but_no_robots():
    """Last name first, as Planfix shows them; ids as assignees are stored, prefixed by Planfix or not."""
    found = people(
        [
            {"id": 5, "name": "Ivan", "lastname": "Ivanov", "role": "User"},
            {"id": "user:6", "name": "Anna", "role": "Admin"},
            {"id": 900, "name": "Robot", "role": "Robot"},
        ],
        [{"id": 3, "name": "Managers"}],
    )
    assert [(one.key, one.name) for one in found] == [
        ("user:5", "Ivanov Ivan"),
        ("user:6", "Anna"),
        ("group:3", "Managers"),
    ]


def test_a_template_without_a_name_is_shown_by_its_number():
    """Nothing to choose is ever blank."""
    assert things([{"id": 7, "name": None}]) == [Choice("7", "7")]


def test_a_strangers_name_does_not_steer_the_terminal(capsys):
    """Escapes, line breaks and marks that turn the writing round are taken out; brackets stay what they are."""
    assert clean("A\x1b[31mB\nC\u202eD\x9b") == "A [31mB C D "
    screen = Screen(_Typist())
    screen.result("[red]Anna[/red] \x1b]0;title\x07")
    screen.choices(["name"], [["\x1b[2JAnna"]])
    said = capsys.readouterr()
    assert "[red]Anna[/red]" in said.out
    assert "\x1b" not in said.out + said.err


def test_one_strange_element_of_a_list_hides_no_other():
    """Whatever Planfix gives beside them, the templates and people that have a number can be chosen."""
    strange = [None, {"name": "no number"}, {"id": {"n": 1}}, {"id": 5, "name": "Anna", "lastname": "Lee"}]
    assert [one.key for one in things(strange)] == ["5"]
    assert [(one.key, one.name) for one in people(strange, [{"id": 3, "name": "All"}, 7])] == [
        ("user:5", "Lee Anna"),
        ("group:3", "All"),
    ]
