"""Gives the rows that have the input of an earlier one that row's result."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from batch_processor.contract import RowResult

# So many rows are settled at a time: as many as are looked for by a request.
_ROWS = 100
# Results that duplicates may want are kept up to so many characters: often all duplicates are of a few rows.
_MOST_CHARACTERS = 8 * 1024 * 1024
_RESULT_CHARACTERS = 500  # of a result itself, roughly

# The results of rows by number; those that have none are left out.
Find = Callable[[Sequence[int]], Iterable[RowResult]]


def with_duplicates(results: Iterable[RowResult], firsts: Iterable[int], find: Find) -> Iterator[RowResult]:
    """The results, in order, and of each duplicate the result of its first row, unless its own is a success.

    `firsts` has for each of the rows the first one with its input, or 0 if that is the row itself. `find` gets what is not
    among the results; a duplicate whose first row has no result either, keeps its own.
    """
    known = _Known()
    pairs = zip(results, firsts, strict=True)
    while chunk := list(islice(pairs, _ROWS)):
        for result, first in chunk:
            if not first:
                known.keep(result)
        wanted = {first for result, first in chunk if first and _lacks(result) and first not in known}
        for found in find(sorted(wanted)) if wanted else ():
            known.keep(found)
        for result, first in chunk:
            same = known.get(first) if first and _lacks(result) else None
            yield result if same is None else shared(same, result["index"])
        known.shrink()


def shared(first: RowResult, index: int) -> RowResult:
    """The result of the first row as that of another one, for which nothing was called, and no time was taken."""
    result = RowResult(index=index, status=first["status"], calls=0, ms=0, duplicate_of=first["index"])
    for name in ("cells", "error", "message", "at"):
        if name in first:
            result[name] = first[name]
    return result


def is_unsettled(result: RowResult, first: int) -> bool:
    """Whether the row is a duplicate that has not got a result of its first row, nor a success of its own."""
    return bool(first) and "duplicate_of" not in result and _lacks(result)


def _lacks(result: RowResult) -> bool:
    return result["status"] != "SUCCESS"


class _Known:
    """The results that were wanted last."""

    def __init__(self) -> None:
        self._results: OrderedDict[int, RowResult] = OrderedDict()
        self._characters = 0

    def __contains__(self, index: int) -> bool:
        return index in self._results

    def keep(self, result: RowResult) -> None:
        if result["status"] == "NOT_RUN":
            return
        if before := self._results.get(result["index"]):
            self._characters -= _size(before)
        self._results[result["index"]] = result
        self._characters += _size(result)

    def get(self, index: int) -> RowResult | None:
        if index in self._results:
            self._results.move_to_end(index)
        return self._results.get(index)

    def shrink(self) -> None:
        while self._characters > _MOST_CHARACTERS:
            _, result = self._results.popitem(last=False)
            self._characters -= _size(result)


def _size(result: RowResult) -> int:
    return _RESULT_CHARACTERS + sum(map(len, result.get("cells", ()))) + len(result.get("message", ""))
