"""`batchctl list|rows|failures|retry|resume|cancel`, with what operations answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from batch_processor.errors import UnknownBatch
from batchctl.batches import again, cancelled, explained, listed, row_table
from batchctl.errors import WrongUsage
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations
from tests.cli.shapes import ARN, cost, explanation, results

NAME = ARN.rpartition(":")[2]


def record(**changes: Any) -> dict[str, Any]:
    return {
        "batch_key": "k",
        "name": NAME,
        "execution_arn": ARN,
        "status": "COMPLETED_WITH_ERRORS",
        "started_at": "2026-11-21T14:50:00Z",
        "ended_at": "2026-11-21T14:55:19Z",
        "target": "ticket_triage@1.0.0",
        "rows_total": 2000,
        "rows_succeeded": 1946,
        "rows_failed": 54,
        "rows_timed_out": 13,
        "rows_skipped": 0,
        "rows_not_run": 0,
        "rows_taken_over": 0,
        "causes": {},
        "cost": cost(1.83),
        "updated_at": "2026-11-21T14:55:19Z",
        **changes,
    }


def started(**changes: Any) -> dict[str, Any]:
    return {
        "execution_arn": f"{ARN}-2",
        "batch": f"{NAME}-2",
        "status": "RUNNING",
        "start_time": "2026-11-21T15:00:00Z",
        "already": False,
        "next_steps": [],
        **changes,
    }


def test_batches_are_listed_with_what_to_do(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(
        listed, list_batches={"batches": [record(), record(status="RUNNING", rows_succeeded=10, rows_failed=0)]}
    )
    assert exit_code("list", "--status", "completed-with-errors", "--limit", "5") == 0
    printed = capsys.readouterr()
    assert f"2026-11-21 14:50  COMPLETED_WITH_ERRORS  {NAME}" in printed.out
    assert "2,000      54  5:19  $1.83  ticket_triage@1.0.0" in printed.out
    assert "10 of 2,000" in printed.out
    assert f"batchctl failures {NAME}\n  batchctl retry {NAME}\n" in printed.err
    assert operations.calls[0][1][1:] == ("COMPLETED_WITH_ERRORS", None, 5)


def test_empty_list_says_how_to_begin(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(listed, list_batches={"batches": []})
    assert exit_code("list") == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "batchctl run CSV --agent NAME" in printed.err


def test_empty_list_says_what_it_was_narrowed_to(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(listed, list_batches={"batches": []})
    assert exit_code("list", "--status", "running", "--since", "7d") == 0
    assert capsys.readouterr().err.startswith("No batch is RUNNING and was started since 7d.\n")


def test_batch_that_was_refused_is_not_to_be_resumed(
    operations: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = record(status="FAILED")
    del refused["rows_total"]
    operations.answer(listed, list_batches={"batches": [refused]})
    assert exit_code("list") == 0
    assert capsys.readouterr().err.endswith(f"Next:\n  batchctl failures {NAME}\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--status runing", "use RUNNING"),
        ("--status faild", "did you mean 'FAILED'?"),
        ("--since yesterday", "write 90m, 12h, 7d"),
    ],
)
def test_status_and_time_that_do_not_exist_are_wrong_usage(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("list", *words.split()) == 2
    assert told.replace("use RUNNING", "RUNNING") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("90m", "2026-11-21T10:30:00+00:00"),
        ("2w", "2026-11-07T12:00:00+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T10:00:00+02:00", "2026-11-20T08:00:00+00:00"),
    ],
)
def test_time_is_understood(text: str, time: str) -> None:
    assert listed.since_time(text, datetime(2026, 11, 21, 12, tzinfo=UTC)) == time


def test_time_that_is_none_is_told() -> None:
    with pytest.raises(WrongUsage):
        listed.since_time("999999w", datetime(2026, 11, 21, tzinfo=UTC))


def test_rows_are_shown_harmless(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {
            "row": 5,
            "status": "FAILED",
            "error_message": "no\x1b[2J answer",
            "cause": "timeout",
            "input": {"ticket": "a\nb"},
        },
        {"row": 6, "status": "SUCCESS", "output": {"category": "billing"}, "execution_time_ms": 412},
    ]
    operations.answer(row_table, get_rows={"batch": NAME, "rows": rows, "next": "tok"})
    assert exit_code("rows", "tickets", "--status", "failed", "--rows", "5-6") == 0
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out
    assert "timeout: no" in printed.out
    assert "ticket=a⏎b" in printed.out
    assert "6  SUCCESS  412  category=billing" in printed.out
    assert f"batchctl rows {NAME} --status failed --rows 5-6 --limit 50 --next tok" in printed.err
    assert operations.calls[0][1][2:] == ("FAILED", "5-6", 50, None)


def test_failures_are_told_by_cause(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(explained, explain_failures=explanation(next_steps=[f"batchctl retry {NAME}"]))
    assert exit_code("failures", "tickets") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{NAME}: 54 of 2,000 rows failed (3%)\n\ninvalid_answer  41 (76%)\n")
    assert "lines           88, 131, 240, 301 …\n" in printed.out
    assert "\x1b" not in printed.out
    assert printed.err.endswith(f"Next:\n  batchctl retry {NAME}\n")


def test_failures_as_json_have_the_keys_that_were_asked_for(
    operations: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    operations.answer(explained, explain_failures=explanation())
    assert exit_code("failures", "tickets", "--json", "rows_failed") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"rows_failed": 54}
    assert printed.err == ""


@pytest.mark.parametrize("verb", ["retry", "resume", "cancel", "failures", "rows"])
def test_batch_that_does_not_exist_is_wrong_usage(
    verb: str, operations: Operations, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (again, cancelled, explained, row_table):
        operations.answer(module, named_batch=UnknownBatch("No batch is called tickts"))
    assert exit_code(verb, "tickts") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "UnknownBatch\nNo batch is called tickts" in printed.err


def test_retry_watches_the_new_batch_and_ends_as_it_does(
    operations: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    operations.answer(again, rerun_failed_rows=started(), finish=3)
    assert exit_code("retry", NAME) == 3
    assert operations.calls[0][1][0] == ARN
    assert operations.calls[1][1][0] == f"{NAME}-2"
    assert f"{NAME}: {NAME}-2 runs its rows again." in capsys.readouterr().err


def test_retry_without_a_batch_takes_the_last_with_failed_rows(operations: Operations) -> None:
    operations.answer(again, last_with_failed_rows=ARN, rerun_failed_rows=started(), finish=0)
    assert exit_code("retry") == 0
    assert operations.calls[1][1][0] == ARN


def test_retry_without_a_batch_and_without_failed_rows_has_nothing_to_do(
    operations: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    operations.answer(again, last_with_failed_rows=None, rerun_failed_rows=AssertionError("started"))
    assert exit_code("retry") == 0
    assert capsys.readouterr().out.startswith("Nothing to do")


def test_retry_of_many_rows_asks_first(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {
        "status": "CONFIRMATION_REQUIRED",
        "message": "2,000 rows are more than 1,000.",
        "reasons": ["about $18"],
        "estimate": {},
        "confirmation": "secret",
        "expires_at": "2026-11-21T15:15:00Z",
    }
    operations.answer(again, rerun_failed_rows=asked, finish=AssertionError("watched"))
    assert exit_code("retry", NAME, "--no-input", "--json") == 4
    printed = capsys.readouterr()
    assert json.loads(printed.out)["status"] == "CONFIRMATION_REQUIRED"
    assert f"batchctl retry {NAME} --yes" in printed.err
    assert "secret" not in printed.out + printed.err
    operations.answer(again, rerun_failed_rows=[asked, started()], finish=0)
    assert exit_code("retry", NAME, "--yes") == 0
    assert operations.calls[-2][1][2] == "secret"


def test_resume_without_waiting_prints_the_name(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(again, resume_batch=started(), finish=AssertionError("watched"))
    assert exit_code("resume", NAME, "--no-wait") == 0
    printed = capsys.readouterr()
    assert printed.out == f"{NAME}-2\n"
    assert f"batchctl watch {NAME}-2" in printed.err


def test_nothing_to_go_on_with_is_told(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(
        again, resume_batch={"status": "NOTHING_TO_DO", "batch": NAME, "message": "All rows are answered."}
    )
    assert exit_code("resume", NAME, "--json") == 0
    assert json.loads(capsys.readouterr().out)["status"] == "NOTHING_TO_DO"


def test_cancel_asks_and_says_what_to_type(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(cancelled, cancel_batch=AssertionError("stopped"))
    assert exit_code("cancel", NAME, "--stack", "dev") == 4
    assert f"batchctl cancel {NAME} --yes --stack dev" in capsys.readouterr().err


def test_cancelled_batch_is_told_with_what_goes_on(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {
        "execution_arn": ARN,
        "batch": NAME,
        "status": "ABORTED",
        "was": "RUNNING",
        "message": "Stopped.",
        "next_steps": [f"batchctl resume {NAME}"],
        "partial_csv_uri": "s3://b/p.csv",
    }
    operations.answer(cancelled, cancel_batch=answer)
    assert exit_code("cancel", NAME, "--yes", "--region", "eu-west-1") == 0
    printed = capsys.readouterr()
    assert printed.out == "Stopped.\ns3://b/p.csv\n"
    assert f"batchctl resume {NAME} --region eu-west-1" in printed.err


def test_results_have_the_shape_that_json_keys_are_checked_by(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("retry", NAME, "--json", "status,nonsense") == 2
    assert "--json: the answer has no key 'nonsense'" in capsys.readouterr().err
    assert "status" in results()
