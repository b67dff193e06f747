"""ValidateInput where a configuration names an earlier batch, and what comes of such a batch."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber
from moto.stepfunctions.models import stepfunctions_backends

from batch_processor import limits
from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.contract import Plan, RowResult
from batch_processor.errors import InvalidConfiguration, SourceUnavailable
from batch_processor.handlers import aggregate_results, load_csv_data
from batch_processor.handlers.validate_input import handle
from batch_processor.results import results_table
from batch_processor.resumption import lookup
from tests.functional.account import DATA, RESULTS, get, keys, losing_the_answer, put
from tests.functional.batches import as_json
from tests.functional.conftest import ENVIRONMENT
from tests.functional.tables import items
from tests.functional.targets import IDLE, create_agent
from tests.unit.configs import AGENT, make_document
from tests.unit.plans import failure, make_loaded, success

ACCOUNT = "123456789012"
MACHINE = ENVIRONMENT["STATE_MACHINE_ARN"]
EXECUTIONS = MACHINE.replace(":stateMachine:", ":execution:")
PEOPLE = b"name,email\nAna,a@x.org\n"


@pytest.fixture(autouse=True)
def stack(account: None) -> None:
    """The target, the machine and the CSV."""
    create_agent()
    create_agent(MACHINE)
    put("inputs/people.csv", PEOPLE)


def validate(name: str, given: Any, day: int = 22) -> Plan:
    execution = {"id": f"{EXECUTIONS}:{name}", "name": name, "started_at": f"2026-11-{day}T09:34:44.123Z"}
    plan: Plan = as_json(handle({"input": given, "execution": execution}, None))
    return plan


def run(name: str, given: Any, status: str | None = "FAILED", day: int = 21, **storage: Any) -> Plan:
    """A batch that has loaded its rows and then come to an end."""
    plan = validate(name, given, day)
    kept: Any = {**plan["storage"], "mode": "dynamodb", **storage}
    manifest.write(plan, make_loaded(1, storage=kept))
    if status:
        end(name, status)
    return plan


def end(name: str, status: str) -> None:
    client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=name, input="{}")
    set_status(name, status)


def set_status(name: str, status: str) -> None:
    machine = stepfunctions_backends[ACCOUNT]["eu-west-1"].describe_state_machine(MACHINE)
    next(found for found in machine.executions if found.name == name).status = status


def problems(name: str, given: Any, day: int = 22) -> dict[str, str]:
    """The problems by pointer; of several at one, the last."""
    with pytest.raises(InvalidConfiguration) as caught:
        validate(name, given, day)
    return {found.pointer: found.message for found in caught.value.problems}


def test_name_of_the_earlier_batch_is_all_it_takes() -> None:
    night = run("night", make_document(execution_config={"max_concurrency": 3}, ttl_days=30), partition_rows=500)
    plan = validate("morning", {"resume_from": "night"})
    last_run = f"{EXECUTIONS}:night"
    assert plan["earlier"] == {"batch": "night", "only_failed": False, "partition_rows": 500, "last_run": last_run}
    assert plan["storage"] == {**night["storage"], "mode": "dynamodb"}
    assert plan["storage"]["since"] == night["batch"]["started_at"] < plan["batch"]["started_at"]
    assert plan["batch"]["origin_key"] == night["batch"]["origin_key"]
    assert plan["execution"] == night["execution"]
    assert plan["work"] != night["work"]


def test_failed_rows_of_a_batch_that_has_ended_are_run_again() -> None:
    run("night", make_document(), "SUCCEEDED")
    assert validate("morning", {"only_failed_from": f"{EXECUTIONS}:night"})["earlier"] == {
        "batch": "night",
        "only_failed": True,
    }


def test_nothing_of_a_small_batch_that_has_ended_needs_taking_over() -> None:
    run("night", make_document(), "SUCCEEDED")
    assert "last_run" not in validate("morning", {"resume_from": "night"})["earlier"]


def load(plan: Plan, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = as_json(load_csv_data.handle(as_json({"plan": plan, "given": given}), None))
    return answer


def finish(plan: Plan, *results: RowResult) -> dict[str, Any]:
    """Runs a batch to its end; returns what was loaded."""
    answer = load(plan)
    aggregate_results.handle(as_json({"plan": plan, "loaded": answer["loaded"], "results": results}), None)
    end(plan["batch"]["name"], "SUCCEEDED")
    return answer


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
    assert plan["earlier"]["partition_rows"] == 500
    assert plan["earlier"]["last_run"] == f"{EXECUTIONS}:morning"
    for name in ("batch_id", "since"):
        assert plan["storage"][name] == night["storage"][name]
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


def test_running_batch_is_not_run_a_second_time() -> None:
    run("night", make_document(), "RUNNING")
    assert "is still running" in problems("morning", {"resume_from": "night"})["/resume_from"]


def test_batch_is_resumed_by_one_batch_at_a_time() -> None:
    run("night", make_document())
    validate("morning", {"resume_from": "night"})
    end("morning", "RUNNING")
    assert "the batch morning is running the same rows" in problems("noon", {"resume_from": "night"})["/resume_from"]
    assert validate("morning", {"resume_from": "night"}), "a repeated ValidateInput of the same batch must pass"


@pytest.mark.parametrize("before", [None, "dawn"])
def test_batch_is_resumed_by_one_of_two_that_begin_at_the_same_moment(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("night", make_document())
    if before:
        run(before, {"resume_from": "night"}, "ABORTED")
    look = lookup.find

    def look_and_be_overtaken(*arguments: Any) -> Any:
        found = look(*arguments)
        monkeypatch.setattr(lookup, "find", look)
        validate("morning", {"resume_from": "night"})
        return found

    monkeypatch.setattr(lookup, "find", look_and_be_overtaken)
    message = problems("noon", {"resume_from": "night"})["/resume_from"]
    assert message == "the batch morning is running the same rows; wait for its end, or stop it first"
    end("morning", "RUNNING")
    assert validate("morning", {"resume_from": "night"}), "it is the one that goes on"


def test_claim_whose_answer_was_lost_stands() -> None:
    run("night", make_document())
    with losing_the_answer("PutObject"):
        assert validate("morning", {"resume_from": "night"})
    end("morning", "RUNNING")
    assert "the batch morning is running the same rows" in problems("noon", {"resume_from": "night"})["/resume_from"]


def test_batch_whose_resumption_came_to_an_end_is_resumed_again() -> None:
    run("night", make_document())
    run("morning", {"resume_from": "night"}, "ABORTED")
    assert validate("noon", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_last_run_of_a_chain_is_taken_over_whichever_is_named() -> None:
    """It has salvaged all before it."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED", day=22)
    validate("morning", {"resume_from": "dawn"})
    end("morning", "FAILED")  # before it loaded a row
    for name in ("night", "dawn"):
        assert validate("noon", {"resume_from": name})["earlier"]["last_run"] == f"{EXECUTIONS}:dawn"


