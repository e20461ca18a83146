"""Client to Planfix: contact, task, comment."""

from __future__ import annotations

import pytest

from bridge.queued import Update
from tests.world import (
    ACTIVE,
    CLIENT,
    CONTACT_TEMPLATE,
    DONE,
    EMAIL,
    GROUP,
    MAIN,
    MANAGER,
    OBJECT,
    OWNER,
    SECOND_CLIENT,
    SECOND_OWNER,
    TASK_TEMPLATE,
    USER,
    World,
    carry,
    notices,
)


@pytest.mark.only_on("rest")
def test_first_message_makes_contact_task_and_comment(world: World) -> None:
    """A new client's first text becomes a contact, a task and a comment by that contact."""
    world.client_writes("Здравствуйте!")
    world.settle()
    contact = world.planfix.contacts()[0]
    assert contact.fields == {
        "name": "Анна",
        "lastname": "Серова",
        "telegramId": str(CLIENT),
        "telegram": "https://t.me/anna_serova",
        "template": {"id": CONTACT_TEMPLATE},
        "sourceObjectId": contact.fields["sourceObjectId"],
    }
    task = world.planfix.task(world.task)
    assert (task.template_id, task.assigner, task.counterparty) == (TASK_TEMPLATE, "contact:1", "contact:1")
    assert [(one.owner, one.description) for one in world.comments()] == [("contact:1", "Здравствуйте!")]


def test_extra_assignees_are_added_to_those_of_the_template(world: World) -> None:
    """The channel's users and groups join the template's assignees and do not replace them."""
    world.client_writes("Здравствуйте!")
    world.settle()
    assignees = world.planfix.task(world.task).assignees
    assert (assignees.users, assignees.groups) == ([f"user:{MANAGER}", f"user:{USER}"], [GROUP])


@pytest.mark.only_on("rest")
def test_default_assignee_when_nobody_is_left(world: World) -> None:
    """A task whose template and channel name nobody gets the integration's default assignee."""
    world.update_settings(defaults={"task_object": OBJECT, "contact_template": CONTACT_TEMPLATE})
    world.client_writes("Здравствуйте!")
    world.settle()
    task = world.planfix.task(world.task)
    assert (task.object_id, task.assignees.users) == (OBJECT, [f"user:{MANAGER}"])


def test_comment_notifies_the_assignees(world: World) -> None:
    """The client's comment notifies whoever is assigned to the task."""
    world.client_writes("Здравствуйте!")
    world.settle()
    notified = world.comments()[0].recipients
    assert set(notified.users) == {f"user:{MANAGER}", f"user:{USER}"}


@pytest.mark.needs("formats")
def test_formatting_becomes_html(world: World) -> None:
    """Entities become tags, and the client's own signs are escaped."""
    world.client_writes("a < b", entities=[{"type": "bold", "offset": 0, "length": 1}])
    world.settle()
    assert world.comments()[0].description == "<b>a</b> &lt; b"


def test_second_message_goes_to_the_same_task(world: World) -> None:
    """What the client writes next joins the task, without another contact."""
    world.client_writes("раз")
    world.client_writes("два")
    world.settle()
    assert [one.description for one in world.comments()] == ["раз", "два"]
    assert (len(world.planfix.tasks()), len(world.planfix.contacts())) == (1, 1)


@pytest.mark.only_on("rest")
def test_contact_is_found_by_telegram_id(world: World) -> None:
    """A contact that carries the client's Telegram id is taken, not doubled."""
    known = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    world.client_writes("раз")
    world.settle()
    assert len(world.planfix.contacts()) == 1
    assert world.comments()[0].owner == f"contact:{known}"


@pytest.mark.only_on("rest")
def test_contact_is_found_by_username_and_gets_the_id(world: World) -> None:
    """The one contact with this @username and no Telegram id is taken, and the id is written to it."""
    known = world.planfix.add_contact("Аня", telegram="https://t.me/anna_serova")
    world.client_writes("раз")
    world.settle()
    assert world.planfix.contact(known).fields["telegramId"] == str(CLIENT)
    assert len(world.planfix.contacts()) == 1


