"""`planfix-telegram setup`: the first set-up, asked for or by options."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.telegram.client import ALLOWED_UPDATES
from local.fakes.planfix_chat_model import ChatWindow
from tests.cli_world import (
    ACCOUNT,
    BOT_TOKEN,
    EVERY_SECRET,
    OWNER,
    PLANFIX_TOKEN,
    SECRETS,
    SETTINGS,
    CliWorld,
    Ended,
    cli_world,
    generated,
)

TELEGRAM = [("Bot token", BOT_TOKEN)]
ROUTE = [("Which route", "rest")]
PLANFIX = [*ROUTE, ("Address of your Planfix", "acme.planfix.ru"), ("REST API token", PLANFIX_TOKEN)]
CHOICES = [
    ("Number or a part", "chat"),  # template for new tasks
    ("Number or a part", "21"),  # template for new contacts
    ("Number or a part", "petrova"),  # default assignee
    ("Numbers or parts", "managers, 1"),  # extra assignees
]
SHARED = [
    ("Language of the bridge's notices", "en"),
    ("Make a new task", ""),
    ("Begin each answer", "y"),
    ("to the bot itself", "y"),
]
STORE = [("Write this?", "")]
ACCOUNT_QUESTIONS = [("Approve?", "y"), ("Name of this channel", "Sales"), ("Number or a part", "petrova")]
SECRET = [("Show it on this screen", "")]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[CliWorld]:
    """An empty AWS account, and a Planfix account with something to choose from."""
    with cli_world(capsys, monkeypatch) as world:
        world.planfix.add_user(1, "Ivan", "Ivanov")
        world.planfix.add_user(2, "Anna", "Petrova")
        world.planfix.add_group(3, "Managers")
        world.planfix.add_task_template(11, "Telegram chat")
        world.planfix.add_task_template(12, "Contract")
        world.planfix.add_object(13, "Requests", ())
        world.planfix.add_contact_template(21, "Client")
        yield world


@pytest.fixture
def tokens(tmp_path: Path) -> list[str]:
    """Options that give both tokens and the account."""
    (tmp_path / "bot").write_text(BOT_TOKEN + "\n")
    (tmp_path / "planfix").write_text(PLANFIX_TOKEN + "\n")
    return [
        *("--bot-token-file", str(tmp_path / "bot")),
        *("--planfix-url", ACCOUNT, "--planfix-token-file", str(tmp_path / "planfix")),
    ]


def _without_secrets(ended: Ended) -> bool:
    return not any(secret in ended.said for secret in EVERY_SECRET)


def test_a_person_is_led_from_the_token_to_the_scenario(cli):
    """Everything chosen by name is stored by number, the bot is pointed at us, the account that connects is approved."""
    cli.on_sleep = [lambda: None] * 12  # Planfix's one request a second; then the owner connects
    cli.on_sleep += [cli.connect]
    ended = cli.run("setup", answers=[*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE, *ACCOUNT_QUESTIONS, *SECRET])
    assert ended.exit_code == 0
    assert cli.settings() == {
        "language": "en",
        "new_task_if_none_active": True,
        "send_as_employee": True,
        "default_assignee": "user:2",
        "planfix": {"account_url": ACCOUNT},
        "defaults": {"task_template": 11, "contact_template": 21, "extra_assignees": ["group:3", "user:1"]},
        "channels": {
            "own_bot": {"name": "Acme", "telegram_name": "acme_bot"},
            str(OWNER): {"name": "Sales", "owner_user": "user:2", "telegram_name": "anna_p"},
        },
    }
    assert cli.secrets() == {
        "bot_token": BOT_TOKEN,
        "planfix_token": PLANFIX_TOKEN,
        "webhook_secrets": [generated(1)],
        "planfix_secrets": [generated(2)],
        "digest_key": generated(3),
    }
    webhook = cli.bot.webhook
    assert (webhook.url, webhook.secret_token) == ("https://bridge.example.com/telegram/main", generated(1))
    assert webhook.allowed_updates == list(ALLOWED_UPDATES)
    assert "https://bridge.example.com/planfix/main/comment" in ended.out
    assert [prompt.split(" ")[0] for prompt in cli.keyboard.hidden] == ["Bot", "Planfix"]
    assert _without_secrets(ended)


def test_the_scenarios_secret_is_shown_when_the_person_wants_it(cli):
    """It has to be typed into Planfix (docs/decisions/0001); no other secret is ever shown."""
    answers = [*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE, ("Show it on this screen", "y")]
    ended = cli.run("setup", "--no-wait", answers=answers)
    assert ended.exit_code == 0
    assert f"\n{generated(2)}\n" in ended.out
    assert generated(1) not in ended.said


def test_a_wrong_token_or_address_is_asked_for_again(cli):
    """Nobody begins anew because of a typing mistake."""
    answers = [
        ("Bot token", "nonsense"),
        ("Bot token", BOT_TOKEN[:-1] + "X"),
        *TELEGRAM,
        *ROUTE,
        ("Address of your Planfix", "http://acme.planfix.ru"),
        ("Address of your Planfix", "nowhere.planfix.ru"),
        ("Address of your Planfix", "nowhere"),
        ("Address of your Planfix", "acme.planfix.ru"),
        ("REST API token", "another-token"),
        ("[https://acme.planfix.ru]", ""),
        ("REST API token", PLANFIX_TOKEN),
        *CHOICES,
        *SHARED,
        *STORE,
        *SECRET,
    ]
    ended = cli.run("setup", "--no-wait", answers=answers)
    assert ended.exit_code == 0
    for words in (
        "looks like 123456789",
        "does not know this bot token",
        "https://",
        "no Planfix at https://nowhere.planfix.ru, https://nowhere.planfix.com",
        "REST token",
    ):
        assert words in ended.err


def test_a_person_may_choose_an_object_instead_of_a_template_or_nothing(cli):
    """Enter chooses nothing; only then an object is asked for."""
    nothing = [("Number or a part", "")] * 2
    ended = cli.run(
        *("setup", "--no-wait"),
        answers=[
            *TELEGRAM,
            *PLANFIX,
            ("Number or a part", ""),
            ("Number or a part", "requests"),
            *nothing,
            ("Numbers or parts", ""),
            *SHARED,
            *STORE,
            *SECRET,
        ],
    )
    assert ended.exit_code == 0
    assert cli.settings()["defaults"] == {"task_object": 13}


def test_saying_no_writes_nothing(cli):
    """Neither settings nor the webhook."""
    ended = cli.run("setup", answers=[*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, ("Write this?", "n")])
    assert ended.exit_code == 1
    assert "Nothing was changed" in ended.err
    assert cli.parameter_names() == set()
    assert cli.bot.webhook.url == ""


@pytest.mark.parametrize("question", range(14))
def test_ctrl_c_at_any_question_writes_nothing(cli, question):
    """Exit code 130 and a short word."""
    answers = [*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE]
    words = answers[min(question, len(answers) - 1)][0]
    ended = cli.run("setup", answers=[*answers[: min(question, len(answers) - 1)], (words, cli.keyboard.CTRL_C)])
    assert ended.exit_code == 130
    assert "Stopped." in ended.err
    assert cli.parameter_names() == set()


def test_options_alone_are_enough(cli, tokens):
    """Names, parts of names or numbers; no question is asked, and no secret is printed."""
    cli.connect()
    ended = cli.run(
        *("setup", *tokens, "--task-template", "Telegram chat", "--contact-template", "21"),
        *("--default-assignee", "petrova", "--extra-assignee", "group:3", "--extra-assignee", "Ivanov"),
        *("--notice-language", "en", "--always-same-task", "--send-as-employee", "--own-bot"),
        *("--owner", str(OWNER), "--owner-name", "Sales", "--yes"),
    )
    assert ended.exit_code == 0
    assert cli.settings() == {
        "language": "en",
        "new_task_if_none_active": False,
        "send_as_employee": True,
        "default_assignee": "user:2",
        "planfix": {"account_url": ACCOUNT},
        "defaults": {"task_template": 11, "contact_template": 21, "extra_assignees": ["group:3", "user:1"]},
        "channels": {
            "own_bot": {"name": "Acme", "telegram_name": "acme_bot"},
            str(OWNER): {"name": "Sales", "telegram_name": "anna_p"},
        },
    }
    assert cli.keyboard.asked == []
    assert _without_secrets(ended)
    assert "run planfix-telegram scenario in a terminal" in ended.err


def test_tokens_may_come_by_the_environment(cli, monkeypatch):
    """As a continuous integration gives them."""
    monkeypatch.setenv("PLANFIX_TELEGRAM_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("PLANFIX_TELEGRAM_PLANFIX_TOKEN", PLANFIX_TOKEN)
    assert cli.run("setup", "--planfix-url", ACCOUNT, "--no-wait", "--yes").exit_code == 0
    assert cli.secrets()["bot_token"] == BOT_TOKEN


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--bot-token-file"),
        (["bot"], "--planfix-url"),
        (["bot", "url"], "--planfix-token-file"),
    ],
)
def test_what_nobody_says_and_nobody_can_be_asked_is_wrong_usage(cli, tokens, options, words):
    """The sentence names the option."""
    given = [*tokens[:2]] if "bot" in options else []
    given += tokens[2:4] if "url" in options else []
    ended = cli.run("setup", *given, "--yes")
    assert ended.exit_code == 2
    assert words in ended.err


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        (["--task-template", "nonsense"], 2, "\n  Telegram chat (11)\n  Contract (12)\n"),
        (["--task-template", "c"], 2, "several match"),
        (["--task-template", "11", "--task-object", "13"], 2, "not both"),
        (["--notice-language", "de"], 1, "language"),
        (["--planfix-url", "http://acme.planfix.ru"], 1, "https"),
        (["--telegram-api-url", "ftp://x"], 1, "telegram.api_url"),
    ],
)
def test_a_wrong_option_writes_nothing(cli, tokens, options, exit_code, words):
    """One sentence that says what there is."""
    ended = cli.run("setup", *tokens, *options, "--no-wait", "--yes")
    assert ended.exit_code == exit_code
    assert words in ended.err
    assert cli.parameter_names() == set()


def test_a_wrong_token_by_option_ends_the_command(cli, tokens):
    """Nobody is there to correct it."""
    cli.telegram.revoke_token(BOT_TOKEN)
    ended = cli.run("setup", *tokens, "--no-wait", "--yes")
    assert ended.exit_code == 1
    assert "@BotFather" in ended.err
    assert cli.parameter_names() == set()


def test_settings_that_cannot_be_written_leave_no_secrets_behind(cli, tokens):
    """Both parameters or none."""
    answer = cli.answer

    def refuse_settings(operation: str, parameters: dict[str, Any]) -> Any:
        refused = operation == "PutParameter" and "main/settings" in str(parameters["body"])
        cli.aws_refuses = {operation: ("AccessDeniedException", "no")} if refused else {}
        return answer(operation, parameters)

    cli.answer = refuse_settings
    assert cli.run("setup", *tokens, "--no-wait", "--yes").exit_code == 1
    assert cli.parameter_names() == set()
    assert cli.bot.webhook.url == ""


def test_a_webhook_that_is_refused_says_how_to_go_on(cli, tokens):
    """The settings are stored by then; running setup again would ask everything anew."""
    cli.telegram.fail_next("setWebhook", status=400, description="Bad Request: bad webhook: no such host")
    ended = cli.run("setup", *tokens, "--no-wait", "--yes")
    assert ended.exit_code == 1
    assert "Settings are stored" in ended.err
    assert "no such host" in ended.err
    assert "planfix-telegram webhook set" in ended.err
    assert cli.settings()["planfix"] == {"account_url": ACCOUNT}


def test_a_busy_service_is_asked_again(cli, tokens):
    """The bridge may be using the account's one request a second at the same time."""
    cli.planfix.refuse_next_for_limit(900, "GET", "/ping")
    cli.telegram.fail_next(
        "setWebhook", status=429, description="Too Many Requests: retry after 1", parameters={"retry_after": 1}
    )
    assert cli.run("setup", *tokens, "--no-wait", "--yes").exit_code == 0


