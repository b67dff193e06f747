"""What a new emulator finds on the folder of one that was killed."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchctl.local.emulator.process import Emulator
from tests.emulator.local_aws import PYTHON, LocalAws, caught, task, until
from tests.emulator.maps.express import MARK, Marks, express
from tests.emulator.test_process import needs_proc, processes_of

KEYS: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


class Persistent:
    """An emulator that is killed and started again on its folder."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self._queues = state_dir / "state" / "sqs.json"
        self.emulator = Emulator(python=PYTHON, auth=True, persist=True, state_dir=state_dir)
        self.emulator.start()
        self.aws = LocalAws(self.emulator.environment())

    def settle(self) -> None:
        """Wait for a round of snapshots that began after this."""
        for _ in range(2):
            queue = self.aws.queue().url.rsplit("/", 1)[-1]
            until(lambda name=queue: name in self._queues.read_text())  # type: ignore[misc]

    def restart(self) -> None:
        self.emulator.kill()
        self.emulator.start()
        # Each start has keys of its own.
        self.aws.sign_in(self.emulator.environment())


@pytest.fixture(scope="module")
def persistent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Persistent]:
    running = Persistent(tmp_path_factory.mktemp("state"))
    yield running
    running.emulator.stop()


def table(aws: LocalAws) -> str:
    name = aws.name("table")
    aws.client("dynamodb").create_table(TableName=name, **KEYS)
    return name


def item(number: int, **fields: str) -> dict[str, Any]:
    texts = {"pk": "p", "sk": f"{number:03}", **fields}
    return {name: {"S": text} for name, text in texts.items()}


def sort_keys(aws: LocalAws, name: str) -> list[str]:
    found = aws.client("dynamodb").query(
        TableName=name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}}
    )
    return [one["sk"]["S"] for one in found["Items"]]


def test_items_survive_whatever_wrote_them(persistent: Persistent) -> None:
    aws, dynamodb = persistent.aws, persistent.aws.client("dynamodb")
    name = table(aws)
    persistent.settle()
    dynamodb.put_item(TableName=name, Item=item(1, text="ü😀"), ConditionExpression="attribute_not_exists(pk)")
    put = [{"PutRequest": {"Item": item(number)}} for number in (2, 3, 4)]
    dynamodb.batch_write_item(RequestItems={name: put})
    dynamodb.delete_item(TableName=name, Key=item(3))
    update = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    dynamodb.update_item(TableName=name, Key=item(4), **update)
    persistent.restart()
    dynamodb = aws.client("dynamodb")
    assert sort_keys(aws, name) == ["001", "002", "004"]
    assert dynamodb.get_item(TableName=name, Key=item(1))["Item"]["text"] == {"S": "ü😀"}
    assert dynamodb.get_item(TableName=name, Key=item(4))["Item"]["n"] == {"N": "1"}
    persistent.restart()
    assert sort_keys(aws, name) == ["001", "002", "004"]
    assert aws.client("dynamodb").describe_table(TableName=name)["Table"]["ItemCount"] == 3


def test_nobody_else_may_read_what_is_kept_as_users_keys_are_in_it(persistent: Persistent) -> None:
    secret = persistent.aws.user([INVOKE_ANY]).credentials.secret_key
    persistent.settle()
    kept = [
        path for folder in persistent.state_dir.iterdir() if folder.is_dir() for path in (folder, *folder.rglob("*"))
    ]
    assert any(secret in path.read_text() for path in kept if path.name == "iam.json")
    assert [path for path in kept if path.lstat().st_mode & 0o077] == []


def test_items_of_a_deleted_table_do_not_come_back(persistent: Persistent) -> None:
    aws, dynamodb = persistent.aws, persistent.aws.client("dynamodb")
    name = table(aws)
    dynamodb.put_item(TableName=name, Item=item(1))
    dynamodb.delete_table(TableName=name)
    dynamodb.create_table(TableName=name, **KEYS)
    persistent.settle()
    persistent.restart()
    assert sort_keys(aws, name) == []


def test_objects_survive_with_their_versions(persistent: Persistent) -> None:
    aws, s3 = persistent.aws, persistent.aws.client("s3")
    bucket = aws.name("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    persistent.settle()
    first = s3.put_object(Bucket=bucket, Key="a/ü", Body=b"1", Metadata={"k": "v"})["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="a/ü", Body=b"2")
    persistent.restart()
    s3 = aws.client("s3")
    assert s3.get_object(Bucket=bucket, Key="a/ü", VersionId=first)["Body"].read() == b"1"
    newest = s3.get_object(Bucket=bucket, Key="a/ü")
    assert (newest["Body"].read(), newest["VersionId"], newest["ETag"]) == (b"2", second["VersionId"], second["ETag"])
    s3.put_object(Bucket=bucket, Key="a/ü", Body=b"3")
    assert len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 3


def test_uploads_in_parts_survive_once_completed(persistent: Persistent) -> None:
    aws, s3 = persistent.aws, persistent.aws.client("s3")
    bucket = aws.name("bucket")
    s3.create_bucket(Bucket=bucket)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"12")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload, MultipartUpload=parts)
    persistent.restart()
    assert aws.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"12"