@pytest.mark.only_on("rest")
def test_two_namesakes_decide_nothing(world: World) -> None:
    """Two contacts with one @username are left alone: a new contact is made."""
    for _ in range(2):
        world.planfix.add_contact("Аня", telegram="https://t.me/anna_serova")
    world.client_writes("раз")
    world.settle()
    assert len(world.planfix.contacts()) == 3


@pytest.mark.only_on("rest")
def test_namesake_with_another_telegram_id_is_somebody_else(world: World) -> None:
    """A contact with the @username but another Telegram id is not this client."""
    world.planfix.add_contact("Аня", telegram="https://t.me/anna_serova", telegram_id="1")
    world.client_writes("раз")
    world.settle()
    assert len(world.planfix.contacts()) == 2


def test_client_without_a_name_gets_one(world: World) -> None:
    """A client whose names are empty still gets a contact with a usable name."""
    world.telegram.add_user(700_000_009, " ")
    world.client_writes("раз", client=700_000_009)
    world.settle()
    assert world.planfix.contacts()[0].fields["name"] == "Клиент Telegram 700000009"


@pytest.mark.parametrize("way", ["merged", "deleted"])
def test_vanished_contact_is_found_again(world: World, way: str) -> None:
    """A contact that was merged or deleted in Planfix is looked up again, and the message arrives."""
    world.client_writes("раз")
    world.settle()
    if way == "merged":
        other = world.planfix.add_contact("Анна полностью", telegram_id=str(CLIENT))
        world.planfix.merge_contacts(1, other)
    else:
        world.planfix.delete_contact(1)
    world.client_writes("два")
    world.settle()
    assert world.comments()[-1].description == "два"
    assert world.comments()[-1].owner == f"contact:{world.planfix.contacts()[-1].id}" != "contact:1"


@pytest.mark.needs("chooses_task")
def test_active_task_of_the_client_is_adopted(world: World) -> None:
    """The client's newest active task in this channel's template is taken when it belongs to no other chat."""
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    for _ in range(2):
        task = world.planfix.add_task("Заказ", counterparty=f"contact:{contact}", template_id=TASK_TEMPLATE)
    world.client_writes("раз")
    world.settle()
    assert [one.description for one in world.comments(task)] == ["раз"]
    assert len(world.planfix.tasks()) == 2


@pytest.mark.parametrize("why", ["closed", "other template", "other client"])
@pytest.mark.needs("chooses_task")
def test_task_that_is_not_adopted(world: World, why: str) -> None:
    """A closed task, one of another template, or another client's is not taken."""
    contact = world.planfix.add_contact("Анна", telegram_id=str(CLIENT))
    stranger = world.planfix.add_contact("Чужой")
    whose = stranger if why == "other client" else contact
    template = None if why == "other template" else TASK_TEMPLATE
    task = world.planfix.add_task("Заказ", counterparty=f"contact:{whose}", template_id=template, object_id=OBJECT)
    if why == "closed":
        world.planfix.set_status(task, DONE)
    world.client_writes("раз")
    world.settle()
    assert world.comments(task) == []
    assert len(world.planfix.tasks()) == 2


def test_task_of_another_chat_is_never_adopted(world: World) -> None:
    """The client's task in one channel is not taken by the same client's chat in another channel."""
    world.client_writes("аккаунту")
    world.settle()
    world.client_writes("боту", owner=None)
    world.settle()
    assert len(world.planfix.tasks()) == 2
    if world.can.chooses_task:  # else each window of Planfix's has contacts of its own
        assert len(world.planfix.contacts()) == 1


@pytest.mark.needs("chooses_task")
def test_new_task_after_closing_links_the_former(world: World) -> None:
    """With the option on, a message after closing opens a new task whose description links the former one."""
    world.client_writes("раз")
    world.settle()
    former = world.task
    world.planfix.close_task(former)
    world.settle()  # the scenario tells of the change, so the status that is believed for 30 s is dropped
    world.client_writes("два")
    world.settle()
    assert world.task != former
    assert f"https://acme.planfix.ru/task/{former}" in world.planfix.task(world.task).description
    assert [one.description for one in world.comments()] == ["два"]


@pytest.mark.needs("chooses_task")
def test_same_task_after_closing_when_the_option_is_off(world: World) -> None:
    """With the option off, the closed task goes on."""
    world.update_settings(new_task_if_none_active=False)
    world.client_writes("раз")
    world.settle()
    world.planfix.close_task(world.task)
    world.client_writes("два")
    world.settle()
    assert [one.description for one in world.comments()] == ["раз", "два"]


