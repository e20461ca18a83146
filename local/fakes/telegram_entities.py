"""Text as Telegram takes it: its HTML, its entities, its limits.

The parser follows td/telegram/MessageEntity.cpp (parse_html) of TDLib, error texts included; the contract tests compare
it with TDLib itself. Offsets and lengths are UTF-16 units (core.telegram.org/bots/api#messageentity).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from local.fakes.telegram_model import Json, RefusedError, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
"""Code points after parsing (core.telegram.org/bots/api#sendmessage; TDLib counts with utf8_length)."""
MAX_RAW_BYTES = 32768
"""Of the text with its markup (Client.cpp, get_formatted_text)."""

STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
CODES = frozenset({"pre", "code"})
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
AUTOMATIC = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
LINKS = frozenset({"text_link", "text_mention", "custom_emoji", "date_time"})
TYPES = STYLES | CODES | QUOTES | AUTOMATIC | LINKS

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_CHARACTER = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<dec>[0-9]+)|(?P<name>[a-zA-Z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_LAST_CHARACTER = 0x10FFFF
_LONGEST_CHARACTER = 10  # decode_html_entity gives up on longer numbers
_SPACE = " \t\r\n\0\v"


_OUTERMOST = (
    "blockquote",
    "expandable_blockquote",
    "pre",
    "code",
    "text_link",
    "text_mention",
    "date_time",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "custom_emoji",
)
"""The order of entities over the same characters (MessageEntity.cpp, get_type_priority)."""


def _outer_first(entity: Json) -> tuple[int, int, int]:
    rank = _OUTERMOST.index(entity["type"]) if entity["type"] in _OUTERMOST else len(_OUTERMOST)
    return entity["offset"], -entity["length"], rank


def utf16_length(text: str) -> int:
    """The length of ``text`` in the units of offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cannot_parse(text: str) -> RefusedError:
    return bad_request(f"can't parse entities: {text}")


@dataclass
class _Open:
    tag: str
    arguments: dict[str, str]
    at: int


class _Html:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.i = 0
        self.out: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        while self.i < len(self.source):
            here = self.source[self.i]
            if here == "&":
                self._put(self._character())
            elif here != "<":
                self._put(here)
                self.i += 1
            elif self.source.startswith("</", self.i):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return "".join(self.out), sorted(self.entities, key=_outer_first)

    def _put(self, text: str) -> None:
        self.out.append(text)
        self.units += utf16_length(text)

    def _byte(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _peek(self) -> str:
        return self.source[self.i] if self.i < len(self.source) else ""

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in _SPACE:
            self.i += 1

    def _skip_to(self, stop: str) -> str:
        begin = self.i
        while self._peek() and self._peek() not in stop:
            self.i += 1
        return self.source[begin : self.i]

    def _character(self) -> str:
        """The character reference here, decoded; a lone ``&`` and an unknown name stay as they are."""
        found = _CHARACTER.match(self.source, self.i)
        decoded = _decoded(found) if found else ""
        if not found or not decoded:
            self.i += 1
            return "&"
        self.i = found.end()
        return decoded

    def _start_tag(self) -> None:
        begin = self.i
        self.i += 1
        tag = self._skip_to(_SPACE + ">").lower()
        if not self._peek():
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _TAGS:
            raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        arguments: dict[str, str] = {}
        self._skip_space()
        while self._peek() != ">":
            name, value = self._attribute(tag, begin)
            arguments[name] = value
            self._skip_space()
        self.i += 1
        if tag == "span" and arguments.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        self.open.append(_Open(tag, arguments, self.units))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._skip_to(_SPACE + "=>/\"'")
        if not name:
            raise _cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}')
        self._skip_space()
        if not self._peek():
            raise _cannot_parse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        if self._peek() != "=":
            return name, ""
        self.i += 1
        self._skip_space()
        if not self._peek():
            raise _cannot_parse(f'Unclosed start tag "{tag}" at byte offset {self._byte(begin)}')
        value = self._quoted() if self._peek() in "'\"" else self._token()
        if not self._peek():
            raise _cannot_parse(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return name, value

    def _quoted(self) -> str:
        end = self._peek()
        self.i += 1
        value: list[str] = []
        while self._peek() and self._peek() != end:
            if self._peek() == "&":
                value.append(self._character())
            else:
                value.append(self._peek())
                self.i += 1
        if self._peek():
            self.i += 1
        return "".join(value)

    def _token(self) -> str:
        begin = self.i
        while self._peek() and (self._peek() in ".-" or (self._peek().isascii() and self._peek().isalnum())):
            self.i += 1
        if self._peek() and self._peek() not in _SPACE + ">":
            raise _cannot_parse(f"Unexpected end of name token at byte offset {self._byte(begin)}")
        return self.source[begin : self.i].lower()

    def _end_tag(self) -> None:
        begin = self.i
        if not self.open:
            raise _cannot_parse(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.i += 2
        name = self._skip_to(_SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise _cannot_parse(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.i += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {self._byte(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        length = self.units - opened.at
        if length > 0:
            self._close(opened, length)

    def _close(self, opened: _Open, length: int) -> None:
        extra = _extra(opened.tag, opened.arguments, "".join(self.out), opened.at)
        if extra is None:
            return
        entity = {"type": _TAGS[opened.tag], "offset": opened.at, "length": length, **extra}
        if opened.tag == "pre" and self._take_inner_code(entity):
            return
        self.entities.append(entity)

    def _take_inner_code(self, pre: Json) -> bool:
        """``<pre><code class="language-x">`` over the same characters is one ``pre`` with a language."""
        for inner in self.entities:
            same = (inner["offset"], inner["length"]) == (pre["offset"], pre["length"])
            if inner["type"] == "code" and same and inner.get("language"):
                inner["type"] = "pre"
                return True
        return False


def _decoded(found: re.Match[str]) -> str:
    if found["name"]:
        return _NAMED.get(found["name"], "")
    if len(found[0].rstrip(";")) >= _LONGEST_CHARACTER:
        return ""
    number = int(found["hex"], 16) if found["hex"] else int(found["dec"])
    return chr(number) if 0 < number < _LAST_CHARACTER else ""


def _extra(tag: str, arguments: dict[str, str], text: str, at: int) -> Json | None:
    """The entity's own fields; None: Telegram drops the entity and keeps the text."""
    if tag == "a":
        address = arguments.get("href") or text.encode("utf-16-le")[at * 2 :].decode("utf-16-le")
        return _link(address)
    if tag == "code" and arguments.get("class", "").startswith("language-"):
        return {"language": arguments["class"].removeprefix("language-")}
    if tag == "blockquote" and "expandable" in arguments:
        return {"type": "expandable_blockquote"}
    if tag == "tg-emoji":
        if not arguments.get("emoji-id", "").isdecimal():
            raise _cannot_parse("Invalid custom emoji identifier specified")
        return {"custom_emoji_id": arguments["emoji-id"]}
    if tag == "tg-time":
        return _time(arguments.get("unix", ""), arguments.get("format", ""))
    return {}


def _time(moment: str, layout: str) -> Json | None:
    if not moment.isdecimal() or not int(moment):
        return None
    if not re.fullmatch(r"[rR]|[wWdDtT]*", layout):
        raise _cannot_parse("Invalid date format used")
    return {"unix_time": int(moment), **({"date_time_format": layout} if layout else {})}


def _link(address: str) -> Json | None:
    mention = re.fullmatch(r"tg:(?://)?user\?id=(\d+)", address)
    if mention:
        return {"type": "text_mention", "user_id": int(mention[1])}
    if re.match(r"(?i)tg://.", address):
        return {"url": address}
    found = re.fullmatch(r"(?i)(?:(https?)://)?((?:[^\s/?#@]*@)?[^\s/?#:@]+\.[^\s/?#:@]+(?::\d+)?)([/?#].*)?", address)
    if not found:
        return None
    tail = found[3] or "/"
    return {"url": f"{(found[1] or 'http').lower()}://{found[2]}{tail if tail.startswith('/') else '/' + tail}"}


def _check_entities(text: str, entities: list[Json]) -> list[Json]:
    """Refuse what docs forbid (core.telegram.org/bots/api#formatting-options) and what the real server drops silently."""
    length = utf16_length(text)
    for entity in entities:
        if entity["type"] not in TYPES:
            raise bad_request(f'can\'t parse entities: unsupported entity type "{entity["type"]}" (fake)')
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
            raise bad_request("ENTITY_BOUNDS_INVALID")
    ordered = sorted(entities, key=_outer_first)
    enclosing: list[Json] = []
    for entity in ordered:
        while enclosing and _end(enclosing[-1]) <= entity["offset"]:
            enclosing.pop()
        for outer in enclosing:
            _check_pair(outer, entity)
        enclosing.append(entity)
    return ordered


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


def _check_pair(outer: Json, inner: Json) -> None:
    if _end(inner) > _end(outer):
        raise bad_request("can't parse entities: entities overlap, one must contain the other (fake)")
    kinds = {outer["type"], inner["type"]}
    if outer["type"] in CODES or (inner["type"] in CODES and outer["type"] not in QUOTES):
        raise bad_request("can't parse entities: pre and code share no characters with other entities (fake)")
    if kinds <= QUOTES:
        raise bad_request("can't parse entities: block quotations can't be nested (fake)")
    if kinds <= LINKS | AUTOMATIC:
        raise bad_request("can't parse entities: links can't contain each other (fake)")


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _cleaned(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """As TDLib's clean_input_string and trimming do: no returns, control characters as blanks, no blanks at the ends."""
    kept = _CONTROL.sub(" ", text.replace("\r", ""))
    if "\r" in text:
        entities = [_without_returns(text, entity) for entity in entities]
    left = utf16_length(kept) - utf16_length(kept.lstrip())
    stripped = kept.strip()
    size = utf16_length(stripped)
    moved = []
    for entity in entities:
        begin, end = max(entity["offset"] - left, 0), min(_end(entity) - left, size)
        if end > begin:
            moved.append({**entity, "offset": begin, "length": end - begin})
    return stripped, moved


def _without_returns(text: str, entity: Json) -> Json:
    units = text.encode("utf-16-le")
    before = units[: entity["offset"] * 2].decode("utf-16-le", "replace").count("\r")
    inside = units[entity["offset"] * 2 : _end(entity) * 2].decode("utf-16-le", "replace").count("\r")
    return {**entity, "offset": entity["offset"] - before, "length": entity["length"] - inside}


def parse_html(text: str) -> tuple[str, list[Json]]:
    """Text and entities of Telegram's HTML, before trimming.

    Raises:
        RefusedError: 400 with the real server's words.
    """
    return _Html(text).parse()


def formatted(text: str, parse_mode: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text and entities as they will be stored; ``parse_mode`` wins over ``entities``, as in Client.cpp.

    Raises:
        RefusedError: 400.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    if parse_mode.lower() == "html":
        return _cleaned(*parse_html(text))
    if parse_mode:
        raise bad_request("unsupported parse_mode (fake: HTML only)")
    return _cleaned(text, _check_entities(text, entities))


def message_text(text: str, parse_mode: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """``formatted`` with the limits of a message's text."""
    body, kept = formatted(text, parse_mode, entities)
    if not body:
        raise bad_request("message text is empty")
    if len(body) > MAX_TEXT:
        raise bad_request("message is too long")
    return body, kept


def caption_text(text: str, parse_mode: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """``formatted`` with the limits of a caption."""
    body, kept = formatted(text, parse_mode, entities)
    if len(body) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return body, kept
