"""What reading the structured output of an answer may meet, by name."""

import json
from collections.abc import Iterator

from batch_processor.contract.number import CONTRACT
from tests.statemachine.recorded import TIMED_OUT_TASK, TOO_LARGE, function_result, in_execution, python_error
from tests.statemachine.samples import FANNED_OUT, LOADED, PLAN, ROW, plan
from tests.statemachine.situation import Situation, named


def extraction_situations() -> Iterator[Situation]:
    """Every situation."""
    for case, answer in named(
        {
            "null": None,
            "answer": {"structured_output": {}},
            "empty list": [],
            "list": [None],
        }
    ):
        yield Situation(
            "ExtractStructuredOutput",
            f"given {case}",
            answer,
            function_result({"index": 2, "status": "SUCCESS", "cells": ["é"]}),
            expected={
                "fields.Arguments.Payload.contract": CONTRACT,
                "fields.Arguments.Payload.answer": answer,
                "fields.Arguments.Payload.answered_by": "",
            },
        )
    yield from _fetched()
    refusal = python_error("StackUpdated", "no")
    for case, expected in named({"agent": "1", "tool": ""}):
        target = {} if case == "agent" else {"plan": plan(target={"type": "tool"})}
        to_leave = {"output": refusal, "assigned": {}, "next": "LeaveAnswer"}
        yield Situation(
            "ExtractStructuredOutput",
            f"answer of {case} for another contract",
            {},
            error=refusal,
            variables=target,
            expected=to_leave,
        )
        yield Situation(
            "LeaveAnswer",
            f"answer of {case}",
            refusal,
            variables=target,
            expected={"output.error": "StackUpdated", "output.unread": expected, "output.index": 2, "next": None},
        )
    for case, made in named(
        {
            "cells": {"cells": ["a", ""]},
            "one cell": {"cells": [""]},
            "no cells": {"cells": []},
            "spilled": {"spilled": True},
            "stored": {"stored": True},
        }
    ):
        row = {"index": 2, "status": "SUCCESS", "at": "2026-11-21T09:34:44.123Z", "ms": 1500, **made}
        yield Situation(
            "ExtractStructuredOutput",
            case,
            {},
            function_result(row),
            expected={"output": row, "next": None},
        )
    yield from _extract_input()


def _fetched() -> Iterator[Situation]:
    executions = "arn:aws:states:eu-west-1:123456789012:execution:support-agent"
    for case, suffix, variables, name in [
        ("agent", "", {}, "run-1-2-1"),
        ("version of an agent", ":7", {}, "run-1-2-1"),
        (
            "fresh run at the second attempt",
            "",
            {"row": {**ROW, "run": "-5ca1ab1e"}, "attempt": 2},
            "run-1-2-2-5ca1ab1e",
        ),
    ]:
        target = plan(target={"arn": PLAN["target"]["arn"] + suffix})
        there = {**variables, "fetch": True, "plan": target}
        yield Situation(
            "ExtractStructuredOutput",
            f"answer of the {case} fetched",
            TOO_LARGE,
            function_result({"index": 2, "status": "SUCCESS", "cells": ["é"]}),
            variables=there,
            expected={
                "fields.Arguments.Payload.answer": None,
                "fields.Arguments.Payload.answered_by": f"{executions}:{name}",
                "next": None,
            },
        )
        for error in (python_error("StorageUnavailable", "no"), TIMED_OUT_TASK, TOO_LARGE):
            yield Situation(
                "ExtractStructuredOutput",
                f"answer of the {case} not to be fetched, {error['Error']}",
                TOO_LARGE,
                error=error,
                variables=there,
                expected={"assigned": {"unread": in_execution(name)}, "next": "JudgeFailure"},
            )
        for error_name in ("AgentExecutionFailed", "AgentInputTooLarge"):
            error = python_error(error_name, "no")
            yield Situation(
                "ExtractStructuredOutput",
                f"{error_name} of the {case}",
                TOO_LARGE,
                error=error,
                variables=there,
                expected={"output": error, "assigned": {}, "next": "JudgeFailure"},
            )


def _extract_input() -> Iterator[Situation]:
    """The table keeps a row's input beside its answer, where one payload holds both."""
    stored = {"loaded": FANNED_OUT}
    room = 60_000 - len(json.dumps(PLAN["output"], separators=(",", ":"))) - len('[{"a":""},"",]')
    for case, variables, given, answer, sent in [
        ("inline", {}, ROW["input"], {}, None),
        ("table", stored, ROW["input"], {}, ROW["input"]),
        ("table, nothing given", stored, {}, None, {}),
        ("table, list of one", stored, {"a": [1]}, [1], {"a": [1]}),
        ("table, no answer in it", stored, {"a": None}, [], {"a": None}),
        ("table, most that fits", stored, {"a": "x"}, "y" * (room - 2), {"a": "x"}),
        ("table, one character too many", stored, {"a": "xx"}, "y" * (room - 2), None),
        ("table, large answer", stored, {"a": "x"}, {"text": "😀" * 60_000}, None),
        ("table, large input", stored, {"a": "😀" * 60_000}, {}, None),
    ]:
        yield Situation(
            "ExtractStructuredOutput",
            f"input for the {case}",
            answer,
            function_result({"index": 2, "status": "SUCCESS", "stored": True}),
            variables={**variables, "row": {**ROW, "input": given}},
            expected={
                "fields.Arguments.Payload.input": sent,
                "fields.Arguments.Payload.store": variables.get("loaded", LOADED)["storage"],
                "fields.Arguments.Payload.work": PLAN["work"],
                "fields.Arguments.Payload.started_ms": ROW["started_ms"],
                "fields.Arguments.Payload.output": PLAN["output"],
            },
        )
