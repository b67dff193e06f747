"""Conditions on keys that are texts find what MiniStack's own reading of them finds, and are refused as they are."""

from typing import Any

import pytest

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import error_of

ROWS = ("1", "2", "21", "é", "😀", "\uffff")
NAMES = {"#sk": "sk"}


@pytest.fixture(scope="module")
def table(patched: LocalAws) -> str:
    """A table with two partitions of the same rows."""
    name = patched.name("table")
    patched.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )
    for partition in ("a", "b"):
        for row in ROWS:
            item = {"pk": {"S": partition}, "sk": {"S": row}, "text": {"S": f"{partition} {row}"}}
            patched.client("dynamodb").put_item(TableName=name, Item=item)
    return name


def _query(aws: LocalAws, table: str, condition: str, *, names: Any = None, **values: Any) -> list[str]:
    request = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {f":{name}": {"S": value} for name, value in values.items()},
        **({"ExpressionAttributeNames": names} if names else {}),
    }
    pages = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(TableName=table, **request, PaginationConfig={"PageSize": 2})
    )
    return [item["text"]["S"] for page in pages for item in page["Items"]]


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [("1", "21", ["1", "2", "21"]), ("2", "2", ["2"]), ("3", "\U0010ffff", ["é", "\uffff", "😀"]), ("0", "00", [])],
)
def test_a_range_has_both_of_its_ends_in_the_order_of_utf_8(
    patched: LocalAws, table: str, low: str, high: str, found: list[str]
) -> None:
    expected = [f"a {row}" for row in found]
    plain = "pk = :p AND sk BETWEEN :low AND :high"
    assert _query(patched, table, plain, p="a", low=low, high=high) == expected
    named = plain.replace("sk", "#sk")
    assert _query(patched, table, named, names=NAMES, p="a", low=low, high=high) == expected
    # This goes MiniStack's own way.
    assert _query(patched, table, plain.lower().replace("between", "BETWEEN"), p="a", low=low, high=high) == expected


def test_a_whole_partition_is_found(patched: LocalAws, table: str) -> None:
    assert _query(patched, table, "pk = :p", p="b") == [f"b {row}" for row in sorted(ROWS)]


def test_a_range_that_ends_before_it_begins_is_refused_each_time(patched: LocalAws, table: str) -> None:
    condition = "pk = :p AND sk BETWEEN :low AND :high"
    for _ in range(2):
        assert error_of(lambda: _query(patched, table, condition, p="a", low="2", high="1")) == "ValidationException"
        assert error_of(lambda: _query(patched, table, condition, p="a", low="2")) == "ValidationException"
