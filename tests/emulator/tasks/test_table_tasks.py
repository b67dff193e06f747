"""Tasks that put items into a table and look for some, as an Express child of the batch processor does."""

from typing import Any

import pytest

from batch_processor.results.stored_row import unless_better
from tests.emulator.local_aws import Definition, LocalAws, caught
from tests.emulator.observations import Items
from tests.emulator.services.test_dynamodb import row, table
from tests.unit.plans import STORE

ITEMS = Items()
item = ITEMS.item

ANY: dict[str, Any] = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}


def task(resource: str, arguments: Any, **fields: Any) -> Definition:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Arguments": arguments,
        "End": True,
        **fields,
    }


def put(name: str, number: int = 1, **arguments: Any) -> Definition:
    return task("dynamodb:putItem", {"TableName": name, "Item": row(number), **arguments})


def count(name: str, **arguments: Any) -> Definition:
    """A Task that counts a partition's items."""
    values = {":p": {"S": "p"}}
    query = {"TableName": name, "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": values}
    return task("aws-sdk:dynamodb:query", {**query, "Select": "COUNT", **arguments})


def role(aws: LocalAws, name: str, *actions: str, suffix: str = "") -> str:
    """A role that may do this with this table or a part of it."""
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}{suffix}"
    return aws.role("table", [ANY, *({"Effect": "Allow", "Action": action, "Resource": arn} for action in actions)])


@item(
    "role_policies",
    ["DynamoDB.AmazonDynamoDBException", "DynamoDB.AmazonDynamoDBException", "DynamoDb.DynamoDbException"],
)
def a_role_must_allow_the_item(aws: LocalAws) -> Any:
    name = table(aws)
    own = role(aws, name, "dynamodb:GetItem", "dynamodb:Scan")
    key = {"TableName": name, "Key": row(1)}
    states = [
        put(name),
        task("dynamodb:deleteItem", key),
        task("aws-sdk:dynamodb:putItem", {"TableName": name, "Item": row(1)}),
    ]
    errors = [aws.output(caught(state), role_arn=own) for state in states]
    return [error.get("Error") for error in errors]


@item("role_policies", ["DynamoDb.DynamoDbException", True, "DynamoDb.DynamoDbException"])
def a_role_must_allow_the_query_also_of_an_index(aws: LocalAws) -> Any:
    name = table(aws)
    nothing, whole = role(aws, name, "dynamodb:PutItem"), role(aws, name, "dynamodb:Query")
    of_index = {"IndexName": "failures", "KeyConditionExpression": "failed = :p"}
    denied = aws.output(caught(count(name)), role_arn=nothing)
    index_denied = aws.output(caught(count(name, **of_index)), role_arn=whole)
    words = "is not authorized to perform: dynamodb:Query on resource: arn:aws:dynamodb:us-east-1:000000000000:table/"
    return [denied.get("Error"), words in denied.get("Cause", ""), index_denied.get("Error")]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


# --- what MiniStack does by itself, or `service_errors` for all services ------------------------------------


def test_query_counts_at_most_as_many_items_as_asked_for(patched: LocalAws) -> None:
    name = table(patched)
    own = role(patched, name, "dynamodb:Query")
    assert patched.output({"Count": count(name, Limit=1)}, role_arn=own)["Count"] == 0
    for number in (1, 2):
        patched.client("dynamodb").put_item(TableName=name, Item=row(number))
    answer = patched.output({"Count": count(name, Limit=1)}, role_arn=own)
    assert (answer["Count"], answer["ScannedCount"], "Items" in answer) == (1, 1, False)
    assert patched.output({"Count": count(name)}, role_arn=own)["Count"] == 2


def test_condition_that_is_not_met_is_an_error_by_its_name(patched: LocalAws) -> None:
    name = table(patched)
    own = role(patched, name, "dynamodb:PutItem")
    state = put(name, ConditionExpression="attribute_not_exists(pk)")
    assert patched.output({"Put": state}, role_arn=own)["SdkHttpMetadata"]["HttpStatusCode"] == 200
    error = patched.output(caught(state, "DynamoDB.ConditionalCheckFailedException"), role_arn=own)
    assert error["Error"] == "DynamoDB.ConditionalCheckFailedException"
    assert "The conditional request failed" in error["Cause"]


@pytest.mark.parametrize(("standing", "stays"), [("SUCCESS", True), ("FAILED", False)])
def test_item_and_condition_may_be_computed(patched: LocalAws, standing: str, *, stays: bool) -> None:
    name = table(patched)
    later: dict[str, Any] = {"timestamp": {"S": "2026-11-21T10:00:00.000Z"}, "ttl": {"N": "1900000000"}}
    patched.client("dynamodb").put_item(TableName=name, Item=row(1, status={"S": standing}, **later))
    late = row(1, status={"S": "FAILED"}, timestamp={"S": "2026-11-21T11:00:00.000Z"}, ttl=later["ttl"])
    condition = unless_better(late, {**STORE, "since": "2026-11-21T08:00:00Z", "as_of": "2026-11-21T08:00:00Z"})
    arguments = (
        "{% $merge([{'TableName': $states.input.table, 'Item': $states.input.item}, $states.input.condition]) %}"
    )
    data = {"table": name, "item": late, "condition": condition}
    output = patched.output(caught(task("dynamodb:putItem", arguments)), data)
    assert output.get("Error") == ("DynamoDB.ConditionalCheckFailedException" if stays else None)
