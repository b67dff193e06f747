"""Reads and writes S3 objects: pinned ranges in, complete-or-absent objects out."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from batch_processor.aws.client import client, translated
from batch_processor.aws.object_stream import ObjectStream
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12 on

PART_BYTES = 8 * 1024 * 1024
READ_BYTES = 4 * 1024 * 1024
LEAST_PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes as a part, unless it is an upload's last one
# S3 takes 2 KiB of metadata, names included.
_MOST_METADATA_BYTES = 2_000
_READ_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class PinnedObject:
    """One version of one object; by version where the bucket has versions, else by ETag."""

    bucket: str
    key: str
    etag: str
    size_bytes: int
    version_id: str | None = None

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def open(self, start: int = 0, end: int | None = None) -> io.RawIOBase:
        """A stream of the object's bytes, or of those from `start` up to `end`, fetched part by part."""
        return ObjectStream(self.read_range, start, self.size_bytes if end is None else end, READ_BYTES)

    def read_range(self, start: int, length: int) -> bytes:
        """The bytes from `start`; SourceUnavailable if the object is gone or no longer the pinned one."""
        length = min(length, self.size_bytes - start)
        if length <= 0:
            return b""
        return _get(self.bucket, self.key, **_span(start, length), **self._pin)[0]

    def read_with_metadata(self) -> tuple[bytes, dict[str, str]]:
        """All bytes of a small object, and its metadata; raises what `read_range` raises."""
        body, response = _get(self.bucket, self.key, **self._pin)
        return body, response["Metadata"]

    @property
    def _pin(self) -> dict[str, str]:
        return {"VersionId": self.version_id} if self.version_id else {"IfMatch": self.etag}


@dataclass(slots=True)
class RangesOfOne:
    """Ranges of an object of which the first that is read pins it, by its ETag: nothing has to be asked before."""

    bucket: str
    key: str
    _pin: dict[str, str] = field(default_factory=dict)

    def read(self, start: int, length: int) -> bytes:
        """The bytes from `start`, of which there must be so many; SourceUnavailable as `PinnedObject.read_range`."""
        body, response = _get(self.bucket, self.key, **_span(start, length), **self._pin)
        self._pin = {"IfMatch": response["ETag"]}
        return body


def _span(start: int, length: int) -> dict[str, str]:
    return {"Range": f"bytes={start}-{start + length - 1}"}


def _get(bucket: str, key: str, **request: str) -> tuple[bytes, dict[str, Any]]:
    for attempt in range(1, _READ_ATTEMPTS + 1):
        try:
            with translated(f"Reading s3://{bucket}/{key}"):
                response = client("s3").get_object(Bucket=bucket, Key=key, **request)
                return response["Body"].read(), response
        except StorageUnavailable:
            # The SDK retries the request; a connection that breaks while the body is read is ours to retry.
            if attempt == _READ_ATTEMPTS:
                raise
    raise AssertionError("the loop returns or raises")


def pin(bucket: str, key: str, version_id: str | None = None) -> PinnedObject:
    """The object as it is now, or as it was at `version_id`."""
    version = {"VersionId": version_id} if version_id else {}
    with translated(f"Reading s3://{bucket}/{key}"):
        head = client("s3").head_object(Bucket=bucket, Key=key, **version)
    version_id = head.get("VersionId")
    return PinnedObject(bucket, key, head["ETag"], head["ContentLength"], None if version_id == "null" else version_id)


def described(bucket: str, key: str) -> tuple[PinnedObject, dict[str, str]]:
    """The object as it is now, and its metadata."""
    with translated(f"Reading s3://{bucket}/{key}"):
        head = client("s3").head_object(Bucket=bucket, Key=key)
    return PinnedObject(bucket, key, head["ETag"], head["ContentLength"]), head["Metadata"]


def copy(pinned: PinnedObject, bucket: str, key: str) -> PinnedObject:
    """A copy of the object as it was pinned; SourceUnavailable if it has changed since. S3 copies, up to 5 GB."""
    target = {"Bucket": bucket, "Key": key, "TaggingDirective": "REPLACE"}  # tags would take permissions of their own
    source = {"Bucket": pinned.bucket, "Key": pinned.key}
    with translated(f"Copying {pinned.uri}"):
        client("s3").copy_object(**target, CopySource=source, CopySourceIfMatch=pinned.etag)
    return pin(bucket, key)


