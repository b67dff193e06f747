"""What is used follows from what is done."""

import pytest

from batch_processor.cost.counted import work_of
from batch_processor.cost.model import Work, less, usage_of


def test_rows_that_succeed_at_once_take_three_transitions() -> None:
    assert Work(rows=10, called=10, calls=10, extractions=10).transitions == 30


def test_distributed_rows_take_their_row_batches_besides() -> None:
    work = Work(rows=100, called=100, calls=100, extractions=100, row_batches=5, is_distributed=True, is_stored=True)
    usage = usage_of(work)
    assert usage["state_transition"] == 300 + 5 * 5 + 10
    assert usage["lambda_request"] == 100 + 5 + 3
    assert usage["dynamodb_write_unit"] == 100 + 5 * 2 + 11
    assert usage["target_call"] == 100


@pytest.mark.parametrize(
    ("rows", "row_batches", "is_express", "counted"),
    [
        (120, 0, False, {"state_transition": 370, "lambda_request": 123, "dynamodb_read_unit": 3, "s3_put": 6, "s3_get": 9}),
        (120, 20, False, {"state_transition": 470, "lambda_request": 143, "dynamodb_read_unit": 3, "s3_put": 30, "s3_get": 87}),
        (120, 8, True, {"state_transition": 12, "lambda_request": 12, "dynamodb_read_unit": 41, "s3_put": 21, "s3_get": 39}),
        (800, 8, True, {"state_transition": 12, "lambda_request": 12, "dynamodb_read_unit": 211, "s3_put": 21, "s3_get": 39}),
    ],
)  # fmt: skip
def test_the_model_has_the_counts_of_real_batches(
    rows: int, row_batches: int, is_express: bool, counted: dict[str, float]
) -> None:
    """They are those of benchmarks/cost_measurement.py, with tools and with Express agents."""
    work = Work(
        rows=rows,
        called=rows,
        calls=rows,
        extractions=rows,
        row_batches=row_batches,
        is_distributed=bool(row_batches),
        is_stored=True,
        is_express=is_express,
    )
    assert counted.items() <= usage_of(work).items()


def test_a_part_is_what_its_batch_has_more_with_it() -> None:
    smaller = usage_of(Work(rows=10, called=10, calls=10, extractions=10, row_batches=1))
    larger = usage_of(Work(rows=20, called=20, calls=20, extractions=20, row_batches=2))
    part = usage_of(Work(rows=10, called=10, calls=10, extractions=10, row_batches=1, batches=0, is_announced=False))
    assert dict(less(larger, smaller)) == pytest.approx(dict(part))


def test_rows_that_were_taken_over_are_paid_by_the_batch_that_ran_them() -> None:
    work = work_of({"SUCCESS": 10, "FAILED": 1}, {"rows": 3, "calls": 5, "extractions": 2}, taken_over=8)
    assert (work.rows, work.called, work.calls, work.failed) == (3, 3, 5, 1)


def test_unfit_and_skipped_rows_run_and_call_nothing() -> None:
    work = work_of({"SUCCESS": 1, "FAILED": 2, "SKIPPED": 1}, {"rows": 1, "calls": 1, "extractions": 1}, taken_over=0)
    # One answered; two unfit, which take TransformInput, JudgeFailure and the letter; one skipped.
    assert work.transitions == 3 + 2 * 3 + 2
    assert usage_of(work)["target_call"] == 1
