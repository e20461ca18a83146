"""The fake of Telegram refuses what Telegram refuses: one rule a test."""

from __future__ import annotations

import json
import struct
import threading
import zlib

import httpx
import pytest
import tdjson
from hypothesis import given
from hypothesis import strategies as st

from local.fakes.telegram import FakeTelegram
from local.fakes.telegram_delivery import SECRET_HEADER, Delivery, escaped
from local.fakes.telegram_entities import parse_html, utf16_length
from local.fakes.telegram_model import RefusedError
from local.serving import serve
from tests.clock import Clock

TOKEN = "100:AAbbCCddEEffGGhhIIjjKK"
OTHER_TOKEN = "200:AAbbCCddEEffGGhhIIjjKK"
OWNER, CLIENT = 10, 20
DAY = 24 * 3600


class Api:
    """A caller of the Bot API, over WSGI."""

    def __init__(self, telegram, token=TOKEN) -> None:
        self.http = httpx.Client(transport=httpx.WSGITransport(app=telegram.wsgi), base_url="http://telegram")
        self.token = token

    def __call__(self, method, /, **params) -> httpx.Response:
        return self.http.post(f"/bot{self.token}/{method}", json=params)

    def ok(self, method, /, **params):
        answer = self(method, **params).json()
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method, /, **params):
        answer = self(method, **params)
        body = answer.json()
        assert body["ok"] is False
        assert answer.status_code == body["error_code"]
        return body["error_code"], body["description"]


@pytest.fixture
def clock():
    """Virtual time."""
    return Clock()


@pytest.fixture
def telegram(clock):
    """A world with one owner and one client."""
    fake = FakeTelegram(clock)
    fake.add_user(OWNER, "Ольга", "Орлова", "olga")
    fake.add_user(CLIENT, "Клим", username="klim")
    return fake


@pytest.fixture
def bot(telegram):
    """A bot nobody has started yet."""
    return telegram.add_bot(TOKEN, "bridge_bot")


@pytest.fixture
def api(telegram, bot):
    """A caller with the bot's token."""
    return Api(telegram)


@pytest.fixture
def connection(telegram, bot):
    """A connected account whose client has just written."""
    connection_id = telegram.connect(bot, OWNER)
    telegram.client_writes(bot, CLIENT, "Добрый день", owner_id=OWNER)
    return connection_id


@pytest.fixture
def started(telegram, bot):
    """The client pressed Start."""
    telegram.start(bot, CLIENT)


def png(width=10, height=10):
    """A picture of this size, without its dots."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + chunk(b"IEND", b"")
    )


# The wire


def test_an_unknown_token_is_401(telegram, bot):
    """Whoever has no bot's token learns nothing."""
    assert Api(telegram, "300:nobody").refused("getMe") == (401, "Unauthorized")


def test_a_revoked_token_is_401(telegram, api):
    """A token that was replaced at BotFather works no more."""
    telegram.revoke_token(TOKEN)
    assert api.refused("getMe") == (401, "Unauthorized")


def test_an_unknown_method_is_404(api):
    """A method that the bridge has no use for is not there."""
    assert api.refused("sendDice", chat_id=CLIENT) == (404, "Not Found: method not found")


def test_an_unknown_parameter_is_refused(api, started):
    """The real server would ignore it and so hide the bug."""
    assert api.refused("sendMessage", chat_id=CLIENT, text="a", txt="b") == (
        400,
        "Bad Request: unknown parameter txt (fake)",
    )


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("sendMessage", {"chat_id": CLIENT}, "message text is empty"),
        ("sendMessage", {"text": "a"}, "chat_id is empty"),
        ("getFile", {}, "file_id not specified"),
        ("sendChatAction", {"chat_id": CLIENT}, "parameter action is required (fake)"),
    ],
)
def test_a_missing_parameter_is_refused(api, started, method, params, words):
    """Required parameters are those of the official table."""
    assert api.refused(method, **params) == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    "params",
    [
        {"text": 5},
        {"text": "a", "entities": "x"},
        {"text": "a", "entities": [{"type": "bold", "offset": 0}]},
        {"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 1, "href": "x"}]},
        {"text": "a", "protect_content": "maybe"},
        {"text": "a", "reply_parameters": {"message": 1}},
        {"text": "a", "link_preview_options": [1]},
    ],
)
def test_a_wrong_type_is_refused(api, started, params):
    """Objects inside parameters are checked too."""
    code, words = api.refused("sendMessage", chat_id=CLIENT, **params)
    assert code == 400
    assert words.endswith("(fake)")


def test_forms_and_multipart_are_as_good_as_json(telegram, api, started):
    """Numbers and objects come as text there."""
    bold = json.dumps([{"type": "bold", "offset": 0, "length": 1}])
    form = {"chat_id": str(CLIENT), "text": "a", "entities": bold, "disable_notification": "true"}
    assert api.http.post(f"/bot{TOKEN}/sendMessage", data=form).json()["ok"]
    parts = {name: (None, value) for name, value in form.items()}
    assert api.http.post(f"/bot{TOKEN}/sendMessage", files=parts).json()["ok"]
    assert api.http.get(f"/bot{TOKEN}/sendMessage", params=form).json()["ok"]
    assert [seen.entities[0]["type"] for seen in telegram.chat_of(CLIENT) if seen.who == "bot"] == ["bold"] * 3


