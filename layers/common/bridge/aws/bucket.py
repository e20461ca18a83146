"""The private bucket: files on their way to Planfix, and the words of answers that wait and cannot be read again.

S3 encrypts what lies in it (template.yaml), and deletes it when its time is over: `FILES` after what a link may live at most, `WORDS`
after what an answer can wait at most.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Final, NamedTuple, Protocol
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from bridge.errors import Reason, RetryLater

FILES: Final = "files/"
WORDS: Final = "words/"
"""What keys begin with; each has a lifecycle of its own."""

LINK_LASTS: Final = 300
"""Seconds that a link of S3's own opens: who asked for the file is being sent there now."""

_GONE: Final = ("NoSuchKey", "404")


class S3Client(Protocol):
    """What is asked of boto3's client."""

    def put_object(
        self, *, Bucket: str, Key: str, Body: IO[bytes] | bytes, ContentType: str, ContentDisposition: str
    ) -> Any: ...

    def get_object(self, *, Bucket: str, Key: str) -> Any: ...

    def delete_object(self, *, Bucket: str, Key: str) -> Any: ...

    def generate_presigned_url(self, method: str, Params: dict[str, str], ExpiresIn: int) -> str: ...


class Kept(NamedTuple):
    """What lies in the bucket: bytes, what they are, and under which name they are to be saved."""

    data: bytes
    mime: str
    disposition: str


class Bucket:
    """One bucket.

    Args:
        make_client: makes the client when it is first needed: most containers never see a file.
        name: of the bucket.
    """

    def __init__(self, make_client: Callable[[], S3Client], name: str) -> None:
        self._make_client = make_client
        self._made: S3Client | None = None
        self._name = name

    @property
    def _client(self) -> S3Client:
        if self._made is None:
            self._made = self._make_client()
        return self._made

    def put(self, key: str, data: IO[bytes] | bytes, *, mime: str, name: str = "") -> None:
        """Keep bytes.

        Args:
            key: begins with `FILES` or `WORDS`.
            data: a file that can be read again, or bytes.
            mime: what they are.
            name: under which a browser saves them.

        Raises:
            RetryLater: S3 does not take them now.
        """
        try:
            self._client.put_object(
                Bucket=self._name, Key=key, Body=data, ContentType=mime, ContentDisposition=_disposition(name)
            )
        except (BotoCoreError, ClientError) as error:
            raise _not_now(error) from None

    def get(self, key: str, *, at_most: int) -> Kept | None:
        """What lies there; None when nothing does.

        Args:
            key: as it was put.
            at_most: bytes; of more only ``mime`` and ``disposition`` are read.

        Raises:
            RetryLater: S3 does not answer.
        """
        try:
            found = self._client.get_object(Bucket=self._name, Key=key)
            with found["Body"] as body:
                data = body.read() if found["ContentLength"] <= at_most else b""
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                return None
            raise _not_now(error) from None
        except BotoCoreError as error:
            raise _not_now(error) from None
        return Kept(data, found.get("ContentType", ""), found.get("ContentDisposition", ""))

    def link(self, key: str) -> str:
        """An address at which S3 gives the file to whoever has it, for `LINK_LASTS` seconds."""
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self._name, "Key": key}, ExpiresIn=LINK_LASTS
        )

    def delete(self, key: str) -> None:
        """Nothing lies there any more.

        Raises:
            RetryLater: S3 does not answer.
        """
        try:
            self._client.delete_object(Bucket=self._name, Key=key)
        except (BotoCoreError, ClientError) as error:
            raise _not_now(error) from None


def _disposition(name: str) -> str:
    """``attachment`` whatever it is: what strangers send is never shown as a page of ours (RFC 6266, RFC 5987 for the name)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}" if name else "attachment"


def _not_now(error: Exception) -> RetryLater:
    return RetryLater(5.0, Reason.SERVICE_DOWN, f"S3: {type(error).__name__}")
