import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.request_counter import RequestCounter

ITEM = {"batch_id": {"S": "b"}, "row_id": {"S": "row_0000000001"}, "output_data": {"S": "x" * 1500}}


@pytest.fixture
def counter() -> Iterator[RequestCounter]:
    with RequestCounter() as counter:
        yield counter


def headers(service: str, **others: str) -> dict[str, str]:
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/{service}/aws4_request, …", **others}


def s3(counter: RequestCounter, method: str, path: str = "/bucket/key") -> None:
    counter.count(method, path, headers("s3"), b"", b"")


def dynamodb(counter: RequestCounter, operation: str, request: Any, answer: Any = None) -> None:
    sent = headers("dynamodb", **{"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    counter.count("POST", "/", sent, json.dumps(request).encode(), json.dumps(answer or {}).encode())


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_writing_objects_is_charged_as_put(counter: RequestCounter, method: str) -> None:
    s3(counter, method)
    assert counter.usage == {"s3_put": 1}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_objects_is_charged_as_get(counter: RequestCounter, method: str) -> None:
    s3(counter, method)
    assert counter.usage == {"s3_get": 1}


def test_listing_is_charged_as_put(counter: RequestCounter) -> None:
    s3(counter, "GET", "/bucket?list-type=2&prefix=work")
    assert counter.usage == {"s3_put": 1}


def test_deleting_is_free(counter: RequestCounter) -> None:
    s3(counter, "DELETE")
    assert not counter.usage


def test_each_begun_kilobyte_of_an_item_is_a_write_unit(counter: RequestCounter) -> None:
    dynamodb(counter, "PutItem", {"Item": ITEM})
    assert counter.usage["dynamodb_write_unit"] == 2


def test_items_written_in_a_batch_count_one_by_one(counter: RequestCounter) -> None:
    dynamodb(counter, "BatchWriteItem", {"RequestItems": {"rows": [{"PutRequest": {"Item": ITEM}}] * 3}})
    assert counter.usage["dynamodb_write_unit"] == 6


def test_items_read_in_a_batch_are_rounded_up_one_by_one(counter: RequestCounter) -> None:
    dynamodb(counter, "BatchGetItem", {}, {"Responses": {"rows": [ITEM] * 3}})
    assert counter.usage["dynamodb_read_unit"] == 3


def test_updates_are_written(counter: RequestCounter) -> None:
    dynamodb(counter, "UpdateItem", {"Key": {}})
    assert counter.usage["dynamodb_write_unit"] == 2
    assert "dynamodb_read_unit" not in counter.usage


def test_failure_is_written_to_the_index_as_well(counter: RequestCounter) -> None:
    dynamodb(counter, "PutItem", {"Item": {**ITEM, "failed_batch": {"S": "b"}}})
    dynamodb(counter, "PutItem", {"Item": ITEM})
    assert counter.usage["dynamodb_write_unit"] == 4 + 2


def test_reading_is_charged_by_four_kilobytes_of_all_items_and_half_where_it_may_be_stale(
    counter: RequestCounter,
) -> None:
    answer = {"Items": [ITEM] * 6}
    dynamodb(counter, "Query", {"ConsistentRead": True}, answer)
    assert counter.usage["dynamodb_read_unit"] == 3
    dynamodb(counter, "Query", {}, answer)
    assert counter.usage["dynamodb_read_unit"] == 4.5


def test_other_services_are_not_counted(counter: RequestCounter) -> None:
    counter.count("POST", "/", headers("sts"), b"", b"")
    assert not counter.usage
