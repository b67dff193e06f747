from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.aws.dynamodb import as_item

# Beyond these DynamoDB has no number.
NUMBERS = st.integers(-(10**37), 10**37) | st.floats(-1e100, 1e100).filter(lambda number: not 0 < abs(number) < 1e-100)
PLAIN = st.none() | st.booleans() | st.text() | NUMBERS
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    return [_exact(inner) for inner in value] if isinstance(value, list) else value


@given(VALUES)
@example(0)
@example(0.0)
@example(-0.0)
@example(1e-07)
@example(5.0)
@example(2**53 + 1)
@example(True)
@example("")
def test_value_becomes_what_boto3_makes_of_it(value: Any) -> None:
    assert as_item({"value": value}) == {"value": TypeSerializer().serialize(_exact(value))}
