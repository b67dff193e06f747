"""What the states before and after the row pipeline may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from tests.statemachine.recorded import (
    THRESHOLD_EXCEEDED,
    TOO_LARGE,
    TOPIC_RESULT,
    cause_text,
    failures,
    function_result,
    python_error,
)
from tests.statemachine.samples import EXECUTIONS, FANNED_OUT, LOADED, LOADED_ROWS, PART, PLAN, RESULT, SUMMARY
from tests.statemachine.situation import Situation, named

ABORTED: dict[str, Any] = {"Error": "RowFailed", "Cause": "Row 2 failed"}


def batch_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _start()
    yield from _row_batch()
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


def _row_batch() -> Iterator[Situation]:
    """What the machine does with the input that a child of its Distributed Map gives it."""
    resuming = {**PLAN, "earlier": {"batch": "run-0", "only_failed": False}}
    for case, rows in named({"of one row": LOADED_ROWS[:1], "of rows": LOADED_ROWS}):
        data = {"plan": PLAN, "loaded": FANNED_OUT, "rows": rows}
        row_batch = {"first": 1, "last": rows[-1]["index"]}
        yield Situation(
            "ReceiveInput",
            f"row batch {case}",
            data,
            expected={
                "assigned": {"plan": PLAN, "loaded": {**FANNED_OUT, "row_batch": row_batch}},
                "output": rows,
                "next": "ProcessCSV",
            },
        )
        again_of = {"again": f"{EXECUTIONS}row-batch-run-1-1"}
        for again, (more, made) in named({"again": (again_of, PLAN), "resuming": ({"plan": resuming}, resuming)}):
            given = {"loaded": FANNED_OUT, "rows": rows, **(more if more is again_of else {})}
            yield Situation(
                "ReceiveInput",
                f"row batch {case}, {again}",
                {**data, **more},
                expected={"assigned": {"plan": made}, "output": given, "next": "LoadCSVData"},
            )
            loaded = {**FANNED_OUT, "row_batch": row_batch}
            for left in (rows[:0], rows):
                yield Situation(
                    "LoadCSVData",
                    f"row batch {case}, {again}, {len(left)} left",
                    given,
                    function_result({"rows": left, "loaded": loaded}),
                    variables={"plan": made},
                    expected={
                        "fields.Arguments.Payload": {"plan": made, "given": given},
                        "assigned.loaded": loaded,
                        "output": left,
                    },
                )


def _map_mode() -> Iterator[Situation]:
    row_batch = {"row_batch": {"first": 1, "last": 3}}
    for case, loaded, rows, leads_to in [
        ("inline", LOADED, LOADED_ROWS, "ProcessCSV"),
        ("inline, header only", {**LOADED, "row_count": 0}, [], "ProcessCSV"),
        ("distributed", FANNED_OUT, [], "FanOutRowBatches"),
        ("distributed, header only", {**FANNED_OUT, "row_count": 0}, [], "ProcessCSV"),
        ("row batch", {**FANNED_OUT, **row_batch}, LOADED_ROWS, "ProcessCSV"),
        ("row batch that has been answered", {**FANNED_OUT, **row_batch}, [], "ProcessCSV"),
    ]:
        variables = {"loaded": loaded}
        expected = {"output": rows, "next": leads_to}
        yield Situation("ChooseMapMode", case, rows, variables=variables, expected=expected)


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
    for case, summary in named(
        {
            "summary": SUMMARY,
            "no errors": {**SUMMARY, "errors": [], "status": "SUCCEEDED"},
            "nulls": {**SUMMARY, "errors": None},
            "part": PART,
        }
    ):
        yield Situation(
            "AggregateResults",
            case,
            [RESULT],
            function_result(summary),
            expected={
                "output.summary": summary,
                "output.subject": f"Batch run-1: {summary['status']}",
                "output.message": json.dumps(summary, indent=2, ensure_ascii=False),
            },
        )
    yield Situation(
        "AggregateResults",
        "no rows",
        [],
        function_result(SUMMARY),
        expected={"fields.Arguments.Payload.results": []},
    )
    error = python_error("InvalidConfiguration", "The configuration has 1 problem:\n- no columns")
    for name, leads_to in [
        ("ValidateInput", "DescribeBatchFailure"),
        ("LoadCSVData", "DescribeBatchFailure"),
        ("AggregateResults", "SalvageAnswers"),
    ]:
        for failure in (error, TOO_LARGE):
            expected = {"output": failure, "next": leads_to}
            yield Situation(name, failure["Error"], [], error=failure, expected=expected)


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
        answers: list[dict[str, Any]] = [{"rows": 0}, {"rows": 2, "csv_location": "s3://b/k.partial.csv"}]
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
        (
            "salvaged",
            ABORTED | {"salvaged": {"rows": 2, "csv_location": "s3://b/k"}},
            "Row 2 failed\n\nThe 2 answers received until then: s3://b/k",
        ),
        (
            "a row in a row batch",
            {"Error": "RowFailed", "Cause": "Row 7 failed", "salvaged": {"rows": 2, "csv_location": "s3://b/k"}},
            "Row 7 failed\n\nThe 2 answers received until then: s3://b/k",
        ),
        ("without a cause", {"Error": "States.Timeout"}, ""),
    ]:
        yield Situation(
            "DescribeBatchFailure",
            case,
            error,
            variables={"loaded": None},
            expected={
                "output.error": error["Error"],
                "output.message": message,
                "output.subject": f"Batch run-1: FAILED, {error['Error']}",
            },
        )
    for case, error in failures().items():
        yield Situation("DescribeBatchFailure", f"row error: {case}", error, expected={"next": "IsNotificationWanted"})


def _end() -> Iterator[Situation]:
    done = {
        "outcome": "SUCCEEDED",
        "summary": SUMMARY,
        "wanted": True,
        "subject": "Batch run-1: é\n😀",
        "message": "m",
    }
    failed = {
        "outcome": "FAILED",
        "error": "InvalidCsv",
        "wanted": False,
        "subject": "s" * 300,
        "message": "é\n",
    }
    refused = {"Error": "SNS.AmazonSNSException", "Cause": "no"}
    notification_error = {"notification_error": refused["Error"]}
    unannounced = {**failed, **notification_error}
    yield Situation("IsNotificationWanted", "wanted", done, expected={"next": "PublishNotification", "output": done})
    yield Situation("IsNotificationWanted", "not wanted", failed, expected={"next": "EndBatch", "output": failed})
    for case, data, subject in [
        ("Unicode", done, "Batch run-1: ?"),
        ("long", failed, "s" * 100),
        ("nothing but Unicode", {**failed, "subject": "é😀" * 300}, "?"),
    ]:
        yield Situation(
            "PublishNotification",
            case,
            data,
            TOPIC_RESULT,
            expected={
                "fields.Arguments.Subject": subject,
                "fields.Arguments.Message": f"{data['message']}\n\nExecution: {PLAN['batch']['id']}",
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
                {**done, "summary": summary, **extra},
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
    for length in (0, 30_000, 30_001):
        data = {**failed, "message": "é" * length}
        expected = {"fields.Cause": "é" * min(length, 30_000)}
        yield Situation("BatchFailed", f"message of {length} characters", data, expected=expected)
