"""The machines in examples/ and those of the orchestrator: held to what the batch processor's own machine is held to."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.statemachine import cloudformation
from tests.statemachine.definition import ROOT, Scope, all_states, expressions, scopes, targets
from tests.statemachine.engines import JavaScriptEngine

EXAMPLES = ROOT / "examples"
MACHINES = [
    *sorted(EXAMPLES.rglob("*.asl.json")),
    *sorted((ROOT / "statemachine").glob("batch_orchestrator*.asl.json")),
]
TEMPLATES = [*sorted(EXAMPLES.rglob("template.yaml")), ROOT / "template.yaml"]


def named(path: Path) -> str:
    return path.name.removesuffix(".asl.json")


@pytest.fixture(params=MACHINES, ids=named)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def machine(path: Path) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return definition


def test_every_target_exists_and_every_state_is_reached(machine: dict[str, Any]) -> None:
    for scope in scopes(machine):
        reached, waiting = set[str](), [scope.start]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += targets(scope.states[name])
        assert reached == scope.states.keys()


def test_every_state_says_what_it_is_for(machine: dict[str, Any]) -> None:
    assert machine["Comment"].endswith(".")
    assert all(state["Comment"].endswith(".") for state in all_states(machine).values())


def test_every_task_ends_in_time_retries_by_name_and_catches(machine: dict[str, Any]) -> None:
    for state in (state for state in all_states(machine).values() if state["Type"] == "Task"):
        assert state["TimeoutSeconds"]
        assert all(retrier["JitterStrategy"] == "FULL" for retrier in state["Retry"])
        assert not {"States.ALL", "States.TaskFailed"} & {e for r in state["Retry"] for e in r["ErrorEquals"]}
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
        assert all(
            catcher["ErrorEquals"] == ["States.ALL"] or "States.ALL" not in catcher["ErrorEquals"]
            for catcher in state["Catch"]
        )


def test_every_failure_has_an_error_and_a_cause(machine: dict[str, Any]) -> None:
    failures = [state for state in all_states(machine).values() if state["Type"] == "Fail"]
    assert all(failure["Error"] and failure["Cause"] for failure in failures)


def test_asl_validator_has_nothing_against_it(machine: dict[str, Any], javascript: JavaScriptEngine) -> None:
    assert javascript.objections(machine) == []


def test_every_expression_is_jsonata_of_aws_and_reads_assigned_variables(
    machine: dict[str, Any], javascript: JavaScriptEngine
) -> None:
    outer, *_ = scopes(machine)
    for scope in scopes(machine):
        assigned = _assigned(outer) | _assigned(scope)
        for state in scope.states.values():
            for expression in expressions(state).values():
                assert not re.search(r"\?\?|\?:|\$eval\b", expression)
                assert set(javascript.free_variables(expression)) <= assigned


def test_every_placeholder_is_a_whole_value_and_a_substitution_of_a_template(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    placeholders = re.findall(r'"\$\{(\w+)\}"', text)
    assert len(placeholders) == text.count("${")
    found = [
        resource["Properties"].get("DefinitionSubstitutions", {})
        for template in TEMPLATES
        for resource in cloudformation.load(template)["Resources"].values()
        if template.parent / str(resource.get("Properties", {}).get("DefinitionUri")) == path
    ]
    # Several machines may have one definition.
    assert {frozenset(substitutions) for substitutions in found} == {frozenset(placeholders)}


def _assigned(scope: Scope) -> set[str]:
    endings = [e for s in scope.states.values() for e in (s, *s.get("Choices", []), *s.get("Catch", []))]
    return {name for ending in endings for name in ending.get("Assign", {})}
