"""The committed definitions are what their sources make, and the row's states serve more machines than one."""

import json
from pathlib import Path
from typing import Any

import pytest

from batchctl.definition.files import definitions
from batchctl.definition.machine import machine_of
from batchctl.definition.source import read
from tests.statemachine.definition import DEFINITION, ROOT, ROW_BATCH_DEFINITION, expression_of, load
from tests.statemachine.engines import JavaScriptEngine

FOLDERS = [ROOT / "statemachine", ROOT / "examples"]
MADE = {path: text for folder in FOLDERS for path, text in definitions(folder).items()}
DEPLOYED = [*MADE, *sorted((ROOT / "generated").glob("*/agent.asl.json"))]
SOURCE = ROOT / "statemachine" / "source"


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_a_definition_is_what_its_source_makes(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path], "run `make definition`"


def test_every_definition_has_a_source() -> None:
    there = {path for folder in FOLDERS for path in folder.rglob("*.asl.json") if ".aws-sam" not in path.parts}
    assert there == MADE.keys()
    assert {DEFINITION, ROW_BATCH_DEFINITION} <= MADE.keys()


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: path.name)
def test_no_deployed_expression_has_a_line_break(path: Path) -> None:
    found = list(_expressions(json.loads(path.read_text(encoding="utf-8"))))
    assert found
    assert [expression for expression in found if "\n" in expression] == []


def test_every_function_of_the_source_is_called() -> None:
    deployed = "".join(path.read_text(encoding="utf-8") for path in (DEFINITION, ROW_BATCH_DEFINITION))
    assert [name for name in read(SOURCE / "functions.yaml") if f"{name} := function" not in deployed] == []


def test_the_wording_of_a_failure_stands_once_in_the_source() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.yaml")))
    for said in ("Execution timeout in the agent itself", "{ $origin_key & '-'", "'execution', $arn[6]"):
        assert texts.count(said) == 1


def test_the_states_of_a_row_make_another_machine(javascript: JavaScriptEngine) -> None:
    """One that runs a single row, which comes with plan and loading's findings."""
    source = """
        Comment: Runs one row.
        QueryLanguage: JSONata
        StartAt: TakeRow
        functions: !include functions.yaml
        States:
          TakeRow:
            Type: Pass
            Assign: {plan: "{% $states.input.plan %}", loaded: "{% $states.input.loaded %}"}
            Output: "{% $states.input.row %}"
            Next: !include row.yaml#StartAt
          <<: !include row.yaml#States
    """
    made = machine_of(source, SOURCE / "one_row.asl.yaml")
    assert javascript.objections(made) == []
    assert {**made["States"], "TakeRow": None} == {
        **load()["States"]["ProcessCSV"]["ItemProcessor"]["States"],
        "TakeRow": None,
    }


def _expressions(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [expression for one in inner for expression in _expressions(one)]
    return [value] if expression_of(value) else []