@pytest.mark.parametrize("purged", [True, False])
@pytest.mark.needs("chooses_task")
def test_deleted_task_is_replaced_even_when_the_option_is_off(world: World, purged: bool) -> None:
    """A deleted task takes no more messages, whatever the option says."""
    world.update_settings(new_task_if_none_active=False)
    world.client_writes("раз")
    world.settle()
    former = world.task
    world.planfix.delete_task(former, purged=purged)
    world.clock.now += 31
    world.client_writes("два")
    world.settle()
    assert world.task != former
    assert [one.description for one in world.comments()] == ["два"]


def test_task_deleted_a_moment_ago_is_replaced(world: World) -> None:
    """A task that vanished while its status was still believed is replaced when Planfix says so."""
    world.client_writes("раз")
    world.settle()
    former = world.task
    world.planfix.delete_task(former)
    world.client_writes("два")
    world.settle()
    assert world.task != former


def test_owner_on_the_phone_is_outgoing(world: World) -> None:
    """What the owner types on the phone lands in the same task, marked by name, and notifies the client's contact."""
    world.client_writes("раз")
    world.settle()
    world.telegram.owner_writes(OWNER, CLIENT, "отвечаю с телефона")
    world.settle()
    assert world.says()[-1] == "Иван Петров (из Telegram):\nотвечаю с телефона"
    if world.can.reads_back:  # else Planfix itself decides who is notified
        assert "contact:1" in world.comments()[-1].recipients.users
    assert world.phone() == []


def test_owner_as_the_named_user(world: World) -> None:
    """With owner_user set, the owner's words are that employee's comment, without a line above them."""
    world.update_settings(
        channels={str(OWNER): {"name": "Иван", "owner_user": f"user:{MANAGER}", "owner_email": EMAIL}}
    )
    world.client_writes("раз")
    world.settle()
    world.telegram.owner_writes(OWNER, CLIENT, "отвечаю с телефона")
    world.settle()
    assert (world.comments()[-1].owner, world.comments()[-1].description) == (f"user:{MANAGER}", "отвечаю с телефона")
    assert world.phone() == [], "GIVEN an employee's comment that notifies the client, yet it came from the phone"


def test_automatic_greeting_is_marked(world: World) -> None:
    """A greeting or away text is marked as automatic."""
    world.client_writes("раз")
    world.settle()
    world.telegram.owner_writes(OWNER, CLIENT, "Мы ответим утром", is_from_offline=True)
    world.settle()
    assert world.says()[-1] == "Автоматический ответ из Telegram:\nМы ответим утром"


def test_owner_who_writes_first_opens_a_task(world: World) -> None:
    """The owner's first words to a client open a task for that client."""
    world.telegram.owner_writes(OWNER, SECOND_CLIENT, "Здравствуйте, Борис")
    world.settle()
    assert world.planfix.contacts()[0].fields["name"] == "Борис"
    assert len(world.comments()) == 1


def test_owner_who_writes_first_opens_none_when_told_so(world: World) -> None:
    """With task_on_owner_message off, the owner's first words open nothing; in an open task they land."""
    world.update_settings(channels={str(OWNER): {"name": "Иван", "task_on_owner_message": False}})
    world.telegram.owner_writes(OWNER, CLIENT, "первым")
    world.settle()
    assert world.planfix.tasks() == []
    world.client_writes("раз")
    world.telegram.owner_writes(OWNER, CLIENT, "вторым")
    world.settle()
    assert len(world.comments()) == 2


def test_saved_messages_are_not_carried(world: World) -> None:
    """What the owner writes to himself stays with him."""
    world.telegram.owner_writes(OWNER, OWNER, "заметка")
    world.settle()
    assert world.planfix.tasks() == []


@pytest.mark.parametrize(
    ("payload", "says"), [("", "Клиент открыл бота."), ("site_banner", "Клиент открыл бота, источник: site_banner.")]
)
def test_start_of_the_own_bot(world: World, payload: str, says: str) -> None:
    """/start in the own bot is a sentence with its source."""
    world.telegram.start(world.bot, CLIENT, payload)
    world.settle()
    assert [one.description for one in world.comments()] == [says]


