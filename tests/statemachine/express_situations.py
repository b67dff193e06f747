"""What FanOutExpressRows, its children and the states behind it may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from batch_processor.contract.number import CONTRACT
from batch_processor.contract.stored_answer import ANSWERED
from batch_processor.results.stored_row import failures_key, partition, row_id
from tests.statemachine import express_agents
from tests.statemachine.engines import NOW_MS
from tests.statemachine.recorded import (
    MAP_FAILURES,
    TIMED_OUT_FUNCTION,
    TIMED_OUT_TASK,
    TOO_LARGE,
    WRAPPED_THROTTLING,
    answers,
    function_result,
    python_error,
)
from tests.statemachine.samples import (
    EXPRESS,
    EXPRESS_CHILD,
    EXPRESS_PLAN,
    EXPRESS_ROW,
    LOADED_ROWS,
    PROBLEM,
    plan,
)
from tests.statemachine.situation import Situation, named

AT = "2026-11-21T09:34:44.123Z"
BOUNDS = EXPRESS["fan_out"]["express"]
CONDITIONAL = {"Error": "DynamoDB.ConditionalCheckFailedException", "Cause": "The conditional request failed"}
THROTTLED_PUT = {"Error": "DynamoDB.ProvisionedThroughputExceededException", "Cause": "slow down"}
INEXACT = {"Error": "States.QueryEvaluationError", "Cause": "The answer has a number of more digits than a text keeps."}
LATE = NOW_MS - BOUNDS["last_start_ms"] - 1
EMPTY = {"error": "EmptyRow", "message": "Line 3: all cells are empty, so there is nothing to send."}
PUT_RESULT = {"SdkHttpMetadata": {"HttpStatusCode": 200}}
STORE = EXPRESS["storage"]


def express_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _fan_out()
    yield from _rest()
    yield from _child()
    yield from _row()
    yield from _answer()
    yield from _failure()
    yield from express_agents.child_situations()


def _fan_out() -> Iterator[Situation]:
    there = {"plan": EXPRESS_PLAN, "loaded": EXPRESS}
    yield Situation(
        "FanOutExpressRows",
        "rows",
        [],
        {"MapRunArn": "arn:aws:states:eu-west-1:123456789012:mapRun:batch-processor-dev/ExpressRows:1"},
        variables=there,
        expected={
            "fields.ItemReader.Arguments": {"Bucket": "bucket", "Key": "work/run-1/rows.jsonl"},
            "fields.ItemBatcher": {
                "MaxItemsPerBatch": 100,
                "MaxInputBytesPerBatch": 100_000,
                "BatchInput": there,
            },
            "fields.MaxConcurrency": 40,
            "fields.ToleratedFailurePercentage": 100,
            "output": {"unfinished": True, "loaded": EXPRESS},
            "next": "CollectUnfinishedRows",
        },
    )
    for failure in MAP_FAILURES:
        yield Situation(
            "FanOutExpressRows",
            failure["Error"],
            [],
            error=failure,
            variables=there,
            expected={"output": failure, "next": "SalvageAnswers"},
        )


def _rest() -> Iterator[Situation]:
    there = {"plan": EXPRESS_PLAN, "loaded": EXPRESS}
    given = {"unfinished": True, "loaded": EXPRESS}
    for case, fan_out, target in [
        ("nothing left", {}, "AggregateResults"),
        ("some left", {"is_rest": True}, "FanOutRowBatches"),
    ]:
        found = {**EXPRESS, "fan_out": {**EXPRESS["fan_out"], **fan_out}}
        yield Situation(
            "CollectUnfinishedRows",
            case,
            given,
            function_result({"rows": [], "loaded": found}),
            variables=there,
            expected={
                "fields.Arguments.Payload": {"plan": EXPRESS_PLAN, "given": given},
                "assigned.loaded": found,
                "output": [],
                "next": "ChooseRest",
            },
        )
        yield Situation("ChooseRest", case, [], variables={"loaded": found}, expected={"output": [], "next": target})
    for error in (python_error("OutOfTime", "no"), TOO_LARGE):
        yield Situation(
            "CollectUnfinishedRows", error["Error"], given, error=error, expected={"next": "SalvageAnswers"}
        )


def _child() -> Iterator[Situation]:
    for case, rows in named({"one row": LOADED_ROWS[:1], "rows": LOADED_ROWS}):
        last = rows[-1]["index"]
        loaded = {**EXPRESS, "row_batch": {"first": 1, "last": last}}
        yield Situation(
            "ReceiveRows",
            case,
            {"BatchInput": {"plan": EXPRESS_PLAN, "loaded": EXPRESS}, "Items": rows},
            expected={
                "assigned": {
                    "plan": EXPRESS_PLAN,
                    "loaded": loaded,
                    "rows": rows,
                    "started_ms": NOW_MS,
                    "results": [],
                },
                "output": {"first": 1, "last": last},
                "next": "LookForAnswers",
            },
        )
    for case, first, last, count, may in [
        ("none there", 1, 100, 0, False),
        ("one there", 1, 100, 1, True),
        ("none there, in two partitions", 99, 101, 0, True),
        ("none there, last partition", 99_999_901, 100_000_000, 0, False),
    ]:
        yield Situation(
            "LookForAnswers",
            case,
            {"first": first, "last": last},
            {"Count": count, "ScannedCount": count},
            expected={
                "fields.Arguments.TableName": "${ResultsTableName}",
                "fields.Arguments.ExpressionAttributeValues": {
                    ":partition": {"S": partition(STORE, first)},
                    ":first": {"S": row_id(first)},
                    ":last": {"S": row_id(last)},
                },
                "output": {"may_have_answers": may},
                "next": "ChooseRows",
            },
        )
    failed = {"Error": "DynamoDb.ThrottlingException", "Cause": "no"}
    yield Situation(
        "LookForAnswers",
        "throttled",
        {"first": 1, "last": 3},
        error=failed,
        expected={"output": {"may_have_answers": True}, "next": "ChooseRows"},
    )
    earlier = {**EXPRESS_PLAN, "earlier": {"batch": "run-0", "only_failed": False}}
    cached = {**EXPRESS_PLAN, "cache": {"scope": "s3://bucket/out/", "max_age_seconds": 60}}
    for case, planned, may, target in [
        ("none there", EXPRESS_PLAN, False, "CallRows"),
        ("some there", EXPRESS_PLAN, True, "LeaveOutAnswered"),
        ("resuming", earlier, False, "LeaveOutAnswered"),
        ("with a cache", cached, False, "LeaveOutAnswered"),
    ]:
        data = {"may_have_answers": may}
        output = LOADED_ROWS if target == "CallRows" else data
        yield Situation(
            "ChooseRows", case, data, variables={"plan": planned}, expected={"output": output, "next": target}
        )
    for case, left in named({"none": [], "one": LOADED_ROWS[2:]}):
        yield Situation(
            "LeaveOutAnswered",
            f"{case} left",
            {"may_have_answers": True},
            function_result({"rows": left, "loaded": EXPRESS}),
            expected={
                "fields.Arguments.Payload": {
                    "plan": EXPRESS_PLAN,
                    "given": {"rows": LOADED_ROWS, "loaded": EXPRESS_CHILD["loaded"]},
                },
                "assigned": {"rows": left},
                "output": left,
                "next": "CallRows",
            },
        )
    for state in ("LeaveOutAnswered", "CallRows", "ExtractAnswers"):
        for error in (python_error("StackUpdated", "no"), TOO_LARGE):
            given: Any = [] if state == "CallRows" else {}
            yield Situation(
                state, error["Error"], given, error=error, expected={"output": error, "next": "ChildFailed"}
            )
            yield Situation(
                "ChildFailed",
                f"{state}, {error['Error']}",
                error,
                expected={"fields.Error": error["Error"], "fields.Cause": error["Cause"], "next": None},
            )
    yield from _rounds()


def _rounds() -> Iterator[Situation]:
    one, two = {"index": 1}, {"index": 2, "left": True, "attempt": 1}
    for case, before, after in [
        ("first round of one row", [], [one]),
        ("first round", [], [one, two]),
        ("second round", [one, two], [one]),
        ("no row", [], []),
    ]:
        yield Situation(
            "CallRows",
            case,
            LOADED_ROWS,
            after,
            variables={"results": before},
            expected={
                "fields.Items": LOADED_ROWS,
                "fields.MaxConcurrency": 10,
                "assigned.results": [*before, *after],
                "next": "ExtractAnswers",
            },
        )
    resumed = [{**LOADED_ROWS[0], "attempt": 2}, *LOADED_ROWS[1:]]
    for case, rows, again, made in [
        ("all read", LOADED_ROWS, [], []),
        (
            "one again",
            LOADED_ROWS,
            [{"index": 3, "attempt": 2}],
            [{**LOADED_ROWS[2], "attempt": 2, "first_attempt": 1}],
        ),
        (
            "two again",
            resumed,
            [{"index": 1, "attempt": 3}, {"index": 3, "attempt": 2}],
            [
                {**LOADED_ROWS[0], "attempt": 3, "first_attempt": 2},
                {**LOADED_ROWS[2], "attempt": 2, "first_attempt": 1},
            ],
        ),
        ("no rows", [], [], []),
    ]:
        yield Situation(
            "ExtractAnswers",
            case,
            {},
            function_result({"again": again, "left": 0, "rows_succeeded": 3}),
            variables={"rows": rows, "results": [one, two]},
            expected={
                "fields.Arguments.Payload": {
                    "contract": CONTRACT,
                    "plan": EXPRESS_PLAN,
                    "loaded": EXPRESS_CHILD["loaded"],
                    "results": [one, two],
                    "started_ms": EXPRESS_CHILD["started_ms"],
                },
                "output": made,
                "next": "ChooseRound",
            },
        )
        target = "CallRows" if made else "RowsEnded"
        yield Situation("ChooseRound", case, made, expected={"output": made or {}, "next": target})
    yield Situation("RowsEnded", "end", {}, expected={"output": {}, "next": None})


def _row() -> Iterator[Situation]:
    for case, row, first, attempt in [
        ("first attempt", LOADED_ROWS[0], 1, 1),
        ("resumed", {**LOADED_ROWS[0], "attempt": 2}, 2, 2),
        ("again after two", {**LOADED_ROWS[0], "attempt": 3, "first_attempt": 1}, 1, 3),
        ("failed in an earlier batch", {**LOADED_ROWS[0], "run": "-5ca1ab1e"}, 1, 1),
    ]:
        of_row = {"first_attempt": first, "stem": "run-1-1-", "run": row.get("run", "")}
        made = {**EXPRESS_ROW, "index": 1, "started_ms": NOW_MS, **of_row}
        kept = {"attempt": attempt, "throttled": 0, "delay": 0, "row": made}
        yield Situation(
            "TransformInputInChild",
            case,
            row,
            expected={"assigned": kept, "output": row, "next": "InvokeToolInChild"},
        )
        yield Situation(
            "TransformInputInChild",
            f"{case}, no time",
            row,
            variables={"started_ms": LATE},
            expected={"assigned": kept, "next": "LeaveRow"},
        )
        yield Situation(
            "LeaveRow",
            case,
            row,
            variables={"row": made, "attempt": attempt},
            expected={
                "output": {"index": 1, "left": True, "attempt": attempt, "calls": attempt - made["first_attempt"]},
                "next": None,
            },
        )
    for problem, target in ((EMPTY, "SkipRowInChild"), (PROBLEM, "StoreFailure")):
        for case, started_ms in named({"in time": NOW_MS, "late": LATE}):
            yield Situation(
                "TransformInputInChild",
                f"{problem['error']} {case}",
                {"index": 2, "row": {}, "problem": problem},
                variables={"started_ms": started_ms},
                expected={"assigned.row.problems": [problem], "assigned.row.input": {}, "next": target},
            )
    yield Situation(
        "SkipRowInChild",
        "row with nothing to send",
        variables={"row": {**EXPRESS_ROW, "problems": [EMPTY]}},
        expected={"output.index": 2, "output.status": "SKIPPED", "output.error": "EmptyRow", "next": None},
    )
    anew = {**EXPRESS_ROW, "run": "-5ca1ab1e"}
    yield Situation(
        "InvokeToolInChild",
        "row that failed in an earlier batch",
        LOADED_ROWS[1],
        function_result("ok"),
        variables={"row": anew},
        expected={"fields.Arguments.Payload.id": "run-1-2-1-5ca1ab1e", "output": "ok"},
    )
    for case, answer in answers().items():
        yield Situation(
            "InvokeToolInChild",
            case,
            LOADED_ROWS[1],
            function_result(answer),
            expected={
                "fields.Arguments": {
                    "FunctionName": EXPRESS_PLAN["target"]["arn"],
                    "Payload": {"name": "support-agent", "input": EXPRESS_ROW["input"], "id": "run-1-2-1"},
                },
                "fields.TimeoutSeconds": 30,
                "output": answer,
                "next": "StoreAnswer",
            },
        )
    for error in (TIMED_OUT_TASK, TOO_LARGE, python_error("ValueError", "no")):
        yield Situation(
            "InvokeToolInChild",
            error["Error"],
            {},
            error=error,
            expected={"output": error, "next": "JudgeFailureInChild"},
        )


def _answer() -> Iterator[Situation]:
    ms = NOW_MS - EXPRESS_ROW["started_ms"]
    item = {
        "batch_id": {"S": partition(STORE, 2)},
        "row_id": {"S": row_id(2)},
        "status": {"S": ANSWERED},
        "timestamp": {"S": AT},
        "ttl": {"N": str(NOW_MS // 1000 + STORE["ttl_seconds"])},
        "since": {"S": STORE["since"]},
        "fingerprint": {"S": STORE["fingerprint"]},
        "execution_time_ms": {"N": str(ms)},
    }
    given = json.dumps(EXPRESS_ROW["input"], separators=(",", ":"), ensure_ascii=False)
    for case, answer in named({**answers(), "a long text": "a" * 70_000}):
        text = json.dumps({"answer": answer}, separators=(",", ":"), ensure_ascii=False)
        with_input = {"input_data": {"S": given}} if len(text) + len(given) < 60_000 else {}
        for attempt in (1, 3):
            calls = {"calls": {"N": "3"}} if attempt > 1 else {}
            yield Situation(
                "StoreAnswer",
                f"{case}, attempt {attempt}",
                answer,
                PUT_RESULT,
                variables={"attempt": attempt},
                expected={
                    "fields.Arguments": {
                        "TableName": "${ResultsTableName}",
                        "Item": {**item, **calls, "answer": {"S": text}, **with_input},
                        **BOUNDS["unless_answered"],
                    },
                    "output": {"index": 2},
                    "next": None,
                },
            )
    yield Situation("KeepWhatStands", "refused", CONDITIONAL, expected={"output": {"index": 2}, "next": None})
    yield Situation("StoreAnswer", "inexact", {"a": 1}, error=INEXACT, expected={"next": "ExtractAnswerInChild"})
    for error in (CONDITIONAL, THROTTLED_PUT, TOO_LARGE):
        yield Situation(
            "StoreAnswer", error["Error"], [1], error=error, expected={"output": [1], "next": "PlaceAnswer"}
        )
    for case, answer, target in [
        ("null", None, "CarryAnswer"),
        ("short", {"a": "x" * 80}, "CarryAnswer"),
        ("too long", {"a": "x" * 100}, "ExtractAnswerInChild"),
        ("short, beyond ASCII", {"a": "é" * 10}, "CarryAnswer"),
        ("too long, beyond ASCII", {"a": "é" * 30}, "ExtractAnswerInChild"),
    ]:
        yield Situation("PlaceAnswer", case, answer, expected={"output": answer, "next": target})
    for case, answer in answers().items():
        yield Situation(
            "CarryAnswer",
            case,
            answer,
            variables={"attempt": 2},
            expected={
                "output": {"index": 2, "answer": answer, "attempt": 2, "at": AT, "ms": ms},
                "next": None,
            },
        )
        yield Situation(
            "ExtractAnswerInChild",
            case,
            answer,
            function_result({"index": 2, "status": "SUCCESS", "stored": True}),
            variables={"attempt": 2},
            expected={
                "fields.Arguments.Payload.answer": answer,
                "fields.Arguments.Payload.store": STORE,
                "fields.Arguments.Payload.calls": 2,
                "fields.Arguments.Payload.contract": CONTRACT,
                "output": {"index": 2},
                "next": None,
            },
        )
    for error in (python_error("StructuredOutputMissing", "no"), python_error("StructuredOutputInvalid", "no")):
        yield Situation(
            "ExtractAnswerInChild",
            error["Error"],
            {},
            error=error,
            expected={"output": error, "next": "JudgeFailureInChild"},
        )
    for error in (python_error("StorageUnavailable", "no"), TOO_LARGE):
        yield Situation(
            "ExtractAnswerInChild",
            error["Error"],
            {},
            error=error,
            expected={"output.Error": "AnswerNotStored", "next": "StoreFailure"},
        )


def _failure() -> Iterator[Situation]:
    failed = python_error("ValueError", "no such city")
    service = {"Error": "Lambda.ServiceException", "Cause": "internal"}
    gone = {"Error": "Lambda.ResourceNotFoundException", "Cause": "no function"}
    throttled = WRAPPED_THROTTLING["tool throttled"]
    judged: list[tuple[str, dict[str, str], dict[str, Any], dict[str, Any]]] = [
        ("first attempt failed", failed, {}, {"assigned": {"attempt": 2, "delay": 2}, "next": "SelectTargetInChild"}),
        ("second attempt failed", failed, {"attempt": 2}, {"assigned": {"attempt": 3, "delay": 3}}),
        ("timed out", TIMED_OUT_TASK, {}, {"next": "SelectTargetInChild"}),
        ("last attempt failed", failed, {"attempt": 3}, {"assigned": {}, "next": "StoreFailure"}),
        ("answer beyond a payload", TOO_LARGE, {}, {"assigned": {}, "next": "StoreFailure"}),
        ("no such function", gone, {}, {"assigned": {}, "next": "StoreFailure"}),
        ("throttled", throttled, {}, {"assigned": {"throttled": 1, "delay": 4}, "next": "SelectTargetInChild"}),
        ("service failed", service, {"throttled": 1}, {"assigned": {"throttled": 2, "delay": 8}}),
        ("throttled for long", throttled, {"throttled": 8}, {"assigned": {"attempt": 2, "delay": 2}}),
    ]
    for case, error, before, expected in judged:
        yield Situation("JudgeFailureInChild", case, error, variables=before, expected=expected)
    for case, delay, started_ms, target in [
        ("in time", 5, NOW_MS, "WaitInChild"),
        ("just in time", 5, LATE + 5_001, "WaitInChild"),
        ("too late", 5, LATE + 5_000, "LeaveRow"),
    ]:
        there = {"delay": delay, "started_ms": started_ms}
        yield Situation("SelectTargetInChild", case, failed, variables=there, expected={"next": target})
    yield Situation(
        "WaitInChild",
        "delay",
        failed,
        variables={"delay": 7},
        expected={"fields.Seconds": 7, "next": "CallAgainInChild"},
    )
    bad_row = {**EXPRESS_ROW, "problems": [PROBLEM], "input": {}}
    unfit = {"Error": PROBLEM["error"], "Cause": PROBLEM["message"]}
    ends: list[tuple[str, dict[str, str], dict[str, Any], str, str, str | None, int]] = [
        ("failed", failed, {"attempt": 3}, "FAILED", "ValueError", "no such city", 3),
        ("failed at once", failed, {}, "FAILED", "ValueError", "no such city", 1),
        ("timed out", TIMED_OUT_TASK, {}, "TIMEOUT", "States.Timeout", "Execution timeout after 30 s", 1),
        ("function timed out", TIMED_OUT_FUNCTION, {}, "TIMEOUT", TIMED_OUT_FUNCTION["Error"], None, 1),
        ("unfit", unfit, {"row": bad_row}, "FAILED", "RaggedRow", PROBLEM["message"], 0),
    ]
    for case, error, there, status, name, message, calls in ends:
        words = {} if message is None else {"fields.Arguments.Item.error_message": {"S": f"{name}: {message}"}}
        counted = {} if calls == 1 else {"fields.Arguments.Item.calls": {"N": str(calls)}}
        yield Situation(
            "StoreFailure",
            case,
            error,
            PUT_RESULT,
            variables=there,
            expected={
                "fields.Arguments.TableName": "${ResultsTableName}",
                "fields.Arguments.Item.batch_id": {"S": partition(STORE, 2)},
                "fields.Arguments.Item.row_id": {"S": row_id(2)},
                "fields.Arguments.Item.status": {"S": status},
                "fields.Arguments.Item.failed_batch": {"S": failures_key(STORE, 2)},
                "fields.Arguments.Item.letter.S.attempts": there.get("attempt", 1),
                "fields.Arguments.Item.letter.S.error": error["Error"],
                "fields.Arguments.ConditionExpression": BOUNDS["unless_answered"]["ConditionExpression"],
                "output": {"index": 2},
                "next": None,
                **words,
                **counted,
            },
        )
        result = {} if message is None else {"output.message": message}
        yield Situation(
            "RecordRowFailureInChild",
            case,
            error,
            variables=there,
            expected={
                "output.index": 2, "output.status": status, "output.error": name, "output.calls": calls, "next": None,
                **result,
            },
        )  # fmt: skip
    yield Situation("StoreFailure", "refused", failed, error=CONDITIONAL, expected={"next": "KeepWhatStands"})
    for error in (THROTTLED_PUT, TOO_LARGE):
        yield Situation(
            "StoreFailure",
            error["Error"],
            failed,
            error=error,
            expected={"output": failed, "next": "RecordRowFailureInChild"},
        )
    rest = plan(target={"type": "tool"})
    empty = {**EXPRESS, "row_count": 0}
    for case, loaded, target in [("rows", EXPRESS, "FanOutExpressRows"), ("no rows", empty, "ProcessCSV")]:
        there = {"plan": rest, "loaded": loaded}
        yield Situation("ChooseMapMode", f"express, {case}", [], variables=there, expected={"next": target})
