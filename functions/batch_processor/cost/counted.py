"""What a batch, or a part of it, has done that is paid for, by the tally of its rows."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from batch_processor.cost.express import LONGEST_MS
from batch_processor.cost.work import Work

_FAILED = ("FAILED", "TIMEOUT")
# What of a tally's `paid` is of Express children has this before its name, the rows that ran there and their milliseconds too.
EXPRESS = "express_"
_NOTHING: Mapping[str, int] = MappingProxyType({})


def work_of(
    statuses: Mapping[str, int],
    paid: Mapping[str, int],
    taken_over: int,
    *,
    row_batches: int = 0,
    batches: int = 1,
    is_distributed: bool = False,
    is_stored: bool = False,
    is_announced: bool = False,
    is_resumed: bool = False,
    deduplicated: int = 0,
    from_cache: int = 0,
    is_cached: bool = False,
    is_judged: bool = False,
) -> Work:
    """The work behind a tally: `statuses` are its rows by status, `paid` what the batch itself has paid for.

    Rows that were taken over from an earlier batch are paid by that one. Rows that have another row's answer did not run: those
    of this batch's own are `deduplicated`, of others `from_cache`.
    """
    called, skipped = paid.get("rows", 0), statuses.get("SKIPPED", 0)
    failed = sum(statuses.get(status, 0) for status in _FAILED)
    # A row whose answer an earlier batch has paid for ran all the same; so did one that was unfit to be sent.
    ran = max(statuses.get("SUCCESS", 0) - taken_over - deduplicated - from_cache, 0) + failed + skipped
    return Work(
        rows=ran,
        called=called,
        calls=paid.get("calls", 0),
        extractions=paid.get("extractions", 0),
        failed=failed,
        skipped=skipped,
        input_tokens=paid.get("input_tokens", 0),
        output_tokens=paid.get("output_tokens", 0),
        row_batches=row_batches,
        batches=batches,
        is_distributed=is_distributed,
        is_stored=is_stored,
        is_announced=is_announced,
        is_resumed=is_resumed,
        deduplicated=deduplicated,
        from_cache=from_cache,
        is_cached=is_cached,
        is_judged=is_judged,
    )


def in_tiers(
    work: Work, paid: Mapping[str, int], children: int = 0, left_by: Mapping[str, int] = _NOTHING
) -> tuple[Work, Work]:
    """The work of an Express batch, or of a part of it, divided: what its children did, and what they left to row batches.

    `children` are all that the batch had. Of those that told no time, as they ended before they could, each is taken to have had
    its full five minutes. `left_by` (contract/loaded.py) is what those that left rows have told, whose calls are in no tally.
    """
    told = paid.get(EXPRESS + "children", 0)
    untold = max(children - told - left_by.get("children", 0), 0)
    calls = paid.get(EXPRESS + "calls", 0)
    express = replace(
        work,
        rows=paid.get(EXPRESS + "ran", 0),
        called=paid.get(EXPRESS + "rows", 0),
        calls=calls + left_by.get("calls", 0),
        extractions=paid.get(EXPRESS + "extractions", 0),
        failed=paid.get(EXPRESS + "failed", 0),
        skipped=paid.get(EXPRESS + "skipped", 0),
        row_batches=max(children, told),
        is_express=True,
        express_ms=paid.get(EXPRESS + "ms", 0) + left_by.get("ms", 0) + untold * LONGEST_MS,
    )
    rest = replace(
        work,
        rows=max(work.rows - express.rows, 0),
        called=max(work.called - express.called, 0),
        calls=max(work.calls - calls, 0),
        extractions=max(work.extractions - express.extractions, 0),
        failed=max(work.failed - express.failed, 0),
        skipped=max(work.skipped - express.skipped, 0),
        input_tokens=0,
        output_tokens=0,
        row_batches=max(work.row_batches - told, 0),
        batches=0,
        is_announced=False,
        is_rest=True,
        deduplicated=0,
        from_cache=0,
    )
    return express, rest
