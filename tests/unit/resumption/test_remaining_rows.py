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


@pytest.mark.parametrize(("only_failed", "rows"), [(False, {5: True, 6: False}), (True, {5: True})])
def test_rows_that_never_ran_are_for_resuming_and_not_for_a_rerun_of_failed_ones(
    only_failed: bool, rows: dict[int, bool]
) -> None:
    earlier: dict[str, Any] = {"batch": "evening", "only_failed": only_failed}
    left = remaining_rows(ROWS, ANSWERED, make_plan(earlier=earlier))
    assert {row["index"]: "run" in row for row in left} == rows


def test_row_that_has_nothing_to_send_is_told_so_again() -> None:
    empty: LoadedRow = {"index": 7, "row": {}, "problem": {"error": "EmptyRow", "message": "Line 8"}}
    plan = make_plan(earlier={"batch": "evening", "only_failed": True})
    assert [row["index"] for row in remaining_rows([*ROWS, empty], ANSWERED, plan)] == [5, 7]


@pytest.mark.parametrize(
    ("unread", "attempt", "run"), [("1", 1, ""), ("2-5ca1ab1e", 2, "-5ca1ab1e"), ("10-0ddba115", 10, "-0ddba115")]
)
@pytest.mark.parametrize("earlier", [{}, {"earlier": {"batch": "evening", "only_failed": True}}])
def test_row_whose_answer_nobody_could_read_goes_on_with_the_execution_that_has_it(
    unread: str, attempt: int, run: str, earlier: Any
) -> None:
    left = {row["index"]: row for row in remaining_rows(ROWS, [(5, "FAILED", unread)], make_plan(**earlier))}
    assert left.pop(5) == {**ROWS[1], "attempt": attempt, "run": run}
    assert not any("attempt" in row for row in left.values())


def test_row_batch_that_runs_again_finds_the_executions_of_its_own_batch() -> None:
    [row] = remaining_rows(ROWS[:1], [(4, "FAILED", "2")], make_plan(batch=OF_ITS_OWN))
    assert row == {**ROWS[0], "attempt": 2, "run": ""}


def test_batch_that_asks_something_else_begins_such_a_row_anew() -> None:
    plan = make_plan(batch=OF_ITS_OWN, earlier={"batch": "evening", "only_failed": False})
    assert remaining_rows(ROWS[:1], [(4, "FAILED", "2")], plan)[0].keys() == {"index", "row", "run"}


def test_rows_themselves_are_not_changed() -> None:
    remaining_rows(ROWS, ANSWERED, make_plan())
    assert all("run" not in row for row in ROWS)


def test_function_that_was_being_called_is_called_once_more_by_the_same_id() -> None:
    """Also where that was the last attempt: whether it has answered, nobody knows."""
    assert remaining_rows(ROWS[:1], [(4, "FAILED", "3")], make_plan()) == [{**ROWS[0], "attempt": 3, "run": ""}]


def test_answer_in_the_table_that_cannot_be_read_is_followed_by_the_next_attempt_if_there_is_one() -> None:
    most = make_plan()["execution"]["max_attempts"]
    [row] = remaining_rows(ROWS[:1], [(4, "FAILED", most - 1)], make_plan())
    assert row["attempt"] == most
    assert remaining_rows(ROWS[:1], [(4, "FAILED", most)], make_plan()) == []
