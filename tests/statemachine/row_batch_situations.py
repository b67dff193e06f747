"""What the row batch machine's own states may meet, by name."""

from collections.abc import Iterator
from typing import Any

from batch_processor.contract.number import CONTRACT
from tests.statemachine.recorded import TOO_LARGE, cause_text, failures, function_result, python_error
from tests.statemachine.samples import FANNED_OUT, LOADED_ROWS, PART, PLAN, RESULT, ROW_BATCHES
from tests.statemachine.situation import Situation, named
from tests.statemachine.states import IN_ROW_BATCH

ROW_BATCH = {"row_batch": {"first": 1, "last": 3}}


def row_batch_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _received()
    yield from _run()
    yield from _failed()


def _of(state: str, case: str, data: Any, result: Any = None, **more: Any) -> Situation:
    return Situation(f"{IN_ROW_BATCH}{state}", case, data, result, **more)


def _received() -> Iterator[Situation]:
    for case, number in named({"before there were numbers": {}, "another": {"contract": CONTRACT + 1}}):
        other = {**{key: value for key, value in PLAN.items() if key != "contract"}, **number}
        yield _of(
            "ReceiveRows",
            f"contract of {case}",
            {"plan": other, "loaded": FANNED_OUT, "rows": LOADED_ROWS},
            expected={"output.Error": "StackUpdated", "assigned": {}, "next": "RowsFailed"},
        )
    rest = {**FANNED_OUT, "row_batch": {"first": 1, "last": 40}}
    for case, rows in named({"of no row": [], "of one row": LOADED_ROWS[1:2]}):
        yield _of(
            "ReceiveRows",
            f"{case}, behind Express",
            {"plan": PLAN, "loaded": rest, "rows": rows},
            expected={"assigned": {"plan": PLAN}, "output": {"loaded": rest, "rows": rows}, "next": "LoadCSVData"},
        )
    resuming = {**PLAN, "earlier": {"batch": "run-0", "only_failed": False}}
    for case, rows in named({"of one row": LOADED_ROWS[:1], "of rows": LOADED_ROWS}):
        data = {"plan": PLAN, "loaded": FANNED_OUT, "rows": rows}
        loaded = {**FANNED_OUT, "row_batch": {"first": 1, "last": rows[-1]["index"]}}
        yield _of(
            "ReceiveRows",
            case,
            data,
            expected={"assigned": {"plan": PLAN, "loaded": loaded}, "output": rows, "next": "ProcessCSV"},
        )
        again_of = {"again": f"{ROW_BATCHES}run-1-1"}
        for again, (more, made) in named({"again": (again_of, PLAN), "resuming": ({"plan": resuming}, resuming)}):
            given = {"loaded": FANNED_OUT, "rows": rows, **(more if more is again_of else {})}
            yield _of(
                "ReceiveRows",
                f"{case}, {again}",
                {**data, **more},
                expected={"assigned": {"plan": made}, "output": given, "next": "LoadCSVData"},
            )
            for left in (rows[:0], rows):
                yield _of(
                    "LoadCSVData",
                    f"{case}, {again}, {len(left)} left",
                    given,
                    function_result({"rows": left, "loaded": loaded}),
                    variables={"plan": made},
                    expected={
                        "fields.Arguments.Payload": {"plan": made, "given": given},
                        "assigned.loaded": loaded,
                        "output": left,
                        "next": "ProcessCSV",
                    },
                )


def _run() -> Iterator[Situation]:
    variables = {"loaded": {**FANNED_OUT, **ROW_BATCH}}
    for case, data in named({"rows": LOADED_ROWS, "one row": LOADED_ROWS[:1], "no rows": []}):
        results = [RESULT] * len(data)
        yield _of(
            "ProcessCSV",
            case,
            data,
            results,
            variables=variables,
            expected={
                "fields.Items": data,
                "fields.MaxConcurrency": FANNED_OUT["rows_at_once"],
                "output": results,
                "next": "AggregateResults",
            },
        )
        yield _of(
            "AggregateResults",
            case,
            results,
            function_result(PART),
            variables=variables,
            expected={
                "fields.Arguments.Payload": {"plan": PLAN, **variables, "results": results},
                "output": PART,
                "next": None,
            },
        )


def _failed() -> Iterator[Situation]:
    for state in ("LoadCSVData", "ProcessCSV", "AggregateResults"):
        for failure in (python_error("StorageUnavailable", "no"), TOO_LARGE):
            expected = {"output": failure, "next": "RowsFailed"}
            yield _of(state, failure["Error"], [], error=failure, expected=expected)
    for case, error, cause in [
        ("a row ended it", {"Error": "RowFailed", "Cause": "Row 2 failed"}, "Row 2 failed"),
        ("a function failed", python_error("SourceUnavailable", "gone"), "gone"),
        ("without a cause", {"Error": "States.Timeout"}, ""),
        ("longest cause", {"Error": "E", "Cause": "\u00e9" * 30_001}, "\u00e9" * 30_000),
    ]:
        yield _of("RowsFailed", case, error, expected={"fields.Error": error["Error"], "fields.Cause": cause})
    for case, error in failures().items():
        yield _of("RowsFailed", f"row error: {case}", {**error, "Cause": cause_text(error)}, expected={"next": None})