def test_batch_is_never_its_own_last_run() -> None:
    """Step Functions gives a name anew after 90 days; what the first one left may still be there."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED", day=22)
    assert validate("dawn", {"resume_from": "night"}, day=23)["earlier"]["last_run"] == f"{EXECUTIONS}:night"


def test_first_batch_of_a_chain_that_was_redriven_is_waited_for() -> None:
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED")
    set_status("night", "RUNNING")
    assert "the batch night is running the same rows" in problems("morning", {"resume_from": "dawn"})["/resume_from"]


def test_refused_resumption_does_not_stand_in_the_way_of_another() -> None:
    run("night", make_document())
    problems("morning", {"resume_from": "night", "target": f"{AGENT}:live"})
    end("morning", "RUNNING")
    assert validate("noon", {"resume_from": "night"})


def test_batch_that_step_functions_has_forgotten_can_be_resumed() -> None:
    run("night", make_document(), status=None)
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_forgotten_batch_has_ended_if_its_summary_is_there() -> None:
    plan = run("night", make_document(), status=None)
    assert "use resume_from" in problems("morning", {"only_failed_from": "night"})["/only_failed_from"]
    put(plan["output"]["key"].removesuffix(".csv") + ".summary.json", b"{}")
    assert validate("morning", {"only_failed_from": "night"})["earlier"]["only_failed"]


def test_unknown_batch_is_told_with_where_it_was_looked_for() -> None:
    found = problems("morning", {"resume_from": "knight"})
    assert list(found) == ["/resume_from"]
    assert found["/resume_from"].startswith("there is nothing of a batch knight in s3://data/work/knight-")


def test_unknown_batch_is_told_beside_all_other_problems_of_a_complete_configuration() -> None:
    given = make_document(resume_from="knight", exection_config={}, csv_s3_uri="s3://data/absent.csv")
    assert set(problems("morning", given)) == {"/resume_from", "/exection_config", "/csv_s3_uri"}


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


def test_changed_csv_is_refused_and_can_be_accepted() -> None:
    night = run("night", make_document())
    put("inputs/people.csv", PEOPLE + b"Bo,b@x.org\n")
    found = problems("morning", {"resume_from": "night"})
    assert list(found) == ["/resume_from", "/csv_s3_uri"]
    assert "accept_changes" in found["/resume_from"]
    assert found["/csv_s3_uri"].startswith('the CSV was "23 bytes with ETag ')
    plan = validate("morning", {"resume_from": "night", "accept_changes": True})
    assert plan["source"]["size_bytes"] == 34
    assert plan["batch"]["origin_key"] != night["batch"]["origin_key"]


def test_same_csv_in_another_version_and_another_place_is_the_same() -> None:
    run("night", make_document())
    put("inputs/people.csv", PEOPLE)
    put("elsewhere.csv", PEOPLE)
    assert validate("morning", {"resume_from": "night"})["earlier"]
    assert validate("noon", {"resume_from": "night", "input_csv_s3_uri": "s3://data/elsewhere.csv"})["earlier"]


def test_csv_without_versions_is_known_by_its_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET_PATTERN", RESULTS)
    # The ETag of an object that came in parts is not that of its copy.
    parts = client("s3").create_multipart_upload(Bucket=RESULTS, Key="a.csv")["UploadId"]
    upload = {"Bucket": RESULTS, "Key": "a.csv", "UploadId": parts}
    etag = client("s3").upload_part(**upload, PartNumber=1, Body=PEOPLE)["ETag"]
    client("s3").complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})
    night = run("night", make_document(csv_s3_uri="s3://results/a.csv"))
    assert night["source"]["etag"] != s3.pin(RESULTS, "a.csv").etag
    assert validate("morning", {"resume_from": "night"})["earlier"]
    put("a.csv", PEOPLE.lower(), RESULTS)
    assert "/csv_s3_uri" in problems("noon", {"resume_from": "night"})


def test_agent_that_was_deployed_anew_is_told() -> None:
    run("night", make_document())
    client("stepfunctions").update_state_machine(stateMachineArn=AGENT, definition=IDLE.replace("Idle", "Sleep"))
    assert problems("morning", {"resume_from": "night"})["/target"].startswith(f"what is deployed as {AGENT} was ")


def test_differences_stand_where_the_configuration_says_them() -> None:
    run("night", make_document())
    given = {
        "resume_from": "night",
        "target": {"arn": AGENT, "input_format": "messages"},
        "input_mapping": {"email": "prompt"},
        "output_mapping": {"structured_output_fields": ["category"]},
    }
    assert set(problems("morning", given)) == {
        "/resume_from",
        "/target/input_format",
        "/input_mapping",
        "/output_mapping",
    }


def test_trial_becomes_the_whole_batch() -> None:
    trial = run("trial", make_document(max_rows=1), "SUCCEEDED")
    assert (trial["max_rows"], trial["storage"]["mode"]) == (1, "dynamodb")
    plan = validate("whole", {"resume_from": "trial", "max_rows": "all"})
    assert plan["earlier"] == {"batch": "trial", "only_failed": False}
    assert "/max_rows" in problems("more", {"only_failed_from": "trial", "max_rows": "all"})


@pytest.mark.parametrize(("map_mode", "first"), [("inline", 1), ("distributed", 61)])
def test_trial_of_many_rows_spreads_them_as_the_whole_batch_does(map_mode: str, first: int) -> None:
    put("inputs/people.csv", b"name,email\n" + b"x,y\n" * 250)
    size = limits.most_batch_rows("agent", 3)
    answered = [1, size, size + 1, 2 * size, 2 * size + 1, 199]
    trial = validate("trial", make_document(max_rows=200), day=21)
    storage, at = load(trial)["loaded"]["storage"], "2026-11-21T09:35:00Z"
    for index in answered:
        results_table.put_success(storage, trial["work"], index, ["category", "score"], ["a", "1"], None, at, 5)
    stored: list[RowResult] = [{"index": index, "status": "SUCCESS", "stored": True} for index in answered]
    finish(trial, *stored, failure(200, "Busy", "no"))
    written = get(trial["output"]["key"]).splitlines()[1:]
    assert [number for number, row in enumerate(written, start=1) if b"SUCCESS" in row] == answered
    assert {batch_id.rpartition("#")[2] for batch_id, _ in items()} == {
        str(partition * size + 1) for partition in (0, 1, 2, 199 // size)
    }
    whole = validate("whole", {"resume_from": "trial", "max_rows": "all", "map_mode": map_mode})
    answer = load(whole)
    if map_mode == "distributed":
        rows = get(answer["loaded"]["fan_out"]["rows_key"]).splitlines()[first - 1 :]
        answer = load(whole, rows=list(map(json.loads, rows)), loaded=answer["loaded"])
    assert [row["index"] for row in answer["rows"]] == [row for row in range(first, 251) if row not in answered]
    assert [row["index"] for row in answer["rows"] if "run" in row] == [200]


def test_configuration_is_kept_as_it_was_given() -> None:
    plan = validate("night", {**make_document(), "max_rows": 3})
    assert manifest.read_config(DATA, plan["batch"]["key"]) == {**make_document(), "max_rows": 3}
    assert manifest.read(DATA, plan["batch"]["key"]) is None


def test_manifest_is_read_as_it_was_written() -> None:
    plan, loaded = validate("night", make_document()), make_loaded(3)
    manifest.write(plan, loaded)
    assert manifest.read(DATA, plan["batch"]["key"]) == {"plan": plan, "loaded": loaded}
    assert f"{plan['work']['prefix']}manifest.json" in keys(DATA)


def test_status_that_may_not_be_seen_ends_the_batch() -> None:
    run("night", make_document())
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_client_error("describe_execution", "AccessDeniedException", "not authorized", 400)
        with pytest.raises(SourceUnavailable, match="night: access denied"):
            validate("morning", {"resume_from": "night"})
