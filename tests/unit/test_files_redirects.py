"""A redirect of a file leads to the open internet or nowhere, and nothing of ours goes along."""

from __future__ import annotations

import socket

import httpx
import pytest

from bridge.errors import Reason, Refused, RetryLater
from bridge.planfix.redirects import Redirects, addresses_of, is_public
from bridge.planfix.rest import PlanfixRest
from bridge.planfix.route import File
from tests.clock import Clock

TOKEN = "planfix-token-of-the-test"
PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"
KNOWN = File(5, "a.pdf", 3)


class NoSlots:
    """Every call at once."""

    def take(self, needs: float = 0, *, gives_way: bool = False) -> None: ...

    def slow_down(self, seconds: float, asked: Reason) -> None: ...

    def hold_off(self, seconds: float, asked: Reason) -> None: ...

    def failed(self) -> None: ...

    def answered(self) -> None: ...

    def check_open(self) -> None: ...


class Internet:
    """The account, which redirects to ``location``, and everything else, which ``answer`` plays."""

    def __init__(self, location, answer=None, *, names=None, account="https://acme.planfix.ru", **options) -> None:
        self.requests = []
        self.resolved = []
        self.clock = Clock()
        self._location = location
        self._answer = answer or (lambda _: httpx.Response(200, content=b"abc"))
        self._names = names or {}
        self._account = httpx.URL(account).host
        http = httpx.Client(transport=httpx.MockTransport(self._take))
        redirects = Redirects.of_account(http, account, **options, resolve=self._resolve)
        self.rest = PlanfixRest(http, account, TOKEN, NoSlots(), redirects=redirects, monotonic=self.clock)

    def _take(self, request):
        if request.url.host == self._account and request.url.path == "/rest/file/5/download":
            return httpx.Response(302, headers={"location": self._location})
        self.requests.append(request)
        return self._answer(request)

    def _resolve(self, host, port):
        self.resolved.append(host)
        found = self._names.get(host, [PUBLIC])
        return found(len(self.resolved)) if callable(found) else found

    def fetch(self, **options):
        with self.rest.open_file(5, known=KNOWN, **options) as opened:
            return b"".join(opened.pieces)

    def refused(self, **options):
        """Whether nobody outside was asked, and why."""
        with pytest.raises(Refused) as refused:
            self.fetch(**options)
        return refused.value


def test_a_redirect_is_followed_to_its_very_address() -> None:
    """The request goes to the address that was looked at, in the name of the host, for its certificate too."""
    net = Internet("https://files.example/get/a%20b?signature=x%2Fy#top")
    assert net.fetch() == b"abc"
    (request,) = net.requests
    assert str(request.url) == f"https://{PUBLIC}/get/a%20b?signature=x%2Fy"
    assert request.headers["host"] == "files.example"
    assert request.extensions["sni_hostname"] == "files.example"


def test_nothing_of_ours_goes_along() -> None:
    """Neither the token, nor a cookie, nor a body; and the connection serves no other name."""
    net = Internet("https://files.example/a")
    net.fetch()
    assert dict(net.requests[0].headers) == {
        "host": "files.example",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_a_redirect_to_the_account_itself_takes_no_token_either() -> None:
    """Only the first request is ours to sign: what comes back in a redirect is somebody's text."""
    net = Internet("/somewhere/else")
    net.fetch()
    assert net.requests[0].headers["host"] == "acme.planfix.ru"
    assert "authorization" not in net.requests[0].headers


def test_a_name_with_a_port() -> None:
    """The port stays, in the address and in the header."""
    net = Internet("https://files.example:8443/a")
    net.fetch()
    assert str(net.requests[0].url) == f"https://{PUBLIC}:8443/a"
    assert net.requests[0].headers["host"] == "files.example:8443"


def test_a_name_with_an_ipv6_address() -> None:
    """Public addresses of both kinds are good."""
    net = Internet("https://files.example/a", names={"files.example": [PUBLIC_6]})
    net.fetch()
    assert str(net.requests[0].url) == f"https://[{PUBLIC_6}]/a"


def test_the_next_address_is_tried() -> None:
    """An IPv6 address that this network cannot reach does not make the file unreachable."""

    def answer(request):
        if ":" in request.url.host:
            raise httpx.ConnectError("no route")
        return httpx.Response(200, content=b"abc")

    assert Internet("https://files.example/a", answer, names={"files.example": [PUBLIC_6, PUBLIC]}).fetch() == b"abc"


NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - an address in a test
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public(address: str) -> None:
    """Private, loopback, link-local and metadata, carrier, documentation, multicast, reserved; bare or inside IPv6."""
    assert not is_public(address)
    net = Internet("https://files.example/a", names={"files.example": [address]})
    assert net.refused().reason is Reason.FILE_GONE
    assert net.requests == []


@pytest.mark.parametrize(
    "address", [PUBLIC, PUBLIC_6, "1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"]
)
def test_an_address_that_is_public(address: str) -> None:
    """An IPv4 address inside an IPv6 one counts as itself."""
    assert is_public(address)


def test_one_private_address_among_public_ones() -> None:
    """No name of the open internet has both: it is somebody's attempt."""
    net = Internet("https://files.example/a", names={"files.example": [PUBLIC, "10.0.0.1"]})
    net.refused()
    assert net.requests == []


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "0", "2852039166", "127.0.0.1", "169.254.169.254"],
)
def test_an_address_in_disguise(host: str) -> None:
    """Decimal, octal, hexadecimal and short forms are judged by what the system's resolver reads in them."""
    net = Internet(f"https://{host}/a", names={host: [socket.inet_ntoa(socket.inet_aton(host))]})
    net.refused()
    assert net.requests == []