def test_a_body_that_is_no_json_is_refused(api):
    """Half a body must not look like a call without parameters."""
    answer = api.http.post(f"/bot{TOKEN}/getMe", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400


def test_calls_are_kept_without_the_token(telegram, api, started):
    """What the bridge did can be looked at, and shown."""
    api.ok("sendMessage", chat_id=CLIENT, text="a")
    assert (telegram.calls[-1].method, telegram.calls[-1].params) == ("sendMessage", {"chat_id": CLIENT, "text": "a"})
    assert "AAbbCC" not in repr(telegram.calls)


# Text and entities


def test_text_is_1_to_4096_code_points(telegram, api, started):
    """Code points, not UTF-16 units: 4096 emoji fit."""
    assert api.refused("sendMessage", chat_id=CLIENT, text=" \n ") == (400, "Bad Request: message text is empty")
    assert api.refused("sendMessage", chat_id=CLIENT, text="a" * 4097) == (400, "Bad Request: message is too long")
    api.ok("sendMessage", chat_id=CLIENT, text="😀" * 4096)


def test_raw_text_over_32768_bytes_is_refused(api, started):
    """Whatever it would be after parsing."""
    text = "<b></b>" * 5000 + "a"
    assert api.refused("sendMessage", chat_id=CLIENT, text=text, parse_mode="HTML") == (
        400,
        "Bad Request: text is too long",
    )


def test_a_caption_is_at_most_1024(telegram, api, started):
    """A longer one has to be a message of its own."""
    file_id = telegram.put_file(b"x", "a.pdf", "application/pdf")
    assert api.refused("sendDocument", chat_id=CLIENT, document=file_id, caption="a" * 1025) == (
        400,
        "Bad Request: message caption is too long",
    )
    api.ok("sendDocument", chat_id=CLIENT, document=file_id, caption="a" * 1024)


def test_lone_surrogates_are_refused(api, started):
    """Half an emoji is no UTF-8."""
    answer = api.http.post(
        f"/bot{TOKEN}/sendMessage",
        content=json.dumps({"chat_id": CLIENT, "text": "\ud83d"}),
        headers={"content-type": "application/json"},
    )
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


def entity(kind, offset, length, **extra):
    """A MessageEntity."""
    return {"type": kind, "offset": offset, "length": length, **extra}


@pytest.mark.parametrize(
    "bad", [entity("bold", 0, 4), entity("bold", -1, 2), entity("bold", 3, 1), entity("bold", 0, 0)]
)
def test_entities_lie_within_the_text_in_utf16_units(api, started, bad):
    """An emoji is two units: "😀b" has three."""
    api.ok("sendMessage", chat_id=CLIENT, text="😀b", entities=[entity("bold", 0, 3)])
    assert api.refused("sendMessage", chat_id=CLIENT, text="😀b", entities=[bad]) == (
        400,
        "Bad Request: ENTITY_BOUNDS_INVALID",
    )


@pytest.mark.parametrize(
    "pair",
    [
        (entity("bold", 0, 3), entity("italic", 2, 3)),
        (entity("bold", 0, 4), entity("code", 1, 2)),
        (entity("pre", 0, 4), entity("bold", 1, 2)),
        (entity("blockquote", 0, 4), entity("expandable_blockquote", 1, 2)),
        (entity("text_link", 0, 4, url="https://a.example/"), entity("url", 1, 2)),
    ],
)
def test_overlapping_entities_must_nest_as_documented(api, started, pair):
    """The rules of core.telegram.org/bots/api#formatting-options."""
    code, words = api.refused("sendMessage", chat_id=CLIENT, text="abcdef", entities=list(pair))
    assert code == 400
    assert words.startswith("Bad Request: can't parse entities: ")


def test_entities_that_nest_are_taken(telegram, api, started):
    """Outer first, whatever the order they came in."""
    nested = [entity("italic", 1, 2), entity("blockquote", 0, 6), entity("bold", 0, 4)]
    api.ok("sendMessage", chat_id=CLIENT, text="abcdef", entities=nested)
    assert [one["type"] for one in telegram.chat_of(CLIENT)[-1].entities] == ["blockquote", "bold", "italic"]


def test_an_unknown_entity_type_is_refused(api, started):
    """A misspelt one must not vanish silently."""
    code, words = api.refused("sendMessage", chat_id=CLIENT, text="a", entities=[entity("fat", 0, 1)])
    assert (code, "fat" in words) == (400, True)


def test_blanks_at_the_ends_go_and_entities_move_with_the_text(telegram, api, started):
    """As TDLib trims."""
    api.ok("sendMessage", chat_id=CLIENT, text=" \n ab\r\n ", entities=[entity("bold", 0, 5)])
    seen = telegram.chat_of(CLIENT)[-1]
    assert (seen.text, seen.entities) == ("ab", (entity("bold", 0, 2),))


HTML_ERRORS = [
    "a<br>b",
    "<p>x</p>",
    "<b>x",
    "x</b>",
    "<b>x</i>",
    "5 < 6",
    "<3",
    "<b x",
    "<b =1>x</b>",
    "<a href='x>y</a>",
    "<a href=x/y>z</a>",
    "<!-- c -->",
    "<span>x</span>",
    "<b>x</b",
    "<b/>",
    "<tg-emoji emoji-id='z'>x</tg-emoji>",
    "я<b>ж<br></b>",
]


@pytest.mark.parametrize("html", HTML_ERRORS)
def test_wrong_html_is_refused_with_the_real_words(api, started, html):
    """One wrong tag refuses the whole message; the words are TDLib's own."""
    _, error = tdlib_parse(html)
    assert error.startswith("Can't parse entities: ")
    words = "Bad Request: c" + error[1:]
    assert api.refused("sendMessage", chat_id=CLIENT, text=html, parse_mode="html") == (400, words)


HTML_GOOD = [
    "<b>a</b> <strong>a</strong> <i>a</i> <em>a</em> <u>a</u> <ins>a</ins> <s>a</s> <strike>a</strike> <del>a</del>",
    "<tg-spoiler>a</tg-spoiler> <span class='tg-spoiler'>a</span> <code>a</code> <pre>a</pre>",
    "<pre><code class='language-py'>x</code></pre>",
    "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
    "<a href='http://a.example/?x=1&amp;y=2'>z</a> <a href=x y>z</a> <a href='tg://user?id=5'>u</a> <a>http://x.example</a>",
    "<a href='javascript:alert(1)'>x</a> <a href='//host'>x</a> <a href='tel:+7'>x</a>",
    "<a href='mailto:a@b.example'>x</a>",
    "&lt;&nbsp;&apos;&#65;&#x1F600;&amp;&quot;&amp &ltx &# & &#0; &#99999999999;",
    "<B>x</b > <b>x</> 😀<i>😀<b>b</b></i> <b></b>a",
    "<tg-emoji emoji-id='5368324170671202286'>x</tg-emoji> <tg-time unix='1647531900'>t</tg-time> <tg-time unix='z'>t</tg-time>",
]


@pytest.mark.parametrize("html", HTML_GOOD)
def test_html_means_what_it_means_to_telegram(html):
    """The oracle is TDLib, which Telegram's own server parses with."""
    assert our_parse(html) == tdlib_parse(html)


HTML_PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "</>",
    "<code>",
    "</code>",
    "</a>",
    "<",
    ">",
    "&",
    "&amp;",
    "&#x41;",
    "a",
    "я",
    "😀",
    "<br>",
    "=",
    "'",
    "</u>",
    "<pre>",
    "</pre>",
]
HTML_PIECES += [" ", "<u x=1>", "<a href='http://x.example/'>"]