def test_an_exhausted_day_is_not_waited_for(cli, tokens):
    """Hours are not seconds."""
    cli.planfix.refuse_next_for_limit(3_600_000, "GET", "/ping")
    before = cli.clock()
    assert cli.run("setup", *tokens, "--no-wait", "--yes").exit_code == 1
    assert cli.clock() - before < 60


def test_a_bot_without_business_mode_is_warned_of(cli, tokens):
    """With the way to switch it on."""
    cli.bot.can_connect_to_business = False
    ended = cli.run("setup", *tokens, "--no-wait", "--yes")
    assert ended.exit_code == 0
    assert "Secretary Mode" in ended.err
    assert "@acme_bot" in ended.err


# -- the first account


def test_ctrl_c_while_waiting_goes_on_without_an_account(cli, tokens):
    """The scenario is still told, and how to approve later."""

    def stop() -> None:
        raise KeyboardInterrupt

    cli.on_sleep = [stop]
    ended = cli.run("setup", *tokens, "--yes")
    assert ended.exit_code == 0
    assert "accounts approve" in ended.err
    assert "Scenario 1" in ended.out


def test_waiting_ends_by_itself(cli, tokens):
    """An unattended run does not hang for ever."""
    before = cli.clock()
    ended = cli.run("setup", *tokens, "--yes")
    assert ended.exit_code == 0
    assert "accounts approve OWNER" in ended.err
    assert 1800 <= cli.clock() - before < 2000


