"""`batchctl local --agents PATTERN --tools PATTERN`: what the local stack lets batches call."""

import re

import pytest

from batchctl.errors import WrongUsage
from batchctl.local.allowed_names import allowed_names
from batchctl.local.foreground import main_stack
from batchctl.local.stack import MAIN
from batchctl.project import ROOT
from tests.statemachine.cloudformation import load

PARAMETERS = load(ROOT / "template.yaml")["Parameters"]


def test_without_patterns_all_that_is_there_may_be_called() -> None:
    parameters = main_stack([], []).parameters
    assert (parameters["AgentNamePattern"], parameters["ToolNamePattern"]) == ("*", "*")
    assert {**parameters, **MAIN.parameters} == MAIN.parameters


def test_patterns_narrow_one_kind_to_them_and_the_examples() -> None:
    parameters = main_stack(["my-*,triage", "my-*"], []).parameters
    assert parameters["AgentNamePattern"] == "batch-example-*,my-*,triage"
    assert parameters["ToolNamePattern"] == "*"


def test_what_a_refusal_says_to_type_adds_one_name() -> None:
    assert allowed_names("--tools", ["batch-example-*,my-*,enrich"]) == "batch-example-*,my-*,enrich"
    assert allowed_names("--tools", ["my-*, enrich"]) == "batch-example-*,my-*,enrich"


@pytest.mark.parametrize("wrong", ["arn:aws:states:us-east-1:000000000000:stateMachine:mine", "my agent", "", "my-*,"])
def test_what_is_no_name_is_refused_before_anything_starts(wrong: str) -> None:
    with pytest.raises(WrongUsage, match=r"^--agents: .*Give names, not ARNs.*--agents 'my-\*,enrich'"):
        allowed_names("--agents", [wrong])


@pytest.mark.parametrize("given", [[], ["my-*"], ["a_b,c-9"]])
def test_template_takes_what_comes_out(given: list[str]) -> None:
    for parameter in ("AgentNamePattern", "ToolNamePattern"):
        allowed = PARAMETERS[parameter]["AllowedPattern"]
        assert all(re.fullmatch(allowed, name) for name in allowed_names("--agents", given).split(","))
