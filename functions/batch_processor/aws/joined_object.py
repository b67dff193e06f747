"""Joins bytes and other objects into a new object; those that are large enough S3 copies by itself."""

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from types import TracebackType
from typing import Any

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
# How many it copies at a time, for us; others leave the connections to what is read meanwhile. More wait in turn.
_COPIERS = 16
_MOST_WAITING = 4 * _COPIERS


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
        self._copiers: ThreadPoolExecutor | None = None
        self._copies: deque[Future[None]] = deque()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A copy that came after the upload is aborted would be a part of nothing, and be paid for.
        if self._copiers:
            self._copiers.shutdown(cancel_futures=True)
        super().__exit__(kind, exc, trace)

    def publish(self) -> str:
        """As that of `NewObject`, once all that was appended is copied; raises what `append` says."""
        self._finish_copies(0)
        return super().publish()

    def append(self, source: PinnedObject) -> None:
        """Appends a whole object: S3 copies it, except for a beginning that has to fill up the part before.

        S3 may copy it later, while others are appended. StorageUnavailable also if the object has changed since it was
        pinned: it is our own, and was written anew.
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
        self._begin()
        for first, end in pairwise(bounds):
            part: dict[str, Any] = {"PartNumber": len(self._parts) + 1}
            self._parts.append(part)
            self._finish_copies(_MOST_WAITING)
            self._copiers = self._copiers or ThreadPoolExecutor(_COPIERS)
            self._copies.append(self._copiers.submit(self._copy_range, source, part, first, end))

    def _copy_range(self, source: PinnedObject, part: dict[str, Any], first: int, end: int) -> None:
        with retryable_if_changed(source), translated(f"Copying {source.uri}"):
            copied = client("s3").upload_part_copy(
                **self._where,
                UploadId=self._upload_id,
                PartNumber=part["PartNumber"],
                CopySource={"Bucket": source.bucket, "Key": source.key},
                CopySourceIfMatch=source.etag,
                CopySourceRange=f"bytes={first}-{end - 1}",
            )
        part["ETag"] = copied["CopyPartResult"]["ETag"]

    def _finish_copies(self, most_waiting: int) -> None:
        while len(self._copies) > most_waiting:
            self._copies.popleft().result()

    def _begin(self) -> None:
        with translated(self._action):
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
