"""Brings together what became of rows: what the payload or a history has, what S3 has, and what the table has."""

from collections.abc import Iterable, Iterator

from batch_processor.aws import results_table, spill
from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.row_accounting import NO_RESULT, settled


class Settlement:
    """One result for each of the rows; a row that nobody has one for comes to `otherwise`."""

    def __init__(
        self,
        plan: Plan,
        loaded: Loaded,
        rows: RowRange,
        given: Iterable[RowResult] = (),
        otherwise: RowResult = NO_RESULT,
    ) -> None:
        self._plan, self._store, self._rows, self._otherwise = plan, loaded["storage"], rows, otherwise
        self._given = {result["index"]: result for result in given}
        self._names = [column["name"] for column in plan["output"]["columns"]]
        self._new: list[RowResult] = []

    def results(self) -> Iterator[RowResult]:
        """The results by index, successes with their cells."""
        self._new.clear()
        given = self._given
        for result in settled(self._rows, self._stored(), given, self._otherwise):
            if given.get(result["index"]) is result:
                self._new.append(result)
                yield self._with_cells(result)
            else:
                yield result

    def keep_failures(self) -> None:
        """Stores the failures among the results that `results` had from elsewhere than the table."""
        if self._is_stored():
            results_table.put_failures(self._store, [new for new in self._new if new["status"] != "SUCCESS"])

    def keep_all(self) -> None:
        """Stores all results that `results` had from elsewhere, also of a batch that keeps its own in the payload."""
        results_table.put_failures(self._store, [new for new in self._new if new["status"] != "SUCCESS"])
        for new in self._new:
            if new["status"] == "SUCCESS":
                self._keep(self._with_cells(new))

    def _keep(self, result: RowResult) -> None:
        results_table.put_success(
            self._store, self._plan["work"], result["index"], self._names, result["cells"], None,
            result.get("at"), result.get("ms"),
        )  # fmt: skip

    def _stored(self) -> Iterable[RowResult]:
        return results_table.results(self._store, self._names, self._rows) if self._is_stored() else ()

    def _is_stored(self) -> bool:
        return self._store["mode"] == "dynamodb" or "earlier" in self._plan

    def _with_cells(self, result: RowResult) -> RowResult:
        if not result.get("spilled"):
            return result
        return {**result, "cells": spill.get_cells(self._plan["work"], result["index"])}
