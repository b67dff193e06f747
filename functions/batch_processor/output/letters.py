"""Sends failed rows to the dead letter queue, as the state machine does (statemachine/source/row.yaml)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from batch_processor.aws import sqs
from batch_processor.contract import Plan
from batch_processor.logs import logger
from batch_processor.settings import read

# Less than a message takes (256 KiB), for what stands around it.
_MOST_BYTES = 250_000
_LONGEST = 8_000
_TOO_LONG = "too long for the dead letter; it stands in the results table"


@dataclass(frozen=True, slots=True)
class Settings:
    """`dead_letter_queue_url` is the stack's queue of rows that failed."""

    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A failed row: what the target was given, how often, why it failed, and {} or {answer}, one that nobody could read."""

    row: int
    input: Any
    attempts: int
    error: str
    reason: str
    cause: str
    unread: dict[str, Any] = field(default_factory=dict)


def send(plan: Plan, letters: Sequence[Letter]) -> dict[int, str]:
    """Sends one message for each; returns by row the error of those that the queue did not take."""
    if not letters:
        return {}
    refused = sqs.send_all(read(Settings).dead_letter_queue_url, [_body(plan, letter) for letter in letters])
    if refused:
        logger.warning("The dead letter queue did not take all rows", extra={"refused": len(refused)})
    return {letters[place].row: error for place, error in refused.items()}


def _body(plan: Plan, letter: Letter) -> str:
    body = {
        "batch": plan["batch"],
        "source": plan["source"]["uri"],
        "target": plan["target"],
        "row": letter.row,
        "input": letter.input,
        "attempts": letter.attempts,
        "unread": letter.unread,
        "error": letter.error,
        "reason": letter.reason[:_LONGEST],
        "cause": letter.cause[:_LONGEST],
    }
    text = _json(body)
    if len(text.encode()) <= _MOST_BYTES:
        return text
    shorter = {**body, "unread": {"answer": _TOO_LONG}} if letter.unread else body
    text = _json(shorter)
    return text if len(text.encode()) <= _MOST_BYTES else _json({**shorter, "input": _TOO_LONG})


def _json(body: Any) -> str:
    text = json.dumps(body, ensure_ascii=False)
    # SQS takes what XML may carry: no other control characters, which JSON escapes, and no half of a surrogate pair.
    return text if text.isprintable() else json.dumps(body)
