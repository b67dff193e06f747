"""Decides which of several results of a row counts."""

from collections.abc import Iterable, Iterator, Mapping

from batch_processor.contract import RowRange, RowResult

NO_RESULT: RowResult = {
    "index": 0,
    "status": "NOT_RUN",
    "error": "RowNotProcessed",
    "message": "The batch ended without a result for this row; resume_from runs it.",
}
_ANSWER_GONE: RowResult = {
    "index": 0,
    "status": "FAILED",
    "error": "StoredAnswerMissing",
    "message": "The row was answered, but the results table has the answer no more.",
}


def settled(
    rows: RowRange, stored: Iterable[RowResult], given: Mapping[int, RowResult], otherwise: RowResult = NO_RESULT
) -> Iterator[RowResult]:
    """One result for each row of the range, in order; `stored` must be in the order of the rows.

    A stored success counts most, then the run's own result in `given`, then a stored failure; else it is `otherwise`.
    """
    remaining = iter(stored)
    next_stored = next(remaining, None)
    for index in range(rows["first"], rows["last"] + 1):
        while next_stored and next_stored["index"] < index:
            next_stored = next(remaining, None)
        if next_stored and next_stored["index"] == index:
            yield next_stored if next_stored["status"] == "SUCCESS" else _without_success(next_stored, given.get(index))
        else:
            yield _without_stored(index, given.get(index), otherwise)


def _without_success(stored: RowResult, given: RowResult | None) -> RowResult:
    # A result that only says `stored` is no answer itself.
    return given if given and not given.get("stored") else stored


def _without_stored(index: int, given: RowResult | None, otherwise: RowResult) -> RowResult:
    if given and not given.get("stored"):
        return given
    return {**(_ANSWER_GONE if given else otherwise), "index": index}