def test_owner_in_the_own_bot_is_no_client(world: World) -> None:
    """An owner who manages the bot in its own chat opens no task."""
    world.telegram.start(world.bot, OWNER, f"bizChat{CLIENT}")
    world.client_writes("заметка", client=OWNER, owner=None)
    world.settle()
    assert world.planfix.tasks() == []
    assert world.count.totals["owner_in_own_bot"] == 2


def test_own_bot_that_is_no_channel_answers_start_once(world: World) -> None:
    """Without the channel own_bot, /start is answered once and nothing is carried."""
    world.update_settings(channels={str(OWNER): {}})
    for _ in range(2):
        world.telegram.start(world.bot, CLIENT, "")
    world.client_writes("есть кто?", owner=None)
    world.settle()
    assert len(world.phone(owner=None)) == 1
    assert world.planfix.tasks() == []


def test_edit_is_a_comment_of_its_own(world: World) -> None:
    """An edit adds a comment that says which message it is of, and the new words; the old ones stay."""
    sent = world.client_writes("раз")
    world.settle()
    world.clock.now += 60
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="два", owner_id=OWNER)
    world.settle()
    where = " (комментарий 1)" if world.can.reads_back else ""
    assert world.says() == ["раз", f"✏️ Изменено сообщение от 22.11.2025 08:26 UTC{where}, теперь в нём:\nдва"]


@pytest.mark.needs("reads_back")
def test_edit_of_a_message_in_a_former_task_names_that_task(world: World) -> None:
    """The number of a comment alone would be looked for in the wrong task."""
    sent = world.client_writes("раз")
    world.settle()
    former = world.task
    world.planfix.close_task(former)
    world.settle()
    world.client_writes("два")
    world.settle()
    assert world.task != former, "GIVEN a new task"
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="раз-раз", owner_id=OWNER)
    world.settle()
    assert f"(комментарий 1 в задаче {former})" in world.comments()[-1].description


def test_edit_of_an_unknown_message_has_its_full_text(world: World) -> None:
    """Of a message from before the bridge, the comment says when it was written and all that it says now."""
    sent = world.telegram.client_writes(None, CLIENT, text="до моста", owner_id=SECOND_OWNER)
    world.telegram.connect(world.bot, SECOND_OWNER)
    world.update_settings(channels={str(SECOND_OWNER): {"name": "Ольга"}})
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="теперь так", owner_id=SECOND_OWNER)
    world.settle()
    assert [one.description for one in world.comments()] == [
        "✏️ Изменено сообщение от 22.11.2025 08:26 UTC, теперь в нём:<br>теперь так"
    ]


def test_second_edit_of_an_unknown_message_is_compared_with_the_first(world: World) -> None:
    """The same edit again is silent, another one is not."""
    sent = world.telegram.client_writes(None, CLIENT, text="до моста", owner_id=SECOND_OWNER)
    world.telegram.connect(world.bot, SECOND_OWNER)
    world.update_settings(channels={str(SECOND_OWNER): {"name": "Ольга"}})
    for text in ("раз", "раз", "два"):
        world.clock.now += 1
        world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text=text, owner_id=SECOND_OWNER)
    world.settle()
    assert [one.description.rpartition("<br>")[2] for one in world.comments()] == ["раз", "два"]


def test_owners_edit_is_outgoing(world: World) -> None:
    """What the owner corrects on the phone is the owner's, not the client's."""
    world.client_writes("раз")
    sent = world.telegram.owner_writes(OWNER, CLIENT, "отвечаю")
    world.settle()
    world.telegram.owner_edits(OWNER, CLIENT, sent["message_id"], "исправляю")
    world.settle()
    assert world.comments()[-1].owner.startswith("user:")
    assert world.says()[-1].startswith("Иван Петров (из Telegram):\n✏️ Изменено сообщение от ")
    assert world.says()[-1].endswith("\nисправляю")


def test_edit_that_changed_nothing_is_silent(world: World) -> None:
    """Telegram also reports edits that changed nothing visible: no comment."""
    sent = world.client_writes("раз")
    world.settle()
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="раз", owner_id=OWNER)
    world.settle()
    assert len(world.comments()) == 1


