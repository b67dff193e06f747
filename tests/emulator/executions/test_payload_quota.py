"""What surely fits is never too large, so that no text need be made of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.local.emulator.fidelity.executions import payload_quota
from batchctl.local.emulator.fidelity.executions.execution_history import json_text

# All that JSON may have, with what its text makes longest: control characters, halves of emoji, numbers of many digits.
TEXTS = st.text(st.characters(codec=None) | st.sampled_from('\0\x1f"\\\ud83d'))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(VALUES)
def test_no_value_has_more_bytes_of_json_than_are_reckoned(value: Any) -> None:
    assert payload_quota.size(json_text(value)) <= payload_quota.most_bytes(value)


SAME = "\0" * 1_000


@pytest.mark.parametrize("express", [True, False])
@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("x" * 262_142, True),
        ("x" * 262_143, False),
        ("ü" * 131_071, True),
        ("ü" * 131_072, False),
        (["\0"] * 29_000, True),
        (["\0"] * 29_200, False),
        ([SAME] * 43, True),
        ([SAME] * 44, False),
    ],
)
def test_a_value_is_refused_by_its_bytes_of_json_in_both_kinds_of_executions(
    value: Any, fits: bool, express: bool
) -> None:
    execution: dict[str, Any] = {} if express else {"events": []}
    error = _refusal(lambda: payload_quota.told(value, "State", execution))
    assert error == (None if fits else "States.DataLimitExceeded")


@pytest.mark.parametrize("express", [True, False])
def test_variables_are_refused_by_what_they_are_together(express: bool) -> None:
    execution: dict[str, Any] = {} if express else {"events": []}
    half = "x" * 131_070
    assert _refusal(lambda: payload_quota.told_together({"a": half, "b": half}, "Assign", execution)) is None
    more = {"a": half, "b": half + "x"}
    assert _refusal(lambda: payload_quota.told_together(more, "Assign", execution)) == "States.DataLimitExceeded"


def test_texts_are_there_where_a_history_tells_them() -> None:
    assert payload_quota.told({"a": "ü"}, "State", {"events": []}) == '{"a":"ü"}'
    assert payload_quota.told({"a": "ü"}, "State", {}) == ""
    assert payload_quota.told_together({"a": 1}, "Assign", {"events": []}) == {"a": "1"}
    assert payload_quota.told_together({"a": 1}, "Assign", {}) == {}


def _refusal(call: Any) -> str | None:
    try:
        call()
    except Exception as error:
        return str(getattr(error, "error", error))
    return None
