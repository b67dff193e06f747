"""New items that are stored at once: refused and found again as all others are."""

from typing import Any

import pytest

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import error_of

INDEX = {
    "IndexName": "failures",
    "KeySchema": [{"AttributeName": "failed", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "ALL"},
}
UNLESS_ANSWERED = {
    "ConditionExpression": "attribute_not_exists(pk) OR #status <> :answered",
    "ExpressionAttributeNames": {"#status": "status"},
    "ExpressionAttributeValues": {":answered": {"S": "ANSWERED"}},
}
ANSWERED = {"status": {"S": "ANSWERED"}, "ms": {"N": "12"}}
BAD: list[dict[str, Any]] = [
    {"sk": {"S": ""}},
    {"sk": {"N": "1"}},
    {"failed": {"S": ""}},
    {"failed": {"N": "1"}},
    {"ms": {"N": "twelve"}},
    {"ms": {"N": "1", "S": "1"}},
    {"text": {"S": "x" * 409_600}},
]


@pytest.fixture
def table(patched: LocalAws) -> str:
    """A table with an index, in which an item has been stored under the condition."""
    name = patched.name("table")
    patched.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "failed")],
        GlobalSecondaryIndexes=[INDEX],
    )
    _put(patched, name, "1")
    return name


def _put(aws: LocalAws, table: str, row: str, **changed: Any) -> None:
    item = {"pk": {"S": "batch"}, "sk": {"S": row}, **ANSWERED, **changed}
    aws.client("dynamodb").put_item(TableName=table, Item=item, **UNLESS_ANSWERED)


def test_the_second_of_two_alike_is_found_and_refuses_a_third(patched: LocalAws, table: str) -> None:
    _put(patched, table, "2", failed={"S": "batch"}, text={"S": "é 😀"})
    key = {"pk": {"S": "batch"}, "sk": {"S": "2"}}
    expected = {**key, **ANSWERED, "failed": {"S": "batch"}, "text": {"S": "é 😀"}}
    client = patched.client("dynamodb")
    assert client.get_item(TableName=table, Key=key)["Item"] == expected
    of_index = {"IndexName": "failures", "KeyConditionExpression": "failed = :f"}
    found = client.query(TableName=table, ExpressionAttributeValues={":f": {"S": "batch"}}, **of_index)
    assert found["Items"] == [expected]
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        _put(patched, table, "2")


def test_a_condition_that_does_not_hold_for_nothing_is_refused_each_time(patched: LocalAws, table: str) -> None:
    client = patched.client("dynamodb")
    for row in ("2", "3"):
        item = {"pk": {"S": "batch"}, "sk": {"S": row}}
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            client.put_item(TableName=table, Item=item, ConditionExpression="attribute_exists(pk)")


@pytest.mark.parametrize("changed", BAD, ids=lambda changed: next(iter(changed)))
def test_what_is_no_item_is_refused(patched: LocalAws, table: str, changed: dict[str, Any]) -> None:
    assert error_of(lambda: _put(patched, table, "2", **changed)) == "ValidationException"
