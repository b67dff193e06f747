"""A place that holds something of a batch: what is there is counted, or removed, in memory that does not grow with it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from batch_processor.errors import BatchProcessorError

# Called with how many are done, as they are done.
Progress = Callable[["Place", int], None]


class Place(Protocol):
    """`unit` is what is counted there, as "versions"; so many of them are removed `at_a_time`."""

    @property
    def name(self) -> str: ...

    @property
    def where(self) -> str: ...

    @property
    def unit(self) -> str: ...

    @property
    def at_a_time(self) -> int: ...

    def found(self) -> Iterator[tuple[Any, int]]:
        """What is there of the batch, each with its bytes; 0 where that is not told."""
        ...

    def remove(self, items: list[Any]) -> None:
        """Removes some of what was found, for good."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """What a place has of the batch, or had; `fault` says why the place could not be reached, or not to its end."""

    place: str
    where: str
    unit: str
    items: int = 0
    size_bytes: int = 0
    fault: str = ""


def count(place: Place, progress: Progress) -> Held:
    """What is there."""
    return _through(place, progress, lambda _: None)


def clear(place: Place, progress: Progress) -> Held:
    """Removes what is there, and tells what it was."""
    return _through(place, progress, place.remove)


def _through(place: Place, progress: Progress, act: Callable[[list[Any]], None]) -> Held:
    items = size_bytes = 0
    try:
        with closing(_chunks(place.found(), place.at_a_time)) as chunks:
            for chunk in chunks:
                act([item for item, _ in chunk])
                items, size_bytes = items + len(chunk), size_bytes + sum(size for _, size in chunk)
                progress(place, items)
    except BatchProcessorError as exc:
        return Held(place.name, place.where, place.unit, items, size_bytes, str(exc))
    return Held(place.name, place.where, place.unit, items, size_bytes)


def _chunks(found: Iterable[tuple[Any, int]], size: int) -> Any:
    waiting = iter(found)
    try:
        while chunk := list(islice(waiting, size)):
            yield chunk
    finally:
        # What was taken out of a queue only to be looked at goes back even where this is broken off.
        close = getattr(waiting, "close", None)
        if close:
            close()
