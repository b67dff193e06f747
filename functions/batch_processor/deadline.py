"""Lets a function that runs out of time say so itself: of one that Lambda cuts off nobody can tell from a crash."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from batch_processor.errors import OutOfTime

# For what a check waits for at worst: one request with the SDK's retries, or S3 as it completes an upload of many parts.
RESERVE_SECONDS = 60

Item = TypeVar("Item")


class Deadline:
    """The end of an invocation; `told` says what it does, what became of it, and what to do, for whom it ends."""

    def __init__(self, remaining_seconds: Callable[[], float], told: str) -> None:
        self._remaining_seconds, self._told = remaining_seconds, told

    @property
    def remaining_seconds(self) -> float:
        """What the invocation has left, infinity without a clock."""
        return self._remaining_seconds()

    @property
    def is_near(self) -> bool:
        """Whether the invocation has no more than the reserve left."""
        return self._remaining_seconds() < RESERVE_SECONDS

    def check(self) -> None:
        """OutOfTime if the end is near."""
        if self.is_near:
            raise OutOfTime(
                f"{self._told} It was stopped {RESERVE_SECONDS} seconds before the time that its function has was over."
            )

    def watched(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, with a check before each is handed on."""
        for item in items:
            self.check()
            yield item


def deadline_of(context: object, told: str) -> Deadline:
    """That of the invocation with this context of Lambda's; there is none without a context."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return Deadline((lambda: remaining() / 1000) if remaining else lambda: float("inf"), told)
