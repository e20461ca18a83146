"""Files from Telegram and to Telegram, and what else a bot does to messages; against the strict fake."""

from __future__ import annotations

import io
import json
import struct

import httpx
import pytest

from bridge.errors import OutcomeUnknown, Reason, Refused, RetryLater
from bridge.model import Entity, FormattedText
from bridge.telegram.client import BotApi
from bridge.telegram.files import Kind, OutgoingFile
from local.fakes.telegram import FakeTelegram
from tests.clock import Clock

TOKEN = "100:AAbbCCddEEffGGhhIIjjKK"
OWNER, CLIENT = 10, 20
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\0\0\0"
CAPTION = FormattedText("Счёт 👍", (Entity("bold", 0, 4),))


@pytest.fixture
def clock():
    """Virtual time."""
    return Clock()


@pytest.fixture
def telegram(clock):
    """A world with one bot, one owner who connected it, one client who wrote to both."""
    fake = FakeTelegram(clock)
    fake.add_user(OWNER, "Ольга")
    fake.add_user(CLIENT, "Клим")
    bot = fake.add_bot(TOKEN)
    fake.connect(bot, OWNER)
    fake.start(bot, CLIENT)
    fake.client_writes(bot, CLIENT, "Здравствуйте", owner_id=OWNER)
    return fake


@pytest.fixture
def bot(telegram, clock):
    """The client under test, over WSGI."""
    http = httpx.Client(transport=httpx.WSGITransport(app=telegram.wsgi))
    return BotApi(http, "https://api.telegram.org", TOKEN, monotonic=clock)


@pytest.fixture
def connection(telegram):
    """The id of the owner's connection."""
    return telegram.change_connection(OWNER)


def seen(telegram, number, owner_id=OWNER):
    """The message on the client's phone; None when it is gone."""
    return next((one for one in telegram.chat_of(CLIENT, owner_id) if one.message_id == number), None)


def mocked(handler, clock=None):
    """A bot whose server is a function."""
    http = httpx.Client(transport=httpx.MockTransport(handler))
    return BotApi(http, "https://api.telegram.org", TOKEN, monotonic=clock or Clock())


def file(kind=Kind.DOCUMENT, data=b"bytes", name="a.bin", mime="application/octet-stream"):
    """A file ready to be sent."""
    return OutgoingFile(name, mime, kind, len(data), io.BytesIO(data))


def ok(result):
    """An answer."""
    return httpx.Response(200, json={"ok": True, "result": result})


def refusal(code, description):
    """A refusal."""
    return httpx.Response(code, json={"ok": False, "error_code": code, "description": description})


# -- from Telegram


def test_a_file_is_received(telegram, bot) -> None:
    """getFile, then the bytes from the token's own address."""
    with bot.open_file(telegram.put_file(PNG, "a.png", "image/png")) as opened:
        assert b"".join(opened.pieces) == PNG
        assert opened.size == len(PNG)
        assert opened.name.endswith(".png")


def test_a_file_over_20_mb_is_refused(telegram, bot) -> None:
    """Telegram's own refusal is a known reason."""
    big = telegram.put_file(bytes(20 * 1024 * 1024 + 1), "a.zip", "application/zip")
    with pytest.raises(Refused) as refused, bot.open_file(big):
        pass
    assert refused.value.reason is Reason.FILE_TOO_BIG


def test_a_file_over_the_callers_limit_is_refused(telegram, bot) -> None:
    """The caller may want less than Telegram gives."""
    with pytest.raises(Refused) as refused, bot.open_file(telegram.put_file(bytes(11), "a", ""), max_bytes=10):
        pass
    assert refused.value.reason is Reason.FILE_TOO_BIG


def server(download, **found):
    """A server that answers getFile, and the download with ``download``."""

    def answer(request):
        if request.url.path.endswith("/getFile"):
            return ok({"file_id": "x", "file_unique_id": "y", "file_path": "documents/a.pdf", **found})
        return download(request) if callable(download) else download

    return answer


def test_more_bytes_than_announced_are_not_taken() -> None:
    """A limit holds while bytes come, without any announced length."""
    endless = (bytes(1000) for _ in range(1000))
    with (
        mocked(server(httpx.Response(200, content=endless))).open_file("x", max_bytes=5000) as opened,
        pytest.raises(Refused) as refused,
    ):
        list(opened.pieces)
    assert refused.value.reason is Reason.FILE_TOO_BIG
    assert next(endless, None) is not None


