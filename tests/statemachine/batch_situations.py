"""What the states before and after the row pipeline may meet, by name."""

from collections.abc import Iterator
from typing import Any

from batch_processor.contract.number import CONTRACT
from tests.statemachine.recorded import (
    THRESHOLD_EXCEEDED,
    TOO_LARGE,
    TOPIC_RESULT,
    cause_text,
    failures,
    function_result,
    python_error,
)
from tests.statemachine.samples import EXECUTIONS, FANNED_OUT, LOADED, LOADED_ROWS, PLAN, RESULT, SUMMARY
from tests.statemachine.situation import Situation, named

PARTIAL: dict[str, Any] = {
    "status": "PARTIAL",
    "status_text": "2 of 3.",
    "csv_location": "s3://b/k",
    "rows_succeeded": 2,
}
ABORTED: dict[str, Any] = {"Error": "RowFailed", "Cause": "Row 2 failed"}


def batch_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _start()
    yield from _map_mode()
    yield from _own_functions()
    yield from _rows()
    yield from _salvage()
    yield from _batch_failure()
    yield from _end()


def _start() -> Iterator[Situation]:
    unplanned = {"batch": {"id": PLAN["batch"]["id"], "name": "run-1"}}
    for case, data in named(
        {
            "null": None,
            "empty": {},
            "list": [],
            "list of configs": [{"target": {"type": "agent"}}],
            "text": "s3://bucket/plan/rows",
            "number": 1,
            "config": {"config_s3_uri": "s3://é/😀"},
            "config with rows": {"rows": []},
            "plan alone": {"plan": PLAN, "again": True},
            # Only the row batch machine knows these.
            "row batch": {"plan": PLAN, "loaded": FANNED_OUT, "rows": LOADED_ROWS},
            "row batch again": {"plan": PLAN, "loaded": FANNED_OUT, "rows": LOADED_ROWS, "again": EXECUTIONS},
        }
    ):
        yield Situation(
            "ReceiveInput",
            case,
            data,
            expected={"output": data, "assigned.plan.batch": unplanned["batch"], "next": "ValidateInput"},
        )
        yield Situation(
            "ValidateInput",
            case,
            data,
            function_result(PLAN),
            variables={"plan": unplanned},
            expected={"fields.Arguments.Payload.input": data, "assigned.plan": PLAN, "output": {}},
        )


def _map_mode() -> Iterator[Situation]:
    for case, loaded, rows, leads_to in [
        ("inline", LOADED, LOADED_ROWS, "ProcessCSV"),
        ("inline, header only", {**LOADED, "row_count": 0}, [], "ProcessCSV"),
        ("distributed", FANNED_OUT, [], "FanOutRowBatches"),
        ("distributed, header only", {**FANNED_OUT, "row_count": 0}, [], "ProcessCSV"),
    ]:
        variables = {"loaded": loaded}
        expected = {"output": rows, "next": leads_to}
        yield Situation("ChooseMapMode", case, rows, variables=variables, expected=expected)
    other = {key: value for key, value in PLAN.items() if key != "contract"}
    for number in ({}, {"contract": CONTRACT + 1}):
        yield Situation(
            "ChooseMapMode",
            f"plan of another contract {number}",
            LOADED_ROWS,
            variables={"plan": {**other, **number}},
            expected={"output.Error": "StackUpdated", "next": "DescribeBatchFailure"},
        )


