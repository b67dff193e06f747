"""Items of a Distributed Map, selected and batched."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.maps.distributed import COUNT, ECHO, bucket_with, distributed, reader
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("item_batcher", [{"n": 0, "item": "a", "all": 2}, {"n": 1, "item": "b", "all": 2}])
def an_item_selector_sees_the_item_and_the_states_input(aws: LocalAws) -> Any:
    selector = {
        "n": "{% $states.context.Map.Item.Index %}",
        "item": "{% $states.context.Map.Item.Value %}",
        "all": "{% $count($states.input.items) %}",
    }
    return aws.output(distributed({"Echo": ECHO}, ItemSelector=selector), {"items": ["a", "b"]})


@item("item_batcher", [{"BatchInput": {"all": 3}, "Items": [1, 2]}, {"BatchInput": {"all": 3}, "Items": [3]}])
def batches_fill_in_order_and_share_an_input(aws: LocalAws) -> Any:
    batcher = {"MaxItemsPerBatch": "{% 1 + 1 %}", "BatchInput": {"all": "{% $count($states.input.items) %}"}}
    return aws.output(distributed({"Echo": ECHO}, ItemBatcher=batcher), {"items": [1, 2, 3]})


@item("item_batcher", [2, 1])
def a_batch_has_no_more_bytes_than_wanted(aws: LocalAws) -> Any:
    items = ["x" * 10, "ü" * 5, "x"]
    both = len(json.dumps({"Items": items[:2]}, separators=(",", ":"), ensure_ascii=False).encode())
    batcher = {"MaxInputBytesPerBatch": f"{{% {both} %}}"}
    return aws.output(distributed({"Count": COUNT}, ItemBatcher=batcher), {"items": items})


@item("item_batcher", [2, 1])
def a_batch_has_at_most_256_kib(aws: LocalAws) -> Any:
    items = ["x" * 131_063, "x" * 131_064, "x"]  # with quotes, comma and frame 262,144 bytes
    many = b"\n".join(json.dumps(value).encode() for value in items)
    machine = distributed({"Count": COUNT}, ItemReader=reader("JSONL"), ItemBatcher={"MaxItemsPerBatch": 3})
    return aws.output(machine, {"bucket": bucket_with(aws, many)})


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