def test_a_file_that_is_gone() -> None:
    """404 of the link that getFile just gave: the file is not there."""
    with pytest.raises(Refused) as refused, mocked(server(httpx.Response(404))).open_file("x"):
        pass
    assert refused.value.reason is Reason.FILE_GONE


@pytest.mark.parametrize("status", [500, 502])
def test_a_server_that_is_down_is_asked_later(status: int) -> None:
    """Receiving does nothing, so no failure of it is of unknown outcome."""
    with pytest.raises(RetryLater), mocked(server(httpx.Response(status, text="Bad Gateway"))).open_file("x"):
        pass


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
@pytest.mark.parametrize("at", ["getFile", "documents/a.pdf"])
def test_a_lost_answer_is_asked_again(error, at) -> None:
    """A lost getFile and a lost download are both asked again later; the token is in no error."""

    def answer(request):
        if request.url.path.endswith(at):
            raise error(f"lost {request.url}")
        return ok({"file_path": "documents/a.pdf"})

    with pytest.raises(RetryLater) as later, mocked(answer).open_file("x"):
        pass
    assert TOKEN not in f"{later.value!r} {later.value}"


def test_a_download_that_breaks_off_is_begun_again_later() -> None:
    """Bytes that stop coming are no whole file."""

    def broken():
        yield b"half"
        raise httpx.ReadError("reset")

    with (
        mocked(server(httpx.Response(200, content=broken()))).open_file("x") as opened,
        pytest.raises(RetryLater) as later,
    ):
        list(opened.pieces)
    assert later.value.reason is Reason.UNREACHABLE


def test_a_slow_download_ends(clock) -> None:
    """All bytes together have a minute, however steadily they drip."""

    def drops():
        while True:
            clock.now += 4
            yield b"."

    with (
        mocked(server(httpx.Response(200, content=drops())), clock).open_file("x") as opened,
        pytest.raises(RetryLater),
    ):
        list(opened.pieces)
    assert clock.now - Clock().now == pytest.approx(60, abs=4.01)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("documents/a.pdf", f"/file/bot{TOKEN}/documents/a.pdf"),
        (f"/var/lib/telegram-bot-api/{TOKEN}/documents/a.pdf", f"/file/bot{TOKEN}/documents/a.pdf"),
        ("documents/имя с пробелом?.pdf", f"/file/bot{TOKEN}/documents/имя с пробелом?.pdf"),
    ],
    ids=["cloud", "local server", "odd name"],
)
def test_where_a_file_is(path: str, address: str) -> None:
    """A local Bot API server names its own disk; the address is made from what lies under the token's folder."""
    asked = []

    def download(request):
        asked.append(request.url.path)
        return httpx.Response(200, content=b"x")

    with mocked(server(download, file_path=path)).open_file("x") as opened:
        assert b"".join(opened.pieces) == b"x"
    assert asked == [address]


def test_a_compressed_answer_is_not_unpacked() -> None:
    """Bytes are asked for as they are; what comes packed all the same may unpack to anything."""
    packed = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"\x1f\x8b"))
    with pytest.raises(Refused), mocked(server(packed)).open_file("x"):
        pass


# -- to Telegram


@pytest.mark.parametrize(
    ("kind", "data", "name", "mime"),
    [
        (Kind.PHOTO, PNG, "a.png", "image/png"),
        (Kind.VIDEO, b"film", "a.mp4", "video/mp4"),
        (Kind.ANIMATION, b"GIF89a\x10\0\x10\0", "a.gif", "image/gif"),
        (Kind.AUDIO, b"ID3", "a.mp3", "audio/mpeg"),
        (Kind.VOICE, b"OggS", "a.ogg", "audio/ogg"),
        (Kind.DOCUMENT, b"%PDF", "договор «1».pdf", "application/pdf"),
    ],
)
def test_a_file_is_sent_as_its_kind(telegram, bot, connection, kind, data, name, mime) -> None:
    """Bytes, name, type and formatted caption arrive, on behalf of the business account."""
    number = bot.send_file(CLIENT, file(kind, data, name, mime), caption=CAPTION, connection_id=connection)
    sent = seen(telegram, number)
    assert (sent.kind, sent.media, sent.file_name, sent.text) == (kind.value, data, name, CAPTION.text)
    assert sent.entities == ({"type": "bold", "offset": 0, "length": 4},)


