"""How batches begin and end: the trigger, the notifications, and what is left behind."""

import json
import uuid
from typing import Any

import pytest

from batchctl.account import Account
from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, Inbox, Outcome, behaviours, is_call_of, wait_until


@pytest.fixture(scope="module")
def inbox(account: Account) -> Inbox:
    return Inbox.of_topic(account)


def _upload(batches: Batches, config: Any) -> BatchRun:
    run = BatchRun(batches.account)
    run.trigger(json.dumps(config), f"test {uuid.uuid4().hex}.json")
    return run


def test_uploaded_config_starts_a_batch_that_notifies(batches: Batches, inbox: Inbox) -> None:
    run = _upload(batches, batches.config(behaviours("echo", "fail")))
    summary = run.wait()
    message = inbox.wait_for(summary["csv_location"])
    assert message["Subject"] == f"Batch {summary['batch']}: COMPLETED_WITH_ERRORS"
    assert attributes_of(message) == {"outcome": "SUCCEEDED", "status": "COMPLETED_WITH_ERRORS"}
    assert json.loads(message["Message"]) == summary


def attributes_of(message: dict[str, Any]) -> dict[str, str]:
    return {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}


def test_batch_of_which_all_rows_failed_is_told_to_whoever_wants_to_hear_of_failures(
    batches: Batches, inbox: Inbox
) -> None:
    muted = {"notification_config": {"success_notification": False}}
    silent = batches.start(batches.config(behaviours("echo", "fail"), **muted))
    told = batches.start(batches.config(behaviours("fail", "fail"), **muted))
    assert silent.wait()["status"] == "COMPLETED_WITH_ERRORS"
    summary = told.wait()
    counts = {name: summary[f"rows_{name}"] for name in ("total", "succeeded", "failed", "timed_out", "not_run")}
    assert counts == {"total": 2, "succeeded": 0, "failed": 2, "timed_out": 0, "not_run": 0}
    assert attributes_of(inbox.wait_for(told.execution_arn))["status"] == summary["status"] == "ALL_ROWS_FAILED"
    assert inbox.count(silent.execution_arn, 0.5) == 0


def test_rows_with_nothing_to_send_are_skipped_at_their_place(batches: Batches) -> None:
    outcome = batches.run(b"text,behaviour\n,\nbadger,counted\n ,\n,\notter,counted\n")
    assert outcome.column("_status") == ["SKIPPED", "SUCCESS", "SKIPPED", "SKIPPED", "SUCCESS"]
    assert outcome.column("text") == ["", "badger", " ", "", "otter"]
    assert outcome.rows[0]["_error_message"] == "EmptyRow: Line 2: all cells are empty, so there is nothing to send."
    assert (outcome.summary["status"], outcome.summary["rows_skipped"]) == ("SUCCEEDED", 3)
    assert not {"", " "} & batches.calls().keys()


@pytest.mark.before_modes
def test_repeated_event_starts_nothing(batches: Batches) -> None:
    run = _upload(batches, batches.config(behaviours("echo")))
    run.wait()
    key = f"configs/{uuid.uuid4().hex}.json"
    put = batches.s3.put_object(Bucket=batches.bucket, Key=key, Body=b'{"resume_from": "none"}')
    functions = batches.account.client("lambda")
    name = batches.function("StartBatch")
    event = {
        "detail": {
            "bucket": {"name": batches.bucket},
            "object": {"key": key, "size": 23, "etag": "e", "version-id": put["VersionId"]},
        }
    }
    answers = [
        json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read()) for _ in range(2)
    ]
    started = BatchRun(batches.account, f"{run.execution_arn.rsplit(':', 1)[0]}:{answers[0]['execution_name']}")
    with pytest.raises(BatchError):
        started.wait()
    again = json.loads(functions.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())
    assert again == {"execution_name": answers[0]["execution_name"], "started": False}


@pytest.mark.before_modes
def test_invalid_config_is_reported_with_all_its_problems(batches: Batches, inbox: Inbox) -> None:
    config = batches.config(behaviours("echo"), colour="blue", execution_config={"max_concurrency": 99_999})
    config["input_mapping"]["column_mappings"].append({"csv_column": "txet", "agent_input_field": "x"})
    run = _upload(batches, config)
    with pytest.raises(BatchError, match="The configuration has 3 problems"):
        run.wait()
    message = inbox.wait_for(run.execution_arn)
    assert message["Subject"].endswith("FAILED, InvalidConfiguration")
    for pointer in (
        "/colour: ",
        "/execution_config/max_concurrency: ",
        "/input_mapping/column_mappings/2/csv_column: ",
    ):
        assert f"\n- {pointer}" in json.loads(message["Message"])["cause"]
    assert attributes_of(message) == {"outcome": "FAILED", "status": "FAILED"}


