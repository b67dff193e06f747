"""The AWS that the handlers see: moto, and the faults that moto does not have."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody
from moto.core.models import botocore_stubber
from urllib3.exceptions import ProtocolError

from batch_processor.aws.client import client

DATA, RESULTS, TOPIC = "data", "results", "arn:aws:sns:eu-west-1:123456789012:batches"


def put(key: str, body: bytes, bucket: str = DATA) -> dict[str, Any]:
    """Puts an object there; returns S3's answer, which has its ETag and version."""
    answer: dict[str, Any] = client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return answer


def get(key: str, bucket: str = DATA) -> bytes:
    """The object's bytes."""
    body: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def keys(bucket: str) -> list[str]:
    """The keys of all objects in the bucket."""
    return [found["Key"] for found in client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def open_uploads(bucket: str) -> list[str]:
    """The keys of all multipart uploads that are neither completed nor aborted."""
    return [found["Key"] for found in client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


class _Body(io.BytesIO):
    """A response body as urllib3 hands it on."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        while chunk := self.read():
            yield chunk


@contextmanager
def answering(operation: str, status: int, code: str, times: int | None = None) -> Iterator[list[str]]:
    """S3 refuses an operation, always or so many times; yields the list of what it refused."""
    refused: list[str] = []

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if times is not None and len(refused) >= times:
            return None
        refused.append(request.url)
        botocore_stubber.enabled = False  # moto must not carry out what is refused
        body = f"<Error><Code>{code}</Code><Message>as told</Message></Error>".encode()
        return AWSResponse(request.url, status, {}, _Body(body))

    def resume(**_: Any) -> None:
        botocore_stubber.enabled = True

    events, name = client("s3").meta.events, f"before-send.s3.{operation}"
    events.register_first(name, refuse)
    events.register_last("before-send", resume)
    try:
        yield refused
    finally:
        events.unregister(name, refuse)
        events.unregister("before-send", resume)


class _Broken(io.RawIOBase):
    """A connection that breaks after some bytes."""

    def __init__(self, received: bytes) -> None:
        self._received = received

    def read(self, size: int | None = -1, /) -> bytes:
        if not self._received:
            raise ProtocolError("Connection broken: InvalidChunkLength")
        received, self._received = self._received, b""
        return received if size and size > 0 else self.read()


@contextmanager
def breaking_while_read(times: int) -> Iterator[list[int]]:
    """The bodies of so many GetObject calls break in the middle; yields the list of their sizes."""
    broken: list[int] = []

    def break_body(parsed: dict[str, Any], **_: Any) -> None:
        if len(broken) < times:
            size = parsed["ContentLength"]
            broken.append(size)
            parsed["Body"] = StreamingBody(_Broken(b"x" * (size // 2)), size)

    events = client("s3").meta.events
    events.register("after-call.s3.GetObject", break_body)
    try:
        yield broken
    finally:
        events.unregister("after-call.s3.GetObject", break_body)


@contextmanager
def losing_the_answer(operation: str) -> Iterator[None]:
    """S3 does what it is asked, but the first answer is lost on the way and the SDK asks again."""
    lost: list[int] = []

    def lose(response: Any, **_: Any) -> float | None:
        if response and not lost:
            lost.append(response[0].status_code)
            return 0
        return None

    events, name = client("s3").meta.events, f"needs-retry.s3.{operation}"
    events.register_first(name, lose)
    try:
        yield
    finally:
        events.unregister(name, lose)
