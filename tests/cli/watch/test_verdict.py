"""One verdict and one exit code for each way in which a batch ends."""

from typing import Any

import pytest

from batchctl.watch import verdict
from tests.cli.shapes import results

NOTHING: dict[str, Any] = dict.fromkeys(
    ("rows_total", "rows_processed", "rows_succeeded", "rows_failed", "rows_timed_out", "rows_skipped", "rows_not_run"),
    0,
)


def counted(**counts: int) -> dict[str, Any]:
    return NOTHING | counts


@pytest.mark.parametrize(
    ("status", "counts", "told", "code"),
    [
        ("SUCCEEDED", counted(rows_total=100_000, rows_succeeded=100_000), "all 100,000 rows answered", 0),
        ("SUCCEEDED", counted(rows_total=1, rows_succeeded=1), "the only row is answered", 0),
        ("SUCCEEDED", counted(), "no rows: the CSV has none below its header", 0),
        ("SUCCEEDED", counted(rows_total=9, rows_succeeded=7, rows_skipped=2), "7 of 9 rows answered, 2 skipped", 0),
        ("COMPLETED_WITH_ERRORS", counted(rows_total=2000, rows_succeeded=1946, rows_failed=54),
         "54 of 2,000 rows failed, 1,946 answered", 3),
        ("COMPLETED_WITH_ERRORS", counted(rows_total=20, rows_succeeded=10, rows_failed=4, rows_not_run=6),
         "4 of 20 rows failed, 10 answered, 6 not run", 3),
        ("COMPLETED_WITH_ERRORS", counted(rows_total=20, rows_succeeded=10, rows_not_run=10),
         "10 of 20 rows answered, 10 not run", 3),
        ("ALL_ROWS_FAILED", counted(rows_total=12, rows_failed=12), "all 12 rows failed", 1),
        ("ALL_ROWS_FAILED", counted(rows_total=1, rows_failed=1), "the only row failed", 1),
        ("PARTIAL", counted(rows_total=2000, rows_succeeded=600, rows_failed=2, rows_not_run=1398),
         "ended early: 600 of 2,000 rows answered, 2 failed, 1,398 not run", 4),
        ("FAILED", counted(), "the batch failed: InvalidConfiguration", 1),
        ("RUNNING", counted(rows_total=20, rows_processed=7), "running: 7 of 20 rows so far", 0),
    ],
)  # fmt: skip
def test_verdict_has_its_denominator(status: str, counts: dict[str, Any], told: str, code: int) -> None:
    found = results(status=status, error="InvalidConfiguration", **counts)
    assert verdict.sentence(found) == told
    assert verdict.exit_code(found) == code