@pytest.mark.before_modes
@pytest.mark.parametrize("body", [b"{not json", b"[1]", b"", b"\xff\xfe"])
def test_config_that_is_no_json_object_is_reported(batches: Batches, inbox: Inbox, body: bytes) -> None:
    run = BatchRun(batches.account)
    key = f"configs/{uuid.uuid4().hex}.json"
    batches.s3.put_object(Bucket=batches.bucket, Key=key, Body=body)
    run = batches.start({"config_s3_uri": f"s3://{batches.bucket}/{key}"})
    with pytest.raises(BatchError, match=r"Batch\.InvalidConfiguration"):
        run.wait()
    assert key in inbox.wait_for(run.execution_arn)["Message"]


def test_execution_input_points_to_a_config_and_wins_over_it(batches: Batches) -> None:
    config = batches.config(behaviours("echo"))
    csv_uri = config.pop("csv_s3_uri")
    key = f"elsewhere/{uuid.uuid4().hex}.json"
    batches.s3.put_object(
        Bucket=batches.bucket, Key=key, Body=json.dumps({**config, "output_s3_prefix": "s3://x-y-z/"})
    )
    run = batches.start(
        {
            "config_s3_uri": f"s3://{batches.bucket}/{key}",
            "input_csv_s3_uri": csv_uri,
            "output_s3_prefix": f"s3://{batches.bucket}/outputs/mine/",
        }
    )
    summary = run.wait()
    assert summary["csv_location"].startswith(f"s3://{batches.bucket}/outputs/mine/")
    assert json.loads(batches.read(summary["summary_location"])) == summary


@pytest.mark.before_modes
def test_missing_csv_is_reported_by_its_name(batches: Batches) -> None:
    config = batches.config(b"text\n")
    config["csv_s3_uri"] = f"s3://{batches.bucket}/inputs/misspelt.csv"
    with pytest.raises(BatchError, match=r"Batch\.SourceUnavailable\n.*misspelt\.csv: there is no such object"):
        batches.start(config).wait()


@pytest.mark.inline
@pytest.mark.distributed
@pytest.mark.parametrize("wanted", [True, False])
def test_notification_config_decides_who_hears_of_a_failure(batches: Batches, inbox: Inbox, wanted: bool) -> None:
    config = batches.config(
        behaviours("fail"),
        execution_config={"continue_on_error": False, "retry_policy": {"max_attempts": 1}},
        notification_config={"failure_notification": wanted},
    )
    run = batches.start(config)
    with pytest.raises(BatchError, match="RowFailed"):
        run.wait()
    if wanted:
        inbox.wait_for(run.execution_arn)
    assert inbox.count(run.execution_arn) == 0


def test_failure_that_the_machine_cannot_report_is_reported_all_the_same(batches: Batches, inbox: Inbox) -> None:
    run = batches.start(batches.config(behaviours(*["hang"] * 3)))
    batches.states.stop_execution(executionArn=run.execution_arn, error="Operator", cause="Enough")
    message = inbox.wait_for(run.execution_arn)
    told = {"status": "FAILED", "execution_status": "ABORTED", "error": "Operator", "cause": "Enough"}
    assert told.items() <= json.loads(message["Message"]).items()
    assert attributes_of(message) == {"outcome": "FAILED", "status": "FAILED"}
    assert not [key for key in batches.keys("outputs/") if run.name in key and key.endswith(".csv")]