def _own_functions() -> Iterator[Situation]:
    for case, loaded in named({"rows": LOADED_ROWS, "one row": LOADED_ROWS[:1], "header only": []}):
        yield Situation(
            "LoadCSVData",
            case,
            {},
            function_result({"rows": loaded, "loaded": LOADED}),
            expected={
                "fields.Arguments.Payload": {"plan": PLAN, "given": {}},
                "output": loaded,
                "assigned.loaded": LOADED,
                "next": "ChooseMapMode",
            },
        )
    yield Situation(
        "LoadCSVData",
        "large batch",
        {},
        function_result({"rows": [], "loaded": FANNED_OUT}),
        expected={"output": [], "assigned.loaded": FANNED_OUT},
    )
    yield Situation(
        "LoadCSVData",
        "Express children of the earlier batch may be at work",
        {},
        error=python_error("BatchAtWork", "Go on with it in 299 s."),
        expected={"output": {}, "next": "WaitForEarlierChildren"},
    )
    earlier = {"batch": "night", "only_failed": False, "rows": [], "runs": []}
    yield Situation(
        "WaitForEarlierChildren",
        "any",
        {},
        variables={"plan": {**PLAN, "earlier": {**earlier, "wait_seconds": 299}}},
        expected={
            "fields.Seconds": 299,
            "assigned.plan": {**PLAN, "earlier": earlier},
            "output": {},
            "next": "LoadCSVData",
        },
    )
    for case, summary in named(
        {
            "summary": SUMMARY,
            "no errors": {**SUMMARY, "errors": [], "status": "SUCCEEDED"},
            "nulls": {**SUMMARY, "errors": None},
        }
    ):
        yield Situation(
            "AggregateResults",
            case,
            [RESULT],
            function_result(summary),
            expected={"output": {"outcome": "SUCCEEDED", "wanted": True, "message": summary}},
        )
    for success, failing, all_failed, some_failed in [
        (True, False, True, True),
        (False, True, True, False),
        (False, False, False, False),
    ]:
        plan = {**PLAN, "notification": {**PLAN["notification"], "success": success, "failure": failing}}
        for status, wanted in (("ALL_ROWS_FAILED", all_failed), ("COMPLETED_WITH_ERRORS", some_failed)):
            yield Situation(
                "AggregateResults",
                f"{status}, success {success}, failure {failing}",
                [RESULT],
                function_result({**SUMMARY, "status": status}),
                variables={"plan": plan},
                expected={"output.wanted": wanted},
            )
    yield Situation(
        "AggregateResults",
        "no rows",
        [],
        function_result(SUMMARY),
        expected={"fields.Arguments.Payload.results": []},
    )
    yield from _joining()
    error = python_error("InvalidConfiguration", "The configuration has 1 problem:\n- no columns")
    for name, leads_to in [
        ("ValidateInput", "DescribeBatchFailure"),
        ("LoadCSVData", "DescribeBatchFailure"),
        ("AggregateResults", "SalvageAnswers"),
    ]:
        for failure in (error, TOO_LARGE):
            expected = {"output": failure, "next": leads_to}
            yield Situation(name, failure["Error"], [], error=failure, expected=expected)


def _joining() -> Iterator[Situation]:
    """An output too large for one call: its rows are cut into ranges, and joined range by range."""
    too_large = python_error("JoinedInRanges", "25,000,000,000 bytes are more than one invocation surely joins.")
    expected = {"output": too_large, "next": "CutOutput"}
    yield Situation("AggregateResults", "too large", [], error=too_large, expected=expected)
    ranges = [{"first": 1, "last": 50_000}, {"first": 50_001, "last": 100_000}]
    summary = {"outcome": "SUCCEEDED", "wanted": True, "message": SUMMARY}
    for case, cut in named({"two ranges": ranges, "one range": ranges[:1]}):
        variables = {"loaded": FANNED_OUT}
        yield Situation(
            "CutOutput",
            case,
            too_large,
            function_result({"ranges": cut}),
            variables=variables,
            expected={
                "fields.Arguments.Payload": {"plan": PLAN, "loaded": FANNED_OUT, "cut": True},
                "output": cut,
                "next": "JoinParts",
            },
        )
        yield Situation(
            "JoinParts",
            case,
            cut,
            cut,
            variables=variables,
            expected={"fields.Items": cut, "output": cut, "next": "AggregateJoinedParts"},
        )
        yield Situation(
            "AggregateJoinedParts",
            case,
            cut,
            function_result(SUMMARY),
            variables=variables,
            expected={
                "fields.Arguments.Payload": {"plan": PLAN, "loaded": {**FANNED_OUT, "joined": cut}, "results": []},
                "output": summary,
                "next": "IsNotificationWanted",
            },
        )
    yield Situation(
        "JoinRange",
        "a range",
        ranges[1],
        function_result(ranges[1]),
        variables={"loaded": FANNED_OUT},
        expected={
            "fields.Arguments.Payload": {"plan": PLAN, "loaded": FANNED_OUT, "range": ranges[1]},
            "output": ranges[1],
            "next": None,
        },
    )
    stopped = python_error("OutOfTime", "Joining the rows takes longer than a function may run.")
    for name in ("CutOutput", "JoinParts", "AggregateJoinedParts"):
        for failure in (stopped, TOO_LARGE):
            to_salvage = {"output": failure, "next": "SalvageAnswers"}
            yield Situation(name, failure["Error"], ranges, error=failure, expected=to_salvage)
    unwritten = {"error": "OutOfTime", "cause": "It took too long.\n\nNo partial CSV was written: …"}
    yield Situation(
        "SalvageAnswers",
        "a partial CSV that takes too long",
        stopped,
        function_result(unwritten),
        expected={
            "output": {"Error": "OutOfTime", "Cause": unwritten["cause"], "salvaged": unwritten},
            "next": "DescribeBatchFailure",
        },
    )


