import json
from datetime import UTC, datetime

import pytest

from batch_processor.summary import Tally, summarize, summary_key
from tests.unit.plans import PLAN, failure, make_loaded, make_plan, success

FINISHED = datetime(2026, 11, 21, 9, 35, 44, 623_000, tzinfo=UTC)


def tally_of(*results: object) -> Tally:
    tally = Tally()
    for index, result in enumerate(results, start=1):
        tally.count(index, result)  # type: ignore[arg-type]
    return tally


def test_summary_says_all_about_the_batch() -> None:
    tally = tally_of(success(1), failure(2, "Busy", "no"), failure(3, "States.Timeout", "late", timeout=True))
    assert summarize(PLAN, make_loaded(3, blank_lines=2), tally, FINISHED) == {
        "status": "COMPLETED_WITH_ERRORS",
        "batch": "night",
        "csv_location": "s3://results/outputs/people-20261121T093444Z-night.csv",
        "summary_location": "s3://results/outputs/people-20261121T093444Z-night.summary.json",
        "row_count": 3,
        "rows_succeeded": 1,
        "rows_failed": 1,
        "rows_timed_out": 1,
        "errors": [
            {"error": "Busy", "message": "no", "count": 1, "first_row": 2},
            {"error": "States.Timeout", "message": "late", "count": 1, "first_row": 3},
        ],
        "execution_time_ms": 60_500,
        "started_at": "2026-11-21T09:34:44.123Z",
        "finished_at": "2026-11-21T09:35:44.623Z",
        "source": {
            "uri": "s3://data/inputs/people.csv",
            "etag": '"5d41402abc4b2a76b9719d911017c592"',
            "size_bytes": 27,
            "encoding": "utf-8",
            "delimiter": ",",
        },
        "target": PLAN["target"],
        "max_attempts": 3,
        "blank_lines_skipped": 2,
        "execution_arn": PLAN["batch"]["id"],
    }


def test_summary_names_the_version_of_the_source() -> None:
    plan = make_plan(source={"version_id": "v1"})
    assert summarize(plan, make_loaded(0), Tally(), FINISHED)["source"]["version_id"] == "v1"


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([], "SUCCEEDED"),
        ([success(1)], "SUCCEEDED"),
        ([success(1), failure(2, "E", "m")], "COMPLETED_WITH_ERRORS"),
        ([failure(1, "States.Timeout", "m", timeout=True)], "COMPLETED_WITH_ERRORS"),
    ],
)
def test_batch_succeeded_if_no_row_failed(results: list[object], status: str) -> None:
    summary = summarize(PLAN, make_loaded(len(results)), tally_of(*results), FINISHED)
    assert summary["status"] == status


@pytest.mark.parametrize("started_at", ["2026-11-21T09:34:44Z", "2026-11-21T09:34:44.000000001Z"])
def test_start_is_read_with_any_precision(started_at: str) -> None:
    plan = make_plan(batch={"started_at": started_at})
    assert summarize(plan, make_loaded(0), Tally(), FINISHED)["execution_time_ms"] == 60_623


def test_errors_are_listed_by_frequency_with_the_first_row_of_each() -> None:
    rare, frequent = failure(1, "Rare", "m"), failure(1, "Busy", "m")
    assert tally_of(rare, frequent, success(3), frequent).errors() == [
        {"error": "Busy", "message": "m", "count": 2, "first_row": 2},
        {"error": "Rare", "message": "m", "count": 1, "first_row": 1},
    ]


def test_errors_beyond_the_most_frequent_are_only_counted() -> None:
    tally = tally_of(*(failure(1, "E", f"message {n}") for n in range(30)))
    assert len(tally.errors()) == 20
    assert tally.statuses["FAILED"] == 30


def test_half_a_surrogate_pair_in_a_message_does_not_keep_the_summary_from_being_written() -> None:
    errors = tally_of(failure(1, "E", "cut \ud83d")).errors()
    assert json.dumps(errors, ensure_ascii=False).encode()
    assert errors[0]["message"] == "cut \ufffd"


def test_failure_without_words_is_counted() -> None:
    assert tally_of({"index": 1, "status": "FAILED"}).errors() == [
        {"error": "", "message": "", "count": 1, "first_row": 1}
    ]


def test_summary_lies_beside_the_csv() -> None:
    assert summary_key("a/b.csv") == "a/b.summary.json"
