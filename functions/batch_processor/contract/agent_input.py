"""What a row's agent is given; $input_for of statemachine/source/functions.yaml makes it."""

import json
from typing import Any

from batch_processor.document.json_value import same

# What is of the batch that asks, and not of the row.
_OF_BATCH = ("executionId", "totalRows")


def is_of_row(given: str, sent: Any) -> bool:
    """Whether what an execution was given, as JSON, is what is sent for the row, by whichever batch; $was_sent is alike."""
    try:
        return same(_of_row(json.loads(given)), _of_row(sent))
    except (ValueError, RecursionError):  # none, or one so deep that it was not made here
        return False


def _of_row(document: Any) -> Any:
    context = document.get("batchContext") if isinstance(document, dict) else None
    if not isinstance(context, dict):
        return document
    return {**document, "batchContext": {key: value for key, value in context.items() if key not in _OF_BATCH}}
