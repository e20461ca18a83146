"""A whole demo at DEBUG, with failing calls and exceptions in it: nothing secret appears where it does not belong."""

from __future__ import annotations

import io
import json
import logging

import boto3
import pytest

from local.demo import Conversation
from local.demo_cast import make
from local.demo_kinds import Kinds
from local.demo_watching import Watch
from local.stage import ALIAS, OWNER_ID, Stage

PATIENCE = 60.0


class Outcome:
    """What a played demo left behind."""

    def __init__(self, printed: str, tables: str, calls: str, secrets: dict[str, str], words: list[str]) -> None:
        self.printed = printed
        self.tables = tables
        self.calls = calls
        self.secrets = secrets
        self.words = words

    @property
    def lines(self) -> list[dict[str, object]]:
        """The bridge's own log lines."""
        lines = [line for line in self.printed.splitlines() if line.startswith("{")]
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Play the demo once: Telegram and Planfix fail in every way, and the bridge itself stumbles once."""
    cast, words = make(21)
    printed, patch = io.StringIO(), pytest.MonkeyPatch()
    handler = logging.StreamHandler(printed)
    root = logging.getLogger()
    patch.setattr(root, "level", logging.DEBUG)
    root.addHandler(handler)
    patch.setattr("sys.stdout", printed)
    patch.setattr("sys.stderr", printed)
    try:
        # A service name of its own: Powertools keeps one logger a service, with the stdout of whoever made it first.
        variables = {"POWERTOOLS_LOG_LEVEL": "DEBUG", "POWERTOOLS_SERVICE_NAME": "secrets-stay-secret"}
        with Stage(cast, rate=50, variables=variables) as stage:
            _make_things_fail(stage, patch)
            watch = Watch(stage, PATIENCE)
            Conversation(stage, words, watch).play()
            Kinds(stage, words, watch).play()  # downloads too: Telegram's file links hold the token
            dynamodb = boto3.client("dynamodb", endpoint_url=stage.bridge.environment["AWS_ENDPOINT_URL"])
            names = [stage.bridge.environment[f"{name}_TABLE"] for name in ("CONNECTIONS", "CHATS", "LEDGER")]
            tables = {name: dynamodb.scan(TableName=name)["Items"] for name in names}
            calls = [(call.method, call.params) for call in stage.telegram.calls]
            calls += [(call.path, call.body) for call in stage.planfix.calls]
            secrets = _secrets(stage)
    finally:
        root.removeHandler(handler)
        patch.undo()
    said = [words.question, words.addition, words.answer_bold, words.internal, words.from_phone, words.bot_answer]
    said += [f"{begin} {words.code}" for begin in ("Это фото", "Отвечаю на цитату", "Исправлено", "Новая цена")]
    return Outcome(
        printed.getvalue(),
        json.dumps(tables, ensure_ascii=False),
        json.dumps(calls, ensure_ascii=False, default=str),
        secrets,
        said,
    )


def _make_things_fail(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    from bridge import effects  # noqa: PLC0415 - as the running handlers see it
    from bridge.flows import batch  # noqa: PLC0415
    from bridge.telegram import content  # noqa: PLC0415

    patch.setattr(batch, "FIRST_WAIT", 0.3)  # that things fail is what matters here, not how long one waits then
    patch.setattr(effects, "LOOK_AFTER", 0.3)
    stage.planfix.fail_next(status=502, code=0, error="Bad Gateway")
    stage.planfix.fail_next(path_prefix="/task/1/comments/", status=500, code=0, error="lost", apply=True)
    stage.telegram.fail_next("sendMessage", status=500, description="Internal Server Error")
    stage.telegram.fail_next("sendMessage", status=429, description="Too Many Requests", parameters={"retry_after": 1})
    render, stumbled = content.render, []

    def stumbling(message: dict[str, object], texts: object) -> str:
        if not stumbled:
            stumbled.append(True)
            raise RuntimeError(f"{message.get('text')} {stage.bot.token}")
        return render(message, texts)

    patch.setattr(content, "render", stumbling)


def _secrets(stage: Stage) -> dict[str, str]:
    ssm = boto3.client("ssm", endpoint_url=stage.bridge.environment["AWS_ENDPOINT_URL"])
    name = f"/{stage.bridge.environment['STACK']}/{ALIAS}/secrets"
    stored = json.loads(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    return {key: value if isinstance(value, str) else value[0] for key, value in stored.items()}


def test_no_secret_is_printed_stored_or_sent(outcome: Outcome) -> None:
    """No token and no secret in stdout, stderr, logs, tables, or what Telegram and Planfix were sent."""
    assert set(outcome.secrets) == {"bot_token", "webhook_secrets", "planfix_secrets", "planfix_token"}
    for name, secret in outcome.secrets.items():
        for where in ("printed", "tables", "calls"):
            text = getattr(outcome, where)
            if name == "webhook_secrets" and where == "calls":
                text = text.replace(f'"secret_token": "{secret}"', "")  # setWebhook is where it is agreed upon
            assert secret not in text, f"{name} in {where}"


def test_no_words_are_logged_or_stored(outcome: Outcome) -> None:
    """Message text appears neither in a log line nor in a table."""
    logged = "\n".join(json.dumps(line, ensure_ascii=False) for line in outcome.lines)
    for words in outcome.words:
        assert words not in logged
        assert words not in outcome.tables


def test_things_did_fail(outcome: Outcome) -> None:
    """GIVEN failing calls and an exception, or the other tests here would prove little."""
    messages = [line.get("message") for line in outcome.lines]
    assert "unexpected error" in messages
    assert "put off" in messages


def test_each_message_has_a_log_line_with_its_ids(outcome: Outcome) -> None:
    """Every message that was carried, either way, has one line at least that names its chat, message, task and comment."""
    carried = [line for line in outcome.lines if str(line.get("message")).startswith("carried to")]
    assert {line["message"] for line in carried} == {"carried to Planfix", "carried to Telegram"}
    for line in carried:
        assert {"chat", "message_id", "task", "comment"} <= set(line)
    assert any(str(OWNER_ID) in str(line["chat"]) for line in carried)