def test_a_file_answers_a_message(telegram, bot, connection) -> None:
    """With reply_to the client sees what it answers."""
    asked = telegram.chat_of(CLIENT, OWNER)[0].message_id
    number = bot.send_file(CLIENT, file(), connection_id=connection, reply_to=asked)
    assert seen(telegram, number).reply_to == asked


def test_a_text_answers_a_message_that_is_gone(telegram, bot) -> None:
    """An answer to a deleted message goes out all the same, in the bot's own chat too."""
    assert bot.send_text(CLIENT, FormattedText("Да"), reply_to=999_999)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PHOTO, "PHOTO_INVALID_DIMENSIONS"),
        (Kind.PHOTO, "IMAGE_PROCESS_FAILED"),
        (Kind.VOICE, "VOICE_MESSAGES_FORBIDDEN"),
    ],
)
def test_what_is_refused_as_its_kind_goes_as_a_document(kind, words) -> None:
    """A picture that is no photo, and voice to whoever forbids it, arrive as documents and stay documents."""
    asked = []

    def answer(request):
        asked.append((request.url.path.rpartition("/")[2], request.read()))
        return refusal(400, f"Bad Request: {words}") if len(asked) == 1 else ok({"message_id": 7})

    assert mocked(answer).send_file(CLIENT, file(kind, b"the bytes")) == 7
    assert [method for method, _ in asked] == [kind.method, "sendDocument"]
    assert all(b"the bytes" in body for _, body in asked)
    assert b'name="disable_content_type_detection"\r\n\r\ntrue' in asked[1][1]


def test_another_refusal_is_not_tried_around() -> None:
    """A closed window refuses documents too, so nothing else is tried."""
    asked = []

    def answer(request):
        asked.append(request)
        return refusal(400, "Bad Request: BUSINESS_PEER_USAGE_MISSING")

    with pytest.raises(Refused):
        mocked(answer).send_file(CLIENT, file(Kind.PHOTO, PNG))
    assert len(asked) == 1


def test_an_upload_has_a_length() -> None:
    """The length stands in the header, so no server has to guess."""

    def answer(request):
        assert int(request.headers["content-length"]) == len(request.read())
        return ok({"message_id": 7})

    mocked(answer).send_file(CLIENT, file(data=bytes(200_000)))


def test_an_upload_over_the_limit_of_the_server() -> None:
    """413 of the web server before Telegram says it in HTML."""
    with pytest.raises(Refused) as refused:
        mocked(lambda _: httpx.Response(413, text="<html>")).send_file(CLIENT, file())
    assert refused.value.reason is Reason.FILE_TOO_BIG


def test_a_slow_upload_stops_and_was_not_sent(clock) -> None:
    """A request that was not written whole did nothing: it is sent again later, and nobody is asked about it."""

    class Slow(httpx.BaseTransport):
        def handle_request(self, request):
            for _ in request.stream:
                clock.now += 20
            return ok({"message_id": 7})

    bot = BotApi(httpx.Client(transport=Slow()), "https://api.telegram.org", TOKEN, monotonic=clock)
    with pytest.raises(RetryLater):
        bot.send_file(CLIENT, file(data=bytes(1_000_000)))


@pytest.mark.parametrize(("error", "leaf"), [(httpx.WriteTimeout, RetryLater), (httpx.ReadTimeout, OutcomeUnknown)])
def test_what_is_known_of_a_broken_upload(error, leaf) -> None:
    """Not written whole: surely not sent. Written, and no answer: nobody knows."""

    def answer(request):
        raise error("")

    with pytest.raises(leaf):
        mocked(answer).send_file(CLIENT, file())


def test_half_a_surrogate_pair_does_not_break_an_upload(telegram, bot) -> None:
    """A caption cut by somebody's program is sent with a replacement."""
    assert bot.send_file(CLIENT, file(), caption=FormattedText("половина \ud83d"))


def test_an_album_arrives_in_order(telegram, bot, connection) -> None:
    """One request, one message group, the ids in the order of the files, the caption under the first."""
    files = [file(Kind.PHOTO, PNG, "1.png"), file(Kind.VIDEO, b"film", "2.mp4"), file(Kind.PHOTO, PNG + b"3", "3.png")]
    asked = telegram.chat_of(CLIENT, OWNER)[0].message_id
    numbers = bot.send_album(CLIENT, files, caption=CAPTION, connection_id=connection, reply_to=asked)
    sent = [seen(telegram, number) for number in numbers]
    assert [(one.media, one.text) for one in sent] == [(PNG, CAPTION.text), (b"film", ""), (PNG + b"3", "")]
    assert {one.reply_to for one in sent} == {asked}
    assert [call.method for call in telegram.calls] == ["sendMediaGroup"]


