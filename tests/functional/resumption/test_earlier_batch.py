"""What ValidateInput makes of a configuration that names an earlier batch."""

import json

import pytest

from batch_processor.aws.client import client
from tests.functional.account import DATA, put
from tests.functional.resumption.runs import EXECUTIONS, problems, run, validate
from tests.unit.configs import make_document

pytestmark = pytest.mark.usefixtures("stack")


def test_name_of_the_earlier_batch_is_all_it_takes() -> None:
    night = run("night", make_document(execution_config={"max_concurrency": 3}, ttl_days=30), partition_rows=500)
    plan = validate("morning", {"resume_from": "night"})
    shelf = {name: night["storage"][name] for name in ("batch_id", "since", "ttl_seconds")}
    assert plan["earlier"] == {
        "batch": "night",
        "only_failed": False,
        "rows": [{**shelf, "partition_rows": 500, "fingerprints": [night["storage"]["fingerprint"]]}],
        "runs": [f"{EXECUTIONS}:night"],
    }
    own = {"mode": "dynamodb", "batch_id": "support-triage#morning", "since": plan["batch"]["started_at"]}
    assert plan["storage"] == {**night["storage"], **own}
    assert plan["batch"]["origin_key"] == night["batch"]["origin_key"]
    assert plan["execution"] == night["execution"]
    assert plan["work"] != night["work"]


def test_failed_rows_of_a_batch_that_has_ended_are_run_again() -> None:
    run("night", make_document(), "SUCCEEDED")
    earlier = validate("morning", {"only_failed_from": f"{EXECUTIONS}:night"})["earlier"]
    assert (earlier["batch"], earlier["only_failed"]) == ("night", True)


def test_nothing_of_a_small_batch_that_has_ended_needs_taking_over() -> None:
    run("night", make_document(), "SUCCEEDED")
    assert validate("morning", {"resume_from": "night"})["earlier"]["runs"] == []


def test_what_is_given_holds_over_the_earlier_configuration() -> None:
    run("night", make_document(max_rows=1, execution_config={"max_concurrency": 3}))
    plan = validate("morning", {"resume_from": "night", "max_rows": "all", "execution_config": {"timeout_seconds": 5}})
    assert "max_rows" not in plan
    assert (plan["execution"]["timeout_seconds"], plan["execution"]["max_concurrency"]) == (5, 10)


def test_complete_configuration_stands_for_itself() -> None:
    run("night", make_document(max_rows=1))
    plan = validate("morning", make_document(resume_from="night"))
    assert plan["earlier"]["batch"] == "night"
    assert "max_rows" not in plan


def test_config_file_is_resumed_by_its_name_and_that_of_the_batch() -> None:
    put("configs/people.json", json.dumps(make_document()).encode())
    file = {"config_s3_uri": "s3://data/configs/people.json"}
    run("night", {**file, "max_rows": 1})
    assert "max_rows" not in validate("morning", {**file, "resume_from": "night"})
    assert validate("noon", {"resume_from": "night"})["max_rows"] == 1


def test_batch_that_resumed_another_can_be_resumed_in_its_turn() -> None:
    night = run("night", make_document())
    run("morning", {"resume_from": "night"}, "ABORTED", day=22, partition_rows=500)
    plan = validate("noon", {"resume_from": "morning"}, day=23)
    assert plan["earlier"]["batch"] == "morning"
    assert plan["earlier"]["runs"] == [f"{EXECUTIONS}:morning"]
    assert [(shelf["batch_id"], shelf.get("partition_rows")) for shelf in plan["earlier"]["rows"]] == [
        ("support-triage#morning", 500),
        ("support-triage#night", None),
    ]
    assert plan["batch"]["origin_key"] == night["batch"]["origin_key"]


def test_failed_rows_of_a_batch_that_resumed_another_are_run_again() -> None:
    run("night", make_document())
    run("morning", {"resume_from": "night"}, "SUCCEEDED", day=22)
    assert validate("noon", {"only_failed_from": "morning"}, day=23)["earlier"]["only_failed"]


def test_answers_are_as_old_as_those_of_the_first_batch_of_a_chain() -> None:
    run("night", make_document(ttl_days=2), day=20)
    run("morning", {"resume_from": "night"}, day=21)
    message = problems("noon", {"resume_from": "morning"}, day=23)["/resume_from"]
    assert "for 2 days, the first ones until 2026-11-22 09:34 UTC" in message
    assert validate("evening", {"resume_from": "morning", "accept_changes": True}, day=23)


def test_answers_do_not_get_younger_when_the_beginning_of_their_chain_is_gone() -> None:
    night = run("night", make_document(ttl_days=2), day=20)
    run("morning", {"resume_from": "night"}, day=21)
    client("s3").delete_object(Bucket=DATA, Key=f"{night['work']['prefix']}manifest.json")
    message = problems("noon", {"resume_from": "morning"}, day=23)["/resume_from"]
    assert "the first ones until 2026-11-22 09:34 UTC" in message


def test_batch_that_did_not_load_its_rows_is_to_be_run_anew() -> None:
    validate("night", make_document())
    assert "paid for nothing; run it as a new batch" in problems("morning", {"resume_from": "night"})["/resume_from"]


def test_resumption_that_did_not_load_its_rows_leads_to_what_it_resumed() -> None:
    run("night", make_document())
    validate("morning", {"resume_from": "night"})
    assert "resume the one that it resumed, night" in problems("noon", {"resume_from": "morning"})["/resume_from"]


def test_configuration_that_is_gone_must_be_given() -> None:
    plan = run("night", make_document())
    client("s3").delete_object(Bucket=DATA, Key=f"{plan['work']['prefix']}config.json")
    assert "is not kept any more" in problems("morning", {"resume_from": "night"})["/resume_from"]
    assert validate("morning", make_document(resume_from="night"))["earlier"]["batch"] == "night"
