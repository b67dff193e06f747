from typing import Any

import pytest

from batch_processor import limits
from batch_processor.loading.map_mode import (
    distributed_reason,
    inline_obstacle,
    inline_reason,
    only_inline,
    payload_bytes,
)
from batch_processor.loading.row_lines import RowsFound
from tests.unit.plans import make_plan


def found(row_count: int, line_bytes: int | None = None) -> RowsFound:
    return RowsFound(row_count, row_count * 30 if line_bytes is None else line_bytes)


@pytest.mark.parametrize("target_type", ["agent", "tool"])
@pytest.mark.parametrize("attempts", [3, 10])
def test_history_holds_so_many_rows(target_type: str, attempts: int) -> None:
    plan = make_plan(target={"type": target_type}, execution={"max_attempts": attempts})
    most = limits.most_rows(target_type, attempts)
    assert inline_obstacle(plan, found(most)) is None
    assert inline_obstacle(plan, found(most + 1)) == (
        f"{most + 1:,} rows; an execution's history holds {most:,} of them inline"
    )


def test_one_execution_runs_forty_rows_at_a_time() -> None:
    plan = make_plan(execution={"max_concurrency": 200})
    assert inline_obstacle(make_plan(execution={"max_concurrency": 40}), found(41)) is None
    assert inline_obstacle(plan, found(40)) is None
    assert inline_obstacle(plan, found(41)) == "41 rows, 200 at a time; one execution runs 40 at a time"


def test_payload_holds_so_many_bytes() -> None:
    plan = make_plan()
    spaces = payload_bytes(plan, found(100, 0))
    assert inline_obstacle(plan, found(100, limits.ROWS_BYTES - spaces)) is None
    assert inline_obstacle(plan, found(100, limits.ROWS_BYTES - spaces + 1)) == (
        "100 rows, 258,049 bytes; a payload holds 258,048 bytes of them inline"
    )


def test_rows_that_run_again_take_more_of_a_payload() -> None:
    again = make_plan(earlier={"batch": "evening", "only_failed": False})
    assert payload_bytes(again, found(100)) - payload_bytes(make_plan(), found(100)) == 100 * len(
        ', "attempt": 10, "run": "-1a2b3c4d"'
    )


def test_rows_of_one_attempt_are_fewer_than_the_history_holds_for_each_must_have_room_for_its_reason() -> None:
    plan = make_plan(target={"type": "tool"}, execution={"max_attempts": 1})
    assert inline_obstacle(plan, found(820)) is None
    assert "to say why it failed" in (inline_obstacle(plan, found(limits.most_rows("tool", 1))) or "")


def test_each_row_needs_room_to_say_why_it_failed() -> None:
    plan = make_plan(input={"constants": {"guide": "x" * 238_000}})
    assert inline_obstacle(plan, found(50)) is None
    assert inline_obstacle(plan, found(100)) == "100 rows; a payload leaves each 0 bytes to say why it failed"


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({}, "12 rows fit one execution"),
        ({"map_mode": "inline"}, "map_mode is inline"),
        ({"storage": {"mode": "inline"}}, "storage_mode is inline"),
    ],
)
def test_inline_batch_says_why(sections: dict[str, Any], reason: str) -> None:
    assert inline_reason(make_plan(**sections), found(12)) == reason


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("auto", "12,000 rows; an execution's history holds 418 of them inline"),
        ("distributed", "map_mode is distributed"),
    ],
)
def test_distributed_batch_says_why(mode: str, reason: str) -> None:
    assert distributed_reason(make_plan(map_mode=mode), found(12_000)) == reason


@pytest.mark.parametrize(
    ("map_mode", "storage_mode", "expected"),
    [("auto", "auto", False), ("inline", "auto", True), ("auto", "inline", True), ("distributed", "dynamodb", False)],
)
def test_inline_may_be_the_only_way_that_is_wanted(map_mode: str, storage_mode: str, expected: bool) -> None:
    assert only_inline(make_plan(map_mode=map_mode, storage={"mode": storage_mode})) is expected
