"""What expressions may use, and how fast they are."""

import os
import subprocess
import time
from typing import Any

import pytest

from batchctl.local.emulator.process import PACKAGE_ROOT
from tests.emulator.local_aws import PYTHON, LocalAws, over_items
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("jsonata_evaluation", "States.QueryEvaluationError")
def there_is_no_eval(aws: LocalAws) -> Any:
    return aws.output({"Pass": {"Type": "Pass", "Output": "{% $eval('1') %}", "End": True}})


@item("jsonata_evaluation", ["Execution", "State", "StateMachine"])
def the_context_has_the_keys_of_aws(aws: LocalAws) -> Any:
    return sorted(aws.output({"Pass": {"Type": "Pass", "Output": "{% $keys($states.context) %}", "End": True}}))


def _pass(output: Any) -> dict[str, Any]:
    return {"Pass": {"Type": "Pass", "Output": output, "End": True}}


@item("jsonata_evaluation", ["States.QueryEvaluationError", "States.QueryEvaluationError"])
def there_is_no_syntax_of_jsonata_2_1(aws: LocalAws) -> Any:
    return [aws.output(_pass("{% $states.input.a " + operator + " 1 %}"), {"a": 0}) for operator in ("??", "?:")]


@item("templates", "The JSONata expression '$states.input.b + 1' specified for the field 'Output/list[1]'")
def the_place_of_what_fails_is_told_where_all_is_evaluated_at_once(aws: LocalAws) -> Any:
    parts = ["{% $states.input.a + 1 %}", "{% $states.input.b + 1 %}"]
    cause = aws.run(_pass({"list": parts, "other": "{% 1 %}"}), {"a": 1})["cause"]
    return cause.partition("). ")[2].partition(" returned ")[0]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


def test_expressions_are_parsed_once(patched: LocalAws, unpatched: LocalAws) -> None:
    """Not AWS's behaviour but what a batch of thousands of rows needs."""
    expression = "{% " + " + ".join(f"$sum([{n}, $states.input])" for n in range(100)) + " %}"
    states = {"Pass": {"Type": "Pass", "Output": expression, "End": True}}
    machine = {"Map": over_items(states, MaxConcurrency=2)}

    def seconds(aws: LocalAws) -> float:
        started = time.monotonic()
        aws.run(machine, {"items": list(range(40))})
        return time.monotonic() - started

    assert seconds(patched) * 1.5 < seconds(unpatched), "MiniStack does this now: delete jsonata_evaluation.py"


ENGINES = """
import json, sys

if sys.argv[1] == "jsonata-python":
    sys.modules["jlens"] = None
from batchctl.local.emulator.fidelity.expressions import jsonata_evaluation, python_engine

jsonata_evaluation.apply()

assert (jsonata_evaluation.engine is python_engine.evaluate) == (sys.argv[1] == "jsonata-python")
scope = {"variables": {"null": None, "rows": [{"n": 1}, {"n": 2}], "sum": 5, "half": "a \\ud83d"}}
for expression in sys.argv[2:]:
    try:
        print(json.dumps(jsonata_evaluation.evaluate(expression, {"a": {"b": 1}}, scope)))
    except Exception as error:
        print(error.error, "undefined" if "undefined" in error.cause else "failed")
"""
EXPRESSIONS = (
    "$null", "[$null]", "$states.input.a.b", "$states.input.b", "$rows.n", "$rows[n > 2]", "$sum + 1",
    "$half", "$half & 'b'", "$parse('{\"a\": \"\\\\ud83d\"}')", "$eval('1')", "$states.input.a ?? 1", "1) + (2", "nothing",
    "($f := function($n) { $f($n + 1) }; $f(0))", "$partition([1, 2, 3], 2)", "$range(1, 3, 1)", "$hash('a', 'MD5')",
    # Takes jlens seconds, with the square of the length.
    "$length($replace($join($map([1..20000], function($n) { 'aaaaa' })), /a[a]aaa/, ' '))",
)  # fmt: skip


def _by(engine: str) -> list[str]:
    command = [PYTHON, "-c", ENGINES, engine, *EXPRESSIONS]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return run.stdout.splitlines()


def test_where_there_is_no_jlens_the_other_engine_comes_to_the_same() -> None:
    pytest.importorskip("jlens")
    answers = _by("jlens")
    assert dict(zip(EXPRESSIONS, answers, strict=True)) == dict(zip(EXPRESSIONS, _by("jsonata-python"), strict=True))
    assert answers[:4] == ["null", "[null]", "1", "States.QueryEvaluationError undefined"]
