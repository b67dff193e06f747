"""AggregateResults of a batch that runs in one execution and keeps its results in the table."""

import random
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.errors import RowCountMismatch, StorageUnavailable
from batch_processor.handlers.aggregate_results import handle
from batch_processor.results import results_table, spill
from batch_processor.results.precedence import NO_RESULT
from tests.functional.account import RESULTS, answering, get, keys
from tests.functional.batches import as_json, manifest_of, put_batch
from tests.functional.large_batches import table_of
from tests.functional.tables import failures_of, items, throttling
from tests.unit.plans import STORE, failure, make_loaded, output_of, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\nDi,d@x.org\n"
STORED: Loaded = make_loaded(4, storage={**STORE, "mode": "dynamodb", "compress": False})
NAMES = ["category", "score"]


def stored(plan: Plan, result: RowResult) -> RowResult:
    """Stores an answer; returns what the state machine has of it."""
    results_table.put_success(
        STORED["storage"], plan["work"], result["index"], NAMES, result["cells"], None, result["at"], result["ms"]
    )
    return {"index": result["index"], "status": "SUCCESS", "stored": True, "at": result["at"], "ms": result["ms"]}


def aggregate(plan: Plan, *results: RowResult, loaded: Loaded = STORED) -> dict[str, Any]:
    return handle(as_json({"plan": plan, "loaded": loaded, "results": results}), None)


def rows_of(plan: Plan) -> list[list[str]]:
    return table_of(get(plan["output"]["key"], RESULTS))[1:]


def test_answers_come_from_the_table_and_failures_from_the_payload() -> None:
    plan = put_batch(CONTENT)
    answers = [stored(plan, success(row, "billing", str(row))) for row in (1, 3)]
    summary = aggregate(plan, answers[0], failure(2, "Busy", "no"), answers[1])
    assert [row[2:6] for row in rows_of(plan)] == [
        ["billing", "1", "SUCCESS", ""],
        ["", "", "FAILED", "Busy: no"],
        ["billing", "3", "SUCCESS", ""],
        ["", "", "NOT_RUN", f"RowNotProcessed: {NO_RESULT['message']}"],
    ]
    assert (summary["storage_mode"], summary["map_mode"], summary["rows_succeeded"]) == ("dynamodb", "inline", 2)
    keys = {key: summary["results"].pop(key) for key in ("table", "batch_id")}
    assert summary["results"] == {"first_row_id": "row_0000000001", "last_row_id": "row_0000000004"}
    asked = client("dynamodb").query(
        TableName=keys["table"],
        KeyConditionExpression="batch_id = :b",
        ExpressionAttributeValues={":b": {"S": keys["batch_id"]}},
    )
    assert [item["row_id"]["S"] for item in asked["Items"]] == ["row_0000000001", "row_0000000002", "row_0000000003"]
    assert [item["row_id"]["S"] for item in failures_of("triage#night")] == ["row_0000000002"]


def test_stored_output_is_byte_for_byte_that_of_the_payload() -> None:
    results = [success(1, "=a", "1"), failure(2, "Busy", "no"), success(3, "é", ""), success(4, "", "4")]
    plan = put_batch(CONTENT)
    aggregate(plan, *(stored(plan, result) if "cells" in result else result for result in results))
    inline = put_batch(CONTENT, output={"key": "outputs/inline.csv"})
    aggregate(inline, *results, loaded=make_loaded(4))
    assert get(plan["output"]["key"], RESULTS) == get("outputs/inline.csv", RESULTS)


def test_batch_that_wants_its_results_in_the_payload_leaves_the_table_alone() -> None:
    plan = put_batch(CONTENT, storage={"mode": "inline"})
    aggregate(plan, success(1, "a", "1"), failure(2, "Busy", "no"), loaded=make_loaded(4))
    assert items() == {}
    assert manifest_of(plan) is None


def test_small_batch_without_a_failed_row_leaves_the_table_alone() -> None:
    plan = put_batch(CONTENT)
    summary = aggregate(plan, *(success(row, "billing", str(row)) for row in range(1, 5)), loaded=make_loaded(4))
    assert items() == {}
    assert "results" not in summary
    assert manifest_of(plan) is None


