"""The number of the contract: of all that one state hands to another, and that a batch leaves for its end or for a later one.

Step Functions lets a batch finish under the definition that it began with, while its functions, and the machine of its row
batches, are replaced under it. So definitions, plans and functions of two builds can meet. They tell each other by this
number, and an unlike one is refused before anything is read or written wrongly.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from batch_processor.contract.results import RowResult
from batch_processor.errors import StackUpdated

# Raise it when a side that is one build older or newer could misread the other: tests/contract_shapes.py says when shapes
# have changed. Then contract/upgrades.py gets a step, so that what older batches have left can still be read.
CONTRACT = 2

# The number of a definition that sends none when it asks for a row's answer: as those of this number ask, so did older ones.
ASKED_WITHOUT = 1

START_ONCE_MORE = "Nothing was called, and nothing is owed: start it once more, with the same input."


def number_of(plan: Mapping[str, Any]) -> int:
    """The plan's number; 0 is what plans have that were made before there were numbers."""
    number: int = plan.get("contract", 0)
    return number


def refuse_unlike(number: int, remedy: str) -> None:
    """StackUpdated if that is another build's number; `remedy` says what became of the batch, and what to do."""
    if number != CONTRACT:
        raise StackUpdated(
            f"The stack was updated while this batch ran: it began with contract {number}, and now there is {CONTRACT}. {remedy}"
        )


def refuse_left(results: Iterable[RowResult], batch_name: str) -> None:
    """StackUpdated if a row's answer was left in the history, as another build was to read it: it belongs into the output."""
    if left := next(filter(_is_left, results), None):
        raise StackUpdated(
            f"The stack was updated while this batch ran: the answer of row {left['index']} was left in the history. "
            + go_on_with(batch_name)
        )


def _is_left(result: RowResult) -> bool:
    # A failed row has words: also one whose target has an error of this name.
    return result.get("error") == StackUpdated.__name__ and "message" not in result


def go_on_with(batch_name: str) -> str:
    """What to do about a batch that has called its target."""
    return f"Every answer is kept. Start {resuming(batch_name)} to go on with it: it pays for nothing twice."


def resuming(batch_name: str) -> str:
    """The input of a batch that goes on with that one."""
    return json.dumps({"resume_from": batch_name})
