"""Follow a file's redirect out of Planfix without being led into our own network.

A name is resolved once, by us; every address it has must be public, and the request goes to that very address, so that
a second answer of the same name (rebinding) changes nothing. Host header and certificate stay the name's. Nothing of
ours goes along: no token, no cookie.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from bridge.errors import Reason, Refused, RetryLater
from bridge.transfer import AGAIN_AFTER, AS_IT_IS, TIMEOUT, Deadline

MAX_HOPS: Final = 3
MAX_ADDRESSES: Final = 4
"""Tried one after another when one does not answer: a name may have an IPv6 address that we cannot reach."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses."""

_GLOBAL_IPV6: Final = ip_network("2000::/3")
"""All that is given out so far (IANA, Internet Protocol Version 6 Address Space)."""
_MAPPED_BY_NAT64: Final = ip_network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
_NOT_PUBLIC: Final = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20"))
)
"""What some Python versions call global (IANA special-purpose address registries)."""


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet; an IPv4 address inside an IPv6 one is what counts."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or _behind_nat64(ip)
        if inside is not None:
            return is_public(str(inside))
        if ip not in _GLOBAL_IPV6:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC)


def _behind_nat64(ip: IPv6Address) -> IPv4Address | None:
    return IPv4Address(ip.packed[12:]) if ip in _MAPPED_BY_NAT64 else None


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system resolves it (which also reads ``0x7f.1`` and ``2130706433``).

    Raises:
        RetryLater: it has none now.
        Refused: it is no name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise _refused("a redirect to no host name") from None
    except OSError as error:
        raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, f"{host}: {type(error).__name__}") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Redirects:
    """Where redirects of one account's files may lead.

    Attributes:
        http: the container's one HTTP client.
        allowed_hosts: only these names and those below them; empty allows every public one.
        on_this_machine: the account itself is ``http`` on loopback (a local run): then loopback is allowed too.
        resolve: names to addresses.
    """

    http: httpx.Client
    allowed_hosts: tuple[str, ...] = ()
    on_this_machine: bool = False
    resolve: Resolve = addresses_of

    @classmethod
    def of_account(
        cls, http: httpx.Client, account_url: str, file_hosts: tuple[str, ...] = (), resolve: Resolve = addresses_of
    ) -> Self:
        """Of the account at this address, with the hosts that its settings allow."""
        own = urlsplit(account_url)
        return cls(http, file_hosts, own.scheme == "http" and own.hostname in LOOPBACK, resolve)

    @contextmanager
    def follow(self, location: str, base: httpx.URL, deadline: Deadline) -> Iterator[httpx.Response]:
        """The answer at the end of a chain of redirects, its body not yet read.

        Args:
            location: of the answer that redirected.
            base: the address that gave it.
            deadline: for everything until the ``with`` ends.

        Raises:
            Refused: a hop leads where it must not, there are too many, or the file is not there.
            RetryLater: a host did not answer, or too slowly.
        """
        with _Watch(deadline.left()) as watch:
            url = base
            for _ in range(MAX_HOPS):
                url = _joined(url, location)
                response = self._ask(url, watch, deadline)
                try:
                    if not response.has_redirect_location:
                        _check_answer(response, url)
                        yield response
                        return
                    location = response.headers["location"]
                finally:
                    response.close()
        raise _refused(f"more than {MAX_HOPS} redirects")

    def _ask(self, url: httpx.URL, watch: _Watch, deadline: Deadline) -> httpx.Response:
        failed = ""
        for address in self._addresses(url):
            try:
                return self.http.send(_request(url, address, watch, deadline), stream=True, follow_redirects=False)
            except httpx.ConnectError as error:
                failed = type(error).__name__  # another address may answer
            except (httpx.HTTPError, UnicodeError) as error:  # httpx reads the next host, which may be no name
                deadline.left()
                raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, f"{url.host}: {type(error).__name__}") from None
        deadline.left()
        raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, f"{url.host}: {failed}")

    def _addresses(self, url: httpx.URL) -> Sequence[str]:
        """The addresses that a request to this address may go to; all of them were looked at."""
        if url.scheme not in ("https", "http") or not url.raw_host:
            raise _refused("a redirect to no web address")
        if url.userinfo:
            raise _refused(f"a redirect with a name before {url.host}")
        name = url.host.lower().rstrip(".")
        allowed = [one.lower().rstrip(".") for one in self.allowed_hosts]
        if allowed and not any(name == one or name.endswith(f".{one}") for one in allowed):
            raise _refused(f"{url.host} is not among the allowed hosts")
        found = self.resolve(url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])
        if not found:
            raise RetryLater(AGAIN_AFTER, Reason.UNREACHABLE, f"{url.host}: no address")
        if self.on_this_machine and all(ip_address(one).is_loopback for one in found):
            return found[:MAX_ADDRESSES]
        if url.scheme != "https":
            raise _refused(f"a redirect to {url.host} without https")
        if not all(map(is_public, found)):
            raise _refused(f"{url.host} is no public address")
        return found[:MAX_ADDRESSES]


_PORTS: Final = {"https": 443, "http": 80}
_LAST_PORT: Final = 65535


def _refused(detail: str) -> Refused:
    """Told with the host only: the rest of such an address may be a signature."""
    return Refused(Reason.FILE_GONE, detail)


def _joined(base: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = base.join(location)
        if joined.host and (joined.port or 0) <= _LAST_PORT:  # the host is read only here: it may be no name at all
            return joined
    except (httpx.InvalidURL, ValueError):
        pass
    raise _refused("a redirect to no web address")


def _request(url: httpx.URL, address: str, watch: _Watch, deadline: Deadline) -> httpx.Request:
    """To the address, in the name of the host; made by hand, so that the client adds nothing of its own."""
    timeout = TIMEOUT.as_dict()
    timeout["read"] = min(TIMEOUT.read or 0, deadline.left())
    return httpx.Request(
        "GET",
        httpx.URL(scheme=url.scheme, host=address, port=url.port, raw_path=url.raw_path),
        # closed afterwards: a connection that was checked for one name must not serve another at the same address
        headers={**AS_IT_IS, "host": url.netloc.decode("ascii"), "connection": "close"},
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": timeout, "trace": watch.trace},
    )


def _check_answer(response: httpx.Response, url: httpx.URL) -> None:
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise RetryLater(AGAIN_AFTER, Reason.SERVICE_DOWN, f"HTTP {status} of {url.host}")
    raise _refused(f"HTTP {status} of {url.host}")


class _Watch:
    """Cuts the connection when the time is up.

    httpx limits each read, not their sum: headers that come byte by byte would hold the function until it is killed.
    """

    def __init__(self, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds + 0.1, self._cut)  # when whoever looks at the clock sees the same
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by httpcore of each step (its ``trace`` extension)."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it was closed in this moment
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # past SSLSocket's own, which is not for threads
