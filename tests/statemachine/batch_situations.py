"""What the states before and after the row pipeline may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from .recorded import (
    LOADED,
    PLAN,
    PROBLEM,
    ROW,
    SUMMARY,
    TOO_LARGE,
    TOPIC_RESULT,
    cause_text,
    failures,
    function_result,
    python_error,
)
from .situation import Situation, named

ABORTED: dict[str, Any] = {"Error": "RowFailed", "Cause": "Row 2 failed"}


def batch_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _start()
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
            "config": {"config_s3_uri": "s3://é/😀"},
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


def _own_functions() -> Iterator[Situation]:
    rows = [{"index": 1, "row": {"subject": "é"}}, {"index": 2, "row": {}, "problem": PROBLEM}]
    for case, loaded in named({"rows": rows, "one row": rows[:1], "header only": []}):
        answer = function_result({"rows": loaded, "loaded": LOADED})
        yield Situation(
            "LoadCSVData",
            case,
            {},
            answer,
            expected={"output": loaded, "assigned.loaded": LOADED, "next": "ProcessCSV"},
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
            [{"index": 1, "status": "SUCCESS", "cells": ["billing"]}],
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
    rows: list[dict[str, Any]] = [
        {"index": 1, "row": {"subject": "x"}},
        {"index": 2, "row": {}, "problem": PROBLEM},
    ]
    for case, data in named({"rows": rows, "one row": rows[:1], "no rows": []}):
        yield Situation("ProcessCSV", case, data, [ROW] * len(data), expected={"fields.Items": data})
    to_salvage = {"output": ABORTED, "next": "SalvageAnswers"}
    yield Situation("ProcessCSV", "aborted", rows, error=ABORTED, expected=to_salvage)


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
