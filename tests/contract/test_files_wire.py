"""Files over real sockets on loopback: what neither WSGI nor a mocked transport can show."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge.errors import Reason, RetryLater
from bridge.model import FormattedText
from bridge.planfix.redirects import Redirects, addresses_of
from bridge.planfix.rest import PlanfixRest
from bridge.telegram.client import BotApi
from bridge.telegram.files import outgoing
from bridge.transfer import Deadline, pieces_of
from local.fakes.planfix import FakePlanfix
from local.fakes.telegram import FakeTelegram
from local.serving import serve

BOT_TOKEN, PLANFIX_TOKEN, CLIENT = "100:AAbbCCddEEffGGhhIIjjKK", "planfix-token-of-the-test", 20


class NoSlots:
    """Every call at once."""

    def take(self, needs: float = 0, *, gives_way: bool = False) -> None: ...

    def slow_down(self, seconds: float, asked: Reason) -> None: ...

    def hold_off(self, seconds: float, asked: Reason) -> None: ...

    def failed(self) -> None: ...

    def answered(self) -> None: ...

    def check_open(self) -> None: ...


def test_a_file_there_and_back() -> None:
    """20 MB from Telegram into Planfix and out again, over sockets, come unchanged."""
    data = bytes(range(256)) * (20 * 1024 * 1024 // 256)
    telegram, planfix = FakeTelegram(), FakePlanfix(token=PLANFIX_TOKEN, rate=0)
    telegram.add_user(CLIENT, "Клим")
    telegram.start(telegram.add_bot(BOT_TOKEN), CLIENT)
    with (
        closing(serve(telegram.wsgi)) as telegram_server,
        closing(serve(planfix.wsgi)) as planfix_server,
        httpx.Client() as http,
    ):
        bot = BotApi(http, telegram_server.url, BOT_TOKEN)
        rest = PlanfixRest(http, planfix_server.url, PLANFIX_TOKEN, NoSlots())
        with bot.open_file(telegram.put_file(data, "a.zip", "application/zip")) as opened:
            number = rest.upload_file("архив.zip", "application/zip", opened.pieces)
        assert planfix.files[number].data == data
        with rest.open_file(number) as opened, outgoing(opened) as file:
            bot.send_file(CLIENT, file, caption=FormattedText("вот"))
    (_, sent) = telegram.chat_of(CLIENT)
    assert (sent.media == data, sent.file_name, sent.text) == (True, "архив.zip", "вот")


def test_the_system_reads_numbers_in_disguise() -> None:
    """Which is why not the text of a host is judged, but what it is resolved to."""
    for host in ("2130706433", "0x7f000001", "0x7f.1", "127.1", "017700000001", "127.0.0.1"):
        assert addresses_of(host, 443) == ["127.0.0.1"]


@contextmanager
def dripping(opening: bytes):
    """A server that says ``opening`` and then one byte each 20 ms, until nobody listens; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(opening)
                    while True:
                        connection.sendall(b"a")
                        time.sleep(0.02)
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/a"
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "opening",
    [
        b"HTTP/1.1 200 OK\r\nX-",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["a header", "a chunk's extension", "a body without an end"],
)
def test_an_answer_that_never_gets_on_is_cut(opening) -> None:
    """Each read brings a byte and none of them ends, so the time for all of them cuts the connection."""
    with dripping(opening) as address, httpx.Client() as http:
        began, deadline = time.monotonic(), Deadline(seconds=0.3)
        redirects = Redirects(http, on_this_machine=True)
        with pytest.raises(RetryLater), redirects.follow(address, httpx.URL(address), deadline) as response:
            list(pieces_of(response, max_bytes=1_000_000, deadline=deadline))
        assert time.monotonic() - began < 3


@contextmanager
def tls_server(tmp_path, name):
    """An HTTPS server with a certificate for ``name``; yields its port and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        certificate
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    names = []
    context.sni_callback = lambda _, asked, __: names.append(asked)
    trusting = ssl.create_default_context(cadata=certificate.decode())
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
            except OSError:  # the caller did not like the certificate
                connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1], trusting, names
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(("asked", "good"), [("files.example", True), ("other.example", False)])
def test_a_certificate_is_the_hosts(tmp_path, asked, good) -> None:
    """Connected to by address, a host still has to show the certificate of its name, and is asked for it by name."""
    with (
        tls_server(tmp_path, "files.example") as (port, trusting, names),
        httpx.Client(verify=trusting) as http,
    ):
        redirects = Redirects(http, on_this_machine=True, resolve=lambda host, port: ["127.0.0.1"])
        address = f"https://{asked}:{port}/a"
        if good:
            with redirects.follow(address, httpx.URL(address), Deadline()) as response:
                assert response.read() == b"abc"
        else:
            with pytest.raises(RetryLater), redirects.follow(address, httpx.URL(address), Deadline()):
                pass
        assert names == [asked]