@given(
    st.lists(
        st.sampled_from(HTML_PIECES),
        max_size=8,
    ).map("".join)
)
def test_any_html_is_parsed_or_refused_as_by_telegram(html):
    """Text, entities and refusals agree with TDLib, byte offsets in its sentences included."""
    assert our_parse(html) == tdlib_parse(html)


TDLIB_TYPES = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeUnderline": "underline",
    "textEntityTypeStrikethrough": "strikethrough",
    "textEntityTypeSpoiler": "spoiler",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeMentionName": "text_mention",
    "textEntityTypeCustomEmoji": "custom_emoji",
    "textEntityTypeDateTime": "date_time",
}


def tdlib_parse(html):
    """((text, entities), error) of the real parser."""
    tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')
    request = {"@type": "parseTextEntities", "text": html, "parse_mode": {"@type": "textParseModeHTML"}}
    answer = json.loads(tdjson.td_execute(json.dumps(request).encode()))
    if answer["@type"] == "error":
        return None, answer["message"]
    entities = []
    for one in answer["entities"]:
        found = entity(TDLIB_TYPES[one["type"]["@type"]], one["offset"], one["length"])
        for name in ("url", "language", "user_id", "custom_emoji_id", "unix_time"):
            if name in one["type"]:
                found[name] = one["type"][name]
        entities.append(found)
    return (answer["text"], entities), ""


def our_parse(html):
    """((text, entities), error) of the fake's parser."""
    try:
        return parse_html(html), ""
    except RefusedError as refusal:
        return None, "C" + refusal.description.removeprefix("Bad Request: c")


def test_utf16_length_counts_an_emoji_twice():
    """Telegram's offsets are UTF-16 units."""
    assert utf16_length("a😀я") == 4


# Business connections


def send(api, connection, **more):
    """A refused message on behalf of the owner."""
    return api.refused("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a", **more)


def test_an_unknown_connection_is_not_found(api, connection):
    """Nor another bot's."""
    assert send(api, "nonsense") == (400, "Bad Request: business connection not found")
    assert api.refused("getBusinessConnection", business_connection_id="nonsense")[1].endswith("connection not found")


def test_a_connection_belongs_to_one_bot(telegram, api, connection):
    """Another bot with the id in its hands does not find it."""
    telegram.add_bot(OTHER_TOKEN)
    assert send(Api(telegram, OTHER_TOKEN), connection) == (400, "Bad Request: business connection not found")


def test_a_changed_connection_is_invalid_and_its_successor_works(telegram, api, bot, connection):
    """The owner's change of settings makes a new id."""
    successor = telegram.change_connection(OWNER)
    assert send(api, connection) == (400, "Bad Request: BUSINESS_CONNECTION_INVALID")
    assert api.refused("getBusinessConnection", business_connection_id=connection)[1].endswith("connection not found")
    api.ok("sendMessage", business_connection_id=successor, chat_id=CLIENT, text="a")
    assert telegram.updates_for(bot)[-1]["business_connection"]["id"] == successor


def test_a_disabled_connection_is_invalid(telegram, api, bot, connection):
    """The owner removed the bot."""
    telegram.disconnect(OWNER)
    assert send(api, connection) == (400, "Bad Request: BUSINESS_CONNECTION_INVALID")
    assert telegram.updates_for(bot)[-1]["business_connection"]["is_enabled"] is False
    assert api.ok("getBusinessConnection", business_connection_id=connection)["is_enabled"] is False


def test_without_can_reply_nothing_is_sent(telegram, api, connection):
    """The right "Reply to messages" was not given."""
    without = telegram.change_connection(OWNER, rights=())
    assert send(api, without) == (400, "Bad Request: BOT_ACCESS_FORBIDDEN")
    shown = api.ok("getBusinessConnection", business_connection_id=without)
    assert "rights" not in shown
    assert shown["can_reply"] is False


