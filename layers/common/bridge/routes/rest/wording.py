"""How a message from Telegram reads as a comment: what stands above its words, who is named, who is notified."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.model import Author
from bridge.planfix.route import NewComment, People
from bridge.routes.lateness import said_late
from bridge.routes.rest.notices import ASSIGNEES
from bridge.routes.rest.own_comments import source_object_id
from bridge.telegram.formatting import plain, to_html
from bridge.telegram.reading_html import from_html
from bridge.telegram.splitting import split
from bridge.texts import Say

if TYPE_CHECKING:
    from bridge.model import ChatState
    from bridge.parts import Digest
    from bridge.routes.port import Posting
    from bridge.texts import Texts

LONGEST: Final = 48 * 1024
"""Bytes of HTML. A comment takes 64 KB (Planfix help, "Технические ограничения"); the rest is for the lines about its files."""

SHOWN: Final = 8000
"""UTF-16 units of what is longer, shown without formatting: as HTML each has at most six bytes (``&nbsp;``)."""


class Wording:
    """The words of comments that carry messages."""

    def __init__(self, texts: Texts, digest: Digest) -> None:
        self._texts = texts
        self._digest = digest

    def fit(self, posting: Posting, state: ChatState) -> Posting:
        """With the time at which it was written, where its comment's misleads; and shortened to what a comment takes."""
        posting = replace(posting, written=said_late(posting, state, self._texts))
        shown = beginning(posting.says)
        return posting if shown == posting.says else replace(posting, says=shown, whole=posting.says)

    def comment(self, posting: Posting, contact: int = 0, files: tuple[int, ...] = ()) -> NewComment:
        """The comment; ``contact``: the client's number."""
        mark = source_object_id(posting.key)
        if posting.by_client:
            words = posting.written + posting.says
            return NewComment(words, f"contact:{contact}", ASSIGNEES, mark, files)
        channel, lines = posting.place.channel, [posting.written + posting.says]
        if posting.author is Author.AUTOMATIC:
            lines.insert(0, f"<i>{html.escape(self._texts.say(Say.AUTOMATIC_ANSWER))}</i>")
        elif not channel.owner_user:
            name = posting.message.sender.full_name or channel.name
            lines.insert(0, f"<b>{html.escape(self._texts.say(Say.OWNER_WROTE, name=name))}</b>")
        # The client is among the notified: Planfix proposes whom the last comment notified, and must go on proposing them.
        recipients = People(users=(f"contact:{contact}",)) | ASSIGNEES
        return NewComment("<br>".join(lines), channel.owner_user, recipients, mark, files)

    def words(self, posting: Posting) -> str:
        """The words that the comment shows, but for sentences about files."""
        return from_html(self.comment(posting).html).text

    def digest(self, posting: Posting) -> str:
        """A keyed digest of these words."""
        return self._digest(self.words(posting))


def beginning(words: str) -> str:
    """The words themselves, or the beginning of what no comment takes; HTML."""
    if len(words.encode()) <= LONGEST:
        return words
    near = from_html(words).text[: 2 * SHOWN]  # the rest need not be cut
    parts = split(plain(near), SHOWN)
    return to_html(f"{parts[0].text}…" if parts else "…", ())