def test_a_stranger_is_not_approved(cli):
    """Anybody can connect the bot to an account: a person looks and says no."""
    cli.connect()
    ended = cli.run(
        "setup", answers=[*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE, ("Anna Petrova @anna_p", "n"), *SECRET]
    )
    assert ended.exit_code == 0
    assert "channels" not in cli.settings() or str(OWNER) not in cli.settings()["channels"]


def test_enter_approves_nobody(cli):
    """Keys that were pressed while it waited are thrown away, and the owner's name and number stand in the question."""
    cli.connect()
    ended = cli.run(
        "setup",
        answers=[*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE, (f"Anna Petrova @anna_p ({OWNER})", ""), *SECRET],
    )
    assert ended.exit_code == 0
    assert "channels" not in cli.settings() or str(OWNER) not in cli.settings()["channels"]
    asked = next(number for number, question in enumerate(cli.keyboard.asked) if "Approve?" in question)
    assert asked in cli.keyboard.forgot_before


def test_what_is_left_to_do_is_said(cli, tokens):
    """Without waiting for an account, the set-up ends with the commands that are still to be typed."""
    ended = cli.run("--region", "eu-central-1", "setup", *tokens, "--no-wait", "--yes", "-i", "shop")
    assert ended.exit_code == 0
    assert "planfix-telegram --region eu-central-1 accounts approve OWNER -i shop" in ended.err
    assert "planfix-telegram --region eu-central-1 doctor -i shop" in ended.err


