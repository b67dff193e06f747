"""Keeps rows on the disk, by number, until all are known, so that memory does not grow with them."""

import errno
import json
import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self

from batch_processor.errors import BatchTooLarge

_PLACE = struct.Struct("<Q")


class RowSpool:
    """JSON values by number, from 1; `count` is how many there are, `last` the highest number."""

    def __init__(self) -> None:
        self._files = ExitStack()
        self._rows = self._files.enter_context(TemporaryFile())  # noqa: SIM115 - closed with the spool
        # One offset for each number, plus one, as what was never written reads as zero.
        self._places = self._files.enter_context(TemporaryFile(buffering=0))  # noqa: SIM115
        self._end = self.count = self.last = 0
        self._at_end = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # closing may still write, and nobody will read it
            self._files.close()

    def put(self, number: int, row: Any) -> None:
        """Keeps a row, in the place of the one that has the number already."""
        line = json.dumps(row).encode() + b"\n"
        with _disk():
            self.count += self._place(number) is None
            if not self._at_end:
                self._rows.seek(self._end)
            self._rows.write(line)
            os.pwrite(self._places.fileno(), _PLACE.pack(self._end + 1), (number - 1) * _PLACE.size)
        self._end, self._at_end = self._end + len(line), True
        self.last = max(self.last, number)

    def get(self, number: int) -> Any:
        """The row, or None."""
        with _disk():
            place = self._place(number)
            if place is None:
                return None
            self._rows.seek(place)
            self._at_end = False
            return json.loads(self._rows.readline())

    def _place(self, number: int) -> int | None:
        packed = os.pread(self._places.fileno(), _PLACE.size, (number - 1) * _PLACE.size)
        return _PLACE.unpack(packed)[0] - 1 if any(packed) else None


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if exc.errno != errno.ENOSPC:
            raise
        raise BatchTooLarge(
            "The rows do not fit the function's temporary storage. Raise EphemeralStorage of JsonToCsvFunction in "
            "template.yaml, or convert with fewer columns."
        ) from exc