def test_answers_of_a_stopped_batch_are_salvaged(batches: Batches) -> None:
    policy = {"execution_config": {"max_concurrency": 2, "retry_policy": {"max_attempts": 1}}}
    run = batches.start(batches.config(behaviours("echo", "large", "hang", "hang", "echo"), **policy))
    wait_until(lambda: run.look() == 2)
    batches.states.stop_execution(executionArn=run.execution_arn, error="Wartung", cause="Größeres Fenster")
    [key] = wait_until(lambda: [key for key in batches.keys("outputs/") if run.name in key and key.endswith(".csv")])
    outcome = Outcome({}, batches.read(f"s3://{batches.bucket}/{key}"))
    assert key.endswith(".partial.csv")
    assert outcome.column("echo") == ["text 1", "text 2" * 4000, "", "", ""]
    statuses = outcome.column("_status")
    # Those on their way have failed, where the history is the batch's own; what a row batch that was stopped knows may
    # be stored before the partial CSV is written, or after.
    on_their_way = {"FAILED"} if batches.map_mode == "auto" else {"FAILED", "NOT_RUN"}
    assert [statuses[0], statuses[1], statuses[4]] == ["SUCCESS", "SUCCESS", "NOT_RUN"]
    assert set(statuses[2:4]) <= on_their_way
    summary_key = key.replace(".csv", ".summary.json")
    wait_until(lambda: summary_key in batches.keys("outputs/"))
    summary = json.loads(batches.read(f"s3://{batches.bucket}/{summary_key}"))
    told = ("status", "execution_status", "error", "cause", "rows_succeeded", "rows_total")
    assert [summary[name] for name in told] == ["PARTIAL", "ABORTED", "Wartung", "Größeres Fenster", 2, 5]


@pytest.mark.inline
@pytest.mark.distributed
def test_answer_is_not_bought_again_when_it_cannot_be_read(batches: Batches) -> None:
    functions = batches.account.client("lambda")
    name = batches.function("ExtractStructuredOutput")
    agent = batches.account.outputs["TestAgentArn"]
    inbox = Inbox(batches.account, batches.account.outputs["DeadLetterQueueUrl"])
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        policy = {"execution_config": {"retry_policy": {"max_attempts": 3, "interval_seconds": 1}}}
        outcome = batches.run(behaviours("echo"), "agent", **policy)
    finally:
        functions.delete_function_concurrency(FunctionName=name)
    assert outcome.column("_status") == ["FAILED"]

    def runs() -> int:
        found = batches.states.list_executions(stateMachineArn=agent)["executions"]
        return sum(is_call_of(execution["name"], outcome.summary["batch"]) for execution in found)

    assert runs() == 1
    letter = inbox.wait_for(outcome.summary["batch"])
    assert letter["unread"]["answer"]["structured_output"]["echo"] == "text 1"
    resumed = batches.outcome(batches.start({"only_failed_from": outcome.summary["batch"]}).wait())
    assert resumed.column("echo") == ["text 1"]
    assert runs() == 1, "the row was paid for by the batch before"


def test_batch_with_a_name_that_is_not_ascii_is_written(batches: Batches) -> None:
    name = f"größe-{uuid.uuid4().hex}"
    summary = batches.start(batches.config(behaviours("echo")), name).wait()
    assert batches.outcome(summary).column("echo") == ["text 1"]


@pytest.mark.before_modes
def test_absent_target_and_bucket_are_reported_together(batches: Batches) -> None:
    config = batches.config(behaviours("echo"), output_s3_prefix=f"s3://{batches.bucket}/configs/mine/")
    config["target"]["arn"] += "-of-yore"
    with pytest.raises(
        BatchError, match=r"Batch\.InvalidConfiguration\n.*\n- .*/output_s3_prefix: outputs go under outputs/"
    ):
        batches.start(config).wait()
    config["output_s3_prefix"] = f"s3://{batches.bucket}/outputs/mine/"
    with pytest.raises(BatchError, match=r"- /target: there is no arn:.*-of-yore; check the ARN"):
        batches.start(config).wait()


@pytest.mark.before_modes
def test_target_outside_the_allowed_names_is_refused_before_anything_is_called(batches: Batches) -> None:
    config = batches.config(behaviours("echo"))
    config["target"]["arn"] = config["target"]["arn"].replace("batch-example-test-tool", "payroll")
    with pytest.raises(BatchError, match=r"/target: the stack may not use .*payroll.*ToolNamePattern"):
        batches.start(config).wait()


def test_examples_run_as_they_are_shipped(batches: Batches) -> None:
    from batchctl.demo.job import EXAMPLES
    from batchctl.local.stack import LocalStack

    for name in ("contacts", "tickets"):
        batches.s3.upload_file(str(EXAMPLES / f"{name}.csv"), batches.bucket, f"inputs/{name}.csv")
        assert isinstance(batches.account, LocalStack)
        config = json.loads(batches.account.substituted((EXAMPLES / f"{name}.config.json").read_text()))
        summary = _upload(batches, config).wait()
        assert summary["row_count"] >= 200
        assert summary["rows_succeeded"] > 0.95 * summary["row_count"]
