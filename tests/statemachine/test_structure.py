"""The definition's structure, as far as neither SAM nor a linter looks at it."""

import re
from pathlib import Path

import pytest

from tests.statemachine.definition import DEFINITION, ROW_BATCH_DEFINITION, Scope, expressions, load, targets
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.states import MACHINES, STATES

SCOPES = [pytest.param(scope, id=f"{name} {scope.owner}") for name, scopes in MACHINES.items() for scope in scopes]


@pytest.mark.parametrize("scope", SCOPES)
def test_every_target_exists_and_every_state_is_reached(scope: Scope) -> None:
    reached, waiting = set[str](), [scope.start]
    while waiting:
        name = waiting.pop()
        assert name in scope.states
        if name not in reached:
            reached.add(name)
            waiting += targets(scope.states[name])
    assert reached == scope.states.keys()


@pytest.mark.parametrize("scopes", MACHINES.values(), ids=MACHINES)
def test_state_names_are_unique_across_scopes(scopes: list[Scope]) -> None:
    names = [name for scope in scopes for name in scope.states]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", STATES)
def test_every_state_says_what_it_is_for(name: str) -> None:
    assert STATES[name]["Comment"].endswith(".")


def test_a_large_batch_reads_rows_as_loading_writes_them() -> None:
    reader = STATES["FanOutRowBatches"]["ItemReader"]
    assert STATES["FanOutExpressRows"]["ItemReader"] == reader
    assert reader["Resource"] == "arn:aws:states:::s3:getObject"
    assert reader["ReaderConfig"] == {"InputType": "JSONL"}


@pytest.mark.parametrize("path", [DEFINITION, ROW_BATCH_DEFINITION], ids=lambda path: path.name)
def test_asl_validator_has_nothing_against_it(javascript: JavaScriptEngine, path: Path) -> None:
    assert javascript.objections(load(path)) == []


def test_asl_validator_does_object_to_a_state_that_cannot_be(javascript: JavaScriptEngine) -> None:
    machine = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
    assert javascript.objections(machine)


@pytest.mark.parametrize("name", STATES)
def test_every_expression_is_jsonata_of_aws(name: str, javascript: JavaScriptEngine) -> None:
    for expression in expressions(STATES[name]).values():
        # 2.0.6 knows neither of the two operators of 2.1, which the Python engine accepts; AWS has no $eval.
        assert not re.search(r"\?\?|\?:|\$eval\b", expression)
        javascript.free_variables(expression)


@pytest.mark.parametrize("name", STATES)
def test_regular_expressions_are_flat(name: str, javascript: JavaScriptEngine) -> None:
    # They run in java.util.regex on AWS. Nothing but a single class is repeated and nothing is grouped, so they
    # do not recurse or backtrack; without shorthands, && and nested [ they mean the same in all three languages.
    # Alternatives stand at the top alone, where each is tried once.
    for expression in expressions(STATES[name]).values():
        for regex in javascript.regexes(expression):
            outside = re.sub(r"\[\^?(?:\\[\[\]]|\\u[0-9a-f]{4}|[^\[\]\\&])+\]\+?", "", regex)
            assert not re.search(r"[*+{}()\\\[\]&]", outside), regex


def test_only_the_children_of_a_fan_out_are_executions_of_their_own() -> None:
    assert {name: {scope.owner: scope.distributed for scope in scopes} for name, scopes in MACHINES.items()} == {
        "batch": {
            "": False,
            "ProcessCSV": False,
            "FanOutExpressRows": True,
            "CallRows": False,
            "FanOutRowBatches": True,
            "JoinParts": False,
        },
        "row batch": {"": False, "ProcessCSV": False},
    }