def test_an_album_with_one_bad_file_is_refused_whole(bot) -> None:
    """The caller sends each on its own then; nothing of the album went out."""
    with pytest.raises(Refused) as refused:
        bot.send_album(CLIENT, [file(Kind.PHOTO, PNG), file(Kind.PHOTO, b"no picture")])
    assert refused.value.reason is Reason.FILE_REFUSED


# -- what else a bot does


def test_typing_is_shown(telegram, bot, connection) -> None:
    """Every kind has an action that Telegram knows."""
    for kind in Kind:
        bot.send_chat_action(CLIENT, kind.action, connection_id=connection)
    assert {call.status for call in telegram.calls if call.method == "sendChatAction"} == {200}


def test_a_message_is_marked_as_read() -> None:
    """The call names connection, chat and message."""
    asked = []

    def answer(request):
        asked.append((request.url.path.rpartition("/")[2], json.loads(request.read())))
        return ok(True)

    mocked(answer).read_business_message(CLIENT, 5, connection_id="abc")
    assert asked == [("readBusinessMessage", {"business_connection_id": "abc", "chat_id": CLIENT, "message_id": 5})]


def test_a_text_is_edited(telegram, bot, connection) -> None:
    """The new text with its entities stands in the old one's place; the same edit again changes nothing and is done."""
    number = bot.send_text(CLIENT, FormattedText("Цена 100"), connection_id=connection)
    for _ in range(2):
        bot.edit_text(CLIENT, number, CAPTION, connection_id=connection)
    assert seen(telegram, number).text == CAPTION.text


def test_a_caption_is_edited(telegram, bot, connection) -> None:
    """A file's caption is another method."""
    number = bot.send_file(CLIENT, file(), caption=FormattedText("старая"), connection_id=connection)
    bot.edit_caption(CLIENT, number, CAPTION, connection_id=connection)
    assert seen(telegram, number).text == CAPTION.text


def test_an_edit_of_nothing_is_refused(bot, connection) -> None:
    """A message that is not there cannot be edited."""
    with pytest.raises(Refused) as refused:
        bot.edit_text(CLIENT, 999_999, CAPTION, connection_id=connection)
    assert refused.value.reason is Reason.EDIT_IMPOSSIBLE


def test_messages_are_taken_back_in_a_business_chat() -> None:
    """One call for all of them."""
    asked = []

    def answer(request):
        asked.append((request.url.path.rpartition("/")[2], json.loads(request.read())))
        return ok(True)

    mocked(answer).delete_messages(CLIENT, [5, 6], connection_id="abc")
    assert asked == [("deleteBusinessMessages", {"business_connection_id": "abc", "message_ids": [5, 6]})]


def test_messages_are_taken_back_in_the_bots_own_chat(telegram, bot) -> None:
    """Each by itself; one that is gone already does not keep the others."""
    first, second = (bot.send_text(CLIENT, FormattedText(text)) for text in ("раз", "два"))
    with pytest.raises(Refused) as refused:
        bot.delete_messages(CLIENT, [999_999, first, second])
    assert refused.value.reason is Reason.EDIT_IMPOSSIBLE
    assert [seen(telegram, number, None) for number in (first, second)] == [None, None]


@pytest.mark.parametrize("connection_id", ["abc", None])
def test_flood_of_deletions_is_of_one_chat(connection_id: str | None) -> None:
    """A deletion in a business chat names a connection and no chat: its limit holds that client, not the whole bot."""
    told = []

    class Slots:
        def take(self, *_: float, **__: bool) -> None: ...

        def slow_down(self, *_: object) -> None:
            told.append("one chat")

        def hold_off(self, *_: object) -> None:
            told.append("everybody")

    def flood(_: httpx.Request) -> httpx.Response:
        parameters = {"retry_after": 60}
        return httpx.Response(429, json={"ok": False, "error_code": 429, "description": "", "parameters": parameters})

    bot = BotApi(httpx.Client(transport=httpx.MockTransport(flood)), "https://api.telegram.org", "1:a", Slots())
    with pytest.raises(RetryLater):
        bot.delete_messages(CLIENT, [5], connection_id=connection_id)
    assert told == ["one chat"]
