"""Says why rows failed: by cause, with an example of each, and what to do."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures.advice import advice_on, advice_on_batch
from batch_processor.operations.failures.csv_lines import lines_of
from batch_processor.operations.failures.grouping import OTHERS, Group, grouped, summed_up
from batch_processor.operations.failures.stored_failures import failed_rows
from batch_processor.operations.running.known_batch import (
    KnownBatch,
    failure_of,
    known_batch,
    rows_of_end,
    summary_of,
)
from batch_processor.operations.running.progress import monitor_batch_execution
from batch_processor.results.causes import Cause, cause_of

# So many failed rows are read; of more, the table of batches has the counts.
_MOST_READ = 20_000
_EXAMPLE_CHARACTERS = 2_000
# Whoever stopped a batch may have called the error as they liked.
_OF_ENDS: dict[str, Cause] = {"ABORTED": "not_run", "TIMED_OUT": "timeout"}


class FailureGroup(TypedDict):
    """The failed rows of one reason; of rows that are only counted `error` is "(others)" or "", and there is no example.

    `lines` are those of the CSV, as an editor counts them, where they are known.
    """

    cause: Cause
    error: str
    count: int
    share: float
    first_rows: list[int]
    lines: NotRequired[list[int]]
    example: str
    probable_reason: str
    what_to_do: str
    command: NotRequired[str]


class FailureExplanation(TypedDict):
    """The answer of explain_failures; `groups` are sorted by count. `complete` is false while the batch runs."""

    batch: str
    execution_arn: str
    rows_total: int
    rows_failed: int
    complete: bool
    groups: list[FailureGroup]
    batch_error: NotRequired[FailureGroup]
    next_steps: list[str]


def explain_failures(execution_arn: str, deployment: Deployment) -> FailureExplanation:
    """Why rows failed, or the whole batch. Examples are quoted as they are: they may have what stands in cells."""
    batch = known_batch(execution_arn, deployment)
    progress = monitor_batch_execution(batch.arn, deployment) if batch.runs else None
    rows: Mapping[str, Any] = progress or rows_of_end(batch)
    groups = _groups(batch, deployment)
    # What is not told by row is told by its count.
    _fill(groups, _causes(batch, rows), OTHERS if groups else "")
    failed = rows["rows_failed"] + rows.get("rows_not_run", 0)
    explanation = FailureExplanation(
        batch=batch.name,
        execution_arn=batch.arn,
        rows_total=rows.get("rows_total", rows.get("total_rows", 0)),
        rows_failed=rows["rows_failed"],
        complete=progress is None,
        groups=_shown(summed_up(groups), batch, max(failed, 1)),
        next_steps=_next_steps(batch, failed),
    )
    if not batch.runs and batch.status not in ("SUCCEEDED", "UNKNOWN"):
        explanation["batch_error"] = _batch_error(batch)
    return explanation


def _groups(batch: KnownBatch, deployment: Deployment) -> list[Group]:
    if not batch.loaded:
        return []
    read = list(islice(failed_rows(deployment.results_table, batch.loaded), _MOST_READ))
    if read:
        return grouped(read)
    return [] if batch.runs else _of_summary(summary_of(batch) or {})


def _of_summary(summary: Mapping[str, Any]) -> list[Group]:
    """The groups of a batch whose rows are not kept in the table; the summary has no more than the first row of each."""
    groups = []
    for counted in summary.get("errors", []):
        words = counted.get("message") or counted.get("inner_error", "")
        group = Group(cause_of(counted["error"], words), counted["error"])
        group.add(counted["first_row"], words, counted["count"])
        groups.append(group)
    return groups


def _causes(batch: KnownBatch, rows: Mapping[str, Any]) -> dict[str, int]:
    if "failures" in rows:
        causes = {counted["cause"]: counted["count"] for counted in rows["failures"]}
    else:
        causes = dict(batch.record["causes"]) if batch.record else {}
    if not_run := rows.get("rows_not_run", 0):
        causes["not_run"] = causes.get("not_run", 0) + not_run
    return causes


def _fill(groups: list[Group], causes: Mapping[str, int], error: str) -> None:
    for name, count in causes.items():
        cause: Any = name
        if (missing := count - sum(group.count for group in groups if group.cause == cause)) > 0:
            groups.append(Group(cause, error, missing))


def _shown(groups: list[Group], batch: KnownBatch, failed: int) -> list[FailureGroup]:
    lines = lines_of(batch.plan, (row for group in groups for row in group.first_rows)) if batch.plan else {}
    return [_shown_group(group, lines, batch, failed) for group in groups]


def _shown_group(group: Group, lines: Mapping[int, int], batch: KnownBatch, failed: int) -> FailureGroup:
    advice = advice_on(group.cause)
    shown = FailureGroup(
        cause=group.cause,
        error=group.error,
        count=group.count,
        share=round(group.count / failed, 4),
        first_rows=group.first_rows,
        example=group.example[:_EXAMPLE_CHARACTERS],
        probable_reason=advice.probable_reason,
        what_to_do=advice.what_to_do,
    )
    if found := [lines[row] for row in group.first_rows if row in lines]:
        shown["lines"] = found
    if advice.helps_again and not batch.runs:
        shown["command"] = _again(batch)
    return shown


def _batch_error(batch: KnownBatch) -> FailureGroup:
    failure = failure_of(batch)
    error = failure.error or failure.status
    advice = advice_on_batch(error, batch.status)
    shown = FailureGroup(
        cause=_OF_ENDS.get(batch.status) or cause_of(error, failure.cause),
        error=error,
        count=1,
        share=1.0,
        first_rows=[],
        example=failure.cause[:_EXAMPLE_CHARACTERS],
        probable_reason=advice.probable_reason,
        what_to_do=advice.what_to_do,
    )
    # Without a row that was loaded there is nothing to go on with.
    return {**shown, "command": _again(batch)} if batch.loaded else shown


def _again(batch: KnownBatch) -> str:
    return f"batchctl {'retry' if batch.status == 'SUCCEEDED' else 'resume'} {batch.name}"


def _next_steps(batch: KnownBatch, failed: int) -> list[str]:
    if batch.runs:
        return [f"batchctl watch {batch.name}"]
    if not batch.loaded and batch.status != "SUCCEEDED":
        return ["batchctl config check CONFIG.json", "batchctl run CONFIG.json"]
    if not failed and batch.status == "SUCCEEDED":
        return [f"batchctl results {batch.name}"]
    return [f"batchctl rows {batch.name} --status failed", _again(batch)]
