"""Reads raw answers: those that the machine has stored as they came, and that no function has read yet.

Their items have the status ANSWERED, the `answer`, as the text of {"answer": …}, and the `attempt` where it is not the number of
`calls`. One that could not be read is FAILED and keeps its answer:
other rules, of a batch that goes on with this one, may read it.
"""

import json
from dataclasses import dataclass
from typing import Any

from batch_processor.contract import Output, RowResult
from batch_processor.contract.stored_answer import ANSWERED
from batch_processor.results.stored_row import OF_UNREAD, Item, index_of, output_text

# Another answer may be better. Of any other error it is the reading that failed, and not the answer.
_OF_THE_ANSWER = ("StructuredOutputMissing", "StructuredOutputInvalid")
_IN_A_CELL = dict.fromkeys((*range(32), 127), " ") | {ord('"'): "'"}
# As much as any failure in the payload may have of it.
_MESSAGE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A row's result by its answer: a success with its cells and the method that found them, or a failure.

    `helps_again` tells whether another answer to the same row may be readable where this one was not.
    """

    result: RowResult
    method: str | None = None
    helps_again: bool = False


def is_raw(item: Item) -> bool:
    """Whether the item has an answer that is not read yet, or could not be."""
    return "answer" in item


def read_raw(item: Item, output: Output) -> Reading:
    """What the item's answer says by these rules, which `output` has in it or in S3; StorageUnavailable if S3 fails."""
    told: dict[str, Any] = {"index": index_of(item["row_id"]["S"])}
    if "timestamp" in item:
        told["at"] = item["timestamp"]["S"]
    if "execution_time_ms" in item:
        told["ms"] = int(item["execution_time_ms"]["N"])
    if "calls" in item:
        told["calls"] = int(item["calls"]["N"])
    return read_result(told, answer_in(item), output)


def answer_in(item: Item) -> Any:
    """The answer that the item holds."""
    return json.loads(item["answer"]["S"])["answer"]


def read_result(told: dict[str, Any], answer: Any, output: Output) -> Reading:
    """`told` (index, and what is known of it) with what the answer says: never an exception because of the answer."""
    # Imported where an answer is read: few who read results meet one that nobody has read.
    from batch_processor.extraction.answer_usage import usage_of
    from batch_processor.extraction.stored_rules import with_answer_rules
    from batch_processor.extraction.structured_output import read_answer

    output = with_answer_rules(output)
    result: Any = told
    try:
        if usage := usage_of(answer):
            result["usage"] = usage
        found = read_answer(answer, output)
    except Exception as exc:  # whatever it is, it is this row's misfortune, and no other's
        error, message = type(exc).__name__, in_a_cell(str(exc))[:_MESSAGE_CHARACTERS]
        result |= {"status": "FAILED", "error": error, "message": message}
        return Reading(result, helps_again=error in _OF_THE_ANSWER)
    result |= {"status": "SUCCESS", "cells": found.cells}
    return Reading(result, found.method)


def resolved(item: Item, output: Output) -> Item:
    """The item as it would be once its answer is read by these rules; any other item as it is."""
    if not is_raw(item):
        return item
    reading = read_raw(item, output)
    result = reading.result
    if result["status"] == "SUCCESS":
        names = [column["name"] for column in output["columns"]]
        read = {"status": {"S": "SUCCESS"}, "output_data": {"S": output_text(names, result["cells"])}}
        return {**{name: item[name] for name in item if name not in OF_UNREAD}, **read}
    return {
        **item,
        "status": {"S": result["status"]},
        "error_message": {"S": f"{result['error']}: {result['message']}"},
    }


def is_answered(item: Item) -> bool:
    """Whether the row has an answer, be it read or not."""
    return item["status"]["S"] in ("SUCCESS", ANSWERED)


def attempt_of(item: Item) -> int:
    """At which of the row's attempts the answer came: the batch may not have made the first of them."""
    return int(next((item[name]["N"] for name in ("attempt", "calls") if name in item), 1))


def in_a_cell(text: str) -> str:
    """A text for a cell, as $in_a_cell of the state machine makes it: on one line, its quotes single."""
    return text.translate(_IN_A_CELL)
