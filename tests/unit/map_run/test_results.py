import json
from typing import Any

import pytest

from batch_processor.contract import RowResult
from batch_processor.errors import InvalidConfiguration
from batch_processor.extraction.structured_output import extract_cells
from batch_processor.map_run.child import is_child
from batch_processor.map_run.failures import failure_of
from batch_processor.map_run.manifest import ResultFile, parse_manifest
from batch_processor.map_run.request import Places
from batch_processor.map_run.request_document import parse_request
from batch_processor.map_run.results import Item, ItemRow, ResultReader
from tests.unit.map_runs import (
    MACHINE,
    MAP_RUN_ARN,
    aborted,
    answer,
    batch,
    child,
    failed,
    manifest_body,
    pending,
    succeeded,
    ticket,
    timed_out,
)
from tests.unit.plans import make_plan

OUTPUT = make_plan()["output"]
BY_INPUT = Places(input_index=("index",), input_row=("row",))
AGENT = {
    "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:triage:r-1",
    "InputDetails": {"Included": True},
    "Status": "SUCCEEDED",
}


def read(record: Any, places: Places = BY_INPUT, group: str = "SUCCEEDED", *, with_cells: bool = True) -> list[ItemRow]:
    return list(ResultReader(OUTPUT, places, with_cells).rows(record, group, "file"))


def indexes(record: Any, places: Places = BY_INPUT) -> list[int | None]:
    return [row.item.index for row in read(record, places)]


def told(record: dict[str, Any]) -> tuple[str, str, str]:
    result: RowResult = failure_of(record)
    return result["status"], result["error"], result["message"]


# --- Children ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [succeeded({}, {}), failed({}, "E", "c"), timed_out({}), aborted({})],
    ids=["succeeded", "failed", "timed out", "aborted"],
)
def test_child_is_known(record: dict[str, Any]) -> None:
    assert is_child(record)


def test_child_of_an_express_map_is_known() -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:express:own-map/Tickets:1:2"
    assert is_child(child({}, "SUCCEEDED", ExecutionArn=arn, Output="{}"))


@pytest.mark.parametrize("record", [answer(1), AGENT, pending({}), None, [], "x", 1, {"InputDetails": {}}])
def test_output_is_not_taken_for_a_child(record: Any) -> None:
    assert not is_child(record)


def test_item_that_was_not_started_is_a_row_whether_its_record_says_so_or_not() -> None:
    for record in (pending(ticket(3)), {"Input": pending(ticket(3))["Input"], "InputDetails": {"Included": True}}):
        (row,) = read(record, group="PENDING")
        assert (row.item.index, row.result["error"]) == (3, "RowNotProcessed")


@pytest.mark.parametrize("record", [answer(1), None, [pending({})], "x"])
def test_file_of_failures_has_nothing_but_children(record: Any) -> None:
    with pytest.raises(ValueError, match="expected child executions in a file of FAILED ones"):
        read(record, group="FAILED")


def test_row_of_a_child_has_its_item_and_its_answer() -> None:
    (row,) = read(succeeded(ticket(7, n=1), answer(7)))
    assert row.item == Item(7, {"id": "007", "text": "ticket 7", "n": "1"})
    assert row.result == {
        "index": 0,
        "status": "SUCCESS",
        "cells": ["c7", "70"],
        "at": "2026-09-23T22:58:20.564Z",
        "ms": 1250,
    }


def test_cells_are_those_that_the_processor_makes() -> None:
    (row,) = read(succeeded(ticket(7), answer(7)))
    assert row.result["cells"] == extract_cells(answer(7), OUTPUT)


def test_time_of_a_redriven_child_is_not_told() -> None:
    (row,) = read(succeeded(ticket(7), answer(7), RedriveCount=1))
    assert ("ms" in row.result, row.result["at"]) == (False, "2026-09-23T22:58:20.564Z")


def test_child_whose_output_was_left_out_has_failed() -> None:
    (row,) = read(child(ticket(1), "SUCCEEDED", Output="", OutputDetails={"Included": False}))
    assert (row.item.index, row.result["status"], row.result["error"]) == (1, "FAILED", "OutputNotIncluded")


