"""What S3, or another service, is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from batch_processor.aws.client import client


@contextmanager
def calls_of(operation: str, service: str = "s3") -> Iterator[list[dict[str, Any]]]:
    """Yields the list of the parameters of all calls of an operation."""
    calls: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        calls.append(dict(params))

    events, name = client(service).meta.events, f"before-parameter-build.{service}.{operation}"
    events.register(name, note)
    try:
        yield calls
    finally:
        events.unregister(name, note)
