from typing import Any

import pytest

from tests.unit.configs import AGENT, TOOL
from tests.unit.registry.parsed_entries import tool


@pytest.mark.parametrize(
    ("arns", "arn", "runs"),
    [
        ({"lambda_arn": TOOL}, TOOL, "lambda"),
        ({"lambda_arn": None, "resource_arn": TOOL, "tool_type": "lambda"}, TOOL, "lambda"),
        ({"lambda_arn": None, "resource_arn": AGENT, "tool_type": "state_machine"}, AGENT, "state_machine"),
        ({"lambda_arn": None, "resource_arn": AGENT}, AGENT, "state_machine"),
        ({"lambda_arn": TOOL, "resource_arn": TOOL}, TOOL, "lambda"),
    ],
)
def test_tool_is_a_function_or_a_state_machine(arns: dict[str, Any], arn: str, runs: str) -> None:
    assert (tool(**arns).arn, tool(**arns).runs) == (arn, runs)