def test_machines_roles_functions_queues_and_rules_survive(persistent: Persistent) -> None:
    aws = persistent.aws
    function = aws.function("return os.environ['GREETING']", Environment={"Variables": {"GREETING": "hello"}})
    machine = aws.machine({"Task": task(function)}, role_arn=aws.role("calls", [INVOKE_ANY]))
    queue = aws.queue()
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody='"before"')
    source = aws.name("source")
    aws.forward({"source": [source]}, queue.arn)
    persistent.settle()
    persistent.restart()
    assert json.loads(aws.ended(aws.start(machine))["output"]) == "hello"
    aws.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    bodies = aws.messages(queue.url, 2)
    assert "before" in bodies
    assert source in [body["source"] for body in bodies if body != "before"]


INVOKE_ANY = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}


def test_executions_survive_with_their_histories(persistent: Persistent) -> None:
    aws = persistent.aws
    machine = aws.machine({"Pass": {"Type": "Pass", "Output": {"a": "ü"}, "End": True}})
    failing = aws.machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "C"}})
    arn = aws.start(machine, {"in": 1}, name="once")
    before, events = aws.ended(arn), aws.history(arn)
    failed = aws.ended(aws.start(failing))
    persistent.settle()
    persistent.restart()
    assert {**aws.ended(arn), "ResponseMetadata": None} == {**before, "ResponseMetadata": None}
    assert aws.history(arn) == events
    again = aws.ended(failed["executionArn"])
    assert (again["status"], again["error"], again["cause"]) == ("FAILED", "E", "C")
    with pytest.raises(aws.client("stepfunctions").exceptions.ExecutionAlreadyExists):
        aws.start(machine, {"in": 1}, name="once")


def test_executions_that_ran_are_aborted(persistent: Persistent) -> None:
    aws = persistent.aws
    machine = aws.machine({"Wait": {"Type": "Wait", "Seconds": 60, "End": True}})
    persistent.settle()
    arn = aws.start(machine)
    until(lambda: len(aws.history(arn)) == 2)
    persistent.restart()
    description = aws.ended(arn)
    assert (description["status"], description["error"]) == ("ABORTED", "EmulatorKilled")
    assert aws.history(arn)[-1]["type"] == "ExecutionAborted"
    assert description["redriveStatus"] == "NOT_REDRIVABLE"


def test_express_children_are_gone_with_their_parent(persistent: Persistent) -> None:
    aws, marks = persistent.aws, Marks()
    mark = task(aws.function(MARK), marks.given(seconds=3), Next="Again")
    del mark["End"]
    machine = aws.machine(express({"Mark": mark, "Again": task(aws.function(MARK), marks.given())}))
    arn = aws.start(machine, {"items": [1]})
    until(marks.text)
    persistent.settle()
    persistent.restart()
    assert aws.ended(arn)["status"] == "ABORTED"
    [map_run] = aws.client("stepfunctions").list_map_runs(executionArn=arn)["mapRuns"]
    described = aws.client("stepfunctions").describe_map_run(mapRunArn=map_run["mapRunArn"])
    assert described["status"] == "ABORTED"
    journal = (persistent.state_dir / "state" / "executions.jsonl").read_text()
    assert ":express:" not in journal
    time.sleep(3)
    assert marks.text() == "x"


def test_an_emulator_told_to_stop_leaves_the_same_behind(tmp_path: Path) -> None:
    persistent = Persistent(tmp_path)
    aws = persistent.aws
    name = table(aws)
    aws.client("dynamodb").put_item(TableName=name, Item=item(1))
    persistent.emulator.stop()
    with persistent.emulator:
        aws.sign_in(persistent.emulator.environment())
        assert sort_keys(aws, name) == ["001"]


def test_persistence_needs_a_folder() -> None:
    with pytest.raises(ValueError, match="state_dir"):
        Emulator(persist=True)


# --- killed workers ----------------------------------------------------------------------------------------


@needs_proc
def test_all_lambda_processes_are_killed_at_once(emulator: Emulator, patched: LocalAws) -> None:
    error = caught(
        task(
            patched.function("open('/tmp/' + event['id'], 'w').close(); time.sleep(30)"),
            {"id": "{% $states.input.id %}"},
        )
    )
    flag = Path("/tmp") / f"killed-{time.monotonic_ns()}"
    arn = patched.start(patched.machine(error), {"id": flag.name})
    until(flag.exists)
    flag.unlink()
    assert emulator.kill_lambda_workers() > 0
    output = json.loads(patched.ended(arn)["output"])
    assert output["Error"] == "Runtime.ExitError"
    assert json.loads(output["Cause"])["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert emulator._process
    until(lambda: processes_of(emulator._process.pid) == [emulator._process.pid])  # type: ignore[union-attr]


def test_a_killed_worker_is_replaced(emulator: Emulator, patched: LocalAws) -> None:
    states = {"Task": task(patched.function("return os.getpid()"))}
    first = patched.output(states)
    emulator.kill_lambda_workers()
    assert patched.output(states) not in (first, "Runtime.ExitError")
