"""Tells which rows a run still has to do, where rows of the batch were run before."""

import hashlib
from collections.abc import Iterable

from batch_processor.batch.names import has_own_origin
from batch_processor.contract import LoadedRow, Plan, Status

_RUN_DIGITS = 8


def remaining_rows(
    rows: Iterable[LoadedRow], answered: Iterable[tuple[int, Status, str | int]], plan: Plan
) -> list[LoadedRow]:
    """The rows without a stored success; those that failed get a `run`, so that their agents run anew.

    A row whose answer was paid for but could not be read, or had not come yet, starts with the `attempt` and the `run`
    that gave it, so that the answer is looked for once more. Where only failed rows are wanted, those that never ran
    are left out; one that has nothing to send costs nothing, and is told so again.

    A row whose answer stands in the table itself, and cannot be read there, starts with the attempt after that, and is left
    out, as failed, where no attempt is left.
    """
    outcomes = {index: (status, unread) for index, status, unread in answered}
    rerun_all = plan.get("earlier", {}).get("only_failed", False)
    # A batch that names its agent executions itself cannot find an earlier batch's by name.
    finds_agents = "earlier" not in plan or not has_own_origin(plan["batch"])
    fresh_run = _fresh_run(plan)
    remaining: list[LoadedRow] = []
    for row in rows:
        status, unread = outcomes.get(row["index"], (None, ""))
        if status == "SUCCESS" or (rerun_all and status is None and "problem" not in row):
            continue
        if isinstance(unread, int):
            # A child may have made attempts behind that one, and left the row at a later one.
            if (attempt_after := max(unread + 1, row.get("attempt", 1))) <= plan["execution"]["max_attempts"]:
                next_row: LoadedRow = {**row, "attempt": attempt_after, "first_attempt": 1}
                # This batch's own attempts go on under the same id, by which a target knows a call that it has had.
                if "earlier" in plan:
                    next_row["run"] = fresh_run
                remaining.append(next_row)
        elif unread and finds_agents:
            attempt, dash, run = unread.partition("-")
            remaining.append({**row, "attempt": int(attempt), "run": dash + run})
        else:
            remaining.append({**row, "run": fresh_run} if rerun_all or status else row)
    return remaining


def _fresh_run(plan: Plan) -> str:
    return "-" + hashlib.sha256(plan["batch"]["key"].encode()).hexdigest()[:_RUN_DIGITS]
