"""What a batch that runs in one tier would cost in the other."""

import math
from dataclasses import replace

from batch_processor.cost import express
from batch_processor.cost.model import usage_of
from batch_processor.cost.prices import cost_of
from batch_processor.cost.work import Work

# Of an Express child of quick rows, and of a row batch with three attempts (limits.py).
CHILD_ROWS, BATCH_ROWS = 400, 68


def in_express(work: Work, seconds_per_call: float, at_once: int, child_rows: int = CHILD_ROWS) -> Work:
    """The same work in the Express tier, its rows `at_once` in all of their children."""
    rows_at_once = min(at_once, express.ROWS_AT_ONCE)
    children = math.ceil(work.rows / child_rows)
    milliseconds = express.children_ms(work.rows, child_rows, rows_at_once, seconds_per_call)
    return replace(
        work, row_batches=children, is_distributed=True, is_stored=True, is_express=True, express_ms=milliseconds
    )


def in_standard(work: Work, batch_rows: int = BATCH_ROWS) -> Work:
    """The same work in row batches."""
    row_batches = math.ceil(work.rows / batch_rows)
    return replace(work, row_batches=row_batches, is_distributed=True, is_stored=True, is_express=False, express_ms=0)


def express_saves_usd(work: Work, seconds_per_call: float, at_once: int) -> float:
    """US dollars that the orchestration of work in the Standard tier would cost less in the Express tier; 0 if it would not."""
    ours, theirs = (cost_of(usage_of(each)) for each in (work, in_express(work, seconds_per_call, at_once)))
    return round(max(ours["orchestration_usd"] - theirs["orchestration_usd"], 0.0), 6)