def test_a_bare_word_is_an_account_of_planfix(cli, tokens):
    """It is found at planfix.ru or planfix.com before a token is asked for."""
    given = list(tokens)
    given[given.index("--planfix-url") + 1] = "acme"
    ended = cli.run("setup", *given, "--no-wait", "--yes")
    assert ended.exit_code == 0, ended.err
    assert cli.settings()["planfix"]["account_url"] == ACCOUNT


def test_an_address_given_by_an_option_may_leave_the_integration_out(cli, tokens):
    """As the stack's own outputs do."""
    address = "https://own.example.com/telegram/{integration}"
    assert cli.run("setup", *tokens, "--webhook-url", address, "--no-wait", "--yes").exit_code == 0
    assert cli.bot.webhook.url == "https://own.example.com/telegram/main"


def test_nobody_that_waits_is_taken_blindly(cli, tokens):
    """Unattended, somebody must say which; with `--owner` it is said. Anybody can connect any bot, so the only one may be a stranger."""
    cli.connect(1)
    assert "--owner" in cli.run("setup", *tokens, "--yes").err
    assert "channels" not in cli.settings()
    cli.connect(2)
    ended = cli.run("setup", *tokens, "--yes")
    assert ended.exit_code == 0
    assert "say by --owner whose account is yours" in ended.err
    assert "channels" not in cli.settings()
    assert cli.run("setup", *tokens, "--owner", "2", "--yes").exit_code == 0
    assert list(cli.settings()["channels"]) == ["2"]
    cli.connect(3, username="boris")
    assert cli.run("setup", *tokens, "--owner", "@Boris", "--yes").exit_code == 0
    assert list(cli.settings()["channels"]) == ["2", "3"]
    assert "Approved already" in cli.run("setup", *tokens, "--owner", "boris", "--yes").err