def test_the_window_closes_a_day_after_the_clients_last_message(telegram, api, bot, clock, connection):
    """The owner's own messages do not open it."""
    clock.sleep(DAY - 1)
    api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")
    clock.sleep(2)
    telegram.owner_writes(OWNER, CLIENT, "Я здесь")
    assert send(api, connection) == (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING")
    telegram.client_writes(bot, CLIENT, "Ещё вопрос", owner_id=OWNER)
    api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")


def test_who_never_wrote_cannot_be_written_to(telegram, api, connection):
    """No incoming message at all is no window."""
    telegram.add_user(21, "Тихий")
    answer = api.refused("sendMessage", business_connection_id=connection, chat_id=21, text="a")
    assert answer == (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING")


def test_a_paused_chat_refuses_and_is_silent(telegram, api, bot, connection):
    """The bot was stopped in this chat: no sending, no updates."""
    telegram.pause_chat(OWNER, CLIENT)
    before = len(telegram.updates_for(bot))
    telegram.client_writes(bot, CLIENT, "?", owner_id=OWNER)
    assert send(api, connection) == (400, "Bad Request: BUSINESS_PEER_INVALID")
    assert len(telegram.updates_for(bot)) == before
    telegram.resume_chat(OWNER, CLIENT)
    api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")


def test_a_client_who_blocked_the_account_is_403(telegram, api, connection):
    """The text is the one for bots."""
    telegram.block(CLIENT, OWNER)
    assert send(api, connection) == (403, "Forbidden: bot was blocked by the user")
    telegram.unblock(CLIENT, OWNER)
    api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")


def test_a_deleted_client_is_403(telegram, api, connection):
    """In a business chat and in the bot's own."""
    telegram.start(next(iter(telegram.world.bots.values())), CLIENT)
    telegram.deactivate(CLIENT)
    assert send(api, connection) == (403, "Forbidden: user is deactivated")
    assert api.refused("sendMessage", chat_id=CLIENT, text="a") == (403, "Forbidden: user is deactivated")


@pytest.mark.parametrize(
    ("chat_id", "words"),
    [
        ("@klim", "chat identifier must be a valid Integer"),
        (-5, "chat must be a private chat"),
        (OWNER, "messages must not be sent to self"),
        (99, "PEER_ID_INVALID"),
    ],
)
def test_a_business_chat_is_a_private_one_by_number(api, connection, chat_id, words):
    """Names, groups, the owner and strangers are refused."""
    answer = api.refused("sendMessage", business_connection_id=connection, chat_id=chat_id, text="a")
    assert answer == (400, f"Bad Request: {words}")


def test_a_business_message_is_the_owners_and_names_the_bot(telegram, api, bot, connection):
    """The client sees the owner; the result says which bot it was; and no update comes of it."""
    before = telegram.updates_for(bot)
    message = api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="Ответ")
    assert message["from"]["id"] == OWNER
    assert message["chat"]["id"] == CLIENT
    assert message["sender_business_bot"]["id"] == bot.id
    assert message["business_connection_id"] == connection
    assert telegram.updates_for(bot) == before
    assert [(seen.who, seen.text) for seen in telegram.chat_of(CLIENT, OWNER)][-1] == ("bot", "Ответ")


def test_each_account_numbers_its_messages(telegram, api, bot, connection):
    """The same chat and message number under two accounts are two messages."""
    telegram.add_user(11, "Второй")
    telegram.connect(bot, 11)
    first = telegram.client_writes(bot, CLIENT, "a", owner_id=11)
    own = telegram.client_writes(bot, CLIENT, "a")
    again = telegram.client_writes(bot, CLIENT, "a", owner_id=OWNER)
    assert [first["message_id"], own["message_id"], again["message_id"]] == [1, 1, 2]


def test_a_missing_reply_target_matters_only_in_the_bots_own_chat(api, started, connection):
    """On behalf of an account sending without the reply is always allowed."""
    reply = {"message_id": 999}
    api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a", reply_parameters=reply)
    assert api.refused("sendMessage", chat_id=CLIENT, text="a", reply_parameters=reply) == (
        400,
        "Bad Request: message to be replied not found",
    )


def test_one_bot_an_account(telegram, bot, connection):
    """Another bot takes the account over, and the first one is told."""
    other = telegram.add_bot(OTHER_TOKEN)
    telegram.connect(other, OWNER)
    assert telegram.updates_for(bot)[-1]["business_connection"]["is_enabled"] is False


def test_a_bot_without_business_mode_cannot_be_connected(telegram):
    """It is switched on at BotFather, and getMe tells."""
    other = telegram.add_bot(OTHER_TOKEN, can_connect_to_business=False)
    with pytest.raises(ValueError, match="Business Mode"):
        telegram.connect(other, OWNER)
    assert Api(telegram, OTHER_TOKEN).ok("getMe")["can_connect_to_business"] is False


# The bot's own chat


def test_a_bot_does_not_write_first(telegram, api, connection):
    """Also when the connection id was forgotten for a business client."""
    words = "Forbidden: bot can't initiate conversation with a user"
    assert api.refused("sendMessage", chat_id=CLIENT, text="a") == (403, words)


def test_a_client_who_blocked_the_bot_is_403_and_announced(telegram, api, bot, started):
    """my_chat_member says kicked, and member when it is taken back."""
    telegram.block(CLIENT)
    assert api.refused("sendMessage", chat_id=CLIENT, text="a") == (403, "Forbidden: bot was blocked by the user")
    telegram.unblock(CLIENT)
    api.ok("sendMessage", chat_id=CLIENT, text="a")
    changes = [one["my_chat_member"]["new_chat_member"]["status"] for one in telegram.updates_for(bot)[-2:]]
    assert changes == ["kicked", "member"]


def test_bots_do_not_write_to_bots(telegram, api):
    """A stranger's bot is no client."""
    telegram.add_user(30, "Robo", is_bot=True)
    assert api.refused("sendMessage", chat_id=30, text="a") == (403, "Forbidden: bot can't send messages to bots")


def test_a_stranger_and_a_name_are_no_chat(api):
    """A bot reaches private chats by number."""
    assert api.refused("sendMessage", chat_id=99, text="a") == (400, "Bad Request: chat not found")
    assert api.refused("sendMessage", chat_id="@klim", text="a") == (400, "Bad Request: chat not found")


def test_the_owner_of_a_connection_can_be_written_to(api, connection):
    """user_chat_id is the way to tell the owner something."""
    api.ok("sendMessage", chat_id=OWNER, text="Срок подходит")


def test_start_carries_its_payload(telegram, bot):
    """The link's payload comes as the command's argument."""
    telegram.start(bot, CLIENT, "ad42")
    message = telegram.updates_for(bot)[-1]["message"]
    assert (message["text"], message["entities"]) == ("/start ad42", [entity("bot_command", 0, 6)])


# What bots are told


def test_a_business_message_is_shaped_as_the_official_type(telegram, bot, clock, connection):
    """Client and owner write; the chat is the client's in both."""
    telegram.owner_writes(OWNER, CLIENT, "Мы на связи", is_from_offline=True)
    client, owner = (one["business_message"] for one in telegram.updates_for(bot)[-2:])
    chat = {"id": CLIENT, "first_name": "Клим", "username": "klim", "type": "private"}
    assert client == {
        "message_id": 1,
        "from": {"id": CLIENT, "is_bot": False, "first_name": "Клим", "username": "klim"},
        "chat": chat,
        "date": int(clock()),
        "business_connection_id": connection,
        "text": "Добрый день",
    }
    assert (owner["from"]["id"], owner["chat"], owner["is_from_offline"]) == (OWNER, chat, True)


def test_edits_and_deletions_of_a_business_chat_are_told(telegram, bot, clock, connection):
    """An edit is the whole message with edit_date; a deletion is numbers only."""
    clock.sleep(5)
    telegram.client_edits(bot, CLIENT, 1, "Добрый вечер", owner_id=OWNER)
    telegram.client_deletes(bot, CLIENT, [1], owner_id=OWNER)
    edited, deleted = telegram.updates_for(bot)[-2:]
    assert edited["edited_business_message"]["text"] == "Добрый вечер"
    assert edited["edited_business_message"]["edit_date"] == int(clock())
    assert deleted["deleted_business_messages"]["message_ids"] == [1]
    assert telegram.chat_of(CLIENT, OWNER) == []


def test_a_new_name_is_told_with_the_next_message_only(telegram, bot, connection):
    """A username that was given up is left out, as Telegram leaves it out."""
    pending = len(telegram.updates_for(bot))
    telegram.rename(CLIENT, first_name="Клим Ильич", username="")
    assert len(telegram.updates_for(bot)) == pending
    message = telegram.client_writes(bot, CLIENT, "один", owner_id=OWNER)
    assert message["chat"] == {"id": CLIENT, "first_name": "Клим Ильич", "type": "private"}
    with pytest.raises(ValueError, match="no phone"):
        telegram.rename(CLIENT, phone="1")


def test_a_bots_own_chat_tells_edits_but_no_deletions(telegram, bot, started):
    """There is no such update."""
    telegram.client_edits(bot, CLIENT, 1, "/start again")
    telegram.client_deletes(bot, CLIENT, [1])
    assert list(telegram.updates_for(bot)[-1]) == ["update_id", "edited_message"]


def test_update_ids_ascend_by_bot(telegram, bot, started):
    """Two bots may give the same number."""
    other = telegram.add_bot(OTHER_TOKEN)
    telegram.start(bot, CLIENT)
    telegram.start(other, CLIENT)
    assert [one["update_id"] for one in telegram.updates_for(bot)] == [1, 2]
    assert [one["update_id"] for one in telegram.updates_for(other)] == [1]


def test_kinds_that_were_not_asked_for_do_not_come(telegram, api, bot, clock):
    """And the list sticks when it is left out later."""
    api.ok("setWebhook", url="https://bridge.example/a", allowed_updates=["business_message"])
    clock.sleep(1)
    api.ok("setWebhook", url="https://bridge.example/b")
    telegram.start(bot, CLIENT)
    assert telegram.updates_for(bot) == []
    assert api.ok("getWebhookInfo")["allowed_updates"] == ["business_message"]


def test_updates_are_kept_for_a_day(telegram, bot, clock, started):
    """Then they are lost, and nobody is told."""
    clock.sleep(DAY)
    assert telegram.updates_for(bot) == []


# The webhook


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://bridge.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bridge.example:9000/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://bridge.example/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://bridge.example/", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "https://bridge.example/", "max_connections": 101}, "max_connections must be 1-100 (fake)"),
        (
            {"url": "https://bridge.example/", "allowed_updates": ["mesage"]},  # codespell:ignore mesage
            "unknown update mesage in allowed_updates (fake)",  # codespell:ignore mesage
        ),
    ],
)
def test_a_wrong_webhook_is_refused(api, params, words):
    """Only https (http on this machine), Telegram's ports, its secret's alphabet."""
    assert api.refused("setWebhook", **params) == (400, f"Bad Request: {words}")


