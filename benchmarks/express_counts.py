"""What the Express children of a batch used: it stands in no history, so their summary and their rows' items tell.

Each row of these batches is answered at once, so there is one call and one put of the machine a row; a put takes as many write
units as the item that is there in the end, which has the answer's cells in place of the answer.
"""

from collections.abc import Mapping
from typing import Any

from batch_processor import limits
from batch_processor.loading.concurrency import split_express
from batchctl.account import Account
from benchmarks.histories import Usage, own_functions, whole_cpu_gb

_EXTRACTION = "extract_structured_output"
_LOOK_UNITS = 1  # LookForAnswers, read consistently


def with_children(usage: Usage, summary: Mapping[str, Any], account: Account, concurrency: int) -> Usage:
    """The usage of the batch's own execution with that of its children, of a batch with that `max_concurrency`."""
    rows, children = summary["row_count"], usage["express_request"]
    if summary["cost"]["usage"]["target_call"] != rows:
        raise SystemExit(f"{rows} rows took {summary['cost']['usage']['target_call']} calls; each should take one")
    told = summary["cost"]["usage"]
    seconds = told["express_gb_second"] * 1024 / 64
    # What is not the rows' own time, in full rounds, is the extraction's, with the child's start and its look.
    rows_at_once = split_express(concurrency, limits.MOST_EXPRESS_ROWS).rows_at_once
    extracting = max(seconds - rows * summary["mean_row_ms"] / 1000 / rows_at_once, 0.0)
    function = next(each for each in own_functions(account).values() if each.name == _EXTRACTION)
    counted = {
        "target_call": rows,
        "express_gb_second": told["express_gb_second"],
        "lambda_request": children,
        "lambda_gb_second": extracting * whole_cpu_gb(function),
        f"invocations of {_EXTRACTION}": children,
        f"GB-s of {_EXTRACTION}": extracting * whole_cpu_gb(function),
        # As many as the extraction writes, which the proxy has counted.
        "dynamodb_write_unit": usage.get("dynamodb_item_unit", 0.0),
        "dynamodb_read_unit": children * _LOOK_UNITS,
    }
    names = usage.keys() | counted.keys()
    return {name: usage.get(name, 0.0) + counted.get(name, 0.0) for name in names}
