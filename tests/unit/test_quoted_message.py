"""An answer that begins with a quotation answers that very message in Telegram, where it is known which."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.keys import quoted_key, sent_key
from tests.world import CLIENT, OWNER, World

pytestmark = pytest.mark.only_on("rest")


@pytest.fixture
def chat(world: World) -> World:
    """A client who has written twice, with a task."""
    for text in ("Здравствуйте!", "Когда доставка?\nИ сколько стоит?"):
        world.client_writes(text)
        world.settle()
    return world


def answer(world: World, html: str) -> None:
    """An employee's answer to the client, carried."""
    world.employee_answers(html)
    world.settle()


def phone(world: World, owner: int | None = OWNER) -> list[tuple[str, str | None]]:
    """What our side wrote, and the words of the message that each answers."""
    seen = world.telegram.chat_of(CLIENT, owner, bot=world.bot)
    words = {one.message_id: one.text for one in seen}
    return [(one.text, words[one.reply_to] if one.reply_to else None) for one in seen if one.who == "bot"]


def when_sending(world: World, number: int, happens: Callable[[], object]) -> None:
    """Let something happen right before the text message of this number; Telegram then asks to wait with it."""
    original, sent = world.runtime.http.post, []

    def post(url: str, **content: object) -> object:
        if url.endswith("/sendMessage"):
            sent.append(url)
            if len(sent) == number:
                later = {"retry_after": 40}
                world.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters=later)
                happens()
        return original(url, **content)

    world.runtime.http.post = post  # type: ignore[method-assign, assignment]


QUESTION = "Когда доставка?\nИ сколько стоит?"


@pytest.mark.parametrize(
    "quotation",
    [
        "<blockquote>Когда доставка?<br>И сколько стоит?</blockquote>",
        "<blockquote><p>Когда  доставка?</p>\n<p>И сколько&nbsp;стоит?</p></blockquote>",
        '<div class="quote">Когда доставка?<br>И сколько стоит?</div>',
        '<div class="pf-comment quoted">Когда доставка?<br>И сколько стоит?</div>',
        "<p></p><blockquote>Когда <b>доставка</b>?<br>И сколько стоит?</blockquote><p></p>",
        "<blockquote>сколько стоит</blockquote>",
        "<blockquote>Когда доставка?</blockquote>",
        "<blockquote>Когда доставка? И…</blockquote>",
        "<blockquote>Анна Серова<br>Когда доставка?<br>И сколько стоит?</blockquote>",
        "<blockquote>Анна Серова писал(а) 22 ноября 2025 г. в 14:05:<br>Когда доставка?<br>И сколько стоит?</blockquote>",
        "<blockquote><b>Серова Анна</b>, 22.11.2025 14:05<br>Когда доставка?</blockquote>",
    ],
)
def test_quoted_message_is_answered(chat: World, quotation: str) -> None:
    """However the quotation is marked up, spaced, shortened or headed: the answer names its message and repeats nothing."""
    answer(chat, f"{quotation}<p>Завтра, <b>200</b> рублей</p>")
    assert phone(chat) == [("Завтра, 200 рублей", QUESTION)]
    seen = chat.telegram.chat_of(CLIENT, OWNER)[-1]
    assert [(mark["type"], mark["offset"]) for mark in seen.entities] == [("bold", 8)]


def test_quoted_message_is_answered_in_the_own_bot(world: World) -> None:
    """The bot's own chat knows replies too."""
    world.client_writes("раз", owner=None)
    world.settle()
    answer(world, "<blockquote>раз</blockquote>два")
    assert phone(world, owner=None) == [("два", "раз")]


@pytest.mark.parametrize(
    "quotation",
    [
        "Этого никто не писал",
        "Здравствуйте! Этого никто не писал",
        "Завтра в 10:00<br>Здравствуйте!",
        "Анна, завтра в 10:00<br>Здравствуйте!",
        "дравствуйте",
    ],
)
def test_words_that_match_no_message_are_sent(chat: World, quotation: str) -> None:
    """A quotation of something else, or into which the employee wrote, goes out as a quotation: no word is lost."""
    answer(chat, f"<blockquote>{quotation}</blockquote>Да")
    assert phone(chat) == [(quotation.replace("<br>", "\n") + "\nДа", None)]
    assert chat.telegram.chat_of(CLIENT, OWNER)[-1].entities[0]["type"] == "blockquote"


def test_quoted_remark_is_no_message_that_merely_contains_its_words(chat: World) -> None:
    """Where a comment says just this, no other is meant: a remark that the client never got is quoted in words."""
    chat.employee_answers("доставка", notify=())
    chat.settle()
    answer(chat, "<blockquote>доставка</blockquote>завтра")
    assert phone(chat) == [("доставка\nзавтра", None)]