def test_of_several_that_wait_a_person_chooses(cli):
    """By number or name."""
    cli.connect(1, name="Stranger", username="")
    cli.connect(2)
    ended = cli.run(
        "setup",
        answers=[
            *(*TELEGRAM, *PLANFIX, *CHOICES, *SHARED, *STORE),
            *(("Number or a part", "anna"), ("[Anna Petrova]", ""), ("Number or a part", "")),
            *SECRET,
        ],
    )
    assert ended.exit_code == 0
    assert cli.settings()["channels"]["2"] == {"name": "Anna Petrova", "telegram_name": "anna_p"}
    assert "1" not in cli.settings()["channels"]


# -- again


def test_running_it_again_keeps_what_is_stored(cli):
    """Enter keeps every answer; secrets, channels and settings that nobody was asked for stay."""
    stored = {
        **SETTINGS,
        "language": "en",
        "new_task_if_none_active": False,
        "send_as_employee": True,
        "default_assignee": "user:2",
        "planfix": {"account_url": ACCOUNT, "requests_per_second": 0.5},
        "defaults": {"task_template": 12, "contact_template": 21, "extra_assignees": ["group:3"]},
        "channels": {str(OWNER): {"name": "Sales"}},
    }
    cli.store(settings=stored)
    keep = [
        *(("Bot token", ""), ("[rest]", ""), ("[https://acme.planfix.ru]", ""), ("REST API token", "")),
        *(("[Contract]", ""), ("[Client]", ""), ("[Petrova Anna]", ""), ("[Managers]", "")),
        *(("[en]", ""), ("[y/N]", ""), ("[Y/n]", ""), ("[y/N]", "")),
    ]
    ended = cli.run("setup", answers=[*keep, *SECRET])
    assert ended.exit_code == 0
    assert "Nothing changes" in ended.out
    assert "Approved already: Sales" in ended.err
    assert (cli.settings(), cli.secrets()) == (stored, SECRETS)


def test_options_change_only_what_they_name(cli, tokens):
    """A template takes the place of an object, and the other way round; the rest stays."""
    cli.store(settings={**SETTINGS, "defaults": {"task_object": 13, "name": "Telegram"}, "channels": {"own_bot": {}}})
    assert cli.run("setup", *tokens, "--task-template", "12", "--no-wait", "--yes").exit_code == 0
    assert cli.settings()["defaults"] == {"task_template": 12, "name": "Telegram"}
    assert cli.settings()["channels"] == {"own_bot": {}}
    assert cli.secrets() == SECRETS
    assert cli.run("setup", *tokens, "--task-object", "requests", "--no-own-bot", "--no-wait", "--yes").exit_code == 0
    assert cli.settings()["defaults"] == {"task_object": 13, "name": "Telegram"}
    assert "own_bot" not in cli.settings().get("channels", {})


def test_another_integration_has_its_own_addresses(cli, tokens):
    """Its alias stands in both webhooks."""
    ended = cli.run("setup", "-i", "shop", *tokens, "--no-wait", "--yes")
    assert ended.exit_code == 0
    assert cli.bot.webhook.url == "https://bridge.example.com/telegram/shop"
    assert "https://bridge.example.com/planfix/shop/comment" in ended.out
    assert cli.parameter_names() == {"/planfix-telegram/shop/settings", "/planfix-telegram/shop/secrets"}


# -- the route by chats