@pytest.mark.parametrize(("error", "leaf"), [(socket.gaierror(-2, "unknown"), RetryLater), (UnicodeError(), Refused)])
def test_a_name_that_the_system_does_not_find(monkeypatch, error, leaf) -> None:
    """It may be found later; what no name can be is refused."""

    def nothing(*_: object, **__: object):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(leaf):
        addresses_of("files.example", 443)


@pytest.mark.parametrize(
    "location",
    [
        "https://acme.planfix.ru@169.254.169.254/a",
        "https://acme.planfix.ru:443@files.example/a",
        "https://acme.planfix.ru\\@files.example/a",
        "http://files.example/a",
        "ftp://files.example/a",
        "file:///etc/passwd",
        "https://files.example:99999/a",
    ],
)
def test_an_address_that_leads_nowhere(location: str) -> None:
    """Names before the host, other schemes, http."""
    net = Internet(location)
    net.refused()
    assert net.requests == []


@pytest.mark.parametrize("location", ["https://0177.0.0.1/a", "https://[::1/a", "https://a\tb/", "https://xn--.com/"])
def test_an_address_that_cannot_be_read(location: str) -> None:
    """The HTTP client reads a redirect's address even where it does not follow; what it cannot read leads nowhere."""
    net = Internet(location)
    with pytest.raises(RetryLater):
        net.fetch()
    assert net.requests == []


def test_no_secret_of_an_address_is_told() -> None:
    """Why it was refused names the host only: the rest of such an address is a signature."""
    net = Internet("https://files.example/secret-path?signature=secret", lambda _: httpx.Response(403))
    assert net.refused().detail == "HTTP 403 of files.example"


def test_a_name_that_changes_its_address() -> None:
    """Rebinding: the name is resolved once a hop, and the second answer is never asked for."""
    answers = {1: [PUBLIC], 2: ["127.0.0.1"]}
    net = Internet("https://files.example/a", names={"files.example": answers.__getitem__})
    assert net.fetch() == b"abc"
    assert net.resolved == ["files.example"]
    assert [request.url.host for request in net.requests] == [PUBLIC]


def test_a_name_that_changes_its_address_between_hops() -> None:
    """Each hop looks at the address anew."""
    answers = {1: [PUBLIC], 2: ["127.0.0.1"]}
    net = Internet(
        "https://files.example/a",
        lambda _: httpx.Response(307, headers={"location": "https://files.example/b"}),
        names={"files.example": answers.__getitem__},
    )
    net.refused()
    assert len(net.requests) == 1


def chain(length):
    """A server that redirects so often, then answers."""

    def answer(request):
        hop = int(request.url.path[1:])
        if hop < length:
            return httpx.Response(302, headers={"location": f"/{hop + 1}"})
        return httpx.Response(200, content=b"abc")

    return answer


def test_three_hops_are_enough() -> None:
    """The third redirect is followed, the fourth is not."""
    assert Internet("https://files.example/1", chain(3)).fetch() == b"abc"
    net = Internet("https://files.example/1", chain(4))
    assert "more than 3" in net.refused().detail
    assert len(net.requests) == 3


