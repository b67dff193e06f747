"""DynamoDB as the table of results uses it."""

import json
import time
from typing import Any

import pytest

from batch_processor.contract import RowStore
from batch_processor.results.stored_row import unless_better
from tests.emulator.local_aws import PATIENCE_SECONDS, LocalAws
from tests.emulator.observations import Items, error_of
from tests.unit.plans import STORE

ITEMS = Items()
item = ITEMS.item

KEY_SCHEMA = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
INDEX = {
    "IndexName": "failures",
    "KeySchema": [{"AttributeName": "failed", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "ALL"},
}
PROPERTIES: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": KEY_SCHEMA,
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "failed")],
    "GlobalSecondaryIndexes": [INDEX],
}
SETTINGS = {
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": True},
    "SSESpecification": {"SSEEnabled": True},
}
MAXIMUM_BYTES = 400 * 1024


def stack(aws: LocalAws, name: str, action: str, **properties: Any) -> None:
    """Create or update a stack of one table, which has the stack's name."""
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": name, **PROPERTIES, **properties}}
    client = aws.client("cloudformation")
    getattr(client, f"{action}_stack")(StackName=name, TemplateBody=json.dumps({"Resources": {"Table": table}}))
    assert ended(client, name).endswith("_COMPLETE")


def ended(client: Any, name: str) -> str:
    """A stack's status once nothing is done to it any more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (status := client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith("IN_PROGRESS"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return str(status)


def settings(aws: LocalAws, name: str) -> tuple[Any, Any, Any]:
    """Its time to live, point-in-time recovery and encryption."""
    client = aws.client("dynamodb")
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return (
        client.describe_time_to_live(TableName=name)["TimeToLiveDescription"].get("AttributeName"),
        backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        client.describe_table(TableName=name)["Table"].get("SSEDescription", {}).get("Status"),
    )


@item("table_settings", ["ROLLBACK_COMPLETE", 1])
def a_table_keeps_its_name_and_its_items(aws: LocalAws) -> Any:
    first, second = aws.name("table"), aws.name("stack")
    stack(aws, first, "create")
    aws.client("dynamodb").put_item(TableName=first, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    taken = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": first, **PROPERTIES}}
    client = aws.client("cloudformation")
    client.create_stack(StackName=second, TemplateBody=json.dumps({"Resources": {"Table": taken}}))
    status = ended(client, second)
    return [status, aws.client("dynamodb").scan(TableName=first)["Count"]]


@item("table_settings", ("ttl", "ENABLED", "ENABLED"))
def a_template_sets_a_tables_settings(aws: LocalAws) -> Any:
    name = aws.name("table")
    stack(aws, name, "create", **SETTINGS)
    return settings(aws, name)


@item("table_settings", [(None, "DISABLED", None), ("ttl", "ENABLED", "ENABLED"), (None, "DISABLED", None)])
def a_template_changes_a_tables_settings(aws: LocalAws) -> Any:
    name = aws.name("table")
    stack(aws, name, "create")
    seen = [settings(aws, name)]
    stack(aws, name, "update", **SETTINGS)
    seen.append(settings(aws, name))
    stack(aws, name, "update")
    return [*seen, settings(aws, name)]


@item("batch_reads", [40, 10, 10])
def a_batch_of_reads_answers_with_at_most_16_mb(aws: LocalAws) -> Any:
    name, client = table(aws), aws.client("dynamodb")
    for number in range(50):
        client.put_item(TableName=name, Item=row(number, text={"S": "x" * MAXIMUM_BYTES}, size=MAXIMUM_BYTES))
    first = client.batch_get_item(RequestItems={name: {"Keys": [row(number) for number in range(50)]}})
    second = client.batch_get_item(RequestItems=first["UnprocessedKeys"])
    sizes = [len(answer["Responses"][name]) for answer in (first, second)]
    return [sizes[0], len(first["UnprocessedKeys"][name]["Keys"]), sizes[1]]


def row(number: int, size: int = 0, **fields: Any) -> dict[str, Any]:
    """An item or its key; of `size` bytes if there is a text to cut."""
    made = {"pk": {"S": "p"}, "sk": {"S": f"{number:03}"}, **fields}
    if size:
        others = sum(len(name) + len(value["S"]) for name, value in made.items() if name != "text")
        made["text"] = {"S": made["text"]["S"][: size - others - len("text")]}
    return made


def table(aws: LocalAws) -> str:
    name = aws.name("table")
    aws.client("dynamodb").create_table(TableName=name, **PROPERTIES)
    return name


# --- what MiniStack does by itself -------------------------------------------------------------------------


def test_item_has_at_most_400_kib(patched: LocalAws) -> None:
    client, name = patched.client("dynamodb"), table(patched)
    fitting = row(1, text={"S": "x" * MAXIMUM_BYTES}, size=MAXIMUM_BYTES)
    client.put_item(TableName=name, Item=fitting)
    large = {**fitting, "text": {"S": fitting["text"]["S"] + "x"}}
    assert error_of(client.put_item, TableName=name, Item=large) == "ValidationException"
    batch = {name: [{"PutRequest": {"Item": large}}]}
    assert error_of(client.batch_write_item, RequestItems=batch) == "ValidationException"


def test_index_holds_the_items_that_have_its_key(patched: LocalAws) -> None:
    client, name = patched.client("dynamodb"), table(patched)
    query: dict[str, Any] = {
        "TableName": name,
        "IndexName": "failures",
        "KeyConditionExpression": "failed = :b",
        "ExpressionAttributeValues": {":b": {"S": "b"}},
    }
    client.put_item(TableName=name, Item=row(1))
    client.put_item(TableName=name, Item=row(2, failed={"S": "b"}))
    assert [one["sk"]["S"] for one in client.query(**query)["Items"]] == ["002"]
    client.put_item(TableName=name, Item=row(2))
    assert client.query(**query)["Items"] == []


def test_condition_keeps_what_is_there(patched: LocalAws) -> None:
    client, name = patched.client("dynamodb"), table(patched)
    client.put_item(TableName=name, Item=row(1))
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    code = error_of(client.put_item, TableName=name, Item=row(1), **condition)
    assert code == "ConditionalCheckFailedException"


@pytest.mark.parametrize(
    ("late", "at", "status", "stays"),
    [
        ("SUCCESS", "11:00:00.000Z", "SUCCESS", False),
        ("SUCCESS", "09:00:00.000Z", "SUCCESS", True),
        ("SUCCESS", "09:00:00.000Z", "FAILED", False),
        ("FAILED", "11:00:00.000Z", "SUCCESS", True),
        ("FAILED", "11:00:00.000Z", "FAILED", False),
        ("FAILED", "09:00:00.000Z", "TIMEOUT", True),
    ],
)
def test_result_that_comes_late_leaves_a_better_one(
    late: str, at: str, status: str, *, stays: bool, patched: LocalAws
) -> None:
    client, name = patched.client("dynamodb"), table(patched)
    store: RowStore = {**STORE, "since": "2026-11-21T08:00:00Z", "as_of": "2026-11-21T08:00:00Z"}
    times: dict[str, Any] = {"timestamp": {"S": "2026-11-21T10:00:00.000Z"}, "ttl": {"N": "1900000000"}}
    client.put_item(TableName=name, Item=row(1, status={"S": status}, **times))
    item = row(1, status={"S": late}, timestamp={"S": f"2026-11-21T{at}"}, ttl=times["ttl"])
    code = error_of(client.put_item, TableName=name, Item=item, **unless_better(item, store))
    assert code == ("ConditionalCheckFailedException" if stays else "none")
    expired = row(2, status={"S": "SUCCESS"}, timestamp=times["timestamp"], ttl={"N": "1700000000"})
    client.put_item(TableName=name, Item=expired)
    for number in (2, 3):
        made = {**item, "sk": {"S": f"{number:03}"}}
        client.put_item(TableName=name, Item=made, **unless_better(made, store))


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("PutItem", "", {"put"}),
        ("Query", "", {"query"}),
        ("Query", "/index/failures", {"query_index"}),
        ("BatchGetItem", "", {"read"}),
        ("BatchWriteItem", "", {"write"}),
    ],
)
def test_function_may_do_what_its_role_allows(patched: LocalAws, action: str, resource: str, allowed: set[str]) -> None:
    name = table(patched)
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}{resource}"
    role = patched.role("function", [{"Effect": "Allow", "Action": f"dynamodb:{action}", "Resource": arn}])
    function = patched.function_with_code(USES_TABLE, Role=role, Environment={"Variables": {"TABLE": name}})
    answer = patched.client("lambda").invoke(FunctionName=function)["Payload"].read()
    assert set(json.loads(answer)) == allowed


USES_TABLE = """import boto3, os
from botocore.exceptions import ClientError

table, key = os.environ["TABLE"], {"pk": {"S": "p"}, "sk": {"S": "s"}}
values = {":v": {"S": "p"}}


def handler(event, context):
    client = boto3.client("dynamodb")
    query = lambda **fields: client.query(TableName=table, ExpressionAttributeValues=values, **fields)
    calls = {
        "put": lambda: client.put_item(TableName=table, Item=key),
        "query": lambda: query(KeyConditionExpression="pk = :v"),
        "query_index": lambda: query(IndexName="failures", KeyConditionExpression="failed = :v"),
        "read": lambda: client.batch_get_item(RequestItems={table: {"Keys": [key]}}),
        "write": lambda: client.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": key}}]}),
    }
    allowed = []
    for name, call in calls.items():
        try:
            call()
            allowed.append(name)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException"
    return allowed
"""


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