def test_edit_there_and_back_shows_both(world: World) -> None:
    """An edit is compared with the version before it, not with the first one."""
    sent = world.client_writes("раз")
    for text in ("два", "раз"):
        world.clock.now += 1
        world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text=text, owner_id=OWNER)
    world.settle()
    assert len(world.comments()) == 3


def delayed_twin(world: World) -> dict:
    """An update of a message that was written right after the newest one, in the same words, and does not come yet."""
    newest = world.telegram.updates_for(world.bot)[-1]
    number = world.telegram.world.account(OWNER).take_message_id()
    return {**newest, "business_message": {**newest["business_message"], "message_id": number}}


def redriven(world: World, late: dict) -> None:
    """A delayed message comes only now."""
    body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": late}
    world.runtime.queues["to-planfix.fifo"].put(body, group=f"main:{CLIENT}", deduplication_id="late")
    world.settle()


@pytest.mark.parametrize("newest", ["client", "owner"])
def test_older_message_shows_its_own_time(world: World, newest: str) -> None:
    """A message that comes after newer ones, whoever wrote those, says when it was written."""
    world.client_writes("раз")
    old = delayed_twin(world)
    world.settle()
    world.clock.now += 3600
    if newest == "client":
        world.client_writes("два")
    else:
        world.telegram.owner_writes(OWNER, CLIENT, "два")
    world.settle()
    redriven(world, old)
    assert world.says()[-1] == "🕓 Написано 22.11.2025 08:26 UTC:\nраз"
    assert not any("🕓" in one.description for one in world.comments()[:-1])


def test_older_message_of_the_owner_shows_its_own_time(world: World) -> None:
    """The owner's words that come late stand under the owner's name, with their time."""
    world.telegram.owner_writes(OWNER, CLIENT, "раз")
    old = delayed_twin(world)
    world.settle()
    world.clock.now += 3600
    world.client_writes("два")
    world.settle()
    redriven(world, old)
    assert world.says()[-1] == "Иван Петров (из Telegram):\n🕓 Написано 22.11.2025 08:26 UTC:\nраз"


def test_message_that_comes_late_shows_its_own_time(world: World) -> None:
    """Redriven days later it says when it was written, although nothing newer was carried."""
    world.client_writes("раз")
    old = delayed_twin(world)
    world.settle()
    world.clock.now += 3 * 86_400
    redriven(world, old)
    assert world.says() == ["раз", "🕓 Написано 22.11.2025 08:26 UTC:\nраз"]


def test_edit_that_comes_late_says_its_time_once(world: World) -> None:
    """An edit names its message by its time anyway."""
    sent = world.client_writes("раз")
    world.settle()
    world.clock.now += 3 * 86_400
    world.telegram.client_edits(world.bot, CLIENT, sent["message_id"], text="два", owner_id=OWNER)
    world.settle()
    assert world.comments()[-1].description.count("22.11.2025") == 1


def lose_the_owners_comment(world: World, *, arrived: bool) -> None:
    """The owner's message is on its way; whether Planfix has its comment is unknown, and looking is refused."""
    world.client_writes("раз")
    world.settle()
    world.planfix.fail_next(
        method="POST", path_prefix="/task/1/comments/", status=500, code=0, error="x", apply=arrived
    )
    world.telegram.owner_writes(OWNER, CLIENT, "с телефона")
    world.delivery.deliver_pending()
    world.run_sender("to-planfix.fifo")
    world.planfix.fail_next(path_prefix="/task/1/comments/list", status=403, code=6, error="denied")
    world.clock.now += 6
    world.run_sender("to-planfix.fifo")


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.only_on("rest")
def test_answers_do_not_wait_for_what_was_given_up(world: World, arrived: bool) -> None:
    """The owner's message is a dead letter: ten minutes later the employee's answer goes out, and never the owner's own words."""
    lose_the_owners_comment(world, arrived=arrived)
    assert [one["dead"]["reason"] for one in world.waiting("to-planfix-dead.fifo")] == ["planfix_access_denied"]
    world.employee_answers("ответ")
    world.settle(for_seconds=900)
    assert world.phone() == ["ответ"]


