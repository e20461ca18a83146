"""Files into Planfix and out of it; what a redirect may not do stands in test_files_redirects.py."""

from __future__ import annotations

import httpx
import pytest

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.planfix.redirects import Redirects
from bridge.planfix.rest import PlanfixRest
from bridge.planfix.route import File
from local.fakes.planfix import FakePlanfix

TOKEN = "planfix-token-of-the-test"
ACCOUNT = "https://acme.planfix.ru"


class Slots:
    """Counts the calls that were allowed."""

    def __init__(self) -> None:
        self.taken = 0

    def slow_down(self, seconds: float, asked: Reason) -> None:
        pass

    def take(self, needs: float = 0, *, gives_way: bool = False) -> None:
        self.taken += 1

    def hold_off(self, seconds: float, asked: Reason) -> None:
        pass

    def failed(self) -> None:
        pass

    def answered(self) -> None:
        pass

    def check_open(self) -> None:
        pass


class ByHost(httpx.BaseTransport):
    """Requests to an address reach whom their Host header names."""

    def __init__(self, app) -> None:
        self._transport = httpx.WSGITransport(app=app)

    def handle_request(self, request):
        assert request.headers["host"] == "acme.planfix.ru"
        return self._transport.handle_request(request)


@pytest.fixture
def planfix():
    """An account without a limit of requests."""
    return FakePlanfix("acme.planfix.ru", token=TOKEN, rate=0)


@pytest.fixture
def slots():
    """Counts the calls."""
    return Slots()


@pytest.fixture
def rest(planfix, slots):
    """The client under test; the account's name has a public address."""
    http = httpx.Client(transport=ByHost(planfix.wsgi))
    return PlanfixRest(
        http,
        ACCOUNT,
        TOKEN,
        slots,
        redirects=Redirects.of_account(http, ACCOUNT, resolve=lambda host, port: ["93.184.216.34"]),
    )


def mocked(handler):
    """An account whose server is a function."""
    http = httpx.Client(transport=httpx.MockTransport(handler))
    return PlanfixRest(http, ACCOUNT, TOKEN, Slots())


def test_a_file_is_uploaded(planfix, rest, slots) -> None:
    """Bytes in pieces become a file with its name and type, in one call."""
    number = rest.upload_file("голос.ogg", "audio/ogg", iter([b"Ogg", b"S"]))
    stored = planfix.files[number]
    assert (stored.data, stored.name, stored.mime) == (b"OggS", "голос.ogg", "audio/ogg")
    assert slots.taken == 1


def test_an_upload_has_a_length() -> None:
    """The length stands in the header: PHP behind a proxy may know no chunked bodies."""

    def answer(request):
        assert int(request.headers["content-length"]) == len(request.read())
        return httpx.Response(200, json={"result": "success", "id": 5})

    assert mocked(answer).upload_file("a", "", iter([bytes(100_000)] * 3)) == 5


def test_a_name_breaks_no_header(planfix, rest) -> None:
    """What somebody's program calls a file stays within its header, and the file arrives."""
    number = rest.upload_file('a"b\r\nX-Injected: 1\r\n\r\n.txt', "text/plain\r\nX: 1", [b"x"])
    assert planfix.files[number].data == b"x"
    assert planfix.files[number].mime == "application/octet-stream"


@pytest.mark.parametrize("code", [7001, 7002, 7003])
def test_a_file_that_planfix_refuses(planfix, rest, code) -> None:
    """Not taken, too large for the plan: one reason."""
    planfix.fail_next("POST", "/file/", status=400, code=code)
    with pytest.raises(Refused) as refused:
        rest.upload_file("a", "", [b"x"])
    assert refused.value.reason is Reason.PLANFIX_FILE


def test_a_file_too_large_for_the_web_server() -> None:
    """413 comes without Planfix's code and means the same."""
    with pytest.raises(Refused) as refused:
        mocked(lambda _: httpx.Response(413, text="<html>")).upload_file("a", "", [b"x"])
    assert refused.value.reason is Reason.PLANFIX_FILE


def test_an_upload_whose_source_breaks_is_not_begun(slots, rest) -> None:
    """All bytes are here before the call takes its slot."""

    def broken():
        yield b"half"
        raise RetryLater(30, Reason.UNREACHABLE)

    with pytest.raises(RetryLater):
        rest.upload_file("a", "", broken())
    assert slots.taken == 0


def test_an_upload_whose_answer_is_lost(planfix, rest) -> None:
    """It may be there or not."""
    planfix.fail_next("POST", "/file/", status=502)
    with pytest.raises(OutcomeUnknown):
        rest.upload_file("a", "", [b"x"])


def test_a_file_is_received(planfix, rest, slots) -> None:
    """What it is called, then the bytes, by way of the redirect; two calls in two slots."""
    number = planfix.put_file(b"%PDF", "договор.pdf", "application/pdf")
    with rest.open_file(number) as opened:
        assert b"".join(opened.pieces) == b"%PDF"
    assert (opened.name, opened.size, opened.mime) == ("договор.pdf", 4, "application/pdf")
    assert slots.taken == 2


