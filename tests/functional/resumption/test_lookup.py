"""How the earlier batch is found, and who else goes on with it."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key, former_batch_key
from batch_processor.contract import Plan
from batch_processor.contract.number import CONTRACT
from batch_processor.errors import SourceUnavailable, StorageUnavailable
from batch_processor.resumption.fingerprint import fingerprint
from tests.functional.account import DATA, get, keys, losing_the_answer, put
from tests.functional.resumption.runs import EXECUTIONS, end, problems, run, set_status, validate
from tests.functional.targets import create_tool
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.plans import make_loaded

pytestmark = pytest.mark.usefixtures("stack")


def test_running_batch_is_not_run_a_second_time() -> None:
    run("night", make_document(), "RUNNING")
    assert "is still running" in problems("morning", {"resume_from": "night"})["/resume_from"]


def test_nobody_is_refused_because_another_batch_goes_on_with_the_same_one() -> None:
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "RUNNING")
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_what_others_make_alike_is_taken_and_what_they_make_otherwise_is_not() -> None:
    run("night", make_document())
    run("alike", {"resume_from": "night"}, "ABORTED", day=22)
    run("alike-too", {"resume_from": "alike"}, "RUNNING", day=22)
    rude = make_document(input_mapping={"column_mappings": {"email": "contact"}, "static_values": {"tone": "rude"}})
    run("otherwise", {**rude, "resume_from": "night", "accept_changes": True}, "ABORTED", day=22)
    earlier = validate("morning", {"resume_from": "night"}, day=23)["earlier"]
    shelves = [shelf["batch_id"] for shelf in earlier["rows"]]
    assert shelves == ["support-triage#night", "support-triage#alike-too", "support-triage#alike"]
    assert {digest for shelf in earlier["rows"] for digest in shelf["fingerprints"]} == {
        validate("noon", make_document())["storage"]["fingerprint"]
    }
    assert earlier["runs"] == [f"{EXECUTIONS}:night", f"{EXECUTIONS}:alike"], "nobody waits for what others run"


def test_answers_that_a_tool_gave_under_another_name_are_not_alike() -> None:
    """The function is told the name: it may be many tools, and answer differently as each of them."""
    create_tool()
    run("night", make_document(target=TOOL))
    run("otherwise", {"resume_from": "night", "target": {"arn": TOOL, "name": "flatter"}, "accept_changes": True})
    assert [shelf["batch_id"] for shelf in validate("morning", {"resume_from": "night"})["earlier"]["rows"]] == [
        "tool-enrich#night"
    ]
    changed = problems("noon", {"resume_from": "night", "target": {"arn": TOOL, "name": "flatter"}})["/target"]
    assert changed == 'the name of the tool was "tool-enrich", now it is "flatter"'


def test_batches_that_begin_at_the_same_moment_all_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    run("night", make_document())
    replace, others = s3.replace, iter(("dawn", "morning"))

    def be_overtaken(*arguments: Any) -> bool:
        if other := next(others, None):
            validate(other, {"resume_from": "night"})
        return replace(*arguments)

    monkeypatch.setattr(s3, "replace", be_overtaken)
    assert validate("noon", {"resume_from": "night"})
    [listed] = [key for key in keys(DATA) if key.startswith(f"work/{batch_key(f'{EXECUTIONS}:night')}/successors/")]
    named = json.loads(get(listed))
    assert [arn.rpartition(":")[2] for arn in named] == ["morning", "dawn", "noon"]


def test_list_that_never_stands_still_is_worth_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    run("night", make_document())
    monkeypatch.setattr(s3, "replace", lambda *_: False)
    with pytest.raises(StorageUnavailable, match="changes faster than it can be added to"):
        validate("noon", {"resume_from": "night"})


def test_repeated_validation_names_the_batch_once() -> None:
    run("night", make_document())
    with losing_the_answer("PutObject"):
        first = validate("morning", {"resume_from": "night"})
    assert validate("morning", {"resume_from": "night"}) == first
    key, alike = batch_key(f"{EXECUTIONS}:night"), first["storage"]["fingerprint"]
    assert manifest.add_successor(DATA, key, alike, "another") == [f"{EXECUTIONS}:morning"]


def test_many_that_go_on_otherwise_hide_none_that_goes_on_alike() -> None:
    run("night", make_document())
    run("alike", {"resume_from": "night"}, "ABORTED", day=22)
    for number in range(21):
        mapping = {"column_mappings": {"email": "contact"}, "static_values": {"tone": number}}
        otherwise = {"resume_from": "night", "input_mapping": mapping, "accept_changes": True}
        run(f"otherwise-{number}", otherwise, "ABORTED", day=22)
    shelves = validate("morning", {"resume_from": "night"}, day=23)["earlier"]["rows"]
    assert [shelf["batch_id"] for shelf in shelves] == ["support-triage#night", "support-triage#alike"]


def test_many_that_go_on_alike_take_no_room_that_a_chain_needs() -> None:
    """Whoever may start batches may start any number of them, of one row each."""
    run("night", make_document())
    last = "night"
    for link in range(4):
        alike = run(f"alike-{link}-0", {"resume_from": "night", "max_rows": 1}, "ABORTED", day=22)
        for number in range(1, 20):
            _run_again(alike, f"alike-{link}-{number}")
        run(f"link-{link}", {"resume_from": last}, "ABORTED", day=23 + link)
        last = f"link-{link}"
    shelves = [shelf["batch_id"] for shelf in validate("morning", {"resume_from": last}, day=28)["earlier"]["rows"]]
    assert shelves[:4] == [f"support-triage#link-{link}" for link in (3, 2, 1, 0)]
    assert "support-triage#night" in shelves


def _run_again(plan: Plan, name: str) -> None:
    """The same under another name: ValidateInput, which looks at all others each time, would come to the same plan."""
    text = json.dumps(plan).replace(plan["batch"]["key"], batch_key(f"{EXECUTIONS}:{name}"))
    again: Plan = json.loads(text.replace(plan["batch"]["name"], name))
    manifest.add_successor(DATA, batch_key(f"{EXECUTIONS}:night"), fingerprint(again), again["batch"]["id"])
    manifest.write(again, make_loaded(1, storage={**again["storage"], "mode": "dynamodb"}))
    end(name, "ABORTED")


def test_what_somebody_keeps_for_a_day_makes_the_answers_of_a_chain_expire_no_sooner() -> None:
    run("night", make_document(ttl_days=7))
    run("brief", {"resume_from": "night", "ttl_days": 1}, "ABORTED", day=22)
    run("dawn", {"resume_from": "night"}, "ABORTED", day=23)
    shelves = validate("morning", {"resume_from": "dawn"}, day=26)["earlier"]["rows"]
    assert [shelf["batch_id"] for shelf in shelves] == ["support-triage#dawn", "support-triage#night"]


def test_list_of_those_that_go_on_does_not_grow_for_ever() -> None:
    for number in range(105):
        others = manifest.add_successor(DATA, "night-1", "0" * 32, str(number))
    assert others == [str(number) for number in range(4, 104)]


def test_batch_whose_resumption_came_to_an_end_is_resumed_again() -> None:
    run("night", make_document())
    run("morning", {"resume_from": "night"}, "ABORTED")
    assert validate("noon", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_batch_is_never_its_own_relative() -> None:
    """Step Functions gives a name anew after 90 days; what the first one left may still be there."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED", day=22)
    earlier = validate("dawn", {"resume_from": "night"}, day=23)["earlier"]
    assert [shelf["batch_id"] for shelf in earlier["rows"]] == ["support-triage#night"]
    assert earlier["runs"] == [f"{EXECUTIONS}:night"]