@pytest.mark.parametrize(
    "html", ["<blockquote>Здравствуйте!</blockquote>", "<p>Да.</p><blockquote>Здравствуйте!</blockquote>"]
)
def test_only_a_quotation_before_an_answer_is_a_reply(chat: World, html: str) -> None:
    """A quotation alone, or behind other words, is a part of what the employee says."""
    answer(chat, html)
    assert phone(chat)[0][1] is None
    assert "Здравствуйте!" in phone(chat)[0][0]


def test_our_own_answer_is_quoted(chat: World) -> None:
    """An employee may come back to what was answered before; a notice that repeats those words is no message."""
    answer(chat, "Доставим завтра, точнее скажу утром")
    chat.telegram.pause_chat(OWNER, CLIENT)
    answer(chat, "Доставим завтра")
    chat.telegram.resume_chat(OWNER, CLIENT)
    answer(chat, "/cancel")
    answer(chat, "<blockquote>Доставим завтра, точнее</blockquote>В 10 часов")
    assert phone(chat)[-1] == ("В 10 часов", "Доставим завтра, точнее скажу утром")


def test_owners_message_is_quoted(chat: World) -> None:
    """What the owner wrote on the phone is a message of this chat like any other."""
    chat.telegram.owner_writes(OWNER, CLIENT, "Пишу с телефона")
    chat.settle()
    answer(chat, "<blockquote>Пишу с телефона</blockquote>Подтверждаю")
    assert phone(chat) == [("Подтверждаю", "Пишу с телефона")]


def test_same_words_twice_mean_the_newest_message(chat: World) -> None:
    """Of several messages with the quoted words the newest is meant."""
    for text in ("да", "да", "да, конечно"):
        chat.client_writes(text)
        chat.settle()
    answer(chat, "<blockquote>да</blockquote>Хорошо")
    mine = [one.message_id for one in chat.telegram.chat_of(CLIENT, OWNER) if one.text == "да"]
    assert chat.telegram.chat_of(CLIENT, OWNER)[-1].reply_to == mine[-1]


def test_message_that_quotes_another_is_not_taken_for_it(chat: World) -> None:
    """A client's reply repeats the words it answers; whoever quotes those words means the first message."""
    first = next(one.message_id for one in chat.telegram.chat_of(CLIENT, OWNER) if one.text == QUESTION)
    chat.client_writes("Так сколько?", reply_to_message=first)
    chat.settle()
    answer(chat, "<blockquote>Когда доставка?</blockquote>Завтра")
    assert phone(chat) == [("Завтра", QUESTION)]


def test_message_of_another_client_is_never_named(chat: World) -> None:
    """Two tasks merged in Planfix: words that were sent to somebody else have a number of another chat."""
    answer(chat, "Доставим завтра")
    sent = chat.telegram.chat_of(CLIENT, OWNER)[-1].message_id
    # GIVEN that answer was another client's
    main = chat.runtime.integration("main")
    main.parts.effects.forget(sent_key(main.parts.chats.task("acme.planfix.ru", chat.task).chat, sent))
    answer(chat, "<blockquote>Доставим завтра</blockquote>Нет, сегодня")
    assert phone(chat)[-1] == ("Доставим завтра\nНет, сегодня", None)


def test_quotation_costs_planfix_nothing(chat: World) -> None:
    """The quoted comment is looked for among those that were read anyway."""
    before = len(chat.planfix.calls)
    answer(chat, "Завтра")
    plain = len(chat.planfix.calls) - before
    answer(chat, "<blockquote>Здравствуйте!</blockquote>Завтра")
    assert len(chat.planfix.calls) - before - plain == plain


def test_answer_without_quotation_keeps_nothing_of_quotations(chat: World) -> None:
    """Most answers quote nothing, and pay nothing for those that do."""
    number = chat.employee_answers("Завтра")
    chat.settle()
    assert not chat.runtime.integration("main").parts.effects.was_begun(quoted_key("acme.planfix.ru", number))


def test_signature_stands_above_the_words(world: World) -> None:
    """With send_as_employee on, the name comes first and the quotation is gone all the same."""
    world = World(settings={"send_as_employee": True})
    world.client_writes("раз")
    world.settle()
    answer(world, "<blockquote>раз</blockquote>два")
    assert phone(world) == [("Кожемякина Мария:\nдва", "раз")]


