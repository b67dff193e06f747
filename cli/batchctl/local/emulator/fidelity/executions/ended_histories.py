"""The histories of executions that have ended: hardly anybody reads them again, and all of them stay.

As objects they take ten to twenty times the memory, and every collection of garbage would look at each of them.
"""

import functools
import marshal
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, overload

Event = dict[str, Any]

_FASTEST = 1


class EndedHistory(Sequence[Event]):
    """The events of an execution that gets no more of them, unless it is redriven."""

    def __init__(self, events: list[Event]) -> None:
        self._count = len(events)
        self._packed = zlib.compress(marshal.dumps(events), _FASTEST)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, position: int) -> Event: ...
    @overload
    def __getitem__(self, position: slice) -> list[Event]: ...
    def __getitem__(self, position: int | slice) -> Event | list[Event]:
        return _unpacked(self._packed)[position]

    def __iter__(self) -> Iterator[Event]:
        return iter(_unpacked(self._packed))


# Who reads a history reads it page by page.
@functools.lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> list[Event]:
    events: list[Event] = marshal.loads(zlib.decompress(packed))  # noqa: S302
    return events


def pack(execution: dict[str, Any]) -> None:
    """Keep the history of an execution that has ended in a small space; an Express one has none."""
    if isinstance(execution.get("events"), list):
        execution["events"] = EndedHistory(execution["events"])


def unpack(execution: dict[str, Any]) -> None:
    """Let the history grow again."""
    execution["events"] = list(execution["events"])