def _rows() -> Iterator[Situation]:
    for case, data in named({"rows": LOADED_ROWS, "one row": LOADED_ROWS[:1], "no rows": []}):
        results = [RESULT] * len(data)
        yield Situation(
            "ProcessCSV",
            case,
            data,
            results,
            expected={
                "fields.Items": data,
                "fields.MaxConcurrency": 10,
                "output": results,
                "next": "AggregateResults",
            },
        )
    to_salvage = {"output": ABORTED, "next": "SalvageAnswers"}
    yield Situation("ProcessCSV", "aborted", LOADED_ROWS, error=ABORTED, expected=to_salvage)


def _salvage() -> Iterator[Situation]:
    for case, failure in named(
        {
            "failed row": ABORTED,
            "without a cause": {"Error": "States.Timeout"},
            "results not written": python_error("StorageUnavailable", "no"),
            "row error": TOO_LARGE,
            "null cause": {"Error": "Odd", "Cause": None},
        }
    ):
        detail = {
            "executionArn": PLAN["batch"]["id"],
            "status": "FAILED",
            "error": failure["Error"],
            "cause": cause_text(failure),
        }
        answers: list[dict[str, Any]] = [{"rows": 0}, {"rows": 2, "summary": PARTIAL}]
        for found in answers:
            yield Situation(
                "SalvageAnswers",
                f"{case}, {found['rows']} answers",
                failure,
                function_result(found),
                expected={"output": {**failure, "salvaged": found}, "fields.Arguments.Payload": {"detail": detail}},
            )
    fault = {"error": "RowFailed", "cause": "Row 7 failed"}
    yield Situation(
        "SalvageAnswers",
        "the row that ended a row batch",
        THRESHOLD_EXCEEDED,
        function_result({"rows": 2, **fault}),
        expected={
            "output": {"Error": "RowFailed", "Cause": "Row 7 failed", "salvaged": {"rows": 2, **fault}},
            "next": "DescribeBatchFailure",
        },
    )
    for error in ("States.DataLimitExceeded", "SourceUnavailable"):
        keeps_the_reason = {"output": ABORTED, "next": "DescribeBatchFailure"}
        yield Situation(
            "SalvageAnswers", error, ABORTED, error={"Error": error, "Cause": "no"}, expected=keeps_the_reason
        )


def _batch_failure() -> Iterator[Situation]:
    problems = "The configuration has 2 problems:\n- 'colums' is not a key\n- no target"
    for case, error, message in [
        ("configuration", python_error("InvalidConfiguration", problems), problems),
        ("aborted", ABORTED, "Row 2 failed"),
        ("path in an error object", python_error("InvalidCsv", "C:\\new\nline"), "C:\\new\nline"),
        ("path in plain words", {"Error": "RowFailed", "Cause": 'C:\\new "x"'}, 'C:\\new "x"'),
        ("nothing salvaged", ABORTED | {"salvaged": {"rows": 0}}, "Row 2 failed"),
        ("salvaged", ABORTED | {"salvaged": {"rows": 2, "summary": PARTIAL}}, "Row 2 failed"),
        ("on Python 3.11", {"Error": "E", "Cause": '{"errorMessage": "Gr\\u00f6\\u00dfe \\ud83d\\ude00"}'}, "Größe 😀"),
        ("without a cause", {"Error": "States.Timeout"}, ""),
    ]:
        yield Situation(
            "DescribeBatchFailure",
            case,
            error,
            variables={"loaded": None},
            expected={
                "output.error": error["Error"],
                "output.reason": message,
                "output.message": {
                    **({"status": "FAILED"} if "summary" not in error.get("salvaged", {}) else PARTIAL),
                    "batch": "run-1",
                    "error": error["Error"],
                    "cause": message,
                    "execution_arn": PLAN["batch"]["id"],
                },
            },
        )
    for case, error in failures().items():
        yield Situation("DescribeBatchFailure", f"row error: {case}", error, expected={"next": "IsNotificationWanted"})


