from typing import Any

import pytest

from batch_processor.errors import InvalidEntry
from tests.unit.registry.parsed_entries import agent


@pytest.mark.parametrize(
    ("parameters", "pointer", "message"),
    [
        ({"x": "y" * 400_000}, "", "DynamoDB at most 390,000"),
        ({"a": [{"x": 1e300}]}, "/parameters/a/0/x", "only those from 1e-130 to 9.9e125"),
        ({"x": 1e-200}, "/parameters/x", "only those from 1e-130 to 9.9e125"),
    ],
)
def test_what_dynamodb_does_not_take_is_told(parameters: Any, pointer: str, message: str) -> None:
    with pytest.raises(InvalidEntry) as caught:
        agent(parameters=parameters)
    [problem] = caught.value.problems
    assert problem.pointer == pointer
    assert message in problem.message


def test_value_that_dynamodb_nests_too_deeply_is_told_with_the_way_out() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"a": deep}
    with pytest.raises(InvalidEntry, match=r"/parameters(/a){30}: DynamoDB nests at most 30 levels; make it flatter"):
        agent(parameters=deep)