def bucket_exists(bucket: str) -> bool:
    """Whether there is such a bucket and the stack may look at it."""
    try:
        with translated(f"Looking for the bucket {bucket}"):
            client("s3").head_bucket(Bucket=bucket)
    except SourceUnavailable:
        return False
    return True


def read(bucket: str, key: str, version_id: str | None = None) -> bytes:
    """The whole of a small object, as it is now or as it was at `version_id`."""
    version = {"VersionId": version_id} if version_id else {}
    with translated(f"Reading s3://{bucket}/{key}"):
        body: bytes = client("s3").get_object(Bucket=bucket, Key=key, **version)["Body"].read()
    return body


def read_with_etag(bucket: str, key: str) -> tuple[bytes, str]:
    """The whole of a small object, and the ETag that these bytes have."""
    with translated(f"Reading s3://{bucket}/{key}"):
        response = client("s3").get_object(Bucket=bucket, Key=key)
        return response["Body"].read(), response["ETag"]


def replace(bucket: str, key: str, body: bytes, content_type: str, etag: str | None) -> bool:
    """Writes a small object in place of the one with that ETag (None: of none yet); False if another one is there."""
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        with translated(f"Writing s3://{bucket}/{key}"):
            client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type, **condition)
    except SourceUnavailable as exc:
        if is_precondition(exc):
            return False
        raise
    return True


def is_precondition(exc: BatchProcessorError) -> bool:
    """Whether S3 refused a request because the object is not the one that the request's condition names."""
    from botocore.exceptions import ClientError

    cause = exc.__cause__
    return isinstance(cause, ClientError) and cause.response["Error"]["Code"] in ("PreconditionFailed", "412")


def is_denied(exc: BatchProcessorError) -> bool:
    """Whether the error is that the caller may not do it, or may not know whether there is such an object."""
    code: object = getattr(exc.__cause__, "response", {}).get("Error", {}).get("Code")
    return code in ("AccessDenied", "403", "Forbidden")


def download_link(bucket: str, key: str, seconds: int) -> str:
    """A URL that anybody may fetch the object by for so long, or until the caller's credentials run out."""
    with translated(f"Signing a link to s3://{bucket}/{key}"):
        link: str = client("s3").generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds
        )
    return link


def listed(bucket: str, prefix: str, after: str = "") -> Iterator[dict[str, Any]]:
    """The objects whose keys begin with `prefix`, by key, as S3 tells of them: {Key, Size, ETag, LastModified}.

    With `after`, only those whose keys come behind that one.
    """
    pages = client("s3").get_paginator("list_objects_v2")
    begin = {"StartAfter": after} if after else {}
    with translated(f"Listing s3://{bucket}/{prefix}"):
        for page in pages.paginate(Bucket=bucket, Prefix=prefix, **begin):
            yield from page.get("Contents", [])


