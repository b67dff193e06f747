import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.document.json_path import Step
from batch_processor.loading.json_cell import json_fault

BEYOND = "18446744073709551617"


@pytest.mark.parametrize(
    "number",
    [
        *("0", "-0", "-0.0", "0e9", "1", "1.0", "1e2", "-17", "0.1", "0.10", "1.50e-3", "6.02214076e23", "5e-324"),
        *("9007199254740991", "9007199254740992", "-9007199254740992", "1.7976931348623157e308", "9007199254740992.00"),
    ],
)
def test_number_that_a_double_carries_is_sent(number: str) -> None:
    assert json_fault(f'{{"n": {number}}}', ["n"]) is None
    assert json_fault(number, []) is None


@pytest.mark.parametrize(
    "number",
    [
        *(BEYOND, f"-{BEYOND}", "9007199254740993", "-9007199254740993", "9007199254740994", "100000000000000000000"),
        *("9007199254740993.0", "18446744073709551617e0", "3.14159265358979323846", "0.1000000000000000055", "1e-400"),
        *("4.9e-324", "0.30000000000000004000001", "1e-9999999999999999999999"),
    ],
)
def test_number_that_might_be_altered_is_told(number: str) -> None:
    fault = json_fault(f'{{"n": {number}}}', ["n"])
    assert fault is not None
    assert fault.startswith("but a number at its path would not surely arrive unchanged")
    assert json_fault(f'{{"n": "{number}"}}', ["n"]) is None, "the advice is to write it in quotes"


@pytest.mark.parametrize(
    ("cell", "path", "is_fit"),
    [
        (f'{{"id": {BEYOND}, "n": 1}}', ["n"], True),
        (f'{{"id": {BEYOND}, "n": 1}}', ["id"], False),
        (f'{{"id": {BEYOND}, "n": 1}}', [], False),
        (f'{{"id": {BEYOND}, "n": 1}}', ["x"], True),
        (f'{{"orders": [{{"id": 1}}, {{"ids": [2, [{BEYOND}]]}}]}}', ["orders", 0], True),
        (f'{{"orders": [{{"id": 1}}, {{"ids": [2, [{BEYOND}]]}}]}}', ["orders", -1], False),
        (f'{{"orders": [{{"id": 1}}, {{"ids": [2, [{BEYOND}]]}}]}}', ["orders", -1, "ids", 0], True),
        (f'{{"n": {BEYOND}, "n": 1}}', ["n"], True),
    ],
)
def test_only_numbers_that_the_path_leads_to_matter(cell: str, path: list[Step], is_fit: bool) -> None:
    assert (json_fault(cell, path) is None) is is_fit


def test_nothing_of_the_cell_is_quoted() -> None:
    assert "49" not in (json_fault("0.49" + "1234567" * 9, []) or "49")


@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers().map(Decimal))
@example(Decimal(2**53 + 1))
def test_whatever_is_sent_has_the_value_that_is_written(number: Decimal) -> None:
    text = f"{number:f}" if abs(number.adjusted()) < 400 else f"{number:e}"
    if json_fault(text, []) is None:
        assert Decimal(json.dumps(json.loads(text, parse_int=float))) == number
