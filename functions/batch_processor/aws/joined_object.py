"""Joins bytes and other objects into a new object; those that are large enough S3 copies by itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from batch_processor.aws.client import client, translated
from batch_processor.aws.s3 import (
    LEAST_PART_BYTES,
    PART_BYTES,
    READ_BYTES,
    NewObject,
    PinnedObject,
    is_precondition,
)
from batch_processor.errors import SourceUnavailable, StorageUnavailable

# An upload has at most 10,000 parts. An appended object may take two: one fills up what was written before it.
_MOST_PIECES = 4_500
# S3 copies up to 5 GiB at a time, but might take longer for that than the SDK waits for an answer.
_MOST_COPIED_BYTES = 1024 * 1024 * 1024


class JoinedObject(NewObject):
    """A `NewObject` to which other objects can be appended.

    `expected_bytes`, rather too many than too few, decides how large the parts are. With `overwrite` the object may
    replace another one.
    """

    def __init__(
        self,
        bucket: str,
        key: str,
        content_type: str,
        owner: str,
        expected_bytes: int = 0,
        *,
        overwrite: bool = False,
    ) -> None:
        super().__init__(bucket, key, content_type, owner)
        share = -(-expected_bytes // _MOST_PIECES)
        self._least_copied_bytes, self._part_bytes = max(LEAST_PART_BYTES, share), max(PART_BYTES, share)
        if overwrite:
            self._condition = {}

    def append(self, source: PinnedObject) -> None:
        """Appends a whole object: S3 copies it, except for a beginning that has to fill up the part before.

        StorageUnavailable also if the object has changed since it was pinned: it is our own, and was written anew.
        """
        with retryable_if_changed(source):
            self._append(source)

    def _append(self, source: PinnedObject) -> None:
        filling = max(LEAST_PART_BYTES - len(self._buffer), 0) if self._buffer else 0
        if source.size_bytes - filling < self._least_copied_bytes:
            self._read_in(source)
            return
        self.write(source.read_range(0, filling))
        if self._buffer:
            self._send_part()
        self._copy(source, filling)

    def _read_in(self, source: PinnedObject) -> None:
        with source.open() as stream:
            while chunk := stream.read(READ_BYTES):
                self.write(chunk)

    def _copy(self, source: PinnedObject, start: int) -> None:
        length = source.size_bytes - start
        count = -(-length // max(_MOST_COPIED_BYTES, 2 * self._least_copied_bytes))
        bounds = [start + length * number // count for number in range(count + 1)]
        where = {"Bucket": source.bucket, "Key": source.key}
        with translated(f"Copying {source.uri}"):
            self._begin()
            for first, end in pairwise(bounds):
                number = len(self._parts) + 1
                copied = client("s3").upload_part_copy(
                    **self._where,
                    UploadId=self._upload_id,
                    PartNumber=number,
                    CopySource=where,
                    CopySourceIfMatch=source.etag,
                    CopySourceRange=f"bytes={first}-{end - 1}",
                )
                self._parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})

    def _begin(self) -> None:
        if self._upload_id is None:
            self._upload_id = client("s3").create_multipart_upload(**self._where, **self._attributes)["UploadId"]


@contextmanager
def retryable_if_changed(source: PinnedObject) -> Iterator[None]:
    """Raises StorageUnavailable if `source`, an object of our own, has changed: another attempt pins the new one."""
    try:
        yield
    except SourceUnavailable as exc:
        if is_precondition(exc):
            raise StorageUnavailable(f"{source.uri} was written anew while it was read.") from exc
        raise


def is_ours(bucket: str, key: str, owner: str) -> bool | None:
    """Whether the object of that name was published by `owner`; None if no such object can be seen."""
    try:
        with translated(f"Looking for s3://{bucket}/{key}"):
            metadata: dict[str, str] = client("s3").head_object(Bucket=bucket, Key=key)["Metadata"]
    except SourceUnavailable:
        return None
    return metadata.get("owner") == hashlib.sha256(owner.encode()).hexdigest()
