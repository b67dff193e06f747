"""What S3 is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from batch_processor.aws.client import client


@contextmanager
def calls_of(operation: str) -> Iterator[list[dict[str, Any]]]:
    """Yields the list of the parameters of all calls of an operation."""
    calls: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        calls.append(dict(params))

    events, name = client("s3").meta.events, f"before-parameter-build.s3.{operation}"
    events.register(name, note)
    try:
        yield calls
    finally:
        events.unregister(name, note)
