"""Answers that earlier batches got for the same input, and who may take them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batch_processor.aws import dynamodb
from batch_processor.aws.client import client
from batch_processor.contract.results import time_text
from batch_processor.handlers import aggregate_results, load_csv_data
from batch_processor.output.sharing import share
from batch_processor.results import results_table
from tests.functional.account import RESULTS, get
from tests.functional.batches import as_json, put_batch
from tests.functional.large_batches import table_of
from tests.functional.s3_calls import calls_of
from tests.functional.tables import TABLE, items, throttling
from tests.unit.plans import failure

CONTENT = b"name,email\nA,x\nB,y\nC,z\n"
SCOPE, MADE_BY, DAY = "results/outputs", "1a2b", 86_400


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches here begin when they do, one after the other."""
    monkeypatch.setattr(results_table, "_now", lambda: int(time.time()))


def now() -> str:
    return time_text(datetime.now(UTC))


def plan_of(name: str, content: bytes = CONTENT, **sections: Any) -> Any:
    """A batch of that name that begins now, with a cache of thirty days unless told otherwise."""
    started_at = now()
    cache = {"scope": SCOPE, "made_by": MADE_BY, "max_age_seconds": 30 * DAY, **sections.pop("cache", {})}
    storage = {"batch_id": f"triage#{name}", "since": started_at, "fingerprint": f"made-{name}"}
    batch = {"name": name, "key": f"{name}-1", "started_at": started_at, "id": f"arn:x:{name}"}
    return put_batch(
        content,
        key=f"inputs/{name}.csv",
        batch=batch,
        cache=cache,
        work={"prefix": f"work/{name}-1/"},
        output={"key": f"outputs/{name}.csv"},
        storage={**storage, **sections.pop("storage", {})},
        **sections,
    )


def load(plan: Any) -> Any:
    return as_json(load_csv_data.handle(as_json({"plan": plan, "given": {}}), None))


def asked(plan: Any) -> list[int]:
    """The rows that a batch asks for."""
    return [row["index"] for row in load(plan)["rows"]]


def run(plan: Any, failing: tuple[int, ...] = ()) -> Any:
    """Runs a small batch, whose rows are answered with their numbers; returns its summary."""
    answer = load(plan)
    store, results = answer["loaded"]["storage"], []
    for row in answer["rows"]:
        index, at = row["index"], now()
        if index in failing:
            results.append(failure(index, "Busy", "no"))
        else:
            results_table.put_success(store, plan["work"], index, ["category", "score"], ["c", str(index)], {}, at, 9)
            results.append({"index": index, "status": "SUCCESS", "stored": True, "at": at, "ms": 9})
    event = {"plan": plan, "loaded": answer["loaded"], "results": results}
    return aggregate_results.handle(as_json(event), None)


def scores(plan: Any) -> list[str]:
    return [row[3] for row in table_of(get(plan["output"]["key"], RESULTS))[1:]]


def test_answers_of_an_earlier_batch_are_taken_and_cost_no_call() -> None:
    run(plan_of("first"))
    plan = plan_of("second", b"other,email\nQ,z\nR,new\nS,x\n")
    summary = run(plan)
    assert scores(plan) == ["3", "2", "1"]
    assert (summary["rows_from_cache"], summary["cost"]["usage"]["target_call"]) == (2, 1)
    assert [row[7] for row in table_of(get(plan["output"]["key"], RESULTS))[1:]] == ["0", "9", "0"]
    assert "2 rows have an answer of an earlier batch" in summary["status_text"]
    # From now on they are its own.
    copied = items()[("triage#second", "row_0000000001")]
    assert (copied["cached"], copied["fingerprint"]) == ({"S": "triage#first"}, {"S": "made-second"})


def test_batch_without_a_cache_neither_takes_nor_shares() -> None:
    first = plan_of("first")
    del first["cache"]
    run(first)
    assert asked(plan_of("second")) == [1, 2, 3]
    run(plan_of("third"))
    fourth = plan_of("fourth")
    del fourth["cache"]
    assert asked(fourth) == [1, 2, 3]


@pytest.mark.parametrize(
    "other", [{"scope": "results/others"}, {"scope": "other/outputs"}, {"made_by": "another target"}]
)
def test_other_folder_bucket_target_or_mapping_has_other_answers(other: dict[str, str]) -> None:
    run(plan_of("first"))
    assert asked(plan_of("second", cache=other)) == [1, 2, 3]
    assert asked(plan_of("third")) == []


def test_failures_are_not_shared() -> None:
    run(plan_of("first"), failing=(2,))
    assert asked(plan_of("second")) == [2]


def test_answer_older_than_this_batch_allows_is_not_taken() -> None:
    plan = plan_of("first")
    run(plan)
    for key in (("triage#first", "row_0000000001"), ("triage#first", "row_0000000002")):
        old = {**items()[key], "timestamp": {"S": time_text(datetime.now(UTC) - timedelta(days=3))}}
        client("dynamodb").put_item(TableName=TABLE, Item=old)
    assert asked(plan_of("second", cache={"max_age_seconds": 2 * DAY})) == [1, 2]
    assert asked(plan_of("third", cache={"max_age_seconds": 4 * DAY})) == []


