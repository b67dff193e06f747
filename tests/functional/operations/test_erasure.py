import json
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from moto.stepfunctions.models import stepfunctions_backends

from batch_processor.aws import sqs, step_functions
from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key
from batch_processor.batch.trigger import execution_name, fresh_execution_name
from batch_processor.batch.work_folder import work_location
from batch_processor.contract import Plan
from batch_processor.contract.plan import EarlierRows
from batch_processor.errors import BatchAtWork, SourceUnavailable, UnknownBatch
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.erasure import erase, survey
from batch_processor.output.summary import summary_key
from batch_processor.registry.entry import Kind
from tests.functional.account import DATA, RESULTS, answering, keys, put
from tests.functional.conftest import ENVIRONMENT
from tests.functional.tables import BATCHES, REGISTRIES, TABLE, items
from tests.unit.plans import PLAN, make_loaded, make_plan

ENTRY_KINDS: tuple[Kind, ...] = ("agent", "tool", "template", "schema")
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
    dead, undelivered = (client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "undelivered"))
    agents, tools, templates, schemas = (REGISTRIES[kind] for kind in ENTRY_KINDS)
    row_batches = ENVIRONMENT["ROW_BATCH_MACHINE_ARN"]
    return Deployment(MACHINE, row_batches, DATA, TABLE, BATCHES, agents, tools, templates, schemas, dead, undelivered)


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


def store(plan: Plan, index: int, since: str, **more: str) -> None:
    key = {"batch_id": plan["storage"]["batch_id"], "row_id": f"row_{index:010}"}
    item = {**key, "since": since, "timestamp": since, **more}
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


def test_manifest_that_may_not_be_read_is_not_taken_for_gone(deployment: Deployment, plan: Plan) -> None:
    with (
        answering("GetObject", 403, "AccessDenied"),
        pytest.raises(SourceUnavailable, match="access denied"),
    ):
        erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert manifest.read(DATA, plan["batch"]["id"]) is not None


def test_batch_that_runs_or_is_being_saved_is_not_erased(deployment: Deployment, plan: Plan) -> None:
    running = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="day", input="{}")["executionArn"]
    with pytest.raises(BatchAtWork, match="aws stepfunctions stop-execution --execution-arn"):
        survey(running, deployment, unseen, inputs=False)
    client("s3").delete_object(Bucket=DATA, Key=summary_key(plan["output"]["key"].replace(".csv", ".partial.csv")))
    with pytest.raises(BatchAtWork, match="still being saved"):
        survey(plan["batch"]["id"], deployment, unseen, inputs=False)


def test_batch_whose_express_children_may_still_store_rows_is_not_erased(deployment: Deployment, plan: Plan) -> None:
    manifest.write(plan, {**make_loaded(2), "tier": "express"})
    # An answer that nobody has read, by which the stopped batch was left.
    store(plan, 1, plan["storage"]["since"], status="ANSWERED", answer='{"answer": {"text": "Jane Doe"}}')
    with pytest.raises(
        BatchAtWork, match=r"Express children of night may still store rows.* Erase it after \d\d:\d\d:\d\d UTC"
    ):
        erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert [row for _, row in items()] == ["row_0000000001", "row_0000000002"]
    end_long_ago("night")
    assert erase(plan["batch"]["id"], deployment, unseen, inputs=False).faults == []
    assert [row for _, row in items()] == ["row_0000000002"]


def end_long_ago(name: str) -> None:
    """Has the execution end more than seven minutes ago."""
    machine = stepfunctions_backends["123456789012"]["eu-west-1"].describe_state_machine(MACHINE)
    execution = next(found for found in machine.executions if found.name == name)
    execution.stop_date = datetime.now(UTC) - timedelta(seconds=421)


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


def test_batch_whose_rows_are_being_taken_is_not_erased(deployment: Deployment, plan: Plan) -> None:
    """The one that takes them reads them once more for its output."""
    later = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="later", input="{}")["executionArn"]
    manifest.add_successor(DATA, plan["batch"]["key"], "f" * 32, later)
    with pytest.raises(BatchAtWork, match=f"later goes on with rows of night, .*{later}"):
        erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    manifest.write(make_plan(batch={"id": later}, work=work_location(DATA, batch_key(later))), make_loaded(2))
    assert erase(plan["batch"]["id"], deployment, unseen, inputs=False).faults == []


STRANGE = [
    "not json", "[" * 60_000, '{"detail": {"object": {}, "bucket": {}}}',
    '{"requestPayload": {"detail": {"object": {"key": "configs/a.json"}, "bucket": {"name": "b"}}}}',
    '{"detail": {"object": {"key": 5, "etag": "e"}, "bucket": {"name": "b"}}}',
]  # fmt: skip


