"""Foreign names in our sentences stay on their line, in their direction, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

import pytest

from bridge.errors import Reason
from bridge.model import Attachment
from bridge.planfix.rest import PlanfixRest
from bridge.shown import one_line
from bridge.telegram.content import could_not_carry, render
from bridge.telegram.updates import person
from bridge.texts import SENTENCES, Say, Texts
from tests.unit.test_outgoing_files import TOO_BIG, answer, notices
from tests.world import CLIENT, OWNER, USER, World

TRICK = "фото\u202egpj.exe\r\n⚠️ Ответ\u2028клиенту\x85\u2067доставлен"
PLAIN = "фотоgpj.exe ⚠️ Ответ клиенту доставлен"
PERSON = {"id": 1, "first_name": TRICK, "last_name": TRICK}
FILE = {"file_id": "f", "file_unique_id": "u"}

MESSAGES: dict[str, Any] = {
    "document": {"document": {**FILE, "file_name": TRICK}},
    "audio": {"audio": {**FILE, "performer": TRICK, "title": TRICK}},
    "sticker": {"sticker": {**FILE, "emoji": TRICK}},
    "contact": {"contact": {**PERSON, "phone_number": TRICK}},
    "poll": {"poll": {"question": TRICK, "options": [{"text": TRICK}, {"text": TRICK}]}},
    "quiz": {"poll": {"type": "quiz", "question": TRICK, "options": [{"text": TRICK}]}},
    "option": {"poll_option_added": {"option_text": TRICK}},
    "checklist": {"checklist": {"title": TRICK}},
    "task": {"checklist": {"title": "", "tasks": [{"id": 1, "text": TRICK}]}},
    "game": {"game": {"title": TRICK, "description": TRICK}},
    "story": {"story": {"chat": {"title": TRICK}}},
    "invoice": {"invoice": {"title": TRICK, "description": TRICK, "total_amount": 1, "currency": TRICK}},
    "gift": {"unique_gift": {"gift": {"base_name": TRICK, "number": 7}}},
    "giveaway": {"giveaway": {"winner_count": 1, "prize_description": TRICK}},
    "button": {"web_app_data": {"button_text": TRICK, "data": ""}},
    "venue": {"venue": {"title": TRICK, "address": TRICK, "location": {"latitude": 1, "longitude": 2}}},
    "placeless venue": {"venue": {"title": TRICK, "address": TRICK}},
    "kind of the future": {TRICK: {}},
}
ABOVE: dict[str, Any] = {
    "forwarded from a person": {"forward_origin": {"sender_user": PERSON}},
    "forwarded from a hidden one": {"forward_origin": {"sender_user_name": TRICK}},
    "forwarded from a channel": {"forward_origin": {"chat": {"title": TRICK}, "author_signature": TRICK}},
    "reply to a channel": {"external_reply": {"origin": {"chat": {"title": TRICK}}, "message_id": 5}},
}


def is_clean(shown: str) -> bool:
    """Neither a mark that turns the writing nor a line that a name began."""
    return one_line(shown) == shown and "<br>⚠" not in shown and "\n⚠" not in shown


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_a_message_holds_is_named_in_one_line(kind: str) -> None:
    """Whatever kind it is."""
    shown = render(MESSAGES[kind], Texts("ru"))
    assert is_clean(shown.html)
    assert "<br>" not in shown.html
    assert "Ответ" in shown.html
    assert all(is_clean(one.name) for one in shown.attachments)


@pytest.mark.parametrize("kind", ABOVE)
def test_where_a_message_is_from_is_named_in_one_line(kind: str) -> None:
    """A channel's title, a person's name, a signature."""
    above = render({"text": "слова", **ABOVE[kind]}, Texts("ru")).above
    assert is_clean(above)
    assert "Ответ" in above


def test_checklist_keeps_its_lines() -> None:
    """A task is a line; a line break in it would make up another."""
    tasks = [{"id": 1, "text": "раз\n☑ два", "text_entities": [{"type": "bold", "offset": 0, "length": 7}]}]
    shown = render({"checklist": {"title": "Дела", "tasks": tasks}}, Texts("ru")).html
    assert shown == "[Чек-лист] Дела<br>☐ <b>раз ☑ д</b>ва"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_file_that_was_not_carried_is_named_in_one_line(language: Any) -> None:
    """Its name is stored nowhere, so it was not cleaned before."""
    attachment = Attachment("document", "f", "u", TRICK, "", size=30)
    shown = could_not_carry(attachment, Texts(language), Reason.FILE_TOO_BIG)
    assert is_clean(shown)
    assert PLAIN in shown


@pytest.mark.parametrize("sentence", Say)
def test_no_sentence_takes_a_line_break_from_a_word(sentence: Say) -> None:
    """Each of them, in both languages, with every word a trick."""
    words = {name for _, name, _, _ in Formatter().parse(SENTENCES[sentence].en) if name}
    for language in ("ru", "en"):
        said = Texts(language).say(sentence, **dict.fromkeys(words, TRICK))
        assert said.count("\n") == Texts(language).say(sentence, **dict.fromkeys(words, "x")).count("\n")
        assert "\u202e" not in said


def test_errors_own_words_stay_in_their_line() -> None:
    """What a service says of an error that nobody knew."""
    assert Texts("en").why(Reason.UNKNOWN_ERROR, TRICK) == f"Unknown error: {PLAIN}."


def test_people_are_called_in_one_line() -> None:
    """In contacts, in names of tasks, above the owner's words."""
    called = person({"id": 1, "first_name": TRICK, "last_name": "\u202e", "username": TRICK})
    assert (called.full_name, called.username, called.last_name) == (PLAIN, PLAIN, "")