def test_small_batch_with_failed_rows_stores_all_of_them_at_its_end() -> None:
    plan = put_batch(CONTENT)
    spill.put_cells(plan["work"], 3, ["large", "3"])
    spilled: RowResult = {"index": 3, "status": "SUCCESS", "spilled": True, "at": "2026-11-21T09:35:00Z", "ms": 5}
    summary = aggregate(plan, success(1, "billing", "1"), failure(2, "Busy", "no"), spilled, loaded=make_loaded(4))
    assert (summary["rows_succeeded"], summary["storage_mode"]) == (2, "inline")
    assert summary["results"]["batch_id"] == "triage#night"
    assert list(results_table.results(STORED["storage"], output_of(NAMES), {"first": 1, "last": 4})) == [
        success(1, "billing", "1"),
        failure(2, "Busy", "no"),
        {**success(3, "large", "3"), "ms": 5},
    ]
    left = manifest_of(plan)
    assert left == {"plan": plan, "loaded": make_loaded(4, storage={**STORE, "mode": "dynamodb"})}


def test_small_batch_with_a_row_that_has_no_result_stores_the_others() -> None:
    aggregate(put_batch(CONTENT), *(success(row, "billing", "1") for row in (1, 2, 4)), loaded=make_loaded(4))
    assert [row for _, row in sorted(items())] == ["row_0000000001", "row_0000000002", "row_0000000004"]


def test_large_answers_of_a_small_batch_come_out_alike_when_it_is_ended_once_more() -> None:
    """What does not fit an item takes the place of the answer that did not fit the payload."""
    noise = random.Random(1).randbytes(300_000).hex()
    plan = put_batch(CONTENT)
    spill.put_cells(plan["work"], 1, [noise, "1"])
    spilled: RowResult = {"index": 1, "status": "SUCCESS", "spilled": True}
    loaded = make_loaded(4, storage={**STORE, "compress": False})
    for _ in range(2):
        aggregate(plan, spilled, loaded=loaded)
        assert rows_of(plan)[0][2:5] == [noise, "1", "SUCCESS"]
        client("s3").delete_object(Bucket=RESULTS, Key=plan["output"]["key"])
    [stored, *_] = results_table.results(STORED["storage"], output_of(NAMES), {"first": 1, "last": 4})
    assert stored["cells"] == [noise, "1"]
    assert "output_ref" in items()["triage#night", "row_0000000001"]


def test_small_batch_whose_rows_cannot_be_stored_is_no_output_yet() -> None:
    plan = put_batch(CONTENT)
    with throttling("PutItem"), pytest.raises(StorageUnavailable):
        aggregate(plan, failure(1, "Busy", "no"), loaded=make_loaded(4))
    assert keys(RESULTS) == []


def test_rows_are_stored_before_an_output_is_written() -> None:
    cell = "y" * 3_000_000
    plan = put_batch(b"name,email\n" + f"x,{cell}\n".encode() * 4)
    results = [success(1, "billing", "1"), failure(2, "Busy", "no"), success(3, "sales", "3")]
    # The CSV is so large that it is sent while it is written, and S3 takes nothing of it.
    with answering("UploadPart", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        aggregate(plan, *results, loaded=make_loaded(4))
    assert [row for _, row in sorted(items())] == ["row_0000000001", "row_0000000002", "row_0000000003"]
    assert keys(RESULTS) == []


def test_resumed_batch_has_the_answers_of_the_earlier_one() -> None:
    plan = put_batch(CONTENT, earlier={"batch": "evening", "only_failed": False, "rows": [], "runs": []})
    old: Any = {**success(1, "old", "1"), "at": "2026-11-20T10:00:00.000Z"}
    stored(plan, old)
    answer, began = stored(plan, success(2, "new", "2")), {**STORED["storage"], "since": "2026-11-20T09:59:00Z"}
    summary = aggregate(plan, answer, failure(3, "Busy", "no"), loaded=make_loaded(4, storage=began))
    assert [row[2] for row in rows_of(plan)] == ["old", "new", "", ""]
    assert (summary["resumed_from"], summary["rows_taken_over"], summary["rows_succeeded"]) == ("evening", 1, 2)


def test_failures_that_cannot_be_stored_are_no_output_yet() -> None:
    plan = put_batch(CONTENT)
    with throttling("PutItem"), pytest.raises(StorageUnavailable):
        aggregate(plan, failure(1, "Busy", "no"))
    assert keys(RESULTS) == []


def test_other_rows_than_were_loaded_are_no_output() -> None:
    with pytest.raises(RowCountMismatch):
        aggregate(put_batch(CONTENT + b"Eve,e@x.org\n"))
    assert keys(RESULTS) == []