def test_child_whose_input_was_left_out_is_of_no_item() -> None:
    record = succeeded(ticket(1), answer(1)) | {"Input": "", "InputDetails": {"Included": False}}
    (row,) = read(record)
    assert (row.item, row.result["status"]) == (Item(None, None), "SUCCESS")


def test_input_that_is_no_object_is_of_no_item() -> None:
    assert [row.item for row in read(succeeded(5, answer(1)))] == [Item(None, None)]


@pytest.mark.parametrize(
    ("index", "expected"),
    [(0, 0), (12, 12), ("12", 12), (3.0, None), (-1, None), ("x", None), (None, None), (True, None), ("9" * 13, None)],
)
def test_index_of_an_input_is_a_whole_number(index: Any, expected: int | None) -> None:
    assert indexes(succeeded({"index": index, "row": {}}, answer(1))) == [expected]


@pytest.mark.parametrize(("index", "expected"), [(0, 0), (3.0, 3), ("3", 3), (3.5, None), (True, None), (1e999, None)])
def test_index_of_an_output_is_a_whole_number(index: Any, expected: int | None) -> None:
    assert indexes({**answer(1), "index": index}, Places(output_index=("index",))) == [expected]


def test_input_counts_more_than_output() -> None:
    places = Places(input_index=("index",), output_index=("index",))
    assert indexes(succeeded(ticket(1), answer(2)), places) == [1]
    assert indexes(answer(2), places) == [2]


@pytest.mark.parametrize("row", [{"a": {"b": "1"}}, {"a": ["1"]}, "text", None])
def test_row_that_is_not_flat_has_no_cells(row: Any) -> None:
    assert [found.item.cells for found in read(succeeded({"row": row}, answer(1)))] == [None]


def test_cells_keep_their_digits() -> None:
    record = succeeded({}, answer(1)) | {
        "Input": '{"row": {"a": 1.10, "b": 1e400, "c": 12345678901234567890, "d": "\\ud83d"}}'
    }
    assert read(record)[0].item.cells == {"a": "1.10", "b": "1e400", "c": "12345678901234567890", "d": "\ufffd"}


def test_cells_are_not_taken_where_nobody_asks_for_them() -> None:
    assert [row.item for row in read(succeeded(ticket(1), answer(1)), with_cells=False)] == [Item(1, None)]


# --- Batches ----------------------------------------------------------------------------------------------------------


def test_batch_is_known_with_and_without_batch_input() -> None:
    for given in (batch(ticket(1), ticket(2)), {"Items": [ticket(1), ticket(2)]}):
        assert indexes(succeeded(given, [answer(1), answer(2)])) == [1, 2]


def test_item_that_has_items_of_its_own_is_no_batch() -> None:
    given = {"Items": ["a", "b"], "index": 4, "row": {}}
    assert indexes(succeeded(given, answer(4))) == [4]


def test_each_item_of_a_batch_that_failed_has_failed() -> None:
    rows = read(failed(batch(ticket(1), ticket(2)), "E", "c"), group="FAILED")
    assert [(row.item.index, row.result["status"], "ms" in row.result) for row in rows] == [
        (1, "FAILED", False),
        (2, "FAILED", False),
    ]


def test_output_of_a_batch_of_one_is_its_answer() -> None:
    assert [row.result["status"] for row in read(succeeded(batch(ticket(1)), answer(1)))] == ["SUCCESS"]


def test_empty_batch_has_no_rows() -> None:
    assert read(succeeded(batch(), [])) == []


@pytest.mark.parametrize("output", ["not JSON", "", "null"])
def test_output_of_a_batch_that_is_no_json_is_one_answer(output: str) -> None:
    rows = read(succeeded(batch(ticket(1)), {}) | {"Output": output})
    assert [row.result.get("error") for row in rows] == ["StructuredOutputMissing"]


# --- Why there is no answer -------------------------------------------------------------------------------------------