def test_chain_of_names_that_were_given_anew_does_not_go_round_in_circles() -> None:
    run("night", make_document(), day=20)
    run("dawn", {"resume_from": "night"}, "ABORTED", day=21)
    run("night", {"resume_from": "dawn"}, None, day=22)
    assert validate("morning", {"resume_from": "night"}, day=23)["earlier"]["batch"] == "night"


def test_first_batch_of_a_chain_that_was_redriven_is_not_waited_for() -> None:
    """It may be anybody's."""
    run("night", make_document())
    run("dawn", {"resume_from": "night"}, "ABORTED")
    set_status("night", "RUNNING")
    assert validate("morning", {"resume_from": "dawn"})


def test_batch_that_began_when_digests_were_shorter_is_found() -> None:
    plan = run("night", make_document())
    former = former_batch_key(plan["batch"]["id"])
    move(plan["batch"]["key"], former)
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_folder_that_is_another_batch_s_is_not_taken_for_the_named_one_s() -> None:
    """Two names with one short digest can be found in seconds."""
    other = run("night", make_document())
    move(other["batch"]["key"], former_batch_key(f"{EXECUTIONS}:knight"))
    assert list(problems("morning", make_document(resume_from="knight"))) == ["/resume_from"]


def move(folder: str, to: str) -> None:
    for key in keys(DATA):
        if key.startswith(f"work/{folder}/"):
            put(key.replace(folder, to), get(key))
            client("s3").delete_object(Bucket=DATA, Key=key)


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


