"""Brings together the results of rows that the payload or a history has, that S3 has, and that the table has."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from batch_processor.contract import FAILURES, Loaded, Location, Plan, RowRange, RowResult, Status
from batch_processor.errors import DuplicatesUnsettled, SourceUnavailable
from batch_processor.loading.first_rows import first_rows
from batch_processor.logs import logger
from batch_processor.results import results_table, spill
from batch_processor.results.first_results import is_unsettled, with_duplicates
from batch_processor.results.precedence import is_at_hand, no_result, settled
from batch_processor.results.stored_row import paid_of


class Settlement:
    """Finds one result for each row of the range: a given one, a stored one, or else `otherwise`, by default that it was not run.

    The table is not read where all rows are given with their cells.
    """

    def __init__(
        self,
        plan: Plan,
        loaded: Loaded,
        rows: RowRange,
        given: Iterable[RowResult] = (),
        otherwise: RowResult | None = None,
    ) -> None:
        self._plan, self._store, self._rows = plan, loaded["storage"], rows
        self._otherwise = otherwise or no_result(loaded)
        self._given = {result["index"]: result for result in given}
        self._names = [column["name"] for column in plan["output"]["columns"]]
        self._earlier = plan["earlier"]["rows"] if "earlier" in plan else []
        self._has_duplicates = bool(loaded.get("duplicates"))

    def results(self) -> Iterator[RowResult]:
        """The results in the order of the rows, successes with their cells; rows of the same input have the same."""
        results = self._own_results()
        if not self._has_duplicates:
            return results
        return with_duplicates(results, self._firsts, self._found)

    def settled_results(self) -> Iterator[RowResult]:
        """The same; DuplicatesUnsettled if a row waits for the result of an earlier one, which is not known yet."""
        return self._checked(self.results()) if self._has_duplicates else self.results()

    def _checked(self, results: Iterable[RowResult]) -> Iterator[RowResult]:
        for result, first in zip(results, self._firsts, strict=True):
            if is_unsettled(result, first):
                raise DuplicatesUnsettled(f"Row {result['index']} waits for the result of row {first}.")
            yield result

    def asked_results(self) -> Iterator[RowResult]:
        """The results of the rows alone that have no earlier one's input."""
        return (result for result, first in zip(self._own_results(), self._firsts, strict=True) if not first)

    def _own_results(self) -> Iterator[RowResult]:
        """One for each row, whatever rows have its input."""
        results = settled(self._rows, self._stored(), self._given, self._otherwise)
        return (self._with_cells(result) if "spilled" in result else result for result in results)

    @cached_property
    def _firsts(self) -> Sequence[int]:
        return first_rows(self._plan["work"], self._rows)

    def _found(self, indexes: Sequence[int]) -> Iterator[RowResult]:
        stored: dict[int, RowResult] = {}
        if self._is_stored():
            found = results_table.results_of(self._store, self._plan["output"], indexes, self._earlier)
            stored = {result["index"]: result for result in found}
        for index in indexes:
            own = [stored[index]] if index in stored else []
            yield from map(self._with_cells, settled(RowRange(first=index, last=index), own, self._given))

    def keep_failures(self) -> None:
        """Stores the given failures, where results are kept in the table."""
        if self._is_stored():
            results_table.put_failures(self._store, self._given_as(*FAILURES))

    def keep_all(self, work: Location | None = None) -> None:
        """Stores every given result that is better than the table's, even where results are not kept in the table.

        What is too large for it goes into the folder `work`, or else the plan's.
        """
        results_table.put_failures(self._store, self._given_as(*FAILURES))
        for result in self._given_as("SUCCESS"):
            self._keep(result, work or self._plan["work"])

    def _given_as(self, *statuses: Status) -> list[RowResult]:
        # What says `stored` stands in the table already.
        return [given for given in self._given.values() if given["status"] in statuses and not given.get("stored")]

    def _keep(self, result: RowResult, work: Location) -> None:
        try:
            cells = self._with_cells(result)["cells"]
        except SourceUnavailable:  # gone for good: that is this row's misfortune and no other's
            logger.warning("An answer is gone", extra={"row": result["index"]}, exc_info=True)
            return
        results_table.put_success(
            self._store, work, result["index"], self._names, cells, None,
            result.get("at"), result.get("ms"), paid=paid_of(result),
        )  # fmt: skip

    def _stored(self) -> Iterable[RowResult]:
        if not self._is_stored() or self._are_at_hand():
            return ()
        return results_table.results(self._store, self._plan["output"], self._rows, self._earlier)

    def _are_at_hand(self) -> bool:
        # Of a row that has failed the table may have an answer all the same.
        rows: Sequence[int] = range(self._rows["first"], self._rows["last"] + 1)
        if self._has_duplicates:
            if self._earlier:  # which may have results of duplicates, too
                return False
            rows = [row for row, first in zip(rows, self._firsts, strict=True) if not first]
        return len(self._given) >= len(rows) and all(
            row in self._given and is_at_hand(self._given[row]) for row in rows
        )

    def _is_stored(self) -> bool:
        return self._store["mode"] == "dynamodb" or "earlier" in self._plan

    def _with_cells(self, result: RowResult) -> RowResult:
        if not result.get("spilled"):
            return result
        return {**result, "cells": spill.get_cells(self._plan["work"], result["index"])}