def test_a_webhook_on_this_machine_may_be_http(api):
    """As with a local Bot API server."""
    api.ok("setWebhook", url="http://127.0.0.1:5000/telegram/main")


def test_a_webhook_is_set_at_most_once_a_second(api, clock):
    """429 says when to try again."""
    api.ok("setWebhook", url="https://bridge.example/a")
    answer = api("setWebhook", url="https://bridge.example/b")
    assert (answer.status_code, answer.json()["parameters"], answer.headers["retry-after"]) == (
        429,
        {"retry_after": 1},
        "1",
    )
    clock.sleep(1)
    api.ok("setWebhook", url="https://bridge.example/b")


def test_a_webhook_set_without_a_secret_has_none(telegram, api, bot, clock, started):
    """Leaving it out removes it."""
    sent = []
    delivery = Delivery(telegram, post=lambda url, headers, body: sent.append(dict(headers)) or 200)
    api.ok("setWebhook", url="https://bridge.example/a", secret_token="s3cret")
    delivery.deliver_pending()
    clock.sleep(1)
    api.ok("setWebhook", url="https://bridge.example/a")
    telegram.client_writes(bot, CLIENT, "b")
    delivery.deliver_pending()
    assert [headers.get(SECRET_HEADER) for headers in sent] == ["s3cret", None]


