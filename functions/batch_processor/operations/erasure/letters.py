"""Messages of a batch in the stack's queues: its dead letters, and events of it that could not be delivered."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from batch_processor.aws import sqs
from batch_processor.batch.names import row_batch_prefixes
from batch_processor.batch.trigger import execution_name, fresh_execution_name
from batch_processor.contract import Batch


@dataclass(frozen=True, slots=True)
class Letters:
    """The messages whose bodies `matches` takes; the queue hides all others while they are looked at, and has them back then."""

    name: str
    where: str
    matches: Callable[[Any], bool]
    unit: str = "messages"
    at_a_time: int = 10
    _removed: set[str] = field(default_factory=set)

    def found(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each message of the batch."""
        held: list[dict[str, Any]] = []
        try:
            for message in sqs.received(self.where):
                held.append({"ReceiptHandle": message["ReceiptHandle"]})
                if self.matches(_parsed(message["Body"])):
                    yield message, len(message["Body"].encode())
        finally:
            sqs.give_back(self.where, [each for each in held if each["ReceiptHandle"] not in self._removed])

    def remove(self, items: list[dict[str, Any]]) -> None:
        """Deletes the messages."""
        for message in items:
            sqs.delete(self.where, message)
            self._removed.add(message["ReceiptHandle"])


def dead_letters(queue_url: str, execution_arn: str) -> Letters:
    """The failed rows of a batch."""

    def is_of_batch(body: Any) -> bool:
        batch = body.get("batch") if isinstance(body, dict) else None
        return isinstance(batch, dict) and batch.get("id") == execution_arn

    return Letters("dead letters", queue_url, is_of_batch)


def undelivered_events(queue_url: str, batch: Batch, row_batch_machine_arn: str) -> Letters:
    """The events of a batch or its row batches, and of the upload that should have started it, that reached no function."""
    row_batches = tuple(row_batch_prefixes(batch, row_batch_machine_arn))

    def is_of_batch(body: Any) -> bool:
        detail = _detail(body)
        arn = detail.get("executionArn")
        if isinstance(arn, str):
            return arn == batch["id"] or arn.startswith(row_batches)
        return _is_upload(detail) and batch["name"] in (execution_name(detail), fresh_execution_name(detail))

    return Letters("undelivered events", queue_url, is_of_batch)


def _detail(body: Any) -> dict[str, Any]:
    # Lambda wraps the event that its function failed on; EventBridge leaves one that it could not deliver as it is.
    event = body.get("requestPayload", body) if isinstance(body, dict) else None
    detail = event.get("detail") if isinstance(event, dict) else None
    return detail if isinstance(detail, dict) else {}


def _is_upload(detail: dict[str, Any]) -> bool:
    # Whoever may send to the queue may send anything.
    uploaded, bucket = detail.get("object"), detail.get("bucket")
    if not isinstance(uploaded, dict) or not isinstance(bucket, dict):
        return False
    version = uploaded.get("version-id") or uploaded.get("etag")
    return all(isinstance(text, str) for text in (bucket.get("name"), uploaded.get("key"), version))


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
