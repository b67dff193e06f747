"""When the table takes what an Express child puts: the first answer of a row stands, whatever comes later."""

import contextlib
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.contract import RowStore
from batch_processor.contract.stored_answer import ANSWERED, unless_answered
from tests.functional.tables import TABLE
from tests.unit.plans import STORE

CHILD: RowStore = {**STORE, "mode": "dynamodb", "fingerprint": "f" * 32, "partition_rows": 10}
KEY = {"batch_id": {"S": "triage#night#1"}, "row_id": {"S": "row_0000000001"}}
LATER, EARLIER_THAN_AS_OF = {"N": "4000000000"}, {"N": "1000"}


def item(status: str, **other: Any) -> dict[str, Any]:
    own = {"status": {"S": status}, "since": {"S": CHILD["since"]}, "ttl": LATER, "fingerprint": {"S": "f" * 32}}
    made = {**KEY, **own, "by": {"S": "before"}, **other}
    return {name: value for name, value in made.items() if value is not None}


def is_taken(status: str, before: dict[str, Any] | None) -> bool:
    """Whether the table takes an item of that status, where the other one stands."""
    dynamodb = client("dynamodb")
    dynamodb.delete_item(TableName=TABLE, Key=KEY)
    if before:
        dynamodb.put_item(TableName=TABLE, Item=before)
    with contextlib.suppress(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=TABLE, Item=item(status, by={"S": "child"}), **unless_answered(CHILD))
    return bool(dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]["by"]["S"] == "child")


@pytest.mark.parametrize("status", [ANSWERED, "FAILED", "TIMEOUT"])
@pytest.mark.parametrize(
    ("before", "taken"),
    [
        (None, True),
        (item("SUCCESS"), False),
        (item(ANSWERED), False),
        (item("FAILED"), True),
        (item("TIMEOUT"), True),
        # Of another beginning, expired, or made otherwise: it does not count.
        (item("SUCCESS", since={"S": "2026-01-01T00:00:00Z"}), True),
        (item("SUCCESS", since=None), True),
        (item("SUCCESS", ttl=EARLIER_THAN_AS_OF), True),
        (item(ANSWERED, fingerprint={"S": "0" * 32}), True),
        (item(ANSWERED, fingerprint=None), True),
    ],
)
def test_an_answer_that_counts_stands_and_all_else_gives_way(
    status: str, before: dict[str, Any] | None, taken: bool
) -> None:
    assert is_taken(status, before) == taken
