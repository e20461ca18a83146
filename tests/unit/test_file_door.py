"""The door at which Planfix fetches the files of messages: what opens, what does not, and how it comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bridge.doors import file as file_door
from tests.unit.test_incoming_files import send
from tests.world import World

pytestmark = pytest.mark.only_on("chat_api")

DAY = 86_400.0


def address(world: World) -> str:
    """Where the newest message's file is, as Planfix was told."""
    calls = [one.body for one in world.planfix.calls if one.path.endswith("cmd=newMessage") and one.body]
    return str(calls[-1]["attachments[url]"][-1])


@pytest.fixture
def invoice(world: World) -> World:
    """The client sent a file."""
    send(world, "document", "счёт №5.pdf", "application/pdf", b"%PDF all of it")
    world.settle()
    return world


def test_small_file_is_in_the_answer(invoice: World) -> None:
    """With its type and name, to be saved and not shown, and to be kept by nobody."""
    answer = invoice.fetch(address(invoice))
    headers = answer["headers"]
    assert (answer["statusCode"], base64.b64decode(answer["body"])) == (200, b"%PDF all of it")
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D1%81")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("private, no-store", "nosniff")


def test_large_file_is_a_redirect_for_a_moment(invoice: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda answers with 6 MB at most: whoever asks is sent to S3, by a link that is made just then."""
    monkeypatch.setattr(file_door, "MOST_IN_AN_ANSWER", 5)
    answer = invoice.fetch(address(invoice))
    assert (answer["statusCode"], "body" in answer and answer["body"]) in ((302, False), (302, ""))
    assert "X-Amz-Expires=300" in answer["headers"]["location"]


def test_address_is_our_own_and_tells_nothing(invoice: World) -> None:
    """Neither Telegram's address, which holds the bot's token, nor the client's number or the file's name."""
    shown = address(invoice)
    assert shown.startswith("https://bridge.example/files/main/")
    assert "telegram.org" not in shown
    assert all(secret not in shown for secret in (invoice.bot.token, "pdf"))


@pytest.mark.parametrize(("after", "status"), [(6.9 * DAY, 200), (7.1 * DAY, 410)])
def test_address_opens_for_seven_days(invoice: World, after: float, status: int) -> None:
    """Then whoever asks reads that its time is over."""
    shown = address(invoice)
    invoice.clock.now += after
    assert invoice.fetch(shown)["statusCode"] == status


def test_days_are_a_setting(make_world: Any) -> None:
    """``file_links_live_for``."""
    world = make_world(settings={"file_links_live_for": 1})
    send(world, "document", "a.zip", "application/zip")
    world.settle()
    shown = address(world)
    world.clock.now += 1.1 * DAY
    assert world.fetch(shown)["statusCode"] == 410


def test_file_that_is_gone(invoice: World) -> None:
    """The bucket's lifecycle was faster."""
    invoice.s3.buckets["files"].clear()
    assert invoice.fetch(address(invoice))["statusCode"] == 410
    assert invoice.count.totals["file_link_over"] == 1


def test_forged_address(invoice: World) -> None:
    """One sign changed: 403, counted, and nothing is read."""
    shown = address(invoice)
    before = len(invoice.s3.calls)
    forged = shown[:-1] + ("A" if shown[-1] != "A" else "B")
    assert invoice.fetch(forged)["statusCode"] == 403
    assert (len(invoice.s3.calls), invoice.count.totals["forged_file_link"]) == (before, 1)


def test_address_of_another_integration(invoice: World) -> None:
    """No integration's address opens under another's name; an unknown one looks the same."""
    assert invoice.fetch(address(invoice).replace("/main/", "/other/"))["statusCode"] == 403


def test_s3_that_fails_is_asked_again(invoice: World) -> None:
    """503: Planfix comes again."""
    shown = address(invoice)
    invoice.s3.fail_next("SlowDown")
    assert invoice.fetch(shown)["statusCode"] == 503
    assert invoice.fetch(shown)["statusCode"] == 200