def test_task_and_contact_are_named_in_one_line() -> None:
    """The client's name and the channel's."""
    world = World(settings={"channels": {str(OWNER): {"name": TRICK}}})
    world.telegram.rename(CLIENT, first_name=TRICK, last_name="")
    world.client_writes("раз")
    world.settle()
    (task,) = world.planfix.tasks()
    assert task.name == f"Telegram: {PLAIN}"
    assert f"Канал: {PLAIN}." in task.description
    assert world.planfix.contacts()[0].fields["name"] == PLAIN


def test_owner_is_named_in_one_line(world: World) -> None:
    """The line above what the owner wrote from the phone."""
    world.client_writes("раз")
    world.settle()
    world.telegram.rename(OWNER, first_name=TRICK, last_name="")
    world.telegram.owner_writes(OWNER, CLIENT, "два")
    world.settle()
    assert world.says()[-1] == f"{PLAIN} (из Telegram):\nдва"


@pytest.mark.only_on("rest")
def test_files_of_an_answer_are_named_in_one_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the employee, and to the client."""
    world.client_writes("раз")
    world.settle()
    answer(world, "", (TRICK + ".txt", b""))
    assert [PLAIN in text and is_clean(text) for text in notices(world)] == [True]
    monkeypatch.setattr(PlanfixRest, "public_link", lambda _, number: f"https://acme.planfix.ru/file/{number}")
    answer(world, "", (TRICK + ".mp4", bytes(TOO_BIG)))
    assert [PLAIN in text and is_clean(text) for text in notices(world)] == [True, True]
    assert world.phone() == [f"📎 {PLAIN}.mp4 (50 МБ): https://acme.planfix.ru/file/2"]


def test_answer_without_words_is_named_by_its_files_in_one_line(world: World) -> None:
    """Which answer a notice is about."""
    world.client_writes("раз")
    world.settle()
    world.telegram.block(CLIENT, OWNER)
    answer(world, "", (TRICK, b"PK"))
    assert [f"«{PLAIN}»" in text for text in notices(world)] == [True]


def test_signature_is_one_line(make_world: Callable[..., World]) -> None:
    """The employee's name above an answer."""
    world = make_world(settings={"send_as_employee": True})
    world.planfix._world.users[USER].name, world.planfix._world.users[USER].lastname = TRICK, ""
    world.client_writes("раз")
    world.settle()
    world.employee_answers("ответ")
    world.settle()
    assert world.phone() == [f"{PLAIN}:\nответ"]
