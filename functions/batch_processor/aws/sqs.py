"""Takes messages out of a queue, or gives them back as they were."""

from collections.abc import Iterator
from typing import Any

from batch_processor.aws.client import client, translated

# Long enough to look at as many as a queue hands out at a time (120,000); nobody else sees a message meanwhile.
_HIDDEN_SECONDS = 1800
_WAIT_SECONDS = 2
# A queue is kept on many servers: one answer without messages does not tell that there are none.
_EMPTY_ANSWERS = 2
_AT_A_TIME = 10


def received(queue_url: str, hidden_seconds: int = _HIDDEN_SECONDS) -> Iterator[dict[str, Any]]:
    """All messages that can be had at present, {Body, ReceiptHandle, Attributes}; whoever takes one deletes it or gives it back.

    If nobody does, others can have it again after `hidden_seconds`.
    """
    empty = 0
    while empty < _EMPTY_ANSWERS:
        with translated(f"Receiving from {queue_url}"):
            answer = client("sqs").receive_message(
                QueueUrl=queue_url,
                MaxNumberOfMessages=_AT_A_TIME,
                VisibilityTimeout=hidden_seconds,
                MessageSystemAttributeNames=["SentTimestamp"],
                WaitTimeSeconds=_WAIT_SECONDS,
            )
        messages = answer.get("Messages", [])
        empty = 0 if messages else empty + 1
        yield from messages


def delete(queue_url: str, message: dict[str, Any]) -> None:
    """Removes a message for good."""
    with translated(f"Deleting from {queue_url}"):
        client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def give_back(queue_url: str, messages: list[dict[str, Any]]) -> None:
    """Lets others receive the messages at once."""
    for start in range(0, len(messages), _AT_A_TIME):
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
            for number, message in enumerate(messages[start : start + _AT_A_TIME])
        ]
        with translated(f"Giving messages back to {queue_url}"):
            client("sqs").change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)


def others_hold(queue_url: str) -> int:
    """About how many messages somebody else has received and not given back yet."""
    return _about(queue_url, "ApproximateNumberOfMessagesNotVisible")


def waiting(queue_url: str) -> int:
    """About how many messages can be received."""
    return _about(queue_url, "ApproximateNumberOfMessages")


def _about(queue_url: str, name: str) -> int:
    with translated(f"Looking at {queue_url}"):
        found = client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])
    return int(found["Attributes"][name])