def test_get_updates_and_a_webhook_exclude_each_other(telegram, api, clock, started):
    """409 while a webhook is set; an offset confirms what is before it."""
    api.ok("setWebhook", url="https://bridge.example/a")
    assert api.refused("getUpdates")[0] == 409
    api.ok("deleteWebhook")
    first = api.ok("getUpdates", timeout=20)
    assert [one["update_id"] for one in first] == [1]
    assert api.ok("getUpdates", offset=2) == []


# Delivery


class Door:
    """A webhook that keeps what comes and answers what it is told for an update, then 200."""

    def __init__(self) -> None:
        self.answers = {}
        self.ids = []

    def __call__(self, url, headers, body) -> int:
        update_id = json.loads(body)["update_id"]
        self.ids.append(update_id)
        answer = self.answers[update_id].pop(0) if self.answers.get(update_id) else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def door():
    """A webhook."""
    return Door()


@pytest.fixture
def delivery(telegram, api, door):
    """Deliveries to the webhook, by hand."""
    api.ok("setWebhook", url="https://bridge.example/a", secret_token="s")
    return Delivery(telegram, post=door)


def test_a_failed_update_is_repeated_at_once_then_after_2_4_8_seconds(telegram, bot, door, delivery, clock, started):
    """And getWebhookInfo says what was wrong."""
    door.answers = {1: [500] * 9}
    seen = []
    for _ in range(15):
        delivery.deliver_pending()
        seen.append(len(door.ids))
        clock.sleep(1)
    assert seen == [2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5]


def test_the_next_update_of_a_chat_waits_and_other_chats_do_not(telegram, bot, door, delivery, clock, started):
    """One poisoned update blocks its own chat only."""
    telegram.client_writes(bot, CLIENT, "second")
    telegram.add_user(21, "Другой")
    telegram.start(bot, 21)
    door.answers = {1: [500, 500]}
    delivery.deliver_pending()
    assert door.ids == [1, 3, 1]
    clock.sleep(2)
    delivery.deliver_pending()
    assert door.ids == [1, 3, 1, 1, 2]
    assert telegram.updates_for(bot) == []


def test_only_2xx_is_a_success(telegram, api, bot, door, delivery, started):
    """A redirect is none, a silence is none; both are shown."""
    door.answers = {1: [302, ConnectionError("Connection refused"), 204]}
    delivery.deliver_pending()
    info = api.ok("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")


def test_a_connection_may_be_told_after_its_first_message(telegram, bot, door, delivery):
    """They are queued apart: one waits while the other is delivered."""
    telegram.connect(bot, OWNER)
    telegram.client_writes(bot, CLIENT, "a", owner_id=OWNER)
    door.answers = {1: [500]}
    delivery.deliver_pending()
    assert door.ids == [1, 2, 1]


def test_an_update_is_written_in_ascii_with_slashes_escaped():
    """Two ways of JSON that a reader must bear."""
    assert escaped({"text": "a/я"}) == b'{"text":"a\\/\\u044f"}'


def test_threads_deliver_in_order_until_stopped(telegram, bot, door, delivery):
    """What is written while the delivery runs arrives by itself."""
    arrived = threading.Event()
    texts = []

    def post(url, headers, body):
        texts.append(json.loads(body)["message"]["text"])
        if len(texts) == 5:
            arrived.set()
        return 200

    running = Delivery(telegram, post=post)
    running.start()
    try:
        for number in range(5):
            telegram.client_writes(bot, CLIENT, str(number))
        assert arrived.wait(10)
    finally:
        running.stop()
    assert texts == ["0", "1", "2", "3", "4"]


# Files


def upload(api, method, field, data, name="a.bin", mime="application/octet-stream", **form):
    """A multipart call."""
    answer = api.http.post(f"/bot{TOKEN}/{method}", data={"chat_id": CLIENT, **form}, files={field: (name, data, mime)})
    return answer.status_code, answer.json()


def test_an_upload_reaches_the_phone_and_can_be_sent_again(telegram, api, started):
    """By multipart, by attach://, then by file_id."""
    _, answer = upload(api, "sendDocument", "document", b"%PDF", "счёт.pdf", "application/pdf", caption="Счёт")
    upload(api, "sendDocument", "part", b"%PDF2", document="attach://part")
    api.ok("sendDocument", chat_id=CLIENT, document=answer["result"]["document"]["file_id"])
    seen = telegram.chat_of(CLIENT)[1:]
    assert [(one.kind, one.media, one.text) for one in seen] == [
        ("document", b"%PDF", "Счёт"),
        ("document", b"%PDF2", ""),
        ("document", b"%PDF", ""),
    ]


def test_a_part_that_nothing_refers_to_is_refused(api, started):
    """The real server would drop it silently."""
    status, answer = upload(api, "sendMessage", "photo", png(), text="a")
    assert (status, answer["description"]) == (400, "Bad Request: file part photo is not referred to (fake)")


def test_uploads_are_at_most_50_mb_and_photos_10(api, started):
    """413 for the one, 400 for the other."""
    assert upload(api, "sendDocument", "document", bytes(50 * 1024 * 1024 + 1))[0] == 413
    status, answer = upload(api, "sendPhoto", "photo", png() + bytes(10 * 1024 * 1024))
    assert (status, "too big for a photo" in answer["description"]) == (400, True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"", "file must be non-empty"),
    ],
)
def test_a_photo_is_a_picture_of_sane_size(api, started, data, words):
    """Otherwise it has to go as a document."""
    assert upload(api, "sendPhoto", "photo", data)[1]["description"] == f"Bad Request: {words}"
    assert upload(api, "sendPhoto", "photo", png())[0] == 200


