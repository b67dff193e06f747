from typing import Any

import pytest

from batch_processor.document.json_path import MISSING, follow


@pytest.mark.parametrize(
    ("steps", "value", "found"),
    [
        ((), {"a": 1}, {"a": 1}),
        (("a",), {"a": None}, None),
        (("a", 0, "b"), {"a": [{"b": 1}]}, 1),
        ((-1,), [1, 2], 2),
        ((2,), [1, 2], MISSING),
        ((-3,), [1, 2], MISSING),
        (("0",), [1], MISSING),
        ((0,), "text", MISSING),
        ((0,), {"0": 1}, MISSING),
        (("a", "b"), {"a": "text"}, MISSING),
        (("x", "y"), {}, MISSING),
    ],
)
def test_steps_lead_to_the_value_or_to_missing(steps: tuple[str | int, ...], value: Any, found: Any) -> None:
    assert follow(steps, value) == found