def test_pointer_lives_as_long_as_the_age_allows_and_never_longer_than_its_row() -> None:
    run(plan_of("first", cache={"max_age_seconds": 2 * DAY}, storage={"ttl_seconds": 7 * DAY}))
    run(plan_of("second", b"name,email\nA,k\n", cache={"max_age_seconds": 30 * DAY}, storage={"ttl_seconds": 7 * DAY}))
    days = sorted((int(item["ttl"]["N"]) - time.time()) / DAY for key, item in items().items() if key[1] == "answer")
    assert days == pytest.approx([2, 2, 2, 7], abs=0.01)


def test_expired_pointer_or_row_is_not_taken_though_the_table_still_has_it() -> None:
    run(plan_of("first"))
    for key, item in items().items():
        is_pointer_to_2 = item.get("of_row") == {"S": "row_0000000002"}
        if key[1] == "row_0000000001" or is_pointer_to_2:
            client("dynamodb").put_item(TableName=TABLE, Item={**item, "ttl": {"N": str(int(time.time()) - 1)}})
    assert asked(plan_of("second")) == [1, 2]


def test_row_that_another_batch_of_the_name_has_written_over_is_not_taken() -> None:
    run(plan_of("first"))
    run(plan_of("first", b"name,email\nA,other\n"))
    assert asked(plan_of("second")) == [1]


def test_answers_of_an_erased_batch_are_not_taken() -> None:
    run(plan_of("first"))
    rows = [{"batch_id": {"S": batch}, "row_id": {"S": row}} for batch, row in items() if batch == "triage#first"]
    dynamodb.delete_all("Erasing", TABLE, rows)
    assert asked(plan_of("second")) == [1, 2, 3]


def test_answer_that_was_taken_is_not_shared_again() -> None:
    """Else it would live on and on, and be there after the batch that got it is erased."""
    run(plan_of("first"))
    before = {key: item for key, item in items().items() if key[0].startswith("cache#")}
    run(plan_of("second"))
    assert {key: item for key, item in items().items() if key[0].startswith("cache#")} == before
    rows = [{"batch_id": {"S": batch}, "row_id": {"S": row}} for batch, row in items() if batch == "triage#first"]
    dynamodb.delete_all("Erasing", TABLE, rows)
    assert asked(plan_of("third")) == [1, 2, 3]


def test_rows_of_the_same_input_are_looked_up_once_and_all_answered() -> None:
    run(plan_of("first"))
    plan = plan_of("second", b"name,email\n" + b"A,x\n" * 150)
    with calls_of("BatchGetItem", "dynamodb") as read:
        assert asked(plan) == []
    assert sum(len(keys["Keys"]) for call in read for keys in call["RequestItems"].values()) == 4


def test_batch_whose_answers_cannot_be_shared_is_none_the_worse_for_it() -> None:
    with throttling("BatchWriteItem"):
        assert run(plan_of("first"))["status"] == "SUCCEEDED"
    assert asked(plan_of("second")) == [1, 2, 3]


def test_row_batch_of_a_large_batch_takes_and_shares() -> None:
    run(plan_of("first"))
    plan = plan_of("second", b"name,email\nA,x\nB,n\nC,z\n", map_mode="distributed")
    answer = load(plan)
    rows = [{"index": index, "row": {"email": email}} for index, email in ((1, "x"), (2, "n"), (3, "z"))]
    given = as_json({"plan": plan, "given": {"rows": rows, "loaded": answer["loaded"]}})
    of_row_batch = as_json(load_csv_data.handle(given, None))
    assert [row["index"] for row in of_row_batch["rows"]] == [2]
    loaded = of_row_batch["loaded"]
    results_table.put_success(loaded["storage"], plan["work"], 2, ["category", "score"], ["c", "n"], {}, now(), 9)
    results = [{"index": 2, "status": "SUCCESS", "stored": True, "at": now(), "ms": 9}]
    report = aggregate_results.handle(as_json({"plan": plan, "loaded": loaded, "results": results}), None)
    assert report["rows_succeeded"] == 3
    assert asked(plan_of("third", b"name,email\nA,n\nB,m\n")) == [2]


def test_unfit_rows_are_not_looked_for() -> None:
    run(plan_of("first"))
    assert asked(plan_of("second", b"name,email\nA\n,\nB,x\n")) == [1, 2]


def test_answer_without_all_of_the_columns_is_not_taken() -> None:
    run(plan_of("first"))
    plan = plan_of("second")
    plan["output"]["columns"] = [{"name": "category"}, {"name": "more"}]
    assert asked(plan) == [1, 2, 3]


def test_answers_that_a_resumed_batch_got_are_shared_from_its_own_rows() -> None:
    """As an Express child's results have them: this batch has no item of the row."""
    run(plan_of("first", b"name,email\nA,x\n"))
    [at] = [item["timestamp"]["S"] for key, item in items().items() if key[0] == "triage#first"]
    second = plan_of("second", b"name,email\nA,x\n")
    loaded = load(second)["loaded"]
    second["earlier"] = {"batch": "first", "only_failed": False, "rows": [], "runs": []}
    share(second, loaded, [{"index": 1, "status": "SUCCESS", "cells": ["c", "1"], "at": at}])
    results_table.put_failures(loaded["storage"], [failure(1, "Busy", "no")])
    assert asked(plan_of("third", b"name,email\nA,x\n")) == []