WORDS = [
    (failed({}, "Busy", "no capacity"), ("FAILED", "Busy", "no capacity")),
    (failed({}, "States.Timeout", "The time is up"), ("TIMEOUT", "States.Timeout", "Execution timeout")),
    (failed({}, "Sandbox.Timedout", "60 s"), ("TIMEOUT", "Sandbox.Timedout", "60 s")),
    (
        failed({}, "Lambda.Unknown", "Returned: Task timed out after 60.16 seconds"),
        ("TIMEOUT", "Lambda.Unknown", "Returned: Task timed out after 60.16 seconds"),
    ),
    (failed({}, "E", "Execution timeout, says the tool"), ("FAILED", "E", "Execution timeout, says the tool")),
    (failed({}, "E", "[1]"), ("FAILED", "E", "[1]")),
    (failed({}, "E", "{}"), ("FAILED", "E", "{}")),
    (failed({}, "É\n", "x" * 3_000), ("FAILED", "?", "x" * 1_990 + " ... (cut)")),
    (failed({}, "org." * 20 + "TooManyTickets", "m"), ("FAILED", "..." + ("org." * 20 + "TooManyTickets")[-37:], "m")),
    (child({}, "FAILED"), ("FAILED", "", "")),
    (timed_out({}), ("TIMEOUT", "States.Timeout", "Execution timeout")),
    (aborted({}), ("FAILED", "", "Execution aborted")),
    (aborted({}, Error="Stop", Cause="by hand"), ("FAILED", "Stop", "Execution aborted: by hand")),
    (pending({}), ("NOT_RUN", "RowNotProcessed", "The Map Run ended before it started this item.")),
    (child({}, "PENDING_REDRIVE"), ("FAILED", "RowNotProcessed", "The Map Run ended with this item PENDING_REDRIVE.")),
]


@pytest.mark.parametrize(("record", "expected"), WORDS)
def test_failure_is_told_in_the_words_of_the_processor(record: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert told(record) == expected


def test_cause_of_a_nested_execution_is_its_reason() -> None:
    nested = {"Cause": 'said "no"', "Error": "Refused", "Input": '{"Error":"x"}', "Status": "FAILED"}
    assert told(failed({}, "States.TaskFailed", json.dumps(nested))) == (
        "FAILED",
        "States.TaskFailed",
        "Refused: said 'no'",
    )


# --- The manifest and the request -------------------------------------------------------------------------------------


def test_manifest_lists_successes_first() -> None:
    manifest = parse_manifest(manifest_body({"FAILED": [("a.json", 1)], "SUCCEEDED": [("b.jsonl", 2)]}))
    assert manifest.files == (ResultFile("SUCCEEDED", "data", "b.jsonl", 2), ResultFile("FAILED", "data", "a.json", 1))
    assert [file.is_lines for file in manifest.files] == [True, False]
    assert (manifest.state_machine, manifest.map_run) == ("own-map", MAP_RUN_ARN.rpartition(":")[2])
    assert MACHINE.endswith("stateMachine:own-map/Tickets")


def test_request_says_where_to_look() -> None:
    request = parse_request(
        {
            "results": "s3://data/manifest.json",
            "output_mapping": {
                "columns": [{"name": "n", "source": "$.a[0]", "default": None, "type": "number", "format": "%.1f"}]
            },
            "child_input": {"index": "$.index", "row": "$"},
            "child_output": {"index": "$.i", "answer": "$.agent.Output"},
            "first_index": 1,
        }
    )
    assert request.places == Places(("index",), (), ("i",), ("agent", "Output"), 1)
    assert request.planned_output("b", "k")["columns"] == [
        {"name": "n", "source": ["a", 0], "type": "number", "format": "%.1f", "legacy": True, "default": None}
    ]


def test_format_of_a_csv_that_is_not_given_is_refused() -> None:
    document = {
        "results": "s3://data/manifest.json",
        "output_mapping": {"structured_output_fields": ["a"]},
        "csv_format": {"delimiter": ";"},
    }
    with pytest.raises(InvalidConfiguration, match="/csv_format: there is no csv_s3_uri"):
        parse_request(document)
