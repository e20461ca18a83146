"""Telegram's own library (TDLib, PyPI tdjson) judges what we send; offline, by its static requests.

``parseMarkdown`` takes a text with entities and runs the checks of every sent message over it (TDLib MessageEntity.cpp,
get_message_entities and fix_formatted_text): it refuses what Telegram refuses and gives back what Telegram would store.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import tdjson
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.model import Entity, FormattedText
from bridge.telegram.formatting import to_html
from bridge.telegram.links import telegram_link
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from tests.unit.formatting_strategies import SOUP, STEADY, TEXTS, TREES, check, entities_over, formatting

_NAMES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "blockquote",
    "TextUrl": "text_link",
    "MentionName": "text_link",
}
_MARKDOWN = re.compile(r"[*_~|`\[\]]")
_TELEGRAM_CHANGES = re.compile(r"[\u030a\u0333\u033f\u200c\u200e\u200f\u2028-\u202e]")
"""Deleted, or (of several direction marks) replaced, by TDLib misc.cpp clean_input_string."""
_PREFIX = "textEntityType"


def _ask(kind: str, **fields: Any) -> dict[str, Any]:
    answer = tdjson.td_execute(json.dumps({"@type": kind, **fields}).encode())
    assert answer is not None
    found: dict[str, Any] = json.loads(answer)
    return found


@pytest.fixture(scope="module", autouse=True)
def _quiet():
    _ask("setLogVerbosityLevel", new_verbosity_level=0)


def _as_tdlib(entity: Entity) -> dict[str, Any]:
    name = next(name for name, ours in _NAMES.items() if ours == entity.type.removeprefix("expandable_"))
    if entity.type == "pre" and "language" in entity.extra:
        name = "PreCode"
    return {
        "@type": "textEntity",
        "offset": entity.offset,
        "length": entity.length,
        "type": {"@type": _PREFIX + name, **entity.extra},
    }


def _from_tdlib(answer: dict[str, Any]) -> FormattedText:
    assert answer["@type"] == "formattedText", answer
    entities = [
        Entity(_NAMES[entity["type"]["@type"].removeprefix(_PREFIX)], entity["offset"], entity["length"])
        for entity in answer["entities"]
    ]
    return FormattedText(answer["text"], tuple(entities))


def _stored(text: FormattedText) -> FormattedText:
    """The text as Telegram would store it; characters of Markdown count as letters."""
    body = {
        "@type": "formattedText",
        "text": _MARKDOWN.sub("x", text.text),
        "entities": [_as_tdlib(entity) for entity in text.entities],
    }
    return _from_tdlib(_ask("parseMarkdown", text=body))


def _assert_stored_unchanged(text: FormattedText) -> None:
    text = FormattedText(_MARKDOWN.sub("x", text.text), text.entities)
    stored = _stored(text)
    if not _TELEGRAM_CHANGES.search(text.text):
        assert stored.text == text.text
    kept = [pair for pair in formatting(text) if not _TELEGRAM_CHANGES.search(pair[0])]
    assert [pair for pair in formatting(stored) if not _TELEGRAM_CHANGES.search(pair[0])] == kept


@pytest.mark.parametrize(
    ("text", "entity"),
    [("ab", Entity("text_link", 0, 1, {"url": "http://x"})), ("😀", Entity("bold", 0, 1))],
    ids=["address", "inside a character"],
)
def test_the_judge_refuses(text, entity):
    """The judge is not blind: a bad address and an offset inside a character are refused with the whole message."""
    with pytest.raises(AssertionError, match="error"):
        _stored(FormattedText(text, (entity,)))


@STEADY
@given(TREES)
def test_html_is_stored_as_read(tree):
    """What we read from editor HTML is stored by Telegram unchanged."""
    _assert_stored_unchanged(from_html(tree[0]))


@STEADY
@given(SOUP)
@example("<pre><a href=https://x.com>a</a> \n <a href=https://x.com/y>b</a></pre>")
@example("<blockquote><b>a<pre>b</b>c</pre></blockquote><code>d<i>e</i></code>")
def test_soup_is_stored_as_read(source):
    """What we read from any string is valid and stored by Telegram unchanged."""
    text = from_html(source)
    check(text)
    _assert_stored_unchanged(text)


@STEADY
@given(st.lists(TREES, max_size=6), st.integers(2, 60))
def test_parts_are_stored_as_cut(trees, limit):
    """Each part is valid and stored by Telegram unchanged."""
    for part in split(from_html("".join(source for source, _ in trees)), limit):
        check(part)
        _assert_stored_unchanged(part)


@STEADY
@given(
    st.one_of(
        st.from_regex(r"(https?|tg)://[ -~]{0,12}(\.[ -~]{1,5})?(:[0-9]{1,6})?([/?#][ -~]{0,10})?", fullmatch=True),
        st.text(max_size=15).map("https://{}.com/".format),
        st.text(max_size=15).map("https://a.b/{}".format),
        st.text(max_size=15),
    )
)
@example("tg://user?id=abc")
@example("tg://resolve?domain=a&post=%31")
@example("https://a.b")
@example("https://-.-/")
@example("http://1.2.3.4.5:65535?x")
def test_links_are_accepted(address):
    """Telegram takes every address that we make a link of: it refuses the whole message for a bad one."""
    link = telegram_link(address)
    if link:
        _stored(FormattedText("ab", (Entity("text_link", 0, 1, {"url": link}),)))


@pytest.mark.parametrize("address", ["https://example.com/a?b#c", "http://пример.рф/ц", "tg://resolve?domain=durov"])
def test_usual_links_are_links(address):
    """The check is not so strict that a usual address is lost."""
    stored = _stored(FormattedText("ab", (Entity("text_link", 0, 1, {"url": telegram_link(address)}),)))
    assert stored.entities == (Entity("text_link", 0, 1),)


_STYLES = st.sampled_from(["bold", "italic", "underline", "strikethrough", "spoiler", "text_link"])


@STEADY
@given(TEXTS.flatmap(lambda text: st.tuples(st.just(text), entities_over(_STYLES)(text))))
def test_our_html_says_what_the_entities_said(message):
    """Telegram's HTML parser reads from our HTML (its few Planfix ways undone) what the message's entities said."""
    text, entities = message
    source = to_html(text, entities)
    source = source.replace("<br>", "\n").replace("&nbsp;", " ").replace(' style="background-color:#d3d3d3"', "")
    read = _from_tdlib(_ask("parseTextEntities", text=source, parse_mode={"@type": "textParseModeHTML"}))
    original = FormattedText(text.replace("\xa0", " "), tuple(entities))
    assert read.text == original.text
    assert formatting(read) == formatting(original)