def versions(bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """All versions of the objects whose keys begin with `prefix`, with what marks deleted ones (which has no Size).

    A bucket that is deleted by now has none.
    """
    pages = client("s3").get_paginator("list_object_versions")
    with _unless_deleted(), translated(f"Listing the versions of s3://{bucket}/{prefix}"):
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Versions", [])
            yield from page.get("DeleteMarkers", [])


@contextmanager
def _unless_deleted() -> Iterator[None]:
    try:
        yield
    except SourceUnavailable as exc:
        if getattr(exc.__cause__, "response", {}).get("Error", {}).get("Code") != "NoSuchBucket":
            raise


def delete_versions(bucket: str, found: list[dict[str, Any]]) -> None:
    """Deletes up to 1,000 versions for good; BatchProcessorError names one that S3 refuses to delete."""
    objects = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
    with translated(f"Deleting from s3://{bucket}"):
        answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    if refused := answer.get("Errors"):
        first = refused[0]
        raise BatchProcessorError(
            f"S3 did not delete {len(refused):,} of {len(objects):,} versions from s3://{bucket}; of {first['Key']} it said "
            f"{first.get('Code')}: {first.get('Message')}"
        )


def unfinished_uploads(bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    """The multipart uploads to keys with that prefix that nobody has completed, as {Key, UploadId}; none as above."""
    pages = client("s3").get_paginator("list_multipart_uploads")
    with _unless_deleted(), translated(f"Listing unfinished uploads to s3://{bucket}/{prefix}"):
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            yield from page.get("Uploads", [])


def abort_upload(bucket: str, upload: dict[str, Any]) -> None:
    """Drops what has been uploaded."""
    with translated(f"Aborting an upload to s3://{bucket}/{upload['Key']}"):
        client("s3").abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def write(bucket: str, key: str, body: bytes, content_type: str) -> None:
    """Writes a small object of our own making, whose name only the batch has; a repeated write replaces it."""
    with translated(f"Writing s3://{bucket}/{key}"):
        client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)


class WorkObject(io.RawIOBase):
    """A stream into an object of our own, which only `publish` makes appear, complete, in place of an older one.

    As a context manager it leaves nothing behind unless it was published.
    """

    def __init__(self, bucket: str, key: str, content_type: str) -> None:
        self._where = {"Bucket": bucket, "Key": key}
        self._attributes: dict[str, Any] = {"ContentType": content_type}
        self._condition: dict[str, str] = {}
        self._action = f"Writing s3://{bucket}/{key}"
        self._part_bytes = LEAST_PART_BYTES
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A text wrapper still flushes into this when it is collected, and must not begin another upload.
        self._buffer.clear()
        if self._upload_id:
            # An error here must not hide the one that led here, and the bucket drops left-over parts after a day.
            with suppress(BatchProcessorError), translated(self._action):
                client("s3").abort_multipart_upload(**self._where, UploadId=self._upload_id)

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer") -> int:
        self._buffer += data
        if len(self._buffer) >= self._part_bytes:
            self._send_part()
        return memoryview(data).nbytes

    def describe(self, name: str, text: str) -> bool:
        """Adds printable ASCII as metadata; False if it is too long, or if the object is too large for it.

        Metadata is what whoever reads all of an object gets along with it; one that S3 takes as a part is copied instead.
        """
        is_large = self._upload_id is not None or len(self._buffer) >= LEAST_PART_BYTES
        if is_large or len(name) + len(text) > _MOST_METADATA_BYTES:
            return False
        self._attributes["Metadata"] = {name: text}
        return True

    def publish(self) -> str:
        """Makes the object appear; returns its ETag."""
        with translated(self._action):
            return self._complete()

    def _complete(self) -> str:
        etag: str
        if self._upload_id is None:
            body = bytes(self._buffer)
            etag = client("s3").put_object(**self._where, **self._attributes, **self._condition, Body=body)["ETag"]
            return etag
        if self._buffer:
            self._send_part()
        parts = {"Parts": self._parts}
        etag = client("s3").complete_multipart_upload(
            **self._where, **self._condition, UploadId=self._upload_id, MultipartUpload=parts
        )["ETag"]
        self._upload_id = None
        return etag

    def _send_part(self) -> None:
        with translated(self._action):
            if self._upload_id is None:
                self._upload_id = client("s3").create_multipart_upload(**self._where, **self._attributes)["UploadId"]
            number = len(self._parts) + 1
            etag = client("s3").upload_part(
                **self._where, UploadId=self._upload_id, PartNumber=number, Body=bytes(self._buffer)
            )["ETag"]
        self._parts.append({"PartNumber": number, "ETag": etag})
        self._buffer.clear()


class NewObject(WorkObject):
    """A `WorkObject` that never replaces another. By its metadata `owner` a repeated run knows its own object."""

    def __init__(self, bucket: str, key: str, content_type: str, owner: str) -> None:
        super().__init__(bucket, key, content_type)
        # A digest: metadata is ASCII, and an execution's ARN need not be.
        self._owner = hashlib.sha256(owner.encode()).hexdigest()
        self._attributes["Metadata"] = {"owner": self._owner}
        self._condition = {"IfNoneMatch": "*"}
        self._part_bytes = PART_BYTES

    def publish(self) -> str:
        """Makes the object appear and returns its ETag; BatchProcessorError if another's object has the name already."""
        try:
            return super().publish()
        except BatchProcessorError as exc:
            if not is_precondition(exc):
                raise
            if etag := self._etag_of_ours():
                return etag
            raise BatchProcessorError(
                f"{self._action}: another object has this name, and nothing is overwritten."
            ) from exc

    def _etag_of_ours(self) -> str | None:
        with translated(self._action):
            head = client("s3").head_object(**self._where)
        return head["ETag"] if head["Metadata"].get("owner") == self._owner else None
