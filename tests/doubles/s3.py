"""An S3 in memory, with the shape of boto3's client: one bucket's objects whole, faults on demand.

Not there: versions, parts, conditions, lists. Sentences of errors as the service says them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

MOST_IN_ONE_PUT = 5 * 1024**3


@dataclass(frozen=True, slots=True)
class Object:
    """What lies under a key."""

    data: bytes
    mime: str
    disposition: str


class FakeS3:
    """Buckets by name, each with its objects by key."""

    def __init__(self, *buckets: str) -> None:
        self.buckets: dict[str, dict[str, Object]] = {bucket: {} for bucket in buckets}
        self.calls: list[tuple[str, str]] = []
        self._failures: list[str] = []

    def fail_next(self, *codes: str) -> None:
        """The next calls fail, each with its code."""
        self._failures += codes

    def put_object(self, *, Bucket: str, Key: str, Body: Any, ContentType: str, ContentDisposition: str) -> Any:
        objects = self._at("PutObject", Bucket, Key)
        data = Body if isinstance(Body, bytes) else Body.read()
        if not isinstance(Body, bytes):
            Body.seek(0)  # whoever sends it again (the SDK does) begins at its beginning
        if not isinstance(data, bytes):
            raise TypeError("Body is no bytes")
        ContentDisposition.encode("ascii")  # a header
        objects[Key] = Object(data, ContentType, ContentDisposition)
        return {"ServerSideEncryption": "aws:kms"}

    def get_object(self, *, Bucket: str, Key: str) -> Any:
        objects = self._at("GetObject", Bucket, Key)
        if Key not in objects:
            raise _refused("GetObject", "NoSuchKey", "The specified key does not exist.", 404)
        found = objects[Key]
        size = len(found.data)
        body = StreamingBody(io.BytesIO(found.data), size)
        return {
            "Body": body,
            "ContentLength": size,
            "ContentType": found.mime,
            "ContentDisposition": found.disposition,
        }

    def delete_object(self, *, Bucket: str, Key: str) -> Any:
        self._at("DeleteObject", Bucket, Key).pop(Key, None)
        return {}

    def generate_presigned_url(self, method: str, Params: dict[str, str], ExpiresIn: int) -> str:
        return f"https://{Params['Bucket']}.s3.amazonaws.com/{Params['Key']}?X-Amz-Expires={ExpiresIn}&method={method}"

    def _at(self, call: str, bucket: str, key: str) -> dict[str, Object]:
        self.calls.append((call, key))
        if self._failures:
            raise _refused(call, self._failures.pop(0), "Please reduce your request rate.", 503)
        if bucket not in self.buckets:
            raise _refused(call, "NoSuchBucket", "The specified bucket does not exist", 404)
        return self.buckets[bucket]


def _refused(call: str, code: str, said: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": said}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, call)