def test_a_second_hop_without_https() -> None:
    """Each hop is judged, not only the first."""
    net = Internet(
        "https://files.example/a", lambda _: httpx.Response(302, headers={"location": "http://files.example/b"})
    )
    net.refused()
    assert len(net.requests) == 1


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("storage.example", True),
        ("eu.storage.example", True),
        ("STORAGE.example.", True),
        ("notstorage.example", False),
    ],
)
def test_hosts_can_be_narrowed(host: str, good: bool) -> None:
    """Only the named hosts and those below them."""
    net = Internet(f"https://{host}/a", file_hosts=("storage.example",))
    if good:
        assert net.fetch() == b"abc"
    else:
        net.refused()
        assert net.resolved == []


LOCAL = "http://127.0.0.1:8080"


@pytest.mark.parametrize("location", ["http://127.0.0.1:8080/a", "http://127.0.0.1:9090/a", "/a"])
def test_an_account_on_this_machine(location: str) -> None:
    """A local run: the account is http on loopback, and so may be its files, at any port."""
    net = Internet(location, names={"127.0.0.1": ["127.0.0.1"]}, account=LOCAL)
    assert net.fetch() == b"abc"


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("http://files.example/a", PUBLIC),
        ("https://files.example/a", "10.0.0.1"),
        ("http://169.254.169.254/a", "169.254.169.254"),
        ("http://mixed.example/a", "192.168.1.1"),
    ],
)
def test_an_account_on_this_machine_opens_nothing_else(location: str, address: str) -> None:
    """Loopback is all that a local run adds."""
    net = Internet(location, names={httpx.URL(location).host: [address]}, account=LOCAL)
    net.refused()
    assert net.requests == []


def test_loopback_is_closed_to_a_real_account() -> None:
    """Only an account on this machine may lead to this machine."""
    net = Internet("https://localhost/a", names={"localhost": ["127.0.0.1"]})
    net.refused()
    assert net.requests == []


def test_http_alone_is_not_this_machine() -> None:
    """An account at an http address elsewhere (settings refuse it) opens loopback to nobody."""
    net = Internet("http://127.0.0.1/a", names={"127.0.0.1": ["127.0.0.1"]}, account="http://planfix.example")
    net.refused()
    assert net.requests == []


def test_more_comes_than_may() -> None:
    """Without a Content-Length the bytes are counted, and the rest is not read."""
    endless = (bytes(1000) for _ in range(1000))
    net = Internet("https://files.example/a", lambda _: httpx.Response(200, content=endless))
    assert net.refused(max_bytes=5000).reason is Reason.FILE_TOO_BIG
    assert next(endless, None) is not None


def test_more_is_announced_than_may() -> None:
    """With a Content-Length nothing is read at all."""
    net = Internet("https://files.example/a", lambda _: httpx.Response(200, content=bytes(5001)))
    assert net.refused(max_bytes=5000).reason is Reason.FILE_TOO_BIG


def test_a_slow_body() -> None:
    """All bytes together have a minute, however steadily they drip."""
    net = Internet("https://files.example/a")

    def drops():
        while True:
            net.clock.now += 4
            yield b"."

    net._answer = lambda _: httpx.Response(200, content=drops())
    with pytest.raises(RetryLater):
        net.fetch()
    assert net.clock.now - Clock().now == pytest.approx(60, abs=4.01)


def test_slow_hops() -> None:
    """The hops have no time of their own."""
    net = Internet("https://files.example/1")

    def answer(request):
        net.clock.now += 31
        return chain(3)(request)

    net._answer = answer
    with pytest.raises(RetryLater):
        net.fetch()
    assert len(net.requests) == 2


@pytest.mark.parametrize(("status", "leaf"), [(404, Refused), (403, Refused), (503, RetryLater), (429, RetryLater)])
def test_what_the_last_host_may_answer(status: int, leaf: type[Exception]) -> None:
    """Gone and forbidden stay so; overloaded passes."""
    with pytest.raises(leaf):
        Internet("https://files.example/a", lambda _: httpx.Response(status)).fetch()


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_host_that_does_not_answer(error) -> None:
    """Nothing was done, so it is asked again later."""

    def answer(request):
        raise error("")

    with pytest.raises(RetryLater):
        Internet("https://files.example/a", answer).fetch()
