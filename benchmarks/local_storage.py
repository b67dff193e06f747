"""Takes the place of S3 and of the results table, and tells its own time apart: what is left is what this project does.

The SDK's time is in neither: what a request costs shows in benchmarks/tool_batch.py, and here only what is done about it.
"""

import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ParamSpec, TypeVar
from unittest.mock import patch

from botocore.exceptions import ClientError

_CLIENTS_OF = ("s3", "joined_object", "dynamodb")
_PAGE_ITEMS = 1_000
# What is put begins with its metadata: in memory, which is measured, they would grow with the rows.
_METADATA_BYTES = 2_048

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def _in_its_own_time(answer: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    @wraps(answer)
    def timed(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        storage, started = args[0], time.thread_time()
        assert isinstance(storage, LocalStorage)
        try:
            return answer(*args, **kwargs)
        finally:
            storage.took(time.thread_time() - started)

    return timed


class LocalStorage:
    """The SDK's clients in one: objects are files under `folder`, and the table has `items`.

    What is put becomes a file when `keep` says so, as a disk takes longer than what is measured. Uploads are dropped.
    `seconds` are the CPU seconds that answering took, in all threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._operation = ""
        self._put: dict[str, bytes] = {}
        self._metadata: dict[str, dict[str, str]] = {}
        self.seconds = 0.0
        self._counting = threading.Lock()
        self._open: dict[str, tuple[int, int]] = {}
        self.items: list[dict[str, Any]] = []

    def took(self, seconds: float) -> None:
        """Counts time as its own."""
        with self._counting:
            self.seconds += seconds

    def path(self, key: str) -> Path:
        """The object's file; its folder is made."""
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def keep(self) -> None:
        """Makes files of what was put."""
        for key, body in self._put.items():
            self.path(key).write_bytes(json.dumps(self._metadata[key]).encode().ljust(_METADATA_BYTES) + body)
        self._put.clear()
        self._metadata.clear()

    def close(self) -> None:
        """Closes the files that were read."""
        for file, _ in self._open.values():
            os.close(file)
        self._open.clear()

    @_in_its_own_time
    def head_object(self, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        if _is_put(Key) and Key not in self._put:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        size = len(self._put[Key]) if _is_put(Key) else self._file(Key)[1]
        return {"ContentLength": size, "ETag": f'"{size}"', "Metadata": {}}

    @_in_its_own_time
    def get_object(self, Key: str, Range: str = "bytes=0-", **_: Any) -> dict[str, Any]:  # noqa: N803
        first, last = Range.removeprefix("bytes=").split("-")
        if _is_put(Key):
            content = _whole(f"{self._folder}/{Key}")
            metadata, start = json.loads(content[:_METADATA_BYTES]), _METADATA_BYTES + int(first)
            body = io.BytesIO(content[start : _METADATA_BYTES + int(last) + 1 if last else None])
            return {"Body": body, "Metadata": metadata, "ETag": f'"{len(content) - _METADATA_BYTES}"'}
        file, size = self._file(Key)
        end = int(last) + 1 if last else size
        body = io.BytesIO(os.pread(file, end - int(first), int(first)))
        return {"Body": body, "Metadata": {}, "ETag": f'"{size}"'}

    def _file(self, key: str) -> tuple[int, int]:
        if key not in self._open:
            try:
                file = os.open(f"{self._folder}/{key}", os.O_RDONLY)
            except FileNotFoundError as exc:
                raise ClientError({"Error": {"Code": "404"}}, "HeadObject") from exc
            self._open[key] = file, os.fstat(file).st_size
        return self._open[key]

    @_in_its_own_time
    def put_object(self, Key: str, Body: bytes, Metadata: dict[str, str] | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._put[Key], self._metadata[Key] = Body, Metadata or {}
        return {"ETag": f'"{len(Body)}"'}

    @property
    def exceptions(self) -> Any:
        """What a table that holds conditions never raises."""
        return SimpleNamespace(ConditionalCheckFailedException=ClientError)

    @_in_its_own_time
    def update_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        return {"UploadId": "upload"}

    def upload_part(self, **_: Any) -> dict[str, Any]:
        return {"ETag": "etag"}

    def complete_multipart_upload(self, **_: Any) -> dict[str, Any]:
        return {"ETag": "etag"}

    def get_paginator(self, operation: str) -> "LocalStorage":
        self._operation = operation
        return self

    def paginate(self, Prefix: str = "", **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        if self._operation == "query":
            yield {"Items": self.items}
            return
        found = sorted(os.listdir(self._folder / Prefix))
        for start in range(0, len(found), _PAGE_ITEMS):
            yield {"Contents": self._listed(Prefix, found[start : start + _PAGE_ITEMS])}

    @_in_its_own_time
    def _listed(self, prefix: str, names: list[str]) -> list[dict[str, Any]]:
        return [self._told(prefix + name) for name in names]

    def _told(self, key: str) -> dict[str, Any]:
        size = os.stat(f"{self._folder}/{key}").st_size - _METADATA_BYTES
        return {"Key": key, "Size": size, "ETag": f'"{size}"', "LastModified": datetime.now(UTC)}


def _whole(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, os.fstat(file).st_size)
    finally:
        os.close(file)


def _is_put(key: str) -> bool:
    return "/parts/" in key


@contextmanager
def in_place_of_aws(storage: LocalStorage) -> Iterator[None]:
    """Within it the project's modules have this for all their clients."""
    with ExitStack() as stack:
        for module in _CLIENTS_OF:
            stack.enter_context(patch(f"batch_processor.aws.{module}.client", lambda _: storage))
        stack.callback(storage.close)
        yield
