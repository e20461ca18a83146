"""A comment's HTML as Planfix writes it into a chat: `label [ https://url ]`, quotations as lines with ``>>``."""

from __future__ import annotations

from html.parser import HTMLParser

_ENDS_LINE = frozenset({"br", "p", "div", "li", "ul", "ol", "blockquote", "tr", "h1", "h2", "h3"})


def chat_text(html: str) -> str:
    """The text of a comment as it is pushed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [""]
        self._quotes = 0
        self._address = ""

    def text(self) -> str:
        return "\n".join(self._lines).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ENDS_LINE:
            self._end_line(always=tag == "br")
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "a":
            self._address = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address:
            self._add(f" [ {self._address} ]")
            self._address = ""
        if tag == "blockquote":
            self._end_line()
            self._add("")  # the bare line of `>>` that closes a quotation
            self._lines.append("")
            self._quotes -= 1
        elif tag in _ENDS_LINE:
            self._end_line()

    def handle_data(self, data: str) -> None:
        self._add(data.replace("\n", " "))

    def _add(self, text: str) -> None:
        if self._quotes and not self._lines[-1]:
            self._lines[-1] = ">>"
        self._lines[-1] += text

    def _end_line(self, *, always: bool = False) -> None:
        if self._lines[-1] or always:
            self._lines.append("")