@pytest.mark.only_on("rest")
def test_owners_message_that_goes_on_in_another_task_leaves_no_mark(world: World) -> None:
    """GIVEN that the chat left the task in which it was begun: answers there are looked at once again, not twice."""
    lose_the_owners_comment(world, arrived=False)
    former, letter = world.task, world.waiting("to-planfix-dead.fifo")[0]
    world.employee_commands("/new")
    world.settle(for_seconds=900)
    world.client_writes("два")
    world.settle()
    redriven(world, letter["update"])
    assert [one.description.rpartition(">")[2] for one in world.comments()] == ["два", "с телефона"]
    task = world.runtime.chats.task(MAIN.host, former)
    assert task is not None
    assert (world.task == former, task.posting) == (False, "")


def held_answer(world: World) -> None:
    """An answer that came after the 24 hours waits for the client."""
    world.clock.now += 25 * 3600
    world.employee_answers("ответ")
    world.settle(for_seconds=60)
    assert notices(world)[-1].startswith("⏸")


def test_owners_edit_cancels_no_held_answer(world: World) -> None:
    """A comma put right in yesterday's message is no answer to the client."""
    world.client_writes("раз")
    sent = world.telegram.owner_writes(OWNER, CLIENT, "два")
    world.settle()
    held_answer(world)
    world.telegram.owner_edits(OWNER, CLIENT, sent["message_id"], text="два!")
    world.client_writes("три")
    world.settle(for_seconds=60)
    assert "ответ" in world.phone()


def test_owners_message_says_to_the_other_journey_when_it_came(world: World) -> None:
    """What is held later than the owner wrote was not meant: the time of receipt goes along, by our own clock."""
    world.client_writes("раз")
    world.settle()
    held_answer(world)
    wrote_at = world.clock()
    world.telegram.owner_writes(OWNER, CLIENT, "два")
    world.delivery.deliver_pending()
    world.clock.now += 100
    world.run_sender("to-planfix.fifo")
    told = [one for one in world.waiting("to-telegram.fifo") if one["kind"] == "owner_wrote"]
    assert [one["at"] for one in told] == [pytest.approx(wrote_at, abs=0.01)]


def test_message_of_the_far_future_dates_no_later_one(world: World) -> None:
    """Which message is newer is told by their numbers: a date that is wrong is shown once, in its own comment."""
    world.client_writes("раз")
    strange = delayed_twin(world)
    world.settle()
    future = {**strange["business_message"], "date": strange["business_message"]["date"] + 30 * 86_400}
    redriven(world, {**strange, "business_message": future})
    world.client_writes("два")
    world.settle()
    assert [one.description for one in world.comments()] == ["раз", "раз", "два"]


@pytest.mark.parametrize("way", ["edit", "late message"])
def test_owners_older_words_leave_the_client_unanswered(world: World, way: str) -> None:
    """What the owner wrote before the client did is no answer to it."""
    sent = world.telegram.owner_writes(OWNER, CLIENT, "раз")
    old = delayed_twin(world)
    world.settle()
    world.clock.now += 3600
    world.client_writes("два")
    world.settle()
    if way == "edit":
        world.telegram.owner_edits(OWNER, CLIENT, sent["message_id"], text="раз!")
        world.settle()
    else:
        redriven(world, old)
    assert list(world.runtime.waiting.unanswered("main", str(OWNER))) == [CLIENT]


@pytest.mark.parametrize(
    "fields",
    [
        {"business_connection_id": "c" * 3000},
        {"business_connection_id": "\ud800"},
        {"media_group_id": "g" * 3000},
        {"media_group_id": "\ud800"},
        {"photo": [{"file_id": "f" * 3000, "file_unique_id": "u" * 3000, "width": 1, "height": 1}]},
        {"photo": [{"file_id": "f" * 3000, "width": 1, "height": 1}]},
    ],
)
def test_ids_of_any_shape_do_not_stop_their_chat(world: World, fields: dict) -> None:
    """Telegram's ids become keys of rows: one that no key can hold costs its own message at most, and never the next."""
    world.client_writes("раз")
    poison = delayed_twin(world)
    world.settle()
    redriven(world, {**poison, "business_message": {**poison["business_message"], **fields}})
    world.client_writes("дальше")
    world.settle(for_seconds=3600)
    assert world.comments()[-1].description == "дальше"
    assert "unexpected_error" not in world.count.totals
    letters = [one["dead"]["reason"] for one in world.waiting("to-planfix-dead.fifo")]
    assert letters == (["connection_lost"] if "business_connection_id" in fields else [])


