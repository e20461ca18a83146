"""The documents say what the code does: keys, commands, sentences and links are compared with it."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command

from bridge.settings import ChannelSettings, Secrets, Settings
from bridge.texts import REFUSALS, SENTENCES, Say
from planfix_telegram.main import COMMANDS
from planfix_telegram.setting_keys import defaults
from tests.world import CLIENT, OBJECT, OWNER, USER, World

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.ru.md"]
PAGES = [
    *READMES,
    *(ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")),
    *sorted((ROOT / "docs").rglob("*.md")),
]

_CODE_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_RUN = ("make ", ".venv", "planfix-telegram ", "git ", "cd ", "export ", "aws ", "curl ", "chmod ")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _rows(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    section = page.read_text("utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _keys(heading: str) -> list[str]:
    return [row[0].strip("`") for row in _rows(ROOT / "docs/settings.md", heading)]


def _fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def _blocks(page: Path) -> str:
    return "\n".join(_CODE_BLOCK.findall(page.read_text("utf-8")))


def _commands(code: str) -> list[str]:
    """The lines of a code block that are run, without comments and in one piece."""
    lines = re.sub(r"\\\n *", "", code).splitlines()
    return [command for line in lines if (command := re.sub(r" +#.*$", "", line).strip())]


def _code(page: Path) -> list[str]:
    """Every command and every word in code type."""
    return [*_commands(_blocks(page)), *_INLINE_CODE.findall(_CODE_BLOCK.sub("", page.read_text("utf-8")))]


def _slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# -- Planfix


@pytest.mark.parametrize("page", ["docs/deploying.md", "docs/deploying.ru.md"])
def test_the_scopes_that_are_named_are_enough_and_none_too_many(page: str):
    """With the page's scopes everything works: contact, task, comments, files both ways, the employee's name; with one less not."""
    named = set(re.findall(r"`((?:contact|task|comment|file|user)_[a-z]+)`", (ROOT / page).read_text("utf-8")))
    assert _works_with(named)
    assert [one for one in sorted(named) if _works_with(named - {one})] == []


def _works_with(scopes: set[str]) -> bool:
    by_object = {"own_bot": {"task_object": OBJECT}, str(OWNER): {}}  # its people cannot be read: the task is changed
    world = World(settings={"send_as_employee": True, "channels": by_object}, rate=0)
    world.planfix.allow_scopes(scopes)
    photo = world.telegram.put_file(b"photo", "1.jpg", "image/jpeg")
    world.client_writes("", **world.telegram.media("photo", photo))
    world.settle(for_seconds=60)
    if not world.planfix.tasks():
        return False
    world.telegram.rename(CLIENT, first_name="Аня")
    world.client_writes("ещё")
    number = world.planfix.put_file(b"bill", "bill.pdf")
    world.planfix.employee_comments(world.task, USER, "счёт", notify=("contact:1",), files=[number])
    world.settle(for_seconds=60)
    answers = [one for one in world.telegram.chat_of(CLIENT, OWNER, bot=world.bot) if one.who == "bot"]
    renamed = world.planfix.contacts()[0].fields["name"] == "Аня"
    comments = world.comments()
    world.client_writes("и боту", owner=None)
    world.settle(for_seconds=60)
    assigned = len(world.planfix.tasks()) == 2 and all(task.assignees.groups for task in world.planfix.tasks())
    return renamed and assigned and len(answers) == 2 and any(one.files for one in comments)


# -- settings


def test_every_shared_setting_is_described_with_its_default():
    """The first table of docs/settings.md is the model: its keys, in its order, and their defaults."""
    model = {key: value for key, value in defaults().items() if not key.startswith("defaults.")}
    rows = _rows(ROOT / "docs/settings.md", "Shared by all channels")
    assert [(row[0].strip("`"), row[1]) for row in rows] == list(model.items())


def test_every_setting_of_a_channel_is_described():
    """No key of a channel is missing or invented."""
    assert sorted(_keys("For each channel")) == sorted(_fields(ChannelSettings))


def test_every_secret_is_described():
    """No secret is missing or invented."""
    assert sorted(_keys("Secrets")) == sorted(_fields(Secrets))


# -- routes


def _columns(page: str) -> list[list[str]]:
    """The table that compares both routes: the cells of each row."""
    lines = [
        line for line in (ROOT / page).read_text("utf-8").split("\n## ", 1)[0].splitlines() if line.startswith("|")
    ]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_both_routes_are_compared_alike_in_both_languages():
    """Row by row: the same code words, and the same rows marked as reasons to choose REST."""
    english, russian = _columns("docs/routes.md"), _columns("docs/routes.ru.md")
    assert len(english) == len(russian) > 15
    for there, here in zip(english, russian, strict=True):
        assert len(there) == len(here) == 3
        assert [_INLINE_CODE.findall(cell) for cell in there] == [_INLINE_CODE.findall(cell) for cell in here]
        assert there[0].startswith("●") == here[0].startswith("●")


def test_the_routes_page_names_settings_that_exist():
    """Whoever types them has no error."""
    known = (
        {key.rpartition(".")[2] for key in defaults()} | _fields(ChannelSettings) | _fields(Secrets) | _fields(Settings)
    )
    words = set(re.findall(r"`(?:planfix\.)?([a-z]+_[a-z_]+)`", (ROOT / "docs/routes.md").read_text("utf-8")))
    assert words - {"chat_api"} <= known


@pytest.mark.parametrize("language", ["ru", "en"])
def test_how_the_bridge_signs_in_a_chat_is_said_to_employees(language):
    """Its messages have this name, and a repeat these words, wherever they are read."""
    page = (ROOT / ("docs/employee.ru.md" if language == "ru" else "docs/employee.md")).read_text("utf-8").casefold()
    assert getattr(SENTENCES[Say.BRIDGE], language).casefold() in page
    assert getattr(SENTENCES[Say.PERHAPS_A_REPEAT], language).partition(":")[0].casefold() in page


# -- commands


@pytest.mark.parametrize("english", [READMES[0], ROOT / "docs/deploying.md"], ids=_name)
def test_both_languages_name_the_same_commands(english):
    """Who follows the Russian page types what the English page says; only names and addresses in quotes differ."""
    russian = english.with_suffix(".ru.md")
    said = [
        [command for command in _commands(_blocks(page)) if command.startswith(_RUN)] for page in (english, russian)
    ]
    there, here = ([re.sub(r"'[^']*'|planfix\.(ru|com)", "…", command) for command in commands] for commands in said)
    assert there == here


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_make_target_that_is_named_exists(page):
    """`make something` in a document is a target of the Makefile."""
    called = [re.sub(r'\w+=("[^"]*"|\S+)', "", one) for one in _code(page) if one.startswith("make ")]
    words = {word for one in called for word in one.split()[1:]}
    targets = set(re.findall(r"^([a-z0-9.-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert words <= targets


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_that_is_named_exists(page):
    """`planfix-telegram a b --option` in a document is a command, and has that option."""
    # a stack, a folder or a log of that name is no command
    code = re.sub(r"(--stack-name|<this repository>|cd) planfix-telegram\S*", "", "\n".join(_code(page)))
    for called in re.findall(r"planfix-telegram ((?:--)?[a-z][^\n]*)", code):
        words = re.sub(r"^(--(stack|language) \S+ )+", "", called).split()
        if words[0] == "--help":
            continue
        assert words[0] in COMMANDS, called
        command = get_command(import_module(f"planfix_telegram.commands.{words[0]}").app)
        for word in words[1:]:
            command = getattr(command, "commands", {}).get(word, command)
        if hasattr(command, "commands"):
            assert not words[1:], called
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)} <= options, called


# -- sentences


@pytest.mark.parametrize("language", ["ru", "en"])
def test_notices_for_employees_are_quoted_as_they_are_written(language):
    """What an employee looks up on the page stands in the notice, word for word."""
    page = ROOT / ("docs/employee.ru.md" if language == "ru" else "docs/employee.md")
    spoken = [getattr(one, language) for one in SENTENCES.values()]
    why = [getattr(one.why, language) for one in REFUSALS.values()]
    notices, refusals = (
        ("Уведомления", "Почему ответ не принят") if language == "ru" else ("Notices", "Why an answer is refused")
    )
    assert [row[0] for row in _rows(page, notices) if not any(one.startswith(row[0]) for one in spoken)] == []
    assert [row[0] for row in _rows(page, refusals) if not any(one.startswith(row[0]) for one in why)] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_notice_to_an_employee_is_explained(language):
    """A sentence that begins with a notice's sign has a row on the page."""
    page = ROOT / ("docs/employee.ru.md" if language == "ru" else "docs/employee.md")
    explained = tuple(row[0] for row in _rows(page, "Уведомления" if language == "ru" else "Notices"))
    notices = [getattr(one, language) for key, one in SENTENCES.items() if not key.value.startswith("owner_")]
    signs = "⚠ℹ⏸⏳✅❎❓"
    assert [one for one in notices if one[0] in signs and not one.startswith(explained)] == []


# -- links


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_relative_link_leads_somewhere(page):
    """The file is there, and the heading in it."""
    for link in _LINK.findall(_CODE_BLOCK.sub("", page.read_text("utf-8"))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in [_slug(one) for one in _HEADING.findall(target.read_text("utf-8"))], link


@pytest.mark.parametrize("english", [page for page in PAGES if page.with_suffix(".ru.md").exists()], ids=_name)
def test_twins_link_to_each_other(english):
    """Who lands on the wrong language finds the other one."""
    russian = english.with_suffix(".ru.md")
    assert f"]({russian.name})" in english.read_text("utf-8")
    assert f"]({english.name})" in russian.read_text("utf-8")
