"""Decides which of several results of a row counts."""

from collections.abc import Iterable, Iterator, Mapping

from batch_processor.contract import Loaded, RowRange, RowResult

NO_RESULT: RowResult = {
    "index": 0,
    "status": "NOT_RUN",
    "error": "RowNotProcessed",
    "message": "The batch ended without a result for this row; resume_from runs it.",
}
# Of a batch whose rows Express children run, which leave no history.
_NO_RESULT_OF_CHILD: RowResult = {
    "index": 0,
    "status": "NOT_RUN",
    "error": "RowNotProcessed",
    "message": (
        "The batch ended without a result for this row. Its target may have been called, with the same id; "
        "resume_from runs it."
    ),
}
_ANSWER_GONE: RowResult = {
    "index": 0,
    "status": "FAILED",
    "error": "StoredAnswerMissing",
    "message": "The row was answered, but the results table has the answer no more.",
}


def no_result(loaded: Loaded) -> RowResult:
    """The result of a row that neither the results nor the table know, but for its index."""
    return _NO_RESULT_OF_CHILD if loaded.get("tier") == "express" else NO_RESULT


def answer_gone(index: int) -> RowResult:
    """The result of a row whose answer is said to be stored, and is not."""
    return {**_ANSWER_GONE, "index": index}


def is_at_hand(given: RowResult) -> bool:
    """Whether a row's own result says all that there is to say: it has the cells, or nothing was to be sent."""
    return "cells" in given or given["status"] == "SKIPPED"


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
        own = given.get(index)
        # One that only says `stored` tells nothing of the row itself.
        telling = own if own and ("cells" in own or not own.get("stored")) else None
        if next_stored and next_stored["index"] == index:
            yield next_stored if next_stored["status"] == "SUCCESS" or not telling else telling
        else:
            yield telling or {**(_ANSWER_GONE if own else otherwise), "index": index}
