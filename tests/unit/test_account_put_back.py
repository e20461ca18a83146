"""An account is taken out of the settings and put back: what was held goes out, though nobody in Telegram does anything."""

from __future__ import annotations

from tests.world import CLIENT, MAIN, OWNER, World, notices

HOUR = 3600.0
WITH = {"own_bot": {}, str(OWNER): {"name": "Иван Петров"}}
WITHOUT = {"own_bot": {}}


def looks(world: World) -> int:
    """Timers that will look whether the account is back."""
    return sum(one.get("then", {}).get("kind") == "check_channel" for one in world.waiting("to-telegram.fifo"))


def test_held_answers_go_out_when_the_account_is_back(chat: World) -> None:
    """In order, within the time of one look, without a word of the client."""
    chat.update_settings(channels=WITHOUT)
    for words in ("один", "два"):
        chat.employee_answers(words)
        chat.settle(for_seconds=300)
    assert chat.phone() == []
    chat.update_settings(channels=WITH)
    chat.settle(for_seconds=660)
    assert chat.phone() == ["один", "два"]
    assert looks(chat) == 0


def test_answer_behind_another_is_looked_after_too(chat: World) -> None:
    """What was held before the account was taken out goes out with what came meanwhile."""
    chat.telegram.pause_chat(OWNER, CLIENT)
    chat.employee_answers("один")
    chat.settle(for_seconds=60)
    chat.update_settings(channels=WITHOUT)
    chat.employee_answers("два")
    chat.settle(for_seconds=60)
    chat.telegram.resume_chat(OWNER, CLIENT)
    chat.update_settings(channels=WITH)
    chat.settle(for_seconds=900)
    assert chat.phone() == ["один", "два"]


def test_command_while_the_account_is_out_waits_for_it(chat: World) -> None:
    """/send cannot send by an account that is not carried; what it brought back goes out as soon as it is."""
    chat.update_settings(channels=WITHOUT)
    chat.employee_answers("один")
    chat.employee_commands("/cancel")
    chat.settle(for_seconds=7 * HOUR)
    assert looks(chat) == 0, "GIVEN that nothing is held any more"
    chat.employee_commands("/send")
    chat.settle(for_seconds=60)
    chat.update_settings(channels=WITH)
    chat.settle(for_seconds=900)
    assert chat.phone() == ["один"]


def test_waiting_for_the_account_ends(chat: World) -> None:
    """An answer is held as long as any other; then it is put aside, its author is told, and nobody looks any more."""
    chat.update_settings(channels=WITHOUT, hold_for=2)
    chat.employee_answers("один")
    chat.settle(for_seconds=3 * HOUR)
    assert [text[0] for text in notices(chat)] == ["⏸", "⚠"]
    assert (looks(chat), chat.waiting("to-telegram.fifo")) == (0, [])
    chat.update_settings(channels=WITH)
    chat.settle()
    assert chat.phone() == []


def test_remedy_is_the_admins(chat: World) -> None:
    """The owner can do nothing about an account that the bridge does not carry: the notice names who can."""
    chat.update_settings(channels=WITHOUT)
    chat.employee_answers("один")
    chat.settle(for_seconds=60)
    assert ["accounts approve" in text and "Владелец" not in text for text in notices(chat)] == [True]


def test_looks_fall_together(world: World) -> None:
    """However many answers wait for the account, it is looked for every ten minutes, not once for each."""
    for number in range(4):
        world.telegram.add_user(CLIENT + 100 + number, f"Клиент {number}")
        world.client_writes("Здравствуйте!", client=CLIENT + 100 + number)
    world.settle()
    world.update_settings(channels=WITHOUT)
    for task in world.planfix.tasks():
        world.employee_answers("ответ", task=task.id, notify=(task.assigner,))
        world.settle(for_seconds=1100)
    assert looks(world) == 1


def test_connection_that_returns_while_the_account_is_out_is_known(chat: World) -> None:
    """The owner connected the bot anew meanwhile: it is the new connection by which the answer goes."""
    chat.update_settings(channels=WITHOUT)
    chat.employee_answers("один")
    chat.settle(for_seconds=60)
    chat.telegram.disconnect(OWNER)
    chat.telegram.connect(chat.bot, OWNER)
    chat.settle(for_seconds=60)
    chat.client_writes("есть кто?")
    chat.settle(for_seconds=60)
    chat.update_settings(channels=WITH)
    chat.settle(for_seconds=900)
    assert chat.phone() == ["один"]


def test_answers_go_out_when_the_bots_business_mode_is_on_again(chat: World) -> None:
    """Telegram tells of that no more than the settings do."""
    chat.bot.can_connect_to_business = False
    chat.employee_answers("один")
    chat.settle(for_seconds=1800)
    assert (chat.phone(), looks(chat)) == ([], 1)
    chat.bot.can_connect_to_business = True
    chat.settle(for_seconds=660)
    assert (chat.phone(), looks(chat)) == (["один"], 0)


def test_account_is_back_while_the_token_is_refused(chat: World) -> None:
    """Both have to be put right, in any order."""
    chat.update_settings(channels=WITHOUT)
    chat.employee_answers("один")
    chat.settle(for_seconds=60)
    chat.telegram.revoke_token(MAIN.token)
    chat.update_settings(channels=WITH)
    chat.settle(for_seconds=1800)
    assert chat.phone() == []
    chat.telegram.give_token_back(MAIN.token)
    chat.settle(for_seconds=660)
    assert chat.phone() == ["один"]
