from typing import Any

import pytest

from batch_processor.contract.agent_input import is_of_row
from batch_processor.document.json_value import same


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ([True], [1], False),
        ({"a": {"b": [False]}}, {"a": {"b": [0]}}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": None}, {}, False),
        ([1, 2], [1], False),
        ([1], {"0": 1}, False),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_values_are_the_same_as_json_has_them(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike


def test_execution_that_was_given_a_flag_for_a_number_is_no_row_s() -> None:
    assert not is_of_row('{"input": {"level": true}}', {"input": {"level": 1}})
