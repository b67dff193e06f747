from typing import Any

import pytest

from batch_processor.contract import LoadedRow, Status
from batch_processor.remaining_rows import remaining_rows
from tests.unit.plans import make_plan

ROWS: list[LoadedRow] = [{"index": index, "row": {"email": f"{index}@x.org"}} for index in (4, 5, 6)]
ANSWERED: list[tuple[int, Status]] = [(4, "SUCCESS"), (5, "FAILED")]


def test_rows_with_a_stored_success_are_left_out_and_failed_ones_get_a_run() -> None:
    _, failed, fresh = ROWS
    left = remaining_rows(ROWS, ANSWERED, make_plan())
    assert left == [{**failed, "run": left[0]["run"]}, fresh]
    assert len(left[0]["run"]) == 9


def test_run_is_the_same_for_a_batch_and_another_for_the_next() -> None:
    def run_of(key: str) -> str:
        return remaining_rows(ROWS, [(4, "TIMEOUT")], make_plan(batch={"key": key}))[0]["run"]

    assert run_of("night-1a2b3c4d") == run_of("night-1a2b3c4d") != run_of("night-00000000")


@pytest.mark.parametrize(("only_failed", "runs"), [(False, [True, False]), (True, [True, True])])
def test_all_rows_that_run_do_so_anew_where_only_failed_ones_are_wanted(only_failed: bool, runs: list[bool]) -> None:
    earlier: dict[str, Any] = {"batch": "evening", "only_failed": only_failed}
    assert ["run" in row for row in remaining_rows(ROWS, ANSWERED, make_plan(earlier=earlier))] == runs


def test_rows_themselves_are_not_changed() -> None:
    remaining_rows(ROWS, ANSWERED, make_plan())
    assert all("run" not in row for row in ROWS)