@pytest.mark.parametrize("date", [0, -5, 1 << 51, None, "x"])
def test_message_with_an_absurd_date_is_carried(world: World, date: object) -> None:
    """No date of any shape stops a message."""
    world.client_writes("раз")
    update = delayed_twin(world)
    world.settle()
    strange = {**update, "business_message": {**update["business_message"], "date": date}}
    redriven(world, strange)
    assert [one.description for one in world.comments()] == ["раз", "раз"]


def test_client_who_is_a_bot_is_not_carried(world: World) -> None:
    """A bot that writes to the account is no client: counted, no task."""
    world.telegram.add_user(700_000_009, "Робот", is_bot=True)
    world.client_writes("раз", client=700_000_009)
    world.settle()
    assert world.planfix.tasks() == []
    assert world.count.totals["echo"] == 1


def test_kind_of_the_future_is_a_sentence(world: World, event) -> None:
    """A kind of message that does not exist yet is named, not dropped."""
    world.client_writes("", hologram={"file_id": "x"})
    world.settle()
    assert world.comments()[0].description == "[Сообщение вида «hologram»: откройте его в Telegram]"


def test_group_is_left_alone(world: World) -> None:
    """What happens in a group the bot was added to is counted and left alone."""
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "x"}}
    with world.runtime.invocation(lambda: 120_000):
        carry(
            world.runtime.integration("main"), Update("main", update, world.clock())
        )  # below the door: the fake has no groups
    assert world.count.totals["not_private"] == 1
    assert world.planfix.tasks() == []


def test_redelivered_update_does_nothing_twice(world: World) -> None:
    """The same update, again from Telegram and again from the queue, makes one comment."""
    world.client_writes("раз")
    update = world.telegram.updates_for(world.bot)[-1]
    world.settle()
    body = {"kind": "update", "integration": "main", "received_at": world.clock(), "update": update}
    for again in range(2):
        world.runtime.queues["to-planfix.fifo"].put(body, group="main:x", deduplication_id=f"again-{again}")
    world.settle()
    assert len(world.comments()) == 1


def test_operations_of_a_message_in_a_known_task(world: World) -> None:
    """A message in a known task costs no scan, one SSM read a minute, and a bounded number of DynamoDB operations."""
    world.client_writes("раз")
    world.settle(for_seconds=15)
    world.clock.now += 5  # GIVEN a pause, after which Planfix's slot is free at once
    before, planfix_before = dict(world.dynamodb.operations), len(world.planfix.calls)
    world.client_writes("два")
    world.settle(for_seconds=15)
    spent = {name: count - before.get(name, 0) for name, count in world.dynamodb.operations.items()}
    assert sum(spent.values()) <= 5, spent
    assert not {"Scan", "Query", "scan", "query"} & {name for name, count in spent.items() if count}
    path = f"/task/{world.task}/comments/" if world.route == "rest" else "/webchat/api?cmd=newMessage"
    assert [call.path for call in world.planfix.calls[planfix_before:]] == [path]


@pytest.mark.only_on("rest")
def test_status_is_asked_again_after_half_a_minute(world: World) -> None:
    """The task's status is believed for 30 s, then asked for again."""
    world.client_writes("раз")
    world.settle()
    world.clock.now += 31
    before = len(world.planfix.calls)
    world.client_writes("два")
    world.settle()
    assert [call.method for call in world.planfix.calls[before:]] == ["GET", "POST"]
    assert world.planfix.task(world.task).status_id == ACTIVE


def test_two_business_accounts_have_two_tasks(world: World) -> None:
    """One client of two accounts has a task in each, with that channel's own settings."""
    world.telegram.connect(world.bot, SECOND_OWNER)
    world.update_settings(
        channels={str(OWNER): {"name": "Иван"}, str(SECOND_OWNER): {"name": "Ольга", "task_object": OBJECT}}
    )
    world.client_writes("Ивану")
    world.client_writes("Ольге", owner=SECOND_OWNER)
    world.settle()
    first, second = world.planfix.tasks()
    assert [world.says(one.id) for one in (first, second)] == [["Ивану"], ["Ольге"]]
    if world.can.chooses_task:  # else Planfix's windows say of which template
        assert [first.template_id, second.template_id] == [TASK_TEMPLATE, None]
        assert "Ольга" in second.description
