import json
from typing import Any

import pytest

from batch_processor.aws import sqs
from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.contract import Plan
from batch_processor.contract.plan import EarlierRows
from batch_processor.errors import BatchAtWork, UnknownBatch
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.erasure import erase, survey
from batch_processor.output.summary import summary_key
from tests.functional.account import DATA, RESULTS, answering, keys, put
from tests.functional.conftest import ENVIRONMENT
from tests.functional.tables import TABLE, items
from tests.unit.plans import PLAN, make_loaded, make_plan

MACHINE = ENVIRONMENT["BATCH_MACHINE_ARN"]
DEFINITION = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
ROLE = "arn:aws:iam::123456789012:role/machine"


def unseen(*_: Any) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setattr(sqs, "_WAIT_SECONDS", 0)
    for name in ("batch-processor-dev", "batch-processor-rows-dev"):
        client("stepfunctions").create_state_machine(name=name, definition=DEFINITION, roleArn=ROLE)
    urls = [client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "undelivered")]
    return Deployment(MACHINE, ENVIRONMENT["ROW_BATCH_MACHINE_ARN"], DATA, TABLE, *urls)


@pytest.fixture
def plan(deployment: Deployment) -> Plan:
    """A batch of two rows that was stopped and salvaged."""
    arn = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="night", input="{}")["executionArn"]
    client("stepfunctions").stop_execution(executionArn=arn)
    work = work_location(DATA, batch_key(arn))
    plan = make_plan(batch={"id": arn, "key": batch_key(arn)}, work=work)
    manifest.write(plan, make_loaded(2))
    for version in (b"one", b"two"):
        put(plan["output"]["key"], version, RESULTS)
        put(f"{work['prefix']}parts/1.csv", version)
    client("s3").delete_object(Bucket=DATA, Key=f"{work['prefix']}parts/1.csv")
    put(summary_key(plan["output"]["key"].replace(".csv", ".partial.csv")), b"{}")
    put("inputs/people.csv", b"name,email\n")
    store(plan, 1, plan["storage"]["since"])
    store(plan, 2, "2026-01-01T00:00:00.000Z")
    letter(deployment, arn)
    letter(deployment, "arn:another")
    return plan


def store(plan: Plan, index: int, since: str) -> None:
    item = {"batch_id": plan["storage"]["batch_id"], "row_id": f"row_{index:010}", "since": since, "timestamp": since}
    client("dynamodb").put_item(TableName=TABLE, Item={name: {"S": value} for name, value in item.items()})


def letter(deployment: Deployment, arn: str) -> None:
    body = json.dumps({"batch": {"id": arn}, "input": {"text": "Jane Doe"}})
    client("sqs").send_message(QueueUrl=deployment.dead_letter_queue_url, MessageBody=body)


def letters(deployment: Deployment) -> list[str]:
    found = client("sqs").receive_message(
        QueueUrl=deployment.dead_letter_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"])["batch"]["id"] for message in found.get("Messages", [])]


def held(places: list[Any]) -> dict[str, int]:
    return {place.place: place.items for place in places if place.items}


def test_survey_counts_what_there_is_and_changes_nothing(deployment: Deployment, plan: Plan) -> None:
    found = survey(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert held(found.places) == {
        "rows": 1,
        "dead letters": 1,
        "output CSV": 1,  # its bucket has no versions
        "partial output's summary": 1,
        "work folder": 3,
        "manifest": 1,
    }
    assert held(found.left) == {"input CSV": 1}
    assert sorted(letters(deployment)) == sorted(["arn:another", plan["batch"]["id"]])
    assert survey(plan["batch"]["id"], deployment, unseen, inputs=False).places == found.places


def test_what_is_the_batchs_is_erased_and_nothing_else(deployment: Deployment, plan: Plan) -> None:
    done = erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert done.faults == []
    assert letters(deployment) == ["arn:another"]
    assert [row for _, row in items()] == ["row_0000000002"], "another batch of the same name stored it"
    assert (keys(RESULTS), keys(DATA)) == ([], ["inputs/people.csv"])
    assert "Versions" not in client("s3").list_object_versions(Bucket=DATA, Prefix="work/")
    assert "DeleteMarkers" not in client("s3").list_object_versions(Bucket=DATA, Prefix="work/")


def test_inputs_go_when_they_are_asked_for(deployment: Deployment, plan: Plan) -> None:
    assert erase(plan["batch"]["id"], deployment, unseen, inputs=True).left == []
    assert keys(DATA) == []


def test_manifest_stays_while_a_place_cannot_be_reached(deployment: Deployment, plan: Plan) -> None:
    with answering("ListObjectVersions", 403, "AccessDenied", times=1):
        done = erase(plan["batch"]["id"], deployment, unseen, inputs=True)
    assert [fault.place for fault in done.faults] == ["input CSV", "partial output's summary", "manifest"]
    assert "access denied" in done.faults[0].fault
    assert manifest.read(DATA, plan["batch"]["id"]) is not None
    again = erase(plan["batch"]["id"], deployment, unseen, inputs=True)
    assert (again.faults, held(again.places)) == ([], {"input CSV": 1, "partial output's summary": 1, "manifest": 1})


def test_batch_that_runs_or_is_being_saved_is_not_erased(deployment: Deployment, plan: Plan) -> None:
    running = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="day", input="{}")["executionArn"]
    with pytest.raises(BatchAtWork, match="aws stepfunctions stop-execution --execution-arn"):
        survey(running, deployment, unseen, inputs=False)
    client("s3").delete_object(Bucket=DATA, Key=summary_key(plan["output"]["key"].replace(".csv", ".partial.csv")))
    with pytest.raises(BatchAtWork, match="still being saved"):
        survey(plan["batch"]["id"], deployment, unseen, inputs=False)


def test_batch_is_named_by_name_arn_or_a_beginning_that_is_its_own(deployment: Deployment, plan: Plan) -> None:
    arn = plan["batch"]["id"]
    assert {named_batch(text, deployment) for text in ("night", "nig", arn)} == {arn}
    client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="night-2", input="{}")
    assert named_batch("night", deployment) == arn
    with pytest.raises(UnknownBatch, match="begin with nig: "):
        named_batch("nig", deployment)
    with pytest.raises(UnknownBatch, match="No batch is called day"):
        named_batch("day", deployment)
    with pytest.raises(UnknownBatch, match="no batch of this stack"):
        named_batch("arn:aws:states:eu-west-1:123456789012:execution:other:night", deployment)


def test_batch_that_took_rows_of_it_is_named(deployment: Deployment, plan: Plan) -> None:
    machine = plan["batch"]["id"].rpartition(":")[0]
    later = f"{machine}:later"
    shelf = EarlierRows(
        batch_id=plan["storage"]["batch_id"], since=plan["storage"]["since"], ttl_seconds=1, fingerprints=[]
    )
    successor = make_plan(batch={"id": later, "name": "later"}, work=work_location(DATA, batch_key(later)))
    successor["earlier"] = {"batch": "night", "only_failed": False, "rows": [shelf], "runs": []}
    manifest.write(successor, make_loaded(2))
    manifest.add_successor(DATA, plan["batch"]["key"], "f" * 32, later)
    assert survey(plan["batch"]["id"], deployment, unseen, inputs=False).copies == ["later"]


def test_own_plan_is_of_this_stack() -> None:
    assert PLAN["batch"]["id"].startswith(MACHINE.replace(":stateMachine:", ":execution:"))
