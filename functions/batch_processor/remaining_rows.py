"""Tells which rows a run still has to do, where rows of the batch were run before."""

import hashlib
from collections.abc import Iterable

from batch_processor.contract import LoadedRow, Plan, Status

_RUN_DIGITS = 8


def remaining_rows(rows: Iterable[LoadedRow], answered: Iterable[tuple[int, Status]], plan: Plan) -> list[LoadedRow]:
    """The rows without a stored success; those that failed get a `run`, so that their agents run anew."""
    statuses = dict(answered)
    again_all = plan.get("earlier", {}).get("only_failed", False)
    run = "-" + hashlib.sha256(plan["batch"]["key"].encode()).hexdigest()[:_RUN_DIGITS]
    return [
        {**row, "run": run} if again_all or row["index"] in statuses else row
        for row in rows
        if statuses.get(row["index"]) != "SUCCESS"
    ]