THEIRS = "303cb962ac59075b964b07152d234b70"
DOOR = "https://bridge.example.com/planfix/main/chat"
CHATS = [
    ("Which route: chat_api or rest [chat_api]", ""),
    ("Address of your Planfix", "acme.planfix.ru"),
    ("API for chats, from a chat's window there [https://acme.planfix.ru/webchat/api]", ""),
    ("REST API token, not required", ""),
]
SHARED_BY_CHATS = [("Language", "en"), ("Begin each answer", ""), ("to the bot itself", "")]
BY_CHATS = {
    "route": "chat_api",
    "language": "en",
    "send_as_employee": False,
    "planfix": {"account_url": ACCOUNT, "chat_url": f"{ACCOUNT}/webchat/api"},
}


def _window(cli: CliWorld, channel: int | str = OWNER, key: str = THEIRS) -> None:
    """Somebody made the chat in Planfix and entered the providerId."""
    cli.planfix.chats.add(ChatWindow(f"main.{channel}", key, DOOR, "t" * 16))


def test_a_person_is_led_to_the_chats_of_planfix(cli):
    """Two fields for each channel, no template, no scenario; Planfix's key is asked for until the chat answers to it."""
    _window(cli)
    cli.connect()
    ended = cli.run(
        "setup",
        answers=[
            *(*TELEGRAM, *CHATS, *SHARED_BY_CHATS, *STORE),
            *(("Approve?", "y"), ("Name of this channel", "Sales")),
            *(("E-mail under which Anna Petrova", "anna"), ("E-mail", "anna@acme.ru")),
            ("Our key of Sales is a secret. Show it", "y"),
            *(("Planfix's key from the window of Sales", "short"), ("Planfix's key", "another-key-0123")),
            ("Planfix's key", THEIRS),
        ],
    )
    assert ended.exit_code == 0, ended.said
    channels = {str(OWNER): {"name": "Sales", "owner_email": "anna@acme.ru", "telegram_name": "anna_p"}}
    assert cli.settings() == {**BY_CHATS, "channels": channels}
    ours = cli.secrets()["chats"][str(OWNER)]["our_tokens"]
    assert cli.secrets() == {
        "bot_token": BOT_TOKEN,
        "webhook_secrets": [generated(1)],
        "digest_key": cli.secrets()["digest_key"],
        "chats": {str(OWNER): {"our_tokens": ours, "planfix_token": THEIRS}},
    }
    assert (DOOR in ended.out, f"main.{OWNER}" in ended.out, ended.out.count(ours[0])) == (True, True, 1)
    for words in ("knows no chat by this key", "must have 8 letters", "must be an e-mail", "look at the task's chat"):
        assert words in ended.err, words
    assert "Scenario 1" not in ended.said
    assert THEIRS not in ended.said
    assert [prompt.split(" ")[0] for prompt in cli.keyboard.hidden] == ["Bot", "Planfix", *["Planfix's"] * 3]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_both_routes_are_explained_in_four_lines_each(cli, language):
    """The one by chats first, recommended, and taken by Enter where nothing is stored."""
    word = "route" if language == "en" else "способ"
    heading = "Planfix" if language == "en" else "Планфикс"
    ended = cli.run(
        "--language", language, "setup", answers=[("", BOT_TOKEN), (f"{word}: chat_api", "x"), (word, "<ctrl-c>")]
    )
    blocks = [block.splitlines() for block in ended.err.replace(f"2/6  {heading}\n", "\n\n").split("\n\n")]
    explained = [block for block in blocks if block and block[0].startswith(("chat_api (", "rest:"))]
    assert [len(block) for block in explained] == [4, 4]
    assert ("recommended" if language == "en" else "рекомендуется") in explained[0][0]
    assert "rest, chat_api" in ended.err


