"""Counts the rows of a batch that runs: those that the table of batches has, and those of executions on their way."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from batch_processor.batch import batches_table
from batch_processor.batch.batches_table import BatchRecord
from batch_processor.batch.names import batch_key
from batch_processor.contract import Loaded, Plan
from batch_processor.cost.shapes import Cost
from batch_processor.cost.work import Work
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.express_rows import running_rows, unfinished_ranges
from batch_processor.operations.running.known_batch import KnownBatch
from batch_processor.operations.running.newest_rows import EXPRESS, NewestRows
from batch_processor.operations.running.pace import Pace
from batch_processor.operations.running.row_batches import (
    MOST_PAGES,
    FailedLately,
    RunningRows,
    length_of_map,
    looks_at,
    newest_rows,
    rows_of,
    rows_of_map,
    running_row_batches,
)
from batch_processor.output import parts
from batch_processor.output.pieces import Part, row_count

_COUNTS = ("rows_succeeded", "rows_failed", "rows_skipped", "rows_not_run", "rows_taken_over")
# The causes of failed rows, and reasonably many of their ends, stand in the newest events of an inline batch.
_INLINE_PAGES = 5
# What the counts of a batch's ends add up to.
_ENDED = ("rows_succeeded", "rows_failed", "rows_skipped", "rows_not_run")
_ENOUGH_ENDS = 30
# A row batch is being counted for the time of one invocation, which may have begun cold.
_ATTEMPTS, _PAUSE_SECONDS = 10, 0.5


@dataclass(frozen=True, slots=True)
class RowsSoFar:
    """`processed` rows succeeded or failed; `causes` are of `known_of` of them.

    `counted` is what the table of batches has counted of its cost, and `on_way` what rows have done besides. `latest` is the
    row that failed last.
    """

    processed: int = 0
    failed: int = 0
    succeeded: int | None = None
    skipped: int = 0
    not_run: int = 0
    taken_over: int = 0
    in_flight: int = 0
    causes: Mapping[str, int] | None = None
    known_of: int = 0
    pace: Pace = field(default_factory=Pace)
    waits: Mapping[str, int] | None = None
    row_batches: int = 0
    counted: Cost | None = None
    on_way: Work = field(default_factory=lambda: Work(batches=0, is_announced=False))
    latest: FailedLately | None = None

    @property
    def over(self) -> int:
        """The rows of which nothing more is to come."""
        return self.processed + self.skipped + self.not_run


def rows_of_inline(batch: KnownBatch, newest: NewestRows, loaded: Loaded, now: datetime) -> RowsSoFar:
    """Those of an inline batch, by its own newest events."""
    length = newest.length
    if length is None and newest.begun:
        length = length_of_map(batch.arn)
    if length is None:
        return RowsSoFar()
    taken_over = loaded["row_count"] - length
    on_way = rows_of_map(newest, length, loaded, now, None if taken_over else 1)
    return _together(None, on_way, taken_over)


def rows_of_distributed(batch: KnownBatch, loaded: Loaded, deployment: Deployment) -> RowsSoFar:
    """Those of a distributed batch. A row batch that is counted right now would count twice, or not: then all is asked anew."""
    table, key, resumed = deployment.batches_table, batch_key(batch.arn), bool(batch.plan and "earlier" in batch.plan)
    for attempt in range(_ATTEMPTS):
        counted_at = datetime.now(UTC)
        record = batches_table.find(table, key)
        running = running_row_batches(batch.batch, deployment.row_batch_machine_arn)
        looks = looks_at(running, batch.batch, loaded, resumed=resumed) if running else []
        is_still = _counts(record) == _counts(batches_table.find(table, key))
        if is_still and not any(look.is_being_counted for look in looks):
            break
        if attempt + 1 < _ATTEMPTS:
            time.sleep(_PAUSE_SECONDS)
    on_way = rows_of(looks, len(running), loaded, counted_at, datetime.now(UTC))
    if record and (redriven_at := (batch.execution or {}).get("redriveDate")):
        # What its row batches had answered before is in the record of its earlier end.
        since = _since(redriven_at, record, batch, loaded, round(on_way.length))
        rows = _together(since, replace(on_way, taken_over=0), 0, len(running))
        return replace(rows, on_way=_with(rows.on_way, since["rows_succeeded"] - record["rows_succeeded"]))
    return _together(record or _by_parts(batch, loaded), on_way, 0, len(running))


def rows_of_express(batch: KnownBatch, plan: Plan, loaded: Loaded, deployment: Deployment, stage: str) -> RowsSoFar:
    """Those of an Express batch, in whose `stage`, the batch's own state, its children run or what they have left.

    A part that the table of batches has not counted yet counts as done.
    """
    record = batches_table.find(deployment.batches_table, batch_key(batch.arn))
    ranges, with_part = unfinished_ranges(plan, loaded, is_rest=stage != EXPRESS)
    now = datetime.now(UTC)
    at_once = loaded["rows_at_once"] * min(loaded["row_batches_at_once"], len(ranges))
    on_way = running_rows(deployment.results_table, loaded, ranges, at_once, now)
    uncounted = max(with_part - sum(record.get(name, 0) for name in _ENDED), 0) if record else with_part  # type: ignore[misc]
    rows = _together(record, replace(on_way, done=on_way.done + uncounted), 0, len(ranges))
    if rows.pace.ends < _ENOUGH_ENDS and (seconds := batch.seconds(now)):
        # Children that have only begun tell too little; the batch as a whole tells more.
        rows = replace(rows, pace=Pace(rows.processed / seconds, rows.processed))
    return replace(rows, on_way=replace(rows.on_way, is_express=True))


def rows_of_record(record: Mapping[str, Any]) -> RowsSoFar:
    """Those that a record, or a summary, of a batch has."""
    return _together(record, RunningRows(), 0)


def _counts(record: BatchRecord | None) -> list[Any]:
    return [record.get(name) for name in _COUNTS] if record else []


def _by_parts(batch: KnownBatch, loaded: Loaded) -> Mapping[str, Any] | None:
    """The rows of a batch that began before there was a table of batches: whatever became of those that have a part."""
    if not batch.plan:
        return None
    pieces = parts.found_pieces(batch.plan["work"], loaded["row_count"])
    return {
        "rows_succeeded": sum(row_count(piece.rows) for piece in pieces if isinstance(piece, Part)),
        "unknown": True,
    }


def _since(
    redriven_at: datetime, record: BatchRecord, batch: KnownBatch, loaded: Loaded, rows_on_way: int
) -> Mapping[str, Any]:
    """The record of a redriven batch, which is of its earlier end until it comes to the next, and what was run since.

    Nearly: a row batch that is run again has rows that were answered before among its rows.
    """
    pieces = parts.found_pieces(batch.plan["work"], loaded["row_count"]) if batch.plan else ()
    fresh = sum(row_count(each.rows) for each in pieces if isinstance(each, Part) and each.written_at >= redriven_at)
    run_since = min(fresh, max(record["rows_not_run"] - rows_on_way, 0))
    succeeded, not_run = record["rows_succeeded"] + run_since, record["rows_not_run"] - run_since
    return {**record, "rows_succeeded": succeeded, "rows_not_run": not_run}


def _together(
    counted: Mapping[str, Any] | None, on_way: RunningRows, taken_over: int, row_batches: int = 0
) -> RowsSoFar:
    counted = counted or {}
    succeeded, failed = counted.get("rows_succeeded", 0), counted.get("rows_failed", 0)
    failed_on_way = on_way.statuses["FAILED"] + on_way.statuses["TIMEOUT"]
    known = on_way.statuses.total()
    # What is known of some of them is taken to hold for all.
    skipped = round(on_way.done * on_way.statuses["SKIPPED"] / known) if known else 0
    taken_over += round(on_way.taken_over)
    processed_on_way = round(on_way.done) - skipped
    is_all_known = processed_on_way <= known - on_way.statuses["SKIPPED"] and "unknown" not in counted
    processed = succeeded + failed + processed_on_way + taken_over
    all_failed = failed + failed_on_way
    return RowsSoFar(
        processed=processed,
        failed=all_failed,
        succeeded=processed - all_failed if is_all_known else None,
        skipped=counted.get("rows_skipped", 0) + skipped,
        not_run=counted.get("rows_not_run", 0),
        taken_over=counted.get("rows_taken_over", 0) + taken_over,
        in_flight=round(on_way.in_flight),
        causes=Counter(counted.get("causes", {})) + on_way.causes,
        known_of=(0 if "unknown" in counted else succeeded + failed)
        + taken_over
        + min(known - on_way.statuses["SKIPPED"], processed_on_way),
        pace=on_way.pace,
        waits=on_way.waits,
        row_batches=row_batches,
        counted=counted.get("cost"),
        on_way=_work(on_way, failed_on_way, skipped, row_batches),
        latest=on_way.latest,
    )


def _work(on_way: RunningRows, failed: int, skipped: int, row_batches: int) -> Work:
    """What those rows have done, besides what the batch as a whole does."""
    known = on_way.statuses.total()
    return Work(
        rows=round(on_way.done),
        called=on_way.paid["called"],
        calls=on_way.paid["calls"],
        extractions=on_way.paid["extractions"],
        failed=round(on_way.done * failed / known) if known else 0,
        skipped=skipped,
        row_batches=row_batches,
        batches=0,
        is_announced=False,
    )


def _with(work: Work, rows: int) -> Work:
    """The work with that of so many rows more that were answered at once."""
    counts = {name: getattr(work, name) + rows for name in ("rows", "called", "calls", "extractions")}
    return replace(work, **counts)


def newest_of(batch: KnownBatch) -> NewestRows:
    """The newest events of the batch's own execution; of an inline one more, as its rows stand there.

    Nobody has recorded how AWS tells of a redriven Map, so all of an inline one's events are read then.
    """
    if not batch.loaded or batch.loaded["map_mode"] != "inline":
        return newest_rows(batch.arn)
    is_redriven = bool(batch.execution and batch.execution.get("redriveCount"))
    return newest_rows(batch.arn, MOST_PAGES if is_redriven else _INLINE_PAGES)