def test_an_address_is_not_fetched(api, started):
    """Planfix's files need a token: the bridge must upload."""
    assert api.refused("sendDocument", chat_id=CLIENT, document="https://acme.planfix.ru/file/1") == (
        400,
        "Bad Request: wrong file identifier/HTTP URL specified",
    )


def test_a_file_is_downloaded_within_an_hour_of_get_file(telegram, api, clock):
    """The link holds the token and ages."""
    file_id = telegram.put_file(b"OggS", "voice.ogg", "audio/ogg")
    path = api.ok("getFile", file_id=file_id)["file_path"]
    assert api.http.get(f"/file/bot{TOKEN}/{path}").content == b"OggS"
    assert api.http.get(f"/file/bot300:x/{path}").status_code == 401
    clock.sleep(3601)
    assert api.http.get(f"/file/bot{TOKEN}/{path}").status_code == 404


def test_get_file_stops_at_20_mib(telegram, api):
    """Bigger ones stay in Telegram."""
    whole = telegram.put_file(bytes(20 * 1024 * 1024), "a", "video/mp4")
    over = telegram.put_file(bytes(20 * 1024 * 1024 + 1), "a", "video/mp4")
    api.ok("getFile", file_id=whole)
    assert api.refused("getFile", file_id=over) == (400, "Bad Request: file is too big")


def test_a_file_id_is_one_bots_own(telegram, api, started):
    """Another bot's upload cannot be got."""
    _, answer = upload(api, "sendDocument", "document", b"x")
    telegram.add_bot(OTHER_TOKEN)
    file_id = answer["result"]["document"]["file_id"]
    assert Api(telegram, OTHER_TOKEN).refused("getFile", file_id=file_id)[0] == 400


def media(kind, file_id, **more):
    """An InputMedia."""
    return {"type": kind, "media": file_id, **more}


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["photo"], "an album has 2-10 items (fake)"),
        (["photo"] * 11, "too many messages to send as an album"),
        (["audio", "photo"], "audio can't be mixed with other media types"),
        (["photo", "document"], "document can't be mixed with other media types"),
    ],
)
def test_a_wrong_album_is_refused(telegram, api, started, kinds, words):
    """2 to 10 items; audio and documents among themselves only."""
    file_id = telegram.put_file(png(), "a.png", "image/png")
    answer = api.refused("sendMediaGroup", chat_id=CLIENT, media=[media(kind, file_id) for kind in kinds])
    assert answer == (400, f"Bad Request: {words}")


def test_an_unknown_field_of_an_album_item_is_refused(telegram, api, started):
    """Items are checked by their own type."""
    file_id = telegram.put_file(png(), "a.png", "image/png")
    items = [media("photo", file_id, file_name="x"), media("photo", file_id)]
    assert api.refused("sendMediaGroup", chat_id=CLIENT, media=items) == (
        400,
        "Bad Request: media[0] has an unknown field file_name (fake)",
    )


def test_an_album_is_several_messages_with_one_group(telegram, api, started):
    """Every message id comes back."""
    file_id = telegram.put_file(png(), "a.png", "image/png")
    sent = api.ok("sendMediaGroup", chat_id=CLIENT, media=[media("photo", file_id), media("video", file_id)])
    assert len({one["media_group_id"] for one in sent}) == 1
    assert [one["message_id"] for one in sent] == [2, 3]


# Editing, deleting, reading


def test_only_the_bots_own_messages_are_edited(telegram, api, connection):
    """And not into what they already are."""
    sent = api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")["message_id"]
    where = {"business_connection_id": connection, "chat_id": CLIENT}
    assert api.refused("editMessageText", **where, message_id=1, text="b")[1] == "Bad Request: message can't be edited"
    assert (
        api.refused("editMessageText", **where, message_id=99, text="b")[1] == "Bad Request: message to edit not found"
    )
    assert "message is not modified" in api.refused("editMessageText", **where, message_id=sent, text="a")[1]
    api.ok("editMessageText", **where, message_id=sent, text="b")
    assert telegram.chat_of(CLIENT, OWNER)[-1].text == "b"


def test_captions_and_media_are_edited_where_there_is_media(telegram, api, started):
    """A text has no caption."""
    file_id = telegram.put_file(png(), "a.png", "image/png")
    text = api.ok("sendMessage", chat_id=CLIENT, text="a")["message_id"]
    photo = api.ok("sendPhoto", chat_id=CLIENT, photo=file_id, caption="a")["message_id"]
    assert api.refused("editMessageCaption", chat_id=CLIENT, message_id=text, caption="b")[0] == 400
    api.ok("editMessageCaption", chat_id=CLIENT, message_id=photo, caption="b")
    assert telegram.chat_of(CLIENT)[-1].text == "b"
    api.ok("editMessageMedia", chat_id=CLIENT, message_id=photo, media=media("document", file_id))
    assert telegram.chat_of(CLIENT)[-1].kind == "document"


def test_a_bots_own_message_is_deleted_within_48_hours(telegram, api, clock, started):
    """Business messages have a method of their own."""
    sent = api.ok("sendMessage", chat_id=CLIENT, text="a")["message_id"]
    api.ok("deleteMessage", chat_id=CLIENT, message_id=sent)
    assert [seen.who for seen in telegram.chat_of(CLIENT)] == ["client"]
    late = api.ok("sendMessage", chat_id=CLIENT, text="a")["message_id"]
    clock.sleep(2 * DAY + 1)
    assert api.refused("deleteMessage", chat_id=CLIENT, message_id=late)[1] == "Bad Request: message can't be deleted"


