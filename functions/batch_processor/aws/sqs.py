"""Puts messages into a queue, takes them out, or gives them back as they were."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from batch_processor.aws.client import client, translated
from batch_processor.errors import BatchProcessorError, StorageUnavailable

# Long enough to look at as many as a queue hands out at a time (120,000); nobody else sees a message meanwhile.
_HIDDEN_SECONDS = 1800
_WAIT_SECONDS = 2
# A queue is kept on many servers: one answer without messages does not tell that there are none.
_EMPTY_ANSWERS = 2
_AT_A_TIME = 10
# What a queue takes in a message or, of several, in a request, unless it was made for more: 256 KiB.
_MOST_BYTES = 256 * 1024
_SENDINGS = 3
_UNREACHED = StorageUnavailable.__name__


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


def send_all(queue_url: str, bodies: Sequence[str]) -> dict[int, str]:
    """Sends each text as a message; returns the places of those that the queue did not take, each with the error's name.

    A message whose sending was interrupted may be sent twice. A queue that cannot be reached, though the SDK has tried again
    by itself, is not tried for the others: that would take as long for each ten of them.
    """
    refused: dict[int, str] = {}
    for places in _pieces(bodies):
        wanted = places
        if _UNREACHED in refused.values():
            refused |= dict.fromkeys(places, _UNREACHED)
            continue
        for attempt in range(_SENDINGS):
            if attempt:
                time.sleep(0.2 * 2**attempt)
            failed = _send(queue_url, {place: bodies[place] for place in wanted})
            # What the sender is at fault for is refused again.
            refused |= {place: code for place, (code, is_ours) in failed.items() if is_ours}
            wanted = [place for place, (_, is_ours) in failed.items() if not is_ours]
            if not wanted:
                break
        else:
            refused |= {place: failed[place][0] for place in wanted}
    return refused


def _send(queue_url: str, bodies: dict[int, str]) -> dict[int, tuple[str, bool]]:
    """What was not taken: by its place the error's name, and whether sending it again is of no use."""
    entries = [{"Id": str(place), "MessageBody": body} for place, body in bodies.items()]
    try:
        with translated(f"Sending to {queue_url}"):
            answer = client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
    except StorageUnavailable:
        return dict.fromkeys(bodies, (_UNREACHED, True))
    except BatchProcessorError as exc:
        return dict.fromkeys(bodies, (type(exc).__name__, True))
    return {int(entry["Id"]): (entry["Code"], entry["SenderFault"]) for entry in answer.get("Failed", [])}


def _pieces(bodies: Sequence[str]) -> Iterator[list[int]]:
    piece, size = list[int](), 0
    for place, body in enumerate(bodies):
        length = len(body.encode())
        if piece and (len(piece) == _AT_A_TIME or size + length > _MOST_BYTES):
            yield piece
            piece, size = [], 0
        piece.append(place)
        size += length
    if piece:
        yield piece