def test_held_answer_still_answers_its_message(chat: World) -> None:
    """What was decided when the answer was found holds when it goes out days later."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    answer(chat, "<blockquote>Здравствуйте!</blockquote>раз")
    answer(chat, "<blockquote>Здравствуйте!</blockquote>два")
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.client_writes("ау")
    chat.settle()
    assert phone(chat) == [("раз", "Здравствуйте!"), ("два", "Здравствуйте!")]


def test_only_the_first_part_is_the_reply(chat: World) -> None:
    """A long answer names the message once."""
    answer(chat, "<blockquote>Здравствуйте!</blockquote>" + " ".join(f"слово{number}" for number in range(900)))
    parts = phone(chat)
    assert [quoted for _, quoted in parts] == ["Здравствуйте!"] + [None] * (len(parts) - 1)
    assert len(parts) > 1


def test_parts_are_cut_the_same_way_when_the_quoted_comment_is_gone(chat: World) -> None:
    """The quoted comment is deleted between two parts: the rest goes on where it stopped, no word twice, none lost."""
    words = [f"слово{number}" for number in range(900)]
    quoted = next(one.id for one in chat.comments() if one.description == "Здравствуйте!")
    when_sending(chat, 2, lambda: chat.planfix.delete_comment(quoted))
    answer(chat, "<blockquote>Здравствуйте!</blockquote>" + " ".join(words))
    assert " ".join(chat.phone()).split() == words


def test_lost_answer_is_sent_again_as_the_same_reply(chat: World) -> None:
    """Under `resend` the repeated part answers the same message."""
    chat.telegram.fail_next("sendMessage", status=502, description="Bad Gateway", apply=True)
    answer(chat, "<blockquote>Здравствуйте!</blockquote>раз")
    assert phone(chat) == [("раз", "Здравствуйте!")] * 2


def test_comment_changed_while_it_is_sent(chat: World) -> None:
    """Other quoted words are another decision."""

    def change() -> None:
        chat.planfix._world.comments[number].description = "<blockquote>Когда доставка?</blockquote>раз"

    when_sending(chat, 1, change)
    number = chat.employee_answers("<blockquote>Здравствуйте!</blockquote>раз")
    chat.settle()
    assert phone(chat) == [("раз", QUESTION)]


def test_quotation_changed_between_two_parts(chat: World) -> None:
    """Parts of two versions are not mixed: the employee reads how much arrived, and that the comment was changed."""
    words = " ".join(f"слово{number}" for number in range(900))

    def change() -> None:
        chat.planfix._world.comments[number].description = f"<blockquote>Другое</blockquote>{words}"

    when_sending(chat, 2, change)
    number = chat.employee_answers(f"<blockquote>Здравствуйте!</blockquote>{words}")
    chat.settle()
    assert len(phone(chat)) == 1
    assert "Дошло частей: 1 из 2. Комментарий изменили" in chat.comments()[-1].description


def test_message_written_after_the_answer_is_not_meant(chat: World) -> None:
    """Nobody quotes what was not there yet, though it is there when the answer is found."""
    first = next(one.message_id for one in chat.telegram.chat_of(CLIENT, OWNER) if one.text == "Здравствуйте!")
    chat.employee_answers("<blockquote>Здравствуйте!</blockquote>раз")
    chat.client_writes("Здравствуйте!")
    chat.settle()
    assert chat.telegram.chat_of(CLIENT, OWNER)[-1].reply_to == first


def test_deleted_message_stops_no_answer(chat: World) -> None:
    """The client deleted what is answered: the answer arrives without a quotation."""
    message = next(one.message_id for one in chat.telegram.chat_of(CLIENT, OWNER) if one.text == "Здравствуйте!")
    chat.telegram.client_deletes(chat.bot, CLIENT, [message], owner_id=OWNER)
    chat.settle()
    answer(chat, "<blockquote>Здравствуйте!</blockquote>раз")
    assert phone(chat) == [("раз", None)]


def test_edit_keeps_the_reply(chat: World) -> None:
    """/edit changes the words; what they answer stays."""
    answer(chat, "<blockquote>Здравствуйте!</blockquote>раз")
    answer(chat, "/edit два")
    assert phone(chat) == [("два", "Здравствуйте!")]


@pytest.mark.parametrize("quoted", ["Здравствуйте!", "Этого никто не писал"])
def test_command_behind_a_quotation_commands(chat: World, quoted: str) -> None:
    """Who presses Quote and then writes a command means the command; // sends the text."""
    answer(chat, "раз")
    answer(chat, f"<blockquote>{quoted}</blockquote>/edit два")
    answer(chat, f"<blockquote>{quoted}</blockquote>/delte")  # codespell:ignore delte
    assert phone(chat) == [("два", None)]
    answer(chat, f"<blockquote>{quoted}</blockquote>//delete")
    expected = ("/delete", quoted) if quoted == "Здравствуйте!" else (f"{quoted}\n/delete", None)
    assert phone(chat)[-1] == expected
