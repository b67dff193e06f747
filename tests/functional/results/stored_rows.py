"""Puts rows into the results table and finds them there."""

from collections.abc import Iterable
from typing import Any

from batch_processor.contract import Location, RowRange, RowResult, RowStore
from batch_processor.results.results_table import put_failures, put_success, results
from tests.functional.account import DATA
from tests.unit import plans
from tests.unit.plans import failure, output_of

STORE: RowStore = {**plans.STORE, "mode": "dynamodb", "compress": False}
SPREAD: RowStore = {**STORE, "partition_rows": 10}
# What is stored in them was over, or was another batch's, when a run on STORE began.
EXPIRED: RowStore = {**STORE, "ttl_seconds": -60}
A_DAY_LATER: RowStore = {**STORE, "since": "2026-11-22T09:34:44Z", "as_of": "2026-11-22T09:34:44Z"}
WORK: Location = {"bucket": DATA, "prefix": "work/night-1a2b3c4d/"}
NAMES = ["category", "score"]
AT = "2026-11-21T09:35:00.000Z"


def put(index: int, *cells: str, store: RowStore = STORE, names: list[str] = NAMES, row_input: Any = None) -> None:
    put_success(store, WORK, index, names, list(cells), row_input, AT, 5)


def fail(*indexes: int, store: RowStore = STORE, message: str = "no", at: str = "2026-11-21T09:35:01Z") -> None:
    put_failures(store, [{**failure(index, "Refused", message), "at": at} for index in indexes])


def succeeded(index: int, *cells: str) -> RowResult:
    return {"index": index, "status": "SUCCESS", "cells": list(cells), "at": AT, "ms": 5}


def rows(first: int, last: int) -> RowRange:
    return {"first": first, "last": last}


def found(first: int = 1, last: int = 1_000, store: RowStore = STORE, names: list[str] = NAMES) -> list[RowResult]:
    return list(results(store, output_of(names), rows(first, last)))


def indexes(found: Iterable[RowResult]) -> list[int]:
    return [result["index"] for result in found]