def test_messages_of_any_form_are_looked_at_and_given_back(deployment: Deployment, plan: Plan) -> None:
    queues = (deployment.dead_letter_queue_url, deployment.undelivered_event_queue_url)
    for url, body in product(queues, STRANGE):
        client("sqs").send_message(QueueUrl=url, MessageBody=body)
    assert erase(plan["batch"]["id"], deployment, unseen, inputs=False).faults == []
    others = [client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"] for url in queues]
    assert [len(messages) for messages in others] == [1 + len(STRANGE), len(STRANGE)]


def test_upload_that_started_a_batch_of_another_name_is_its_own(deployment: Deployment) -> None:
    detail = {"bucket": {"name": DATA}, "object": {"key": "configs/a.json", "version-id": "1"}, "request-id": "2"}
    client("sqs").send_message(
        QueueUrl=deployment.undelivered_event_queue_url, MessageBody=json.dumps({"detail": detail})
    )
    for name in (execution_name(detail), fresh_execution_name(detail)):
        arn = deployment.execution_arn(name)
        assert held(survey(arn, deployment, unseen, inputs=False).places) == {"undelivered events": 1}


def test_upload_and_output_of_a_batch_whose_name_begins_alike_stay(deployment: Deployment, plan: Plan) -> None:
    key = f"{plan['output']['key']}-2.csv"
    client("s3").create_multipart_upload(Bucket=RESULTS, Key=key)
    put(key, b"", RESULTS)
    erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert keys(RESULTS) == [key]
    assert [upload["Key"] for upload in client("s3").list_multipart_uploads(Bucket=RESULTS)["Uploads"]] == [key]


@pytest.fixture
def no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a batch that came to no plan; moto's is always the same."""
    monkeypatch.setattr(step_functions, "history", lambda _: [])


def refused(given: dict[str, Any]) -> str:
    """The ARN of a batch that came to no plan."""
    document = json.dumps(given)
    arn: str = client("stepfunctions").start_execution(stateMachineArn=MACHINE, name="bad", input=document)[
        "executionArn"
    ]
    client("stepfunctions").stop_execution(executionArn=arn)
    return arn


@pytest.mark.usefixtures("no_history")
@pytest.mark.parametrize("inputs", [True, False])
@pytest.mark.parametrize("key", ["config_s3_uri", "csv_s3_uri"])
@pytest.mark.parametrize("uri", ["nonsense", "", "s3://Bad_Bucket!/a", "s3://bucket-only", "s3://was-deleted/a", 5])
def test_inputs_that_cannot_be_there_are_no_fault(deployment: Deployment, uri: Any, key: str, *, inputs: bool) -> None:
    done = erase(refused({key: uri}), deployment, unseen, inputs=inputs)
    assert [place.fault for place in (*done.places, *done.left) if place.fault] == []


@pytest.mark.usefixtures("no_history")
def test_refused_batch_has_inputs_and_no_output_of_an_earlier_one_of_its_name(deployment: Deployment) -> None:
    put("inputs/a.csv", b"name\n")
    put("outputs/a-20260101T000000Z-bad.csv", b"name\n")
    config = {"csv_s3_uri": f"s3://{DATA}/inputs/a.csv", "csv_format": {"delimiter": ";;"}}
    put("configs/a.json", json.dumps(config).encode())
    arn = refused({"config_s3_uri": f"s3://{DATA}/configs/a.json"})
    with answering("DeleteObjects", 403, "AccessDenied", times=1):
        done = erase(arn, deployment, unseen, inputs=True)
    assert [fault.place for fault in done.faults] == ["input CSV", "configuration", "manifest"], "it tells of the CSV"
    done = erase(arn, deployment, unseen, inputs=True)
    assert (done.faults, held(done.places)) == ([], {"input CSV": 1, "configuration": 1})
    assert keys(DATA) == ["outputs/a-20260101T000000Z-bad.csv"]


def test_what_is_left_need_not_be_reached(deployment: Deployment, plan: Plan) -> None:
    with answering("ListObjectVersions", 403, "AccessDenied", times=1):
        done = erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert (done.faults, [place.place for place in done.left if place.fault]) == ([], ["input CSV"])


def test_own_plan_is_of_this_stack() -> None:
    assert PLAN["batch"]["id"].startswith(MACHINE.replace(":stateMachine:", ":execution:"))


def test_conversations_that_name_the_batch_are_erased_and_others_stay(deployment: Deployment, plan: Plan) -> None:
    name = plan["batch"]["id"].rpartition(":")[2]
    put("work/conversations/one.json", f'{{"messages": ["The batch {name} failed for Jane Doe"]}}'.encode())
    put("work/conversations/two.json", f'{{"messages": ["The batch {name}-2 is fine"]}}'.encode())
    found = survey(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert held(found.places)["conversations"] == 1
    erase(plan["batch"]["id"], deployment, unseen, inputs=False)
    assert [key for key in keys(DATA) if "conversations" in key] == ["work/conversations/two.json"]