def test_a_known_file_costs_one_call(planfix, rest, slots) -> None:
    """Name and size came with the comment, so they are not asked for again."""
    number = planfix.put_file(b"%PDF", "договор.pdf", "application/pdf")
    with rest.open_file(number, known=File(number, "договор.pdf", 4)) as opened:
        assert b"".join(opened.pieces) == b"%PDF"
    assert slots.taken == 1


def test_a_file_that_is_not_there(rest) -> None:
    """Code 7000, at either call."""
    for known in (None, File(77, "a.pdf", 4)):
        with pytest.raises(Refused) as refused, rest.open_file(77, known=known):
            pass
        assert refused.value.reason is Reason.FILE_GONE


def test_a_file_that_telegram_would_not_take_is_not_fetched(planfix, rest, slots) -> None:
    """Its size is known before a byte of it comes."""
    number = planfix.put_file(bytes(11), "a.zip", "application/zip")
    with pytest.raises(Refused) as refused, rest.open_file(number, max_bytes=10):
        pass
    assert refused.value.reason is Reason.FILE_TOO_BIG
    assert slots.taken == 1


def test_a_file_given_without_a_redirect() -> None:
    """Should Planfix itself give the bytes, they are taken."""

    def answer(request):
        return httpx.Response(200, content=b"abc")

    with mocked(answer).open_file(5, known=File(5, "a", 3)) as opened:
        assert b"".join(opened.pieces) == b"abc"


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout])
def test_a_lost_answer_to_a_question_is_asked_again(error) -> None:
    """Receiving does nothing, so it is never of unknown outcome."""

    def answer(request):
        raise error("")

    for known in (None, File(5, "a", 3)):
        with pytest.raises(RetryLater), mocked(answer).open_file(5, known=known):
            pass


FILE = b"%PDF all of it"


def linked(link, *, answer=None, names=None, **options):
    """An account that names this link for file 5, and what a stranger's request to it gets; also all requests."""
    requests = []

    def serve(request):
        requests.append(request)
        if request.url.path == "/rest/file/5":
            return httpx.Response(200, json={"file": {"id": 5, "name": "a", "size": len(FILE), "downloadUrl": link}})
        return answer or httpx.Response(200, content=FILE, headers={"content-type": "application/pdf"})

    def resolve(host, port):
        return [(names or {}).get(host, "93.184.216.34")]

    http = httpx.Client(transport=httpx.MockTransport(serve))
    redirects = Redirects.of_account(http, ACCOUNT, **options, resolve=resolve)
    return PlanfixRest(http, ACCOUNT, TOKEN, Slots(), redirects=redirects), requests


@pytest.mark.parametrize("link", ["https://acme.planfix.ru/file/abc", "/file/abc"])
def test_a_link_that_a_stranger_can_open(link) -> None:
    """A link that gives the file without our token is one for a client."""
    rest, requests = linked(link)
    assert rest.public_link(5) == "https://acme.planfix.ru/file/abc"
    assert "authorization" not in requests[-1].headers


def test_a_link_of_the_account_needs_no_leave() -> None:
    """The hosts that files may come from are those beside the account itself."""
    rest, _ = linked("/file/abc", file_hosts=("storage.example",))
    assert rest.public_link(5) == "https://acme.planfix.ru/file/abc"


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        (None, None),
        ("https://acme.planfix.ru/file/abc", httpx.Response(403)),
        ("https://acme.planfix.ru/file/abc", httpx.Response(503)),
        ("https://acme.planfix.ru/file/abc", httpx.Response(200, html="<form>".ljust(len(FILE)))),
        ("https://acme.planfix.ru/file/abc", httpx.Response(200, content=b"a login form of another length")),
        ("http://acme.planfix.ru/file/abc", None),
        ("https://intranet.example/file/abc", None),
        ("https://me:secret@acme.planfix.ru/file/abc", None),
        (f"https://acme.planfix.ru/file/abc?access_token={TOKEN}", None),
        (f"https://acme.planfix.ru/file/abc?access_token={TOKEN.replace('-', '%2D')}", None),
        ("https://[::1/a", None),
    ],
)
def test_a_link_that_is_none_for_a_client(link, answer) -> None:
    """None given; closed to strangers; a page; another file; no https; not public; one that shows a secret; nonsense."""
    rest, _ = linked(link, answer=answer, names={"intranet.example": "10.0.0.1"})
    assert rest.public_link(5) == ""


def test_a_link_is_asked_for_later_when_planfix_does_not_answer(planfix, rest) -> None:
    """Nobody knows yet whether there is one."""
    number = planfix.put_file(b"x", "a", "")
    planfix.fail_next("GET", f"/file/{number}", status=502)
    with pytest.raises(RetryLater):
        rest.public_link(number)


def test_what_the_caller_does_with_it_stays_the_callers(planfix, rest) -> None:
    """An unknown outcome inside the ``with`` is not taken for one of the download."""
    number = planfix.put_file(b"x", "a", "")
    with pytest.raises(OutcomeUnknown), rest.open_file(number):
        raise OutcomeUnknown(Reason.UNREACHABLE)


def test_a_received_file_can_be_sent_on(planfix, rest) -> None:
    """What one call gives, the other takes."""
    number = planfix.put_file(bytes(200_000), "a.zip", "application/zip")
    with rest.open_file(number) as opened:
        copy = rest.upload_file(opened.name, opened.mime, opened.pieces)
    assert planfix.files[copy].data == bytes(200_000)