def test_business_messages_are_deleted_by_right(telegram, api, connection):
    """The bot's own with one right, everybody's with the other."""
    sent = api.ok("sendMessage", business_connection_id=connection, chat_id=CLIENT, text="a")["message_id"]
    delete = {"business_connection_id": connection, "message_ids": [sent]}
    assert api.refused("deleteBusinessMessages", **delete) == (400, "Bad Request: BOT_ACCESS_FORBIDDEN")
    able = telegram.change_connection(OWNER, rights=("can_reply", "can_delete_sent_messages"))
    assert api.refused("deleteBusinessMessages", business_connection_id=able, message_ids=[1])[1].endswith("FORBIDDEN")
    api.ok("deleteBusinessMessages", business_connection_id=able, message_ids=[sent])
    assert [seen.message_id for seen in telegram.chat_of(CLIENT, OWNER)] == [1]


def test_marking_as_read_needs_its_right(telegram, api, connection):
    """can_read_messages."""
    read = {"chat_id": CLIENT, "message_id": 1}
    api.ok("readBusinessMessage", business_connection_id=connection, **read)
    without = telegram.change_connection(OWNER, rights=("can_reply",))
    assert api.refused("readBusinessMessage", business_connection_id=without, **read)[1].endswith(
        "BOT_ACCESS_FORBIDDEN"
    )


def test_a_callback_is_answered_within_150_seconds(telegram, api, bot, clock, started):
    """Once, and in time."""
    sent = api.ok("sendMessage", chat_id=CLIENT, text="a")["message_id"]
    query = telegram.client_presses(bot, CLIENT, sent, "yes")
    api.ok("answerCallbackQuery", callback_query_id=query)
    assert api.refused("answerCallbackQuery", callback_query_id=query)[0] == 400
    late = telegram.client_presses(bot, CLIENT, sent, "yes")
    clock.sleep(151)
    assert api.refused("answerCallbackQuery", callback_query_id=late)[0] == 400


def test_an_unknown_chat_action_is_refused(api, started):
    """Of the documented ones only."""
    api.ok("sendChatAction", chat_id=CLIENT, action="typing")
    assert api.refused("sendChatAction", chat_id=CLIENT, action="sleeping")[0] == 400


# Faults


def test_a_fault_is_answered_as_ordered_and_once(telegram, api, started):
    """A flood answer says when to come back, in the body and in the header."""
    telegram.fail_next(
        "sendMessage", status=429, description="Too Many Requests: retry after 7", parameters={"retry_after": 7}
    )
    api.ok("getMe")
    answer = api("sendMessage", chat_id=CLIENT, text="a")
    assert (answer.json()["parameters"], answer.headers["retry-after"]) == ({"retry_after": 7}, "7")
    api.ok("sendMessage", chat_id=CLIENT, text="a")
    assert len(telegram.chat_of(CLIENT)) == 2


def test_an_answer_can_be_lost_after_the_effect(telegram, api, started):
    """The caller sees a 502 that is no JSON; the client has the message."""
    telegram.fail_next("sendMessage", apply=True)
    answer = api("sendMessage", chat_id=CLIENT, text="a")
    assert (answer.status_code, answer.headers["content-type"].startswith("text/html")) == (502, True)
    assert telegram.chat_of(CLIENT)[-1].text == "a"


# Served


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_fake_serves_on_this_machine(telegram, api, bot, started, capfd):
    """Over a real socket, deliveries included; a lost answer is a dropped connection; nothing is logged."""
    done = threading.Event()
    bodies = []

    def door(environ, start_response):
        bodies.append(
            (
                environ["HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN"],
                environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])),
            )
        )
        done.set()
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    fake, webhook = serve(telegram.wsgi), serve(door)
    delivery = Delivery(telegram)
    try:
        with httpx.Client(base_url=fake.url) as http:
            set_up = {"url": webhook.url, "secret_token": "s3cret"}
            assert http.post(f"/bot{TOKEN}/setWebhook", json=set_up).json()["ok"]
            delivery.start()
            assert done.wait(10)
            telegram.fail_next("sendMessage", apply=True)
            with pytest.raises(httpx.RemoteProtocolError):
                http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": CLIENT, "text": "a"})
            assert http.post(f"/bot{TOKEN}/getMe").json()["ok"]
    finally:
        delivery.stop()
        fake.close()
        webhook.close()
    assert bodies[0][0] == "s3cret"
    assert telegram.chat_of(CLIENT)[-1].text == "a"
    assert TOKEN not in "".join(capfd.readouterr())
    assert not [one.name for one in threading.enumerate() if one.name.startswith(("fake", "webhook"))]


def test_owner_edits_on_the_phone(telegram, bot, connection):
    """The owner edits an own message, not the client's; the connected bot gets the whole message anew."""
    own = telegram.owner_writes(OWNER, CLIENT, "a")["message_id"]
    edited = telegram.owner_edits(OWNER, CLIENT, own, "b")
    assert (edited["text"], "edit_date" in edited) == ("b", True)
    assert telegram.updates_for(bot)[-1]["edited_business_message"]["text"] == "b"
    with pytest.raises(ValueError, match="no such message"):
        telegram.owner_edits(OWNER, CLIENT, 1, "c")


def test_deleted_messages_are_seen_by_who_asks(telegram, connection):
    """A deleted message is gone from the phone; who watches sees it in its place, marked."""
    telegram.owner_writes(OWNER, CLIENT, "b")
    telegram.client_deletes(None, CLIENT, [1], owner_id=OWNER)
    assert [seen.message_id for seen in telegram.chat_of(CLIENT, OWNER)] == [2]
    assert [(seen.message_id, seen.deleted) for seen in telegram.chat_of(CLIENT, OWNER, deleted=True)] == [
        (1, True),
        (2, False),
    ]
