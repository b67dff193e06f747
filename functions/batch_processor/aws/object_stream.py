"""A stream of an object's bytes, which fetches the next part while the current one is read."""

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12 on


class ObjectStream(io.RawIOBase):
    """The bytes from `start` up to `end`, in parts that `fetch(start, length)` returns."""

    def __init__(self, fetch: Callable[[int, int], bytes], start: int, end: int, part_bytes: int) -> None:
        self._fetch, self._position, self._end, self._part_bytes = fetch, start, end, part_bytes
        self._part = memoryview(b"")
        self._threads: ThreadPoolExecutor | None = None
        self._ahead: Future[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        if not self._part:
            self._part = memoryview(self._next_part())
        target = memoryview(buffer)
        count = min(len(target), len(self._part))
        target[:count] = self._part[:count]
        self._part = self._part[count:]
        return count

    def close(self) -> None:
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        super().close()

    def _next_part(self) -> bytes:
        part = self._ahead.result() if self._ahead else self._fetch(self._position, self._length())
        self._position += len(part)
        self._ahead = self._fetch_ahead() if part and self._position < self._end else None
        return part

    def _fetch_ahead(self) -> "Future[bytes]":
        self._threads = self._threads or ThreadPoolExecutor(max_workers=1)
        return self._threads.submit(self._fetch, self._position, self._length())

    def _length(self) -> int:
        return max(min(self._part_bytes, self._end - self._position), 0)
