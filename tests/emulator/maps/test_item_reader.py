"""Where the items of a Distributed Map come from."""

from typing import Any

from tests.emulator.local_aws import LocalAws, caught
from tests.emulator.maps.distributed import ECHO, TOLERANT, bucket_with, distributed, outputs_of, reader
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("item_reader", [1, {"a": "x\u2028y"}])
def items_come_from_json_lines(aws: LocalAws) -> Any:
    return outputs_of(aws, '1\n\n{"a": "x\u2028y"}\n'.encode(), reader("JSONL"))


@item("item_reader", [1, 2])
def items_come_from_a_json_array_within_the_object(aws: LocalAws) -> Any:
    return outputs_of(aws, b'{"deep": {"er": [1, 2]}}', reader("JSON", ItemsPointer="/deep/er"))


@item("item_reader", [{"a": "1", "b": "x,y"}, {"a": "2", "b": ""}])
def items_come_from_a_csv_without_its_surplus_fields(aws: LocalAws) -> Any:
    return outputs_of(aws, b'a,b\n1,"x,y",surplus\n2\n', reader("CSV", CSVHeaderLocation="FIRST_ROW"))


@item("item_reader", [1, 2])
def no_more_items_are_read_than_wanted(aws: LocalAws) -> Any:
    return outputs_of(aws, b"1\n2\n3\n", reader("JSONL", MaxItems="{% 1 + 1 %}"))


@item("item_reader", ("States.ItemReaderFailed", True))
def a_missing_object_has_its_own_error(aws: LocalAws) -> Any:
    missing = {**reader("JSONL"), "Arguments": {"Bucket": "no-bucket", "Key": "{% 'no' & 'thing' %}"}}
    error = aws.output(caught(distributed({"Echo": ECHO}, ItemReader=missing)["Map"]))
    return error["Error"], "nothing" in error["Cause"]


@item("item_reader", ("States.ItemReaderFailed", True))
def a_line_that_is_no_json_fails_the_map(aws: LocalAws) -> Any:
    machine = distributed({"Echo": ECHO}, ItemReader=reader("JSONL"), **TOLERANT)
    error = aws.output(caught(machine["Map"]), {"bucket": bucket_with(aws, b"1\n{\n")})
    return error["Error"], "no JSON" in error["Cause"]


@item(
    "map_run",
    [
        ("MapStateStarted", 2),
        ("MapRunStarted", 3),
        ("MapRunFailed", 4),
        ("MapStateFailed", 5),
        ("ExecutionFailed", 6),
    ],
)
def a_map_run_whose_items_cannot_be_read_has_begun(aws: LocalAws) -> Any:
    missing = {**reader("JSONL"), "Arguments": {"Bucket": "no-bucket", "Key": "nothing"}}
    execution = aws.run(distributed({"Echo": ECHO}, ItemReader=missing))
    return [(event["type"], event["previousEventId"]) for event in aws.history(execution["executionArn"])[2:]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
