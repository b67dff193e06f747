"""Which rows are run again."""

import json
from typing import Any

import pytest

from batch_processor.batch import manifest
from batch_processor.contract import RowResult
from batch_processor.handlers import aggregate_results
from batch_processor.results import results_table
from tests.functional.account import get, put
from tests.functional.resumption.runs import PEOPLE, finish, load, problems, run, validate
from tests.functional.tables import items
from tests.unit.configs import make_document
from tests.unit.plans import failure, success

pytestmark = pytest.mark.usefixtures("stack")


@pytest.mark.parametrize("key", ["only_failed_from", "resume_from"])
def test_failed_rows_of_a_small_batch_are_run_again_by_themselves(key: str) -> None:
    put("inputs/people.csv", PEOPLE + b"Bo,b@x.org\nCy,c@x.org\n")
    night = validate("night", make_document(), day=21)
    loaded = finish(night, success(1, "billing", "3"), failure(2, "Busy", "no"), success(3, "sales", "1"))["loaded"]
    assert (night["storage"]["mode"], loaded["storage"]["mode"]) == ("auto", "inline")
    morning = validate("morning", {key: "night"})
    assert [row["index"] for row in finish(morning, success(2, "refund", "2"))["rows"]] == [2]
    assert get(morning["output"]["key"]).decode().splitlines()[1:] == [
        "Ana,a@x.org,billing,3,SUCCESS,,2026-11-21T09:35:00Z,1200",
        "Bo,b@x.org,refund,2,SUCCESS,,2026-11-21T09:35:00Z,1200",
        "Cy,c@x.org,sales,1,SUCCESS,,2026-11-21T09:35:00Z,1200",
    ]


@pytest.mark.parametrize("key", ["only_failed_from", "resume_from"])
def test_small_batch_without_a_failed_row_is_not_paid_for_again(key: str) -> None:
    finish(validate("night", make_document(), day=21), success(1, "billing", "3"))
    assert "the batch night has ended without a failed row" in problems("morning", {key: "night"})[f"/{key}"]


def test_batch_of_a_name_that_was_used_before_has_none_of_its_answers() -> None:
    """Step Functions gives a name anew after 90 days, or to a new state machine."""
    old, night = (validate("night", make_document(storage_mode="dynamodb"), day) for day in (20, 21))
    at = "2026-11-20T09:35:00Z"
    results_table.put_success(
        load(old)["loaded"]["storage"], old["work"], 1, ["category", "score"], ["old", "1"], None, at, 5
    )
    answer = load(night)
    assert [row["index"] for row in load(night, **answer)["rows"]] == [1]
    aggregate_results.handle({"plan": night, "loaded": answer["loaded"], "results": []}, None)
    assert b"RowNotProcessed" in get(night["output"]["key"])


def test_trial_becomes_the_whole_batch() -> None:
    trial = run("trial", make_document(max_rows=1), "SUCCEEDED")
    assert (trial["max_rows"], trial["storage"]["mode"]) == (1, "dynamodb")
    plan = validate("whole", {"resume_from": "trial", "max_rows": "all"})
    assert (plan["earlier"]["batch"], plan["earlier"]["only_failed"]) == ("trial", False)
    assert "/max_rows" in problems("more", {"only_failed_from": "trial", "max_rows": "all"})


@pytest.mark.parametrize(("map_mode", "first"), [("inline", 1), ("distributed", 61)])
def test_rows_of_a_trial_are_found_however_the_whole_batch_spreads_its_own(map_mode: str, first: int) -> None:
    put("inputs/people.csv", b"name,email\n" + b"x,y\n" * 250)
    answered = [1, 60, 61, 62, 120, 199]
    trial = validate("trial", make_document(max_rows=200), day=21)
    storage, at = load(trial)["loaded"]["storage"], "2026-11-21T09:35:00Z"
    for index in answered:
        results_table.put_success(storage, trial["work"], index, ["category", "score"], ["a", "1"], None, at, 5)
    stored: list[RowResult] = [{"index": index, "status": "SUCCESS", "stored": True} for index in answered]
    finish(trial, *stored, failure(200, "Busy", "no"))
    written = get(trial["output"]["key"]).splitlines()[1:]
    assert [number for number, row in enumerate(written, start=1) if b"SUCCESS" in row] == answered
    assert {batch_id for batch_id, _ in items()} == {"support-triage#trial"}
    whole = validate("whole", {"resume_from": "trial", "max_rows": "all", "map_mode": map_mode})
    answer = load(whole)
    if map_mode == "distributed":
        rows = get(answer["loaded"]["fan_out"]["rows_key"]).splitlines()[first - 1 :]
        answer = load(whole, rows=list(map(json.loads, rows)), loaded=answer["loaded"])
    assert [row["index"] for row in answer["rows"]] == [row for row in range(first, 251) if row not in answered]
    assert [row["index"] for row in answer["rows"] if "run" in row] == [200]


@pytest.mark.parametrize("map_mode", ["inline", "distributed"])
def test_rows_of_a_batch_that_began_before_rows_said_what_made_them_are_taken(map_mode: str) -> None:
    """Its folder has the shorter digest, and a batch that resumed another stored its rows in that one's partition."""
    put("inputs/people.csv", PEOPLE + b"Bo,b@x.org\nCy,c@x.org\n")
    former = former_batch(map_mode)
    morning = validate("morning", {"resume_from": "night"})
    assert [shelf["batch_id"] for shelf in morning["earlier"]["rows"]] == ["support-triage#evening"]
    loaded = load(morning)["loaded"]
    rows = [{"index": index, "row": {"email": "y"}} for index in (1, 2, 3)]
    given = {"rows": rows, "loaded": loaded} if map_mode == "distributed" else {}
    assert [row["index"] for row in load(morning, **given)["rows"]] == [1, 3]
    put("inputs/people.csv", PEOPLE + b"Bo,b@x.org\nCy,c@x.org\nDi,d@x.org\n")
    assert "the batch night was not quite the same" in problems("noon", {"resume_from": "night"})["/resume_from"]
    changed = validate("noon", {"resume_from": "night", "accept_changes": True})
    rows.append({"index": 4, "row": {"email": "y"}})
    given = {"rows": rows, "loaded": load(changed)["loaded"]} if map_mode == "distributed" else {}
    assert [row["index"] for row in load(changed, **given)["rows"]] == [1, 3, 4]
    assert former["earlier"]["batch"] == "evening"


def former_batch(map_mode: str) -> Any:
    """The plan of a batch that has answered row 2, as an older stack has left it."""
    plan: Any = validate("night", make_document(map_mode=map_mode, storage_mode="dynamodb"), day=21)
    loaded = load(plan)["loaded"]
    plan["storage"] |= {"batch_id": "support-triage#evening", "since": "2026-11-20T09:34:44.123Z"}
    plan["earlier"] = {"batch": "evening", "only_failed": False, "partition_rows": 2}
    loaded["storage"] |= {name: plan["storage"][name] for name in ("batch_id", "since")}
    loaded["storage"]["partition_rows"] = 2
    for stored in (plan["storage"], loaded["storage"]):
        del stored["fingerprint"]
    names, at = ["category", "score"], "2026-11-21T09:35:00Z"
    results_table.put_success(loaded["storage"], plan["work"], 2, names, ["sales", "1"], None, at, 5)
    del plan["contract"]
    manifest.write(plan, loaded)
    return plan
