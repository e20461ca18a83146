import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from local.bridge import LocalBridge
from local.problem import LocalProblem

TOKEN = f"1:{'a' * 30}"
INTEGRATION = {
    "settings": {
        "telegram": {"api_url": "http://127.0.0.1:9"},
        "planfix": {"account_url": "http://127.0.0.1:9"},
    },
    "secrets": {
        "bot_token": TOKEN,
        "webhook_secrets": ["w" * 16],
        "planfix_secrets": ["p" * 16],
        "planfix_token": "t" * 16,
    },
}
EMPTY = {"waiting": 0, "in_flight": 0, "dead": 0}
QUIET = {"POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_METRICS_DISABLED": "true"}


@pytest.fixture(scope="module")
def bridge():
    """A bridge between nothing and nothing: both services' addresses answer to nobody."""
    with LocalBridge({"main": INTEGRATION}, variables=QUIET) as bridge:
        yield bridge


def _post(bridge, path, **given):
    return httpx.post(f"{bridge.url}{path}", trust_env=False, **given)


def test_health_tells_of_both_queues(bridge):
    """`GET /health` says that all runs and what each queue holds."""
    assert httpx.get(f"{bridge.url}/health", trust_env=False).json() == {
        "ready": True,
        "queues": {"to-planfix": EMPTY, "to-telegram": EMPTY},
    }


def test_a_wrong_secret_is_refused_by_the_real_handlers(bridge):
    """Both doors answer 401 to a wrong secret, so the handlers found their settings."""
    assert _post(bridge, "/telegram/main", json={"update_id": 1}).status_code == 401
    assert _post(bridge, "/planfix/main/comment", data={"task": "1"}, auth=("x", "wrong")).status_code == 401


def test_an_update_is_queued_and_taken(bridge):
    """A good update is answered 200, lies on the queue and reaches the sender."""
    mark = len(bridge.journal.after(0))
    secret = {"X-Telegram-Bot-Api-Secret-Token": "w" * 16}
    assert _post(bridge, "/telegram/main", json={"update_id": 2, "poll": {}}, headers=secret).status_code == 200
    bridge.wait_until_idle(20)
    assert [step.kind for step in bridge.journal.after(mark)].count("sender.finished") == 1


def test_a_task_that_is_no_chat_is_ignored(bridge):
    """Planfix's call is a form, base64-encoded on its way; a foreign task is 200 and queues nothing."""
    assert _post(bridge, "/planfix/main/comment", data={"task": "17"}, auth=("x", "p" * 16)).status_code == 200
    assert _post(bridge, "/planfix/main/comment", data={"event": "comment"}, auth=("x", "p" * 16)).status_code == 400


def test_the_doors_of_the_chat_route_are_served(bridge):
    """A push with a foreign token is 401, an address of a file that nobody signed 403: each in its own door's words."""
    push = {"cmd": "newMessage", "providerId": "main-own_bot", "token": "wrong", "chatId": "1"}
    assert _post(bridge, "/planfix/main/chat", data=push).status_code == 401
    assert httpx.get(f"{bridge.url}/files/main/forged", trust_env=False).status_code == 403


def test_files_are_fetched_from_this_bridge(bridge):
    """The addresses that the functions give away are those of the gateway here."""
    assert bridge.environment["OWN_ADDRESS"] == bridge.url


def test_one_bridge_after_another_in_one_process():
    """A second bridge in a process is a new one: its own port, its own empty tables; the environment is given back."""
    before = dict(os.environ)
    urls = []
    for alias in ("first", "second"):
        with LocalBridge({alias: INTEGRATION}, variables=QUIET) as bridge:
            urls.append(bridge.url)
            secret = {"X-Telegram-Bot-Api-Secret-Token": "w" * 16}
            for name, status in (
                ("first", 200 if alias == "first" else 401),
                ("second", 200 if alias == "second" else 401),
            ):
                assert (
                    _post(bridge, f"/telegram/{name}", json={"update_id": 1, "poll": {}}, headers=secret).status_code
                    == status
                )
        bridge.close()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{bridge.url}/health", trust_env=False)
    assert urls[0] != urls[1]
    assert dict(os.environ) == before


def test_a_taken_port_is_a_sentence():
    """A port that somebody else has is said at once, and nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(LocalProblem, match=f"Port {port}"), LocalBridge({"main": INTEGRATION}, port):
            pass


@pytest.mark.parametrize(
    ("integrations", "sentence"),
    [
        ({"Main!": INTEGRATION}, "alias"),
        ({"main": {"settings": {}}}, '"secrets"'),
        ({"main": {**INTEGRATION, "settings": {}}}, "planfix: Field required"),
        ({"main": {**INTEGRATION, "secrets": {**INTEGRATION["secrets"], "bot_token": "my-secret"}}}, "bot_token"),
    ],
)
def test_settings_that_cannot_be_are_a_sentence_without_secrets(integrations, sentence):
    """What is wrong is said by its place, and no value is repeated."""
    with pytest.raises(LocalProblem) as problem:
        LocalBridge(integrations)
    assert sentence in str(problem.value)
    assert "my-secret" not in str(problem.value)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_by_a_signal_with_nothing_left(end):
    """Ctrl-C and SIGTERM end the server and the emulator, with exit code 0."""
    with _serve({"main": INTEGRATION}) as server:
        try:
            address = server.stdout.readline().split()[4]
            assert httpx.get(f"{address}/health", trust_env=False).json()["ready"] is True
            children = _children(server.pid)
            assert children
            server.send_signal(end)
            assert server.wait(timeout=30) == 0
        finally:
            server.kill()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def _serve(integrations):
    program = "import json, sys; from local.bridge import serve; serve(json.loads(sys.argv[1]), 0)"
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, json.dumps(integrations)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
