"""What a foreseen batch will do that is paid for: as expected, at the least, at the most, and in either tier."""

import math
from dataclasses import replace

from batch_processor.cost.express import LONGEST_MS, OVERHEAD_MS, children_ms
from batch_processor.cost.pace import assumed_seconds
from batch_processor.cost.tiers import in_express, in_standard
from batch_processor.cost.work import Work
from batch_processor.limits import most_batch_rows
from batch_processor.loading.map_mode import invocation
from batch_processor.operations.foreseen import Foreseen, Rows
from batch_processor.operations.trial import Trial

# Of a row count that was estimated by the beginning of a file.
ROWS_ERROR = 0.1
# Names and marks of an item, and a small answer; and a write unit of the table.
_ITEM_BYTES, _UNIT_BYTES = 500, 1024


def work_of(foreseen: Foreseen, measured: Trial | None) -> Work:
    """What the batch will do, as the trial did it; else every row is answered at once."""
    rows, plan = foreseen.rows, foreseen.plan
    called = max(rows.count - rows.unfit - rows.skipped, 0)
    failing = round(called * measured.failure_rate) if measured else 0
    calls = round(called * measured.calls_per_row) if measured else called
    tokens = (called * count for count in measured.tokens_per_row) if measured else (0, 0)
    input_tokens, output_tokens = tokens
    work = Work(
        rows=rows.count,
        called=called,
        calls=calls,
        extractions=called - failing,
        failed=failing + rows.unfit,
        skipped=rows.skipped,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        row_batches=foreseen.row_batches,
        is_distributed=foreseen.loaded["map_mode"] == "distributed",
        is_stored=foreseen.loaded["storage"]["mode"] == "dynamodb",
        is_announced=plan["notification"]["success"],
        is_resumed=foreseen.is_resumed or "cache" in plan,
        deduplicated=rows.duplicates,
        is_cached="cache" in plan,
        is_judged=plan["target"].get("express", False),
        item_units=_item_units(rows),
    )
    if foreseen.loaded.get("tier") != "express":
        return work
    return replace(work, is_express=True, express_ms=_children_ms(foreseen, measured))


def tiers(foreseen: Foreseen, work: Work, measured: Trial | None) -> tuple[Work, Work | None]:
    """The work in the Standard tier and in the Express one; None where it could never run there."""
    target, execution = foreseen.plan["target"], foreseen.plan["execution"]
    if work.is_express:
        return in_standard(work, most_batch_rows(invocation(target), execution["max_attempts"])), work
    is_waited_for = (target["type"] == "agent" or "runs" in target) and not target.get("express")
    if is_waited_for or target.get("idempotent") is False or not execution["continue_on_error"]:
        return work, None
    return work, in_express(work, _seconds(foreseen, measured), execution["max_concurrency"])


def bounds(foreseen: Foreseen, work: Work, measured: Trial | None, tokens_error: float) -> tuple[Work, Work]:
    """The least: every row at once, and fewer rows if they are estimated. The most: every attempt of more rows, in vain.

    How long a call takes may be only assumed, so that at the least it takes no time.
    """
    is_timed = bool(foreseen.expected_ms or (measured and measured.mean_row_ms))
    error = 0 if foreseen.rows.is_exact else ROWS_ERROR
    fewer, more = _resized(work, 1 - error), _resized(work, 1 + error)
    attempts = foreseen.plan["execution"]["max_attempts"]
    most = max(more.called * attempts, more.calls)
    per_call = most / more.calls if more.calls else 1
    low = replace(
        fewer,
        calls=fewer.called,
        extractions=fewer.called,
        failed=min(fewer.failed, foreseen.rows.unfit),
        express_ms=fewer.express_ms / 2 if is_timed else min(fewer.row_batches * OVERHEAD_MS / 2, fewer.express_ms / 2),
        input_tokens=fewer.input_tokens * (1 - tokens_error),
        output_tokens=fewer.output_tokens * (1 - tokens_error),
    )
    high = replace(
        more,
        calls=most,
        extractions=most,
        failed=more.rows - more.skipped,
        express_ms=more.row_batches * LONGEST_MS if more.is_express else 0,
        input_tokens=more.input_tokens * per_call * (1 + tokens_error),
        output_tokens=more.output_tokens * per_call * (1 + tokens_error),
    )
    return low, high


def _resized(work: Work, factor: float) -> Work:
    names = ("rows", "called", "calls", "extractions", "failed", "skipped", "row_batches")
    counts = {name: round(getattr(work, name) * factor) for name in names}
    return replace(
        work,
        **counts,
        express_ms=work.express_ms * factor,
        input_tokens=work.input_tokens * factor,
        output_tokens=work.output_tokens * factor,
    )


def _item_units(rows: Rows) -> int:
    mean_bytes = rows.found.line_bytes / max(rows.found.row_count, 1)
    return math.ceil((mean_bytes + _ITEM_BYTES) / _UNIT_BYTES)


def _seconds(foreseen: Foreseen, measured: Trial | None) -> float:
    """How long a row takes: as in the trial, else as registered, else as is assumed."""
    milliseconds = (measured.mean_row_ms if measured else None) or foreseen.expected_ms
    return milliseconds / 1000 if milliseconds else assumed_seconds(foreseen.plan["target"]["type"])


def _children_ms(foreseen: Foreseen, measured: Trial | None) -> int:
    loaded = foreseen.loaded
    return children_ms(
        foreseen.rows.count, loaded["fan_out"]["batch_rows"], loaded["rows_at_once"], _seconds(foreseen, measured)
    )