def test_a_channel_whose_key_is_put_off_is_left_to_do(cli):
    """Whoever has it not at hand goes on, and reads how to store it."""
    answers = [*TELEGRAM, *CHATS, *SHARED_BY_CHATS[:2], ("to the bot itself", "y"), *STORE]
    ended = cli.run("setup", "--no-wait", answers=[*answers, ("Show it", ""), ("Planfix's key", "")])
    assert ended.exit_code == 0, ended.said
    assert "--secret chats.own_bot.planfix_token" in ended.err
    assert "Fill in the window of each chat in Planfix: planfix-telegram scenario" in ended.err
    assert list(cli.secrets()["chats"]["own_bot"]) == ["our_tokens"]
    assert "accounts approve" in ended.err
    cli.connect()
    asked = [*SHARED_BY_CHATS[:2], ("to the bot itself", "y"), ("Approve?", "y"), ("Name", ""), ("E-mail", "")]
    again = [("Bot token", ""), ("[chat_api]", ""), ("[https", ""), ("webchat/api]", ""), ("REST", ""), *asked]
    again.append(("Show it", ""))
    ended = cli.run(
        "setup", answers=[*again, ("Planfix's key from the window of Acme", ""), ("Show it", ""), ("key", "")]
    )
    assert ended.exit_code == 0, ended.said
    assert "accounts approve" not in ended.err
    assert "1. Fill in the window of each chat" in ended.err


def test_options_alone_set_the_chats_up(cli, tokens):
    """Nothing is asked, the address is where it usually is, a REST token may be there; no key is printed."""
    ended = cli.run("setup", "--route", "chat_api", *tokens, "--own-bot", "--no-wait", "--yes")
    assert ended.exit_code == 0, ended.said
    assert (cli.settings()["planfix"], cli.secrets()["planfix_token"]) == (BY_CHATS["planfix"], PLANFIX_TOKEN)
    assert "main.own_bot" in ended.out
    assert _without_secrets(ended)
    assert cli.keyboard.asked == []


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        (["--route", "chats"], 1, "'rest' or 'chat_api'"),
        (["--route", "chat_api", "--task-template", "11"], 2, "--task-template: on the route chat_api"),
        (["--route", "chat_api", "--planfix-chat-url", f"{ACCOUNT}/elsewhere"], 1, f"not at {ACCOUNT}/elsewhere"),
        (["--route", "chat_api", "--planfix-chat-url", "nowhere.planfix.ru/webchat/api"], 1, "not at https://nowhere"),
    ],
)
def test_a_wrong_option_of_the_route_writes_nothing(cli, tokens, options, exit_code, words):
    """The sentence says what is right."""
    ended = cli.run("setup", *tokens, *options, "--no-wait", "--yes")
    assert (ended.exit_code, words in ended.err) == (exit_code, True), ended.err
    assert cli.parameter_names() == set()


def test_the_chats_that_are_there_stay(cli):
    """Run again: Enter keeps everything, nothing is made anew, and no key is asked for that is there."""
    chats = {str(OWNER): {"planfix_token": THEIRS, "our_tokens": ["t" * 16]}}
    secrets = {**SECRETS, "chats": chats}
    stored = {**BY_CHATS, "channels": {str(OWNER): {"name": "Sales"}}}
    cli.store(settings=stored, secrets=secrets)
    answers = [("Bot token", ""), ("[chat_api]", ""), ("[https://acme.planfix.ru]", ""), ("webchat/api]", "")]
    answers += [("Enter keeps the stored one", ""), ("[en]", ""), *SHARED_BY_CHATS[1:]]
    ended = cli.run("setup", answers=answers)
    assert ended.exit_code == 0, ended.said
    assert "Nothing changes" in ended.out
    assert "Every chat has its keys" in ended.err
    assert (cli.settings(), cli.secrets()) == (stored, secrets)


def test_set_up_again_by_the_other_route_says_what_planfix_does_not_join(cli):
    """Before anything is written; what the channels have stays."""
    stored = {**SETTINGS, "language": "en", "channels": {str(OWNER): {"name": "Sales", "owner_user": "user:2"}}}
    cli.store(settings=stored)
    answers = [("Bot token", ""), ("[rest]", "chat_api"), ("[https://acme.planfix.ru]", ""), ("webchat/api]", "")]
    answers += [("Enter keeps the stored one", ""), ("[en]", ""), *SHARED_BY_CHATS[1:], ("Write this?", "n")]
    ended = cli.run("setup", answers=answers)
    assert ended.exit_code == 1
    assert "does not join what the two routes make" in ended.err
    assert cli.settings() == stored
