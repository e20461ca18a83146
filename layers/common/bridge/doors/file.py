"""``GET /files/{integration}/{signed}``: Planfix comes for a file that a message named."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from bridge.doors.lock import again, language_of
from bridge.errors import RetryLater
from bridge.http_api import answer
from bridge.secret_keys import key_of_digests
from bridge.signed_links import FileLink, Unopened, check, key_of_links
from bridge.texts import Say, Texts

if TYPE_CHECKING:
    from bridge.aws.bucket import Bucket
    from bridge.aws.parameters import RawIntegration
    from bridge.clock import Clock
    from bridge.doors.lock import Lock
    from bridge.http_api import Request
    from bridge.journal import Journal

MOST_IN_AN_ANSWER: Final = 4_000_000
"""Bytes: Lambda answers with 6 MB at most (AWS Lambda quotas), and in base64 four of them are more than five. Whoever asks for a larger
file is sent to S3, by a link that is made for that moment (docs/decisions/0029)."""

KEEP_NOTHING: Final = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


class FileDoor:
    """What Planfix, and an employee's browser, fetch."""

    def __init__(self, lock: Lock, bucket: Bucket, clock: Clock, journal: Journal) -> None:
        self._lock = lock
        self._bucket = bucket
        self._clock = clock
        self._journal = journal

    def accept(self, request: Request) -> dict[str, Any]:
        """The file.

        200 with its bytes, or 302 to them; 403 for an address that we did not make; 410 where its time is over or it is
        gone; 503 when AWS does not take part.
        """
        try:
            integration = self._lock.integration(request)
            if integration is None:
                return answer(403, Texts("en").say(Say.LINK_NOT_OURS))
            texts = Texts(language_of(integration))
            link = self._opened(integration, request.signed)
            if link is Unopened.FORGED:
                self._journal.count("forged_file_link")
                return answer(403, texts.say(Say.LINK_NOT_OURS))
            return self._give(link, texts)
        except RetryLater as later:
            return again(later, self._journal)

    def _opened(self, integration: RawIntegration, signed: str) -> FileLink | Unopened:
        key = key_of_links(key_of_digests(integration.secrets))
        return check(signed, integration.alias, key, self._clock())

    def _give(self, link: FileLink | Unopened, texts: Texts) -> dict[str, Any]:
        kept = self._bucket.get(link.file, at_most=MOST_IN_AN_ANSWER) if isinstance(link, FileLink) else None
        if kept is None or not isinstance(link, FileLink):
            self._journal.count("file_link_over")
            return answer(410, texts.say(Say.LINK_IS_OVER))
        self._journal.count("file_given")
        if not kept.data:
            return {"statusCode": 302, "headers": {"location": self._bucket.link(link.file), **KEEP_NOTHING}}
        headers = {"content-type": kept.mime, "content-disposition": kept.disposition, **KEEP_NOTHING}
        body = base64.b64encode(kept.data).decode()
        return {"statusCode": 200, "headers": headers, "isBase64Encoded": True, "body": body}
