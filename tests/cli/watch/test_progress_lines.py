"""The six lines of the live display, and the one of a log."""

from typing import Any

import pytest

from batchctl.watch.progress_lines import live_lines, plain_line
from tests.cli.shapes import cost, progress

LATEST = {
    "row": 1086,
    "cause": "timeout",
    "error": "States.Timeout",
    "message": "No answer within 120 s",
    "failed_at": "",
}


def shown(width: int = 110, **keys: Any) -> list[str]:
    return [line.plain for line in live_lines(progress(**keys), width, 0)]


def test_display_has_six_lines_that_say_all() -> None:
    name, bar, rows, money, event, leaving = shown()
    assert name == "tickets-20261121  ticket_triage@1.0.0  40 at a time".ljust(95) + "RUNNING    3:12"
    assert bar.startswith("███████")
    assert "█x▒▒░" in bar
    assert bar.endswith("░   1,084 of 2,000 rows  54%")
    assert rows == (
        "answered 1,071   failed 13   in flight 40      7.2 rows/s      left 2:07 ±0:20, done about 14:56 UTC"
    )
    assert money == "cost     $0.98 so far, $1.81 expected"
    assert event == "failing  invalid_answer 9, timeout 4"
    assert leaving == "Ctrl-C stops watching, not the batch"


@pytest.mark.parametrize("tier", ["Express", "Standard"])
def test_a_large_batch_says_the_tier_that_its_rows_run_in(tier: str) -> None:
    of_tier: Any = {"execution_tier": tier.lower()}
    assert shown(**of_tier)[0].startswith(f"tickets-20261121  ticket_triage@1.0.0  40 at a time  {tier} tier  ")
    assert f"  {tier} tier  " in plain_line(progress(**of_tier))
    assert "tier" not in plain_line(progress(stage="ended", **of_tier))


@pytest.mark.parametrize(
    ("keys", "word", "event"),
    [
        (
            {"waiting": {"reason": "throttled", "words": "38 of the last 50 calls throttled"}},
            "THROTTLED",
            "waiting  38 of the last 50 calls throttled",
        ),
        ({"rows_failed": 400, "failures": [{"cause": "timeout", "count": 350}]}, "FAILURES",
         "failing  timeout 350, 50 of causes not read yet"),
        ({"stage": "joining", "rows_failed": 0, "failures": []}, "JOINING", "stage    joins the rows to one CSV"),
        ({"rows_failed": 0, "failures": []}, "RUNNING", "failing  nothing so far"),
        ({"latest": LATEST}, "RUNNING", "latest   row 1,086  timeout  No answer within 120 s"),
        ({"latest": {**LATEST, "row": None} | {"message": ""}, "rows_failed": 400}, "FAILURES",
         "failing  invalid_answer 9, timeout 4, 387 of causes not read yet"),
        ({"latest": {"cause": "not_found", "error": "NotFound", "message": "\x1b[31m404"}}, "RUNNING",
         "latest   a row  not_found  \ufffd[31m404"),
    ],
)  # fmt: skip
def test_other_states_change_the_word_and_the_fifth_line(keys: dict[str, Any], word: str, event: str) -> None:
    lines = shown(**keys)
    assert f"{word}    3:12" in lines[0]
    assert lines[4] == event


def test_batch_that_has_just_begun_says_what_it_does_not_know() -> None:
    unknown: dict[str, Any] = dict.fromkeys(
        ("target", "total_rows", "percent_complete", "max_concurrency", "rows_per_second", "seconds_left",
         "seconds_left_error", "estimated_completion", "cost_so_far", "cost_expected_usd")
    )  # fmt: skip
    lines = shown(
        stage="checking", rows_processed=0, rows_failed=0, failures=[], rows_in_flight=0, elapsed_seconds=0.4, **unknown
    )
    assert lines[0].endswith("CHECKING    0:00")
    assert lines[1].endswith("░   rows not counted yet")
    assert lines[2] == "answered 0   failed 0   in flight 0"
    assert lines[3] == "cost     not known yet"
    assert lines[4] == "stage    checks the configuration, the target and the CSV's header"


def test_cost_that_lacks_the_targets_says_so() -> None:
    assert shown(cost_so_far=cost(0.0042), cost_expected_usd=None)[3] == (
        "cost     $0.0042 so far, without the target's own price"
    )


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    lines = live_lines(progress(waiting={"reason": "retries", "words": "word " * 100}), width, 0)
    assert [line.cell_len for line in lines if line.cell_len > width] == []


def test_time_goes_on_between_two_answers() -> None:
    assert live_lines(progress(), 80, 3.0)[0].plain.endswith("3:15")


def test_batch_of_all_but_one_row_is_not_done() -> None:
    assert "100%" not in shown(rows_processed=99_999, total_rows=100_000, percent_complete=99.999)[1]


def test_log_has_one_line() -> None:
    assert plain_line(progress()) == (
        "   3:12  tickets-20261121  RUNNING  1,084 of 2,000 rows  54%  failed invalid_answer 9, timeout 4  7.2 rows/s  "
        "left 2:07 ±0:20, done about 14:56 UTC"
    )


def test_rows_that_nobody_has_looked_at_are_not_said_to_be_answered() -> None:
    assert shown(failures_known_of=333)[2].startswith("done 1,084   failed 13 of the 333 looked at   in flight 40")
    assert shown(failures_known_of=333, rows_succeeded=1071)[2].startswith("answered 1,071   failed 13   in flight 40")
