"""What the states that make a row's input and choose its target may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from tests.statemachine.samples import LOADED_ROWS, PROBLEM, ROW, call, plan
from tests.statemachine.situation import Situation


def input_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _transform()
    yield from _select()


def _transform() -> Iterator[Situation]:
    """Every field shape; test_transform_input compares random ones with an oracle."""
    deep = {"a": [{"b": None}], "e": [], "o": {}, "one": [1], "two": [[1]]}
    cells = {
        "name": 'Ana "A" O\\Hara',
        "email#2": "ana@example.com",
        "column_1": "",
        "emoji": "😀é",
        "json": json.dumps({"items": [{"sku": "0012"}], "none": None, "last": [1, [2]]}),
        "null": "null",
        "list": "[[7]]",
    }

    def case(name: str, field: dict[str, Any], *value: Any) -> Situation:
        made = {"f": value[0]} if value else {}
        return _transformed(name, cells, [{"field": "f", **field}], {}, made)

    yield case("column", {"column": "name"}, cells["name"])
    yield case("duplicate name", {"column": "email#2"}, "ana@example.com")
    yield case("empty cell", {"column": "column_1"}, "")
    yield case("one joined column", {"columns": ["emoji"], "separator": ", "}, "😀é")
    yield case(
        "joined columns",
        {"columns": ["emoji", "column_1", "name"], "separator": "|"},
        f"😀é||{cells['name']}",
    )
    yield case("template", {"segments": [{"text": "Hi {"}, {"column": "emoji"}, {"text": ""}]}, "Hi {😀é")
    yield case("template of one empty cell", {"segments": [{"column": "column_1"}]}, "")
    yield case("path", {"column": "json", "path": ["items", 0, "sku"]}, "0012")
    yield case("path to one element", {"column": "json", "path": ["items"]}, [{"sku": "0012"}])
    yield case("path from the end", {"column": "json", "path": ["last", -1]}, [2])
    yield case("path to null", {"column": "json", "path": ["none"]}, None)
    yield case("path through null", {"column": "json", "path": ["none", "x"]})
    yield case("missing path", {"column": "json", "path": ["items", 1]})
    yield case("name in a list", {"column": "list", "path": ["x"]})
    yield case("index in an object", {"column": "json", "path": [0]})
    yield case("path into lists", {"column": "list", "path": [0, 0]}, 7)
    yield case("whole cell", {"column": "list", "path": []}, [[7]])
    yield case("whole cell of null", {"column": "null", "path": []}, None)
    yield case("path into a cell of null", {"column": "null", "path": ["a"]})
    yield _transformed("constants", {}, [], deep, deep)
    yield _transformed("nothing", {}, [], {}, {})
    yield _transformed("one field", {"x": "1"}, [{"field": "x", "column": "x"}], {}, {"x": "1"})
    yield _transformed("constant under a field", {"x": "1"}, [{"field": "a", "column": "x"}], deep, {**deep, "a": "1"})
    many = {f"c{number}": "é" * 100 for number in range(500)}
    yield _transformed("big", many, [{"field": name, "column": name} for name in many], {}, many)
    yield Situation(
        "TransformInput",
        "unfit row",
        {"index": 2, "row": {}, "problem": PROBLEM},
        expected={
            "assigned.row.input": {},
            "assigned.row.problems": [PROBLEM],
            "assigned.attempt": 1,
            "assigned.throttled": 0,
            "assigned.fetch": False,
            "assigned.unread": {},
            "assigned.row.run": "",
        },
    )
    yield Situation(
        "TransformInput",
        "row whose answer nobody could read in the batch that this one resumes",
        {**LOADED_ROWS[2], "attempt": 2, "run": ""},
        expected={
            "assigned.row.run": "",
            "assigned.attempt": 2,
            "assigned.row.first_attempt": 2,
            "assigned.call": call(row={"index": 3, "run": ""}, attempt=2),
        },
    )
    yield Situation(
        "TransformInput",
        "row that an Express child has called twice",
        {**LOADED_ROWS[2], "attempt": 3, "first_attempt": 1},
        expected={"assigned.attempt": 3, "assigned.row.first_attempt": 1},
    )
    yield Situation(
        "TransformInput",
        "row that failed in the batch that this one resumes",
        LOADED_ROWS[2],
        expected={
            "assigned.row.run": "-5ca1ab1e",
            "assigned.row.index": 3,
            "assigned.attempt": 1,
            "assigned.call": call(row=LOADED_ROWS[2]),
        },
    )


def _transformed(
    case: str,
    cells: dict[str, str],
    fields: list[dict[str, Any]],
    constants: dict[str, Any],
    made: dict[str, Any],
) -> Situation:
    return Situation(
        "TransformInput",
        case,
        {"index": 1, "row": cells},
        variables={"plan": plan(input={"constants": constants, "fields": fields})},
        expected={"assigned.row.input": made, "assigned.row.problems": [], "next": "InvokeAgent"},
    )


def _select() -> Iterator[Situation]:
    empty = {"error": "EmptyRow", "message": "Line 3: all cells are empty, so there is nothing to send."}
    tool = plan(target={"type": "tool"})
    machine = plan(target={"type": "tool", "runs": "state_machine"})
    for kind, planned, target in [
        ("agent", plan(), "InvokeAgent"), ("tool", tool, "InvokeTool"), ("tool that is a machine", machine, "InvokeAgent"),
    ]:  # fmt: skip
        yield Situation(
            "TransformInput", kind, LOADED_ROWS[0], variables={"plan": planned},
            expected={"next": target, "assigned.row.input.subject": "Charged twice", "output": LOADED_ROWS[0]},
        )  # fmt: skip
        yield Situation("SelectTarget", kind, variables={"plan": planned}, expected={"next": target})
        yield Situation(
            "TransformInput",
            f"{kind}, row with nothing to send",
            {"index": 2, "row": {}, "problem": empty},
            variables={"plan": planned},
            expected={"next": "SkipRow", "assigned.row.problems": [empty], "assigned.row.input": {}},
        )
        yield Situation(
            "TransformInput",
            f"{kind}, unfit row",
            {"index": 2, "row": {}, "problem": PROBLEM},
            variables={"plan": planned},
            expected={"next": "JudgeFailure", "output": {"Error": "RaggedRow", "Cause": PROBLEM["message"]}},
        )
    yield Situation(
        "SkipRow",
        "row with nothing to send",
        variables={"row": {**ROW, "problems": [empty], "input": {}}},
        expected={
            "output.index": ROW["index"],
            "output.status": "SKIPPED",
            **{f"output.{key}": empty[key] for key in empty},
        },
    )
