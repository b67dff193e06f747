from typing import Any

import pytest

from batch_processor.batch.names import describe_batch
from batch_processor.contract import LoadedRow, Status
from batch_processor.resumption.remaining_rows import remaining_rows
from tests.unit.plans import make_plan

ROWS: list[LoadedRow] = [{"index": index, "row": {"email": f"{index}@x.org"}} for index in (4, 5, 6)]
ANSWERED: list[tuple[int, Status, str]] = [(4, "SUCCESS", ""), (5, "FAILED", "")]
OF_ITS_OWN: Any = describe_batch({**make_plan()["batch"]})  # type: ignore[dict-item]


def test_rows_with_a_stored_success_are_left_out_and_failed_ones_get_a_run() -> None:
    _, failed, fresh = ROWS
    left = remaining_rows(ROWS, ANSWERED, make_plan())
    assert left == [{**failed, "run": left[0]["run"]}, fresh]
    assert len(left[0]["run"]) == 9


def test_run_is_the_same_for_a_batch_and_another_for_the_next() -> None:
    def run_of(key: str) -> str:
        return remaining_rows(ROWS, [(4, "TIMEOUT", "")], make_plan(batch={"key": key}))[0]["run"]

    assert run_of("night-1a2b3c4d") == run_of("night-1a2b3c4d") != run_of("night-00000000")


@pytest.mark.parametrize(("only_failed", "runs"), [(False, [True, False]), (True, [True, True])])
def test_all_rows_that_run_do_so_anew_where_only_failed_ones_are_wanted(only_failed: bool, runs: list[bool]) -> None:
    earlier: dict[str, Any] = {"batch": "evening", "only_failed": only_failed}
    assert ["run" in row for row in remaining_rows(ROWS, ANSWERED, make_plan(earlier=earlier))] == runs


@pytest.mark.parametrize(
    ("unread", "attempt", "run"), [("1", 1, ""), ("2-5ca1ab1e", 2, "-5ca1ab1e"), ("10-0ddba115", 10, "-0ddba115")]
)
@pytest.mark.parametrize("earlier", [{}, {"earlier": {"batch": "evening", "only_failed": True}}])
def test_row_whose_answer_nobody_could_read_goes_on_with_the_execution_that_has_it(
    unread: str, attempt: int, run: str, earlier: Any
) -> None:
    left = remaining_rows(ROWS, [(5, "FAILED", unread)], make_plan(**earlier))
    assert left[1] == {**ROWS[1], "attempt": attempt, "run": run}
    assert all("attempt" not in row for row in (left[0], left[2]))


def test_row_batch_that_runs_again_finds_the_executions_of_its_own_batch() -> None:
    [row] = remaining_rows(ROWS[:1], [(4, "FAILED", "2")], make_plan(batch=OF_ITS_OWN))
    assert row == {**ROWS[0], "attempt": 2, "run": ""}


def test_batch_that_asks_something_else_begins_such_a_row_anew() -> None:
    plan = make_plan(batch=OF_ITS_OWN, earlier={"batch": "evening", "only_failed": False})
    assert remaining_rows(ROWS[:1], [(4, "FAILED", "2")], plan)[0].keys() == {"index", "row", "run"}


def test_rows_themselves_are_not_changed() -> None:
    remaining_rows(ROWS, ANSWERED, make_plan())
    assert all("run" not in row for row in ROWS)
