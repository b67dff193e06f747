"""Reads the dead letters of the stack's queue, and gives them back as they were."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from batch_processor.aws import sqs
from batch_processor.contract.results import time_text
from batch_processor.results.causes import Cause, cause_of

# A queue hands out 120,000 at a time; looking at so many takes seconds.
MOST_LETTERS = 5_000
# Long enough to look at them; if this is cut off, the letters are back by then.
_HIDDEN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: of which batch and row, and why. `message` is what SQS needs to take it out."""

    execution_arn: str
    row: int
    cause: Cause
    sent_at: str
    message: dict[str, Any]

    @property
    def batch(self) -> str:
        return self.execution_arn.rpartition(":")[2]


class Read:
    """What was read: the letters, and how many messages are none; `complete` is false if there may be more."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.unreadable = 0
        self.complete = True
        self.removed: set[str] = set()
        self._held: list[dict[str, Any]] = []

    @property
    def messages(self) -> int:
        return len(self._held)

    def take(self, queue_url: str, most: int) -> None:
        """Reads up to `most` messages."""
        for message in sqs.received(queue_url, _HIDDEN_SECONDS):
            self._held.append(message)
            if letter := _letter(message):
                self.letters.append(letter)
            else:
                self.unreadable += 1
            if len(self._held) >= most:
                self.complete = sqs.waiting(queue_url) == 0
                return

    def remove(self, queue_url: str, letter: Letter) -> None:
        """Takes the letter out for good."""
        sqs.delete(queue_url, letter.message)
        self.removed.add(letter.message["ReceiptHandle"])

    def give_back(self, queue_url: str) -> None:
        """Lets others have all that was not taken out."""
        sqs.give_back(queue_url, [each for each in self._held if each["ReceiptHandle"] not in self.removed])


@contextmanager
def letters_in(queue_url: str, most: int = MOST_LETTERS) -> Iterator[Read]:
    """The letters of the queue, which nobody else sees meanwhile. What others look at just now is missing."""
    read = Read()
    try:
        others = sqs.others_hold(queue_url)
        read.take(queue_url, most)
        read.complete = read.complete and not others
        yield read
    finally:
        read.give_back(queue_url)


def _letter(message: dict[str, Any]) -> Letter | None:
    """The message as a letter; None if it is none that the machine has written."""
    try:
        body = json.loads(message["Body"])
        arn, row = body["batch"]["id"], body["row"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if not isinstance(arn, str) or type(row) is not int:
        return None
    error, reason = str(body.get("error", "")), str(body.get("reason", ""))
    return Letter(arn, row, cause_of(error, reason or str(body.get("cause", ""))), _sent_at(message), message)


def _sent_at(message: dict[str, Any]) -> str:
    milliseconds = int(message.get("Attributes", {}).get("SentTimestamp", 0))
    return time_text(datetime.fromtimestamp(milliseconds / 1000, UTC))
