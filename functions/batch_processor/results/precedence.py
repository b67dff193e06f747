"""Which result is a row's, where there are several."""

from collections.abc import Iterable, Iterator, Mapping

from batch_processor.contract import RowRange, RowResult

NO_RESULT: RowResult = {
    "index": 0,
    "status": "FAILED",
    "error": "RowNotProcessed",
    "message": "The batch has no result for this row.",
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
    """One result for each of the rows, in order; `stored` by index.

    A stored success counts most, then what the run has given, then a stored failure.
    """
    following = iter(stored)
    found = next(following, None)
    for index in range(rows["first"], rows["last"] + 1):
        while found and found["index"] < index:
            found = next(following, None)
        if found and found["index"] == index:
            yield found if found["status"] == "SUCCESS" else _without_success(found, given.get(index))
        else:
            yield _without_stored(index, given.get(index), otherwise)


def _without_success(stored: RowResult, given: RowResult | None) -> RowResult:
    # What only says that the table has an answer is no answer.
    return given if given and not given.get("stored") else stored


def _without_stored(index: int, given: RowResult | None, otherwise: RowResult) -> RowResult:
    if given and not given.get("stored"):
        return given
    return {**(_ANSWER_GONE if given else otherwise), "index": index}
