import json
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.batch.trigger import execution_name
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.handlers.start_batch import handle
from batch_processor.settings import MissingSetting
from tests.functional.account import put

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev"
ROLE = "arn:aws:iam::123456789012:role/batch-processor-dev"
IDLE = json.dumps({"StartAt": "Idle", "States": {"Idle": {"Type": "Succeed"}}})


@pytest.fixture(autouse=True)
def machine(account: None) -> None:
    """The stack's state machine, which does nothing."""
    client("stepfunctions").create_state_machine(name="batch-processor-dev", definition=IDLE, roleArn=ROLE)


def created(key: str, version_id: str = "v1", size: int = 512) -> dict[str, Any]:
    """S3's event as EventBridge delivers it."""
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "123456789012",
        "time": "2026-11-21T09:34:44Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:s3:::data"],
        "detail": {
            "version": "0",
            "bucket": {"name": "data"},
            "object": {
                "key": key,
                "size": size,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "version-id": version_id,
                "sequencer": "00617F08299329D189",
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "123456789012",
            "source-ip-address": "1.2.3.4",
            "reason": "PutObject",
        },
    }


def executions() -> list[dict[str, Any]]:
    states = client("stepfunctions")
    found = states.list_executions(stateMachineArn=MACHINE)["executions"]
    return [states.describe_execution(executionArn=execution["executionArn"]) for execution in found]


def test_config_that_was_uploaded_starts_one_batch() -> None:
    answer = handle(created("configs/nightly.json"), None)
    (execution,) = executions()
    assert answer == {"execution_name": execution["name"], "started": True}
    assert json.loads(execution["input"]) == {
        "config_s3_uri": "s3://data/configs/nightly.json",
        "config_version_id": "v1",
    }


def test_repeated_event_starts_nothing() -> None:
    first = handle(created("configs/nightly.json"), None)
    client("stepfunctions").stop_execution(executionArn=executions()[0]["executionArn"])
    assert handle(created("configs/nightly.json"), None) == {**first, "started": False}
    assert len(executions()) == 1


@pytest.mark.parametrize("ended", [True, False])
def test_config_whose_name_somebody_has_used_up_starts_one_batch_all_the_same(ended: bool) -> None:
    """Whoever may start batches and see the object knows the name before the event arrives."""
    states, event = client("stepfunctions"), created("configs/nightly.json")
    squatted = execution_name(event["detail"])
    foreign = states.start_execution(stateMachineArn=MACHINE, name=squatted, input='{"target": "mine"}')["executionArn"]
    if ended:
        states.stop_execution(executionArn=foreign)
    answer = handle(event, None)
    assert answer["started"]
    assert answer["execution_name"] != squatted
    assert handle(event, None)["execution_name"] == answer["execution_name"], "however often S3 tells of it"
    given = {execution["name"]: json.loads(execution["input"]) for execution in executions()}
    assert given == {
        squatted: {"target": "mine"},
        answer["execution_name"]: {"config_s3_uri": "s3://data/configs/nightly.json", "config_version_id": "v1"},
    }


def test_another_version_starts_another_batch() -> None:
    handle(created("configs/nightly.json"), None)
    handle(created("configs/nightly.json", version_id="v2"), None)
    assert len(executions()) == 2


CONFIG = {"agent_name": "triage-prod", "input_mapping": {"text": "text"}, "execution_config": {"max_concurrency": 2}}


def uploaded(body: bytes | dict[str, Any], key: str = "configs/nightly.json") -> dict[str, Any]:
    """S3's event of an object that is there."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return created(key, version_id=put(key, written)["VersionId"], size=len(written))


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("configs/broadband_batch_config.json", CONFIG),
        ("configs/a.yaml", b"agent_name: triage-prod\ninput_mapping:\n  text: text\n"),
        ("configs/batch-processor-config.yaml", b"storage_mode: dynamodb\nagents: {}\ndefaults: {ttl_days: 7}\n"),
        ("configs/schemas/agent.yaml", b"agent: a\nversion: '1.0'\nfields: [{name: b, extraction: []}]\n"),
        ("configs/b.json", {}),
    ],
)
def test_config_that_names_no_csv_starts_nothing(key: str, body: bytes | dict[str, Any]) -> None:
    assert handle(uploaded(body, key), None) == {"execution_name": None, "started": False}
    assert executions() == []


@pytest.mark.parametrize("names", ["csv_s3_uri", "input_csv_s3_uri", "resume_from", "only_failed_from"])
def test_config_that_is_uploaded_again_with_its_rows_starts_them(names: str) -> None:
    handle(uploaded(CONFIG), None)
    assert handle(uploaded({**CONFIG, names: "…"}), None)["started"]
    assert len(executions()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"agent_name": ',
        b"a: [",
        b"\xff",
        b"[]",
        b'{"agent_name": "a", "agent_name": "b"}',
        json.dumps({**CONFIG, "csv_s3_url": "s3://data/a.csv"}).encode(),
        b" " * (1024 * 1024) + b"{}",
    ],
    ids=["cut", "YAML", "no text", "list", "a key twice", "a key misspelt", "large"],
)
def test_batch_that_is_to_be_refused_is_started_so_that_somebody_hears_of_it(body: bytes) -> None:
    assert handle(uploaded(body), None)["started"]


def test_config_is_looked_at_in_the_version_that_was_uploaded() -> None:
    event = uploaded(CONFIG)
    put("configs/nightly.json", json.dumps({**CONFIG, "csv_s3_uri": "s3://data/a.csv"}).encode())
    assert not handle(event, None)["started"]


def test_config_that_cannot_be_looked_at_for_now_is_told_of_again() -> None:
    event = uploaded(CONFIG)
    with Stubber(client("s3")) as s3:
        s3.add_client_error("head_object", "SlowDown", http_status_code=503)
        with pytest.raises(StorageUnavailable):
            handle(event, None)
    assert executions() == []


def test_folder_starts_nothing() -> None:
    assert handle(created("configs/team/", size=0), None) == {"execution_name": None, "started": False}
    assert executions() == []


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("ThrottlingException", 400, StorageUnavailable),
        ("InternalServerError", 500, StorageUnavailable),
        ("StateMachineDeleting", 400, BatchProcessorError),
    ],
)
def test_refusal_to_start_is_an_error_so_that_the_event_is_delivered_again(
    code: str, status: int, kind: type[Exception]
) -> None:
    with Stubber(client("stepfunctions")) as states:
        states.add_client_error("start_execution", code, http_status_code=status)
        with pytest.raises(kind, match=rf"^Starting nightly-[0-9a-f]{{32}}: .*{code}"):
            handle(created("configs/nightly.json"), None)


def test_missing_machine_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_MACHINE_ARN")
    with pytest.raises(MissingSetting, match="STATE_MACHINE_ARN"):
        handle(created("configs/nightly.json"), None)