def _end() -> Iterator[Situation]:
    done: dict[str, Any] = {"outcome": "SUCCEEDED", "wanted": True, "message": {**SUMMARY, "batch": "run-1 é\n😀"}}
    told = {"status": "FAILED", "batch": "run-1", "error": "InvalidCsv", "cause": "é\n", "execution_arn": "arn"}
    failed: dict[str, Any] = {
        "outcome": "FAILED",
        "error": "InvalidCsv",
        "wanted": False,
        "reason": "é\n",
        "message": told,
    }
    refused = {"Error": "SNS.AmazonSNSException", "Cause": "no"}
    notification_error = {"notification_error": refused["Error"]}
    unannounced = {**failed, **notification_error}
    yield Situation("IsNotificationWanted", "wanted", done, expected={"next": "PublishNotification", "output": done})
    yield Situation("IsNotificationWanted", "not wanted", failed, expected={"next": "EndBatch", "output": failed})
    for case, data, subject, mail in [
        (
            "Unicode",
            done,
            f"Batch run-1 ?: {SUMMARY['status']}",
            "\n\n".join(
                [
                    f"Batch run-1 é\n😀: {SUMMARY['status']}",
                    SUMMARY["status_text"],
                    f"CSV: {SUMMARY['csv_location']}",
                    f"Summary: {SUMMARY['summary_location']}",
                    f"Execution: {SUMMARY['execution_arn']}",
                ]
            ),
        ),
        (
            "failed",
            failed,
            "Batch run-1: FAILED, InvalidCsv",
            "Batch run-1: FAILED, InvalidCsv\n\né\n\n\nExecution: arn",
        ),
        (
            "long",
            {**failed, "message": {**told, "error": "s" * 300, "cause": ""}},
            ("Batch run-1: FAILED, " + "s" * 300)[:100],
            f"Batch run-1: FAILED, {'s' * 300}\n\nExecution: arn",
        ),
        (
            "long name",
            {**failed, "message": {**told, "batch": "n" * 80, "cause": ""}},
            f"Batch {'n' * 71}...: FAILED, InvalidCsv",
            f"Batch {'n' * 80}: FAILED, InvalidCsv\n\nExecution: arn",
        ),
        (
            "long name and long error",
            {**failed, "message": {**told, "batch": "n" * 80, "error": "e" * 80, "cause": ""}},
            f"Batch {'n' * 17}...: FAILED, {'e' * 80}"[:100],
            f"Batch {'n' * 80}: FAILED, {'e' * 80}\n\nExecution: arn",
        ),
    ]:
        yield Situation(
            "PublishNotification",
            case,
            data,
            TOPIC_RESULT,
            expected={
                "fields.Arguments.Subject": subject,
                "fields.Arguments.Message.default.status": data["message"]["status"],
                "fields.Arguments.Message.email": mail,
                "fields.Arguments.MessageAttributes.status.StringValue": data["message"]["status"],
                "output": data,
            },
        )
    for data in (done, failed):
        yield Situation(
            "PublishNotification",
            f"{data['outcome']}, refused",
            data,
            error=refused,
            expected={"output": {**data, **notification_error}, "next": "EndBatch"},
        )
    for case, summary in named({"summary": SUMMARY, "nulls": {**SUMMARY, "errors": None}, "empty": {}}):
        for suffix, extra in named({"": {}, ", unannounced": notification_error}):
            yield Situation(
                "EndBatch",
                f"succeeded, {case}{suffix}",
                {**done, "message": summary, **extra},
                expected={"output": {**summary, **extra}, "next": "BatchSucceeded"},
            )
    for case, data in named({"failed": failed, "failed, unannounced": unannounced}):
        yield Situation("EndBatch", case, data, expected={"output": data, "next": "BatchFailed"})
    yield Situation("BatchSucceeded", "summary", SUMMARY, expected={"output": SUMMARY, "next": None})
    yield Situation(
        "BatchFailed",
        "announced",
        failed,
        expected={"fields.Error": "Batch.InvalidCsv", "fields.Cause": "é\n"},
    )
    yield Situation("BatchFailed", "unannounced", unannounced, expected={"fields.Error": "Unannounced.InvalidCsv"})
    yield Situation(
        "BatchFailed",
        "salvaged",
        {**failed, "message": {**told, **PARTIAL}},
        expected={"fields.Cause": "é\n\n\nThe 2 answers received until then: s3://b/k"},
    )
    for length in (0, 30_000, 30_001):
        data = {**failed, "reason": "é" * length}
        expected = {"fields.Cause": "é" * min(length, 30_000)}
        yield Situation("BatchFailed", f"reason of {length} characters", data, expected=expected)