def test_batch_of_an_older_contract_is_resumed() -> None:
    plan = run("night", make_document())
    rewrite(plan, {key: value for key, value in plan.items() if key != "contract"})
    assert validate("morning", {"resume_from": "night"})["earlier"]["batch"] == "night"


def test_batch_of_a_newer_contract_is_told_and_not_resumed() -> None:
    plan = run("night", make_document())
    rewrite(plan, {**plan, "contract": CONTRACT + 1})
    told = problems("morning", {"resume_from": "night"})["/resume_from"]
    assert f"is of contract {CONTRACT + 1}, and this build reads 0 to {CONTRACT}" in told


def test_relative_of_a_newer_contract_stands_in_nobodys_way() -> None:
    run("night", make_document())
    plan = run("alike", {"resume_from": "night"}, "ABORTED", day=22)
    rewrite(plan, {**plan, "contract": CONTRACT + 1})
    earlier = validate("morning", {"resume_from": "night"}, day=23)["earlier"]
    assert [shelf["batch_id"] for shelf in earlier["rows"]] == ["support-triage#night"]


def rewrite(plan: Plan, otherwise: Any) -> None:
    """What the batch has left, as another build leaves it."""
    key = f"{plan['work']['prefix']}manifest.json"
    put(key, json.dumps({**json.loads(get(key)), "plan": otherwise}).encode())


def test_unknown_batch_is_told_with_where_it_was_looked_for() -> None:
    found = problems("morning", {"resume_from": "knight"})
    assert list(found) == ["/resume_from"]
    assert found["/resume_from"].startswith("there is nothing of a batch knight in s3://data/work/knight-")


def test_unknown_batch_is_told_beside_all_other_problems_of_a_complete_configuration() -> None:
    given = make_document(resume_from="knight", exection_config={}, csv_s3_uri="s3://data/absent.csv")
    assert set(problems("morning", given)) == {"/resume_from", "/exection_config", "/csv_s3_uri"}


def test_configuration_is_kept_as_it_was_given() -> None:
    plan = validate("night", {**make_document(), "max_rows": 3})
    assert manifest.read_config(DATA, plan["batch"]["id"]) == {**make_document(), "max_rows": 3}
    assert manifest.read(DATA, plan["batch"]["id"]) is None


def test_manifest_is_read_as_it_was_written() -> None:
    plan, loaded = validate("night", make_document()), make_loaded(3)
    manifest.write(plan, loaded)
    assert manifest.read(DATA, plan["batch"]["id"]) == {"plan": plan, "loaded": loaded}
    assert f"{plan['work']['prefix']}manifest.json" in keys(DATA)


def test_status_that_may_not_be_seen_ends_the_batch() -> None:
    run("night", make_document())
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_client_error("describe_execution", "AccessDeniedException", "not authorized", 400)
        with pytest.raises(SourceUnavailable, match="night: access denied"):
            validate("morning", {"resume_from": "night"})
