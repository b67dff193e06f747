"""DynamoDB's items come as they went, whatever they hold, and errors and what is left unprocessed as botocore has them."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto.core.models import botocore_stubber

from batch_processor.aws import dynamodb
from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from tests.functional.tables import TABLE

ITEM: dict[str, Any] = {
    "batch_id": {"S": "b"},
    "row_id": {"S": "row_1"},
    "text": {"S": 'é 😀 "B":"eA==" \\"B\\"'},
    "number": {"N": "12.50"},
    "packed": {"B": b"\x00\xff packed"},
    "packs": {"BS": [b"\x01", b"\xff"]},
    "B": {"S": "an attribute's name"},
    "BS": {"L": [{"B": b"inner"}, {"M": {"B": {"B": b"\x02"}, "S": {"NULL": True}}}]},
    "flag": {"BOOL": False},
}
PLAIN: dict[str, Any] = {"batch_id": {"S": "b"}, "row_id": {"S": "row_2"}, "text": {"S": "no binary value"}}
KEYS = [{name: item[name] for name in ("batch_id", "row_id")} for item in (ITEM, PLAIN)]


def _query() -> list[dict[str, Any]]:
    condition = {"KeyConditionExpression": "batch_id = :b", "ExpressionAttributeValues": {":b": {"S": "b"}}}
    return [item for page in dynamodb.query("q", TableName=TABLE, **condition) for item in page]


@contextmanager
def _answering(operation: str, status: int, body: bytes, times: int) -> Iterator[list[Any]]:
    """DynamoDB answers so many times with this; yields the bodies of the requests."""
    asked: list[Any] = []

    class Body(io.BytesIO):
        def stream(self, **_: Any) -> Iterator[bytes]:
            yield self.read()

    def respond(request: Any, **_: Any) -> AWSResponse | None:
        asked.append(json.loads(request.body))
        if len(asked) > times:
            return None
        botocore_stubber.enabled = False
        return AWSResponse(request.url, status, {}, Body(body))

    def resume(**_: Any) -> None:
        botocore_stubber.enabled = True

    events, name = client("dynamodb").meta.events, f"before-send.dynamodb.{operation}"
    events.register_first(name, respond)
    events.register_last("before-send", resume)
    try:
        yield asked
    finally:
        events.unregister(name, respond)
        events.unregister("before-send", resume)


def test_items_come_as_they_went() -> None:
    dynamodb.put_all("p", TABLE, [ITEM, PLAIN])
    assert _query() == [ITEM, PLAIN]
    assert sorted(dynamodb.get_all("g", TABLE, KEYS), key=lambda item: item["row_id"]["S"]) == [ITEM, PLAIN]
    assert [item for page in dynamodb.scan("s", TableName=TABLE) for item in page] == [ITEM, PLAIN]
    assert dynamodb.get("g", TableName=TABLE, Key=KEYS[0]) == ITEM


def test_what_the_service_is_sent_is_what_botocore_sends() -> None:
    requests = {TABLE: [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": KEYS[1]}}]}
    with _answering("BatchWriteItem", 200, b"{}", 2) as asked:
        client("dynamodb").batch_write_item(RequestItems=requests, ReturnConsumedCapacity="TOTAL")
        for event, name in (("provide-client-params", "without"), ("before-call", "write")):
            client("dynamodb").meta.events.unregister(f"{event}.dynamodb.BatchWriteItem", unique_id=f"item-json-{name}")
        client("dynamodb").batch_write_item(RequestItems=requests, ReturnConsumedCapacity="TOTAL")
    assert asked[0] == asked[1]


def test_what_is_left_unprocessed_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    left = {TABLE: [{"PutRequest": {"Item": {**PLAIN, "packed": {"B": "AP8="}}}}]}
    with _answering("BatchWriteItem", 200, json.dumps({"UnprocessedItems": left}).encode(), 1) as asked:
        dynamodb.put_all("p", TABLE, [ITEM, PLAIN])
    assert asked[1] == {"RequestItems": left}
    assert _query() == [{**PLAIN, "packed": {"B": b"\x00\xff"}}]


def test_a_request_is_tried_again_as_it_was_and_its_error_told() -> None:
    throttled = b'{"__type": "com.amazonaws#ProvisionedThroughputExceededException", "message": "Too fast."}'
    for operation, call in (("Query", _query), ("BatchWriteItem", lambda: dynamodb.put_all("p", TABLE, [ITEM]))):
        with _answering(operation, 400, throttled, 1) as asked:
            call()
        assert len(asked) == 2
        assert asked[0] == asked[1]
        with _answering(operation, 400, throttled, 99), pytest.raises(StorageUnavailable, match="Too fast"):
            call()


def test_what_has_no_items_is_refused_as_ever() -> None:
    with pytest.raises(BatchProcessorError) as told:
        dynamodb.put_all("p", "no_such_table", [PLAIN])
    assert isinstance(told.value.__cause__, ClientError)
