"""Finds the row results of a failed batch in the history of its execution."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from batch_processor.contract import Plan, RowResult, Status

# The states whose output is a row's result.
_RESULT_STATES = {"ExtractStructuredOutput", "SendToDeadLetterQueue", "RecordRowFailure"}
_TIMEOUTS = {"States.Timeout", "Sandbox.Timedout"}
_ABORTING_ROW = re.compile(r"Row (\d+) failed and continue_on_error is false\. ([^:]*): (.*)", re.DOTALL)


def row_results(events: Iterable[Mapping[str, Any]], failure: Mapping[str, str]) -> list[RowResult]:
    """The results of all rows that came to an end, and that of the row which ended the batch, if one did."""
    exits = (event.get("stateExitedEventDetails", {}) for event in events)
    outputs = (json.loads(exit_["output"]) for exit_ in exits if exit_.get("name") in _RESULT_STATES)
    # A state that failed and was caught exits with the error, which is no result.
    results: list[RowResult] = [output for output in outputs if "index" in output]
    if aborting := _ABORTING_ROW.match(failure.get("Cause", "")):
        index, error, message = aborting.groups()
        status: Status = "TIMEOUT" if error in _TIMEOUTS else "FAILED"
        results.append({"index": int(index), "status": status, "error": error, "message": message})
    return results


def partial(plan: Plan) -> Plan:
    """The plan with another name for its output: what is not complete never stands under the final name."""
    key = f"{plan['output']['key'].removesuffix('.csv')}.partial.csv"
    return {**plan, "output": {**plan["output"], "key": key}}
