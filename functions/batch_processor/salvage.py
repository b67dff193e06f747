"""Finds the row results of a failed batch in the history of its execution."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from batch_processor.contract import Plan, RowResult, Status
from batch_processor.errors import StorageUnavailable

# The states whose output is a row's result.
_RESULT_STATES = {"ExtractStructuredOutput", "SendToDeadLetterQueue", "RecordRowFailure"}
_MAP_ENDS = {"MapStateFailed", "MapStateSucceeded", "MapStateAborted"}
_TIMEOUTS = {"States.Timeout", "Sandbox.Timedout"}
_ABORTING_ROW = re.compile(r"Row (\d+) failed and continue_on_error is false\. ([^:]*): (.*)", re.DOTALL)


def row_results(events: Iterable[Mapping[str, Any]], failure: Mapping[str, str]) -> list[RowResult]:
    """The results of all rows that came to an end, and that of the row which ended the batch, if one did.

    StorageUnavailable, which is worth another look, if the history does not reach the end of the Map yet.
    """
    events = list(events)
    if not any(event["type"] in _MAP_ENDS for event in events):
        raise StorageUnavailable("The history does not have the end of the rows yet.")
    exits = (event.get("stateExitedEventDetails", {}) for event in events)
    outputs = (json.loads(exit_["output"]) for exit_ in exits if exit_.get("name") in _RESULT_STATES)
    # A state that failed and was caught exits with the error, which is no result.
    results: list[RowResult] = [output for output in outputs if "index" in output]
    if aborting := _ABORTING_ROW.match(failure.get("Cause", "")):
        index, error, message = aborting.groups()
        timed_out = error in _TIMEOUTS or message.startswith("Execution timeout")
        status: Status = "TIMEOUT" if timed_out else "FAILED"
        results.append({"index": int(index), "status": status, "error": error, "message": message})
    return results


def partial(plan: Plan) -> Plan:
    """The plan with another name for its output: what is not complete never stands under the final name.

    It goes into the stack's own bucket, as the output's may be what failed.
    """
    output, bucket = plan["output"], plan["spill"]["bucket"]
    folder, _, name = output["key"].rpartition("/")
    folder = folder if output["bucket"] == bucket else "outputs"
    key = f"{folder}/{name.removesuffix('.csv')}.partial.csv".lstrip("/")
    return {**plan, "output": {**output, "bucket": bucket, "key": key}}
