"""What the batch processor relies on and MiniStack does by itself: a newer version must still do it."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.local_aws import INVOKE, LocalAws, task, until

STATUS = "Step Functions Execution Status Change"


def code_of(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture
def bucket(patched: LocalAws) -> str:
    """A versioned bucket that tells EventBridge of its objects."""
    name, client = patched.name("bucket"), patched.client("s3")
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    client.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    return name


def test_put_object_never_replaces_an_object_when_told_so(patched: LocalAws, bucket: str) -> None:
    put = patched.client("s3").put_object
    put(Bucket=bucket, Key="k", Body=b"1", IfNoneMatch="*")
    assert code_of(put, Bucket=bucket, Key="k", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"


def test_multipart_upload_never_replaces_an_object_when_told_so(patched: LocalAws, bucket: str) -> None:
    client = patched.client("s3")
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    upload = client.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = client.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"2")
    code = code_of(
        client.complete_multipart_upload,
        Bucket=bucket,
        Key="k",
        UploadId=upload,
        IfNoneMatch="*",
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    assert code == "PreconditionFailed"


def test_created_object_is_an_event_with_its_exact_key(patched: LocalAws, bucket: str) -> None:
    url, arn = patched.queue()
    patched.forward({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}, arn)
    patched.client("s3").put_object(Bucket=bucket, Key="configs/ä b.json", Body=b"{}")
    [event] = patched.messages(url, 1)
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["object"]["key"] == "configs/ä b.json"
    assert {"etag", "sequencer", "size"} <= set(event["detail"]["object"])


def test_created_object_invokes_a_permitted_function(patched: LocalAws, bucket: str) -> None:
    url, _ = patched.queue()
    code = (
        "import boto3, json\n\n\ndef handler(event, context):\n    key = event['detail']['object']['key']\n"
        f"    boto3.client('sqs').send_message(QueueUrl='{url}', MessageBody=json.dumps(key))\n"
    )
    name = patched.function_with_code(code)
    function_arn = patched.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    rule_arn = patched.forward({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}, function_arn)
    patched.client("lambda").add_permission(
        FunctionName=name,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=rule_arn,
    )
    patched.client("s3").put_object(Bucket=bucket, Key="configs/c.json", Body=b"{}")
    assert patched.messages(url, 1) == ["configs/c.json"]


def status_events(aws: LocalAws, machine_arn: str, pattern: dict[str, Any]) -> str:
    """The queue that gets a machine's status events of this pattern."""
    url, arn = aws.queue()
    detail = {"stateMachineArn": [machine_arn], **pattern}
    aws.forward({"source": ["aws.states"], "detail-type": [STATUS], "detail": detail}, arn)
    return url


def test_failed_execution_is_an_event_with_error_and_cause(patched: LocalAws) -> None:
    machine = patched.machine({"End": {"Type": "Fail", "Error": "Broken", "Cause": "because"}})
    url = status_events(patched, machine, {"status": ["FAILED", "TIMED_OUT", "ABORTED"]})
    patched.ended(patched.start(machine))
    [event] = patched.messages(url, 1)
    assert (event["detail"]["error"], event["detail"]["cause"]) == ("Broken", "because")


def test_timed_out_execution_is_an_event(patched: LocalAws) -> None:
    machine = patched.machine({"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}, TimeoutSeconds=1)
    url = status_events(patched, machine, {"status": ["TIMED_OUT"]})
    patched.ended(patched.start(machine))
    [event] = patched.messages(url, 1)
    assert (event["detail"]["status"], event["detail"]["error"]) == ("TIMED_OUT", None)


def test_pattern_matches_a_null_or_anything_but_a_prefix(patched: LocalAws) -> None:
    machine = patched.machine({"End": {"Type": "Fail", "Error": "{% $states.input.error %}"}})
    pattern = {"error": [None, {"anything-but": {"prefix": "Reported"}}, {"exists": False}]}
    url = status_events(patched, machine, {"status": ["FAILED", "ABORTED"], **pattern})
    patched.ended(patched.start(machine, {"error": "ReportedProblem"}))
    patched.ended(patched.start(machine, {"error": "States.Runtime"}))
    waiting = patched.start(patched.machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}))
    patched.client("stepfunctions").stop_execution(executionArn=waiting)
    assert [event["detail"]["error"] for event in patched.messages(url, 1)] == ["States.Runtime"]


def test_aborted_execution_without_error_matches_null(patched: LocalAws) -> None:
    machine = patched.machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}})
    url = status_events(patched, machine, {"status": ["ABORTED"], "error": [None]})
    patched.client("stepfunctions").stop_execution(executionArn=patched.start(machine))
    assert len(patched.messages(url, 1)) == 1


def test_rule_publishes_to_a_topic_that_permits_it(patched: LocalAws) -> None:
    url, queue_arn = patched.queue()
    topic = patched.client("sns").create_topic(Name=patched.name("topic"))["TopicArn"]
    service = {"Service": "events.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": service, "Action": "sns:Publish", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    patched.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    patched.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    source = patched.name("source")
    patched.forward({"source": [source]}, topic)
    patched.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    assert len(patched.messages(url, 1)) == 1


def test_machine_sends_to_queue_and_topic(patched: LocalAws) -> None:
    url, queue_arn = patched.queue()
    topic = patched.client("sns").create_topic(Name=patched.name("topic"))["TopicArn"]
    patched.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    states = {
        "Send": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Arguments": {"QueueUrl": url, "MessageBody": {"row": 5}},
            "Next": "Publish",
        },
        "Publish": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Arguments": {"TopicArn": topic, "Subject": "s", "Message": "m"},
            "End": True,
        },
    }
    assert patched.run(states)["status"] == "SUCCEEDED"
    bodies = patched.messages(url, 2)
    assert {"row": 5} in bodies
    assert [body["Subject"] for body in bodies if "Subject" in body] == ["s"]


def test_function_that_takes_too_long_is_sandbox_timedout(patched: LocalAws) -> None:
    slow = task(patched.function("time.sleep(3)", Timeout=1))
    assert patched.run({"Task": slow})["error"] == "Sandbox.Timedout"


def test_timeout_is_not_a_failed_task(patched: LocalAws) -> None:
    catch = [{"ErrorEquals": ["States.TaskFailed"], "Next": "End"}]
    slow = task(patched.function("time.sleep(3)"), TimeoutSeconds=1, Catch=catch)
    assert patched.run({"Task": slow, "End": {"Type": "Pass", "End": True}})["error"] == "States.Timeout"


def test_null_is_a_value_and_undefined_an_error(patched: LocalAws) -> None:
    states = {
        "Set": {"Type": "Pass", "Assign": {"nothing": None}, "Next": "Get"},
        "Get": {"Type": "Pass", "Output": {"a": "{% $nothing %}", "b": "{% $states.input.n %}"}, "End": True},
    }
    assert patched.output(states, {"n": None}) == {"a": None, "b": None}
    assert patched.output(states, {}) == "States.QueryEvaluationError"


def test_distributed_map_runs_its_children(patched: LocalAws) -> None:
    arguments = {"FunctionName": patched.function("return event['n'] + 1"), "Payload.$": "$"}
    call = {"Type": "Task", "Resource": INVOKE, "Parameters": arguments, "OutputPath": "$.Payload", "End": True}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": "Call", "States": {"Call": call}}
    states = {"Map": {"Type": "Map", "ItemProcessor": processor, "End": True}}
    assert patched.output(states, [{"n": 1}, {"n": 2}], QueryLanguage="JSONPath") == [2, 3]


def test_update_of_the_code_ends_a_running_invocation_cleanly(patched: LocalAws, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    name = patched.function(f"open({str(begun)!r}, 'w').close(); time.sleep(8); return 'old'")
    execution = patched.start(patched.machine({"Task": task(name)}))
    until(begun.exists)
    patched.client("lambda").delete_function(FunctionName=name)
    assert patched.ended(execution)["error"] == "Runtime.ExitError"


def test_function_writes_a_log(patched: LocalAws) -> None:
    name = patched.function("print('first'); print('second', file=sys.stderr); return 1")
    patched.output({"Task": task(name)})
    logged = patched.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    lines = [event["message"].strip() for event in logged["events"]]
    assert lines[1:3] == ["first", "second"]


def test_input_is_never_taken_for_an_expression(patched: LocalAws) -> None:
    states = {"Map": {**_over_input(), "End": True}}
    assert patched.run(states, ["{% 1 + 1 %}"])["output"] == '["{% 1 + 1 %}"]'


def _over_input() -> dict[str, Any]:
    processor = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
    return {"Type": "Map", "ItemProcessor": processor}


def test_expressions_have_the_functions_of_step_functions(patched: LocalAws) -> None:
    expressions = {
        "partition": "{% $partition([1, 2, 3], 2) %}",
        "range": "{% $range(1, 5, 2) %}",
        "hash": "{% $hash('a', 'MD5') %}",
        "random": "{% $random() < 1 %}",
        "uuid": "{% $length($uuid()) %}",
        "parse": "{% $parse('{\"a\": null}') %}",
    }
    assert patched.output({"Pass": {"Type": "Pass", "Output": expressions, "End": True}}) == {
        "partition": [[1, 2], [3]],
        "range": [1, 3, 5],
        "hash": "0cc175b9c0f1b6a831c399e269772661",
        "random": True,
        "uuid": 36,
        "parse": {"a": None},
    }


@pytest.mark.parametrize(("owner", "may"), [("000000000000", True), ("999999999999", False)])
def test_bucket_is_known_by_the_account_that_owns_it(patched: LocalAws, bucket: str, owner: str, may: bool) -> None:
    condition = {"StringEquals": {"aws:ResourceAccount": ["111111111111", owner]}}
    user = patched.user(
        [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:*:s3:::*", "Condition": condition}]
    )
    put = user.client("s3").put_object
    if may:
        put(Bucket=bucket, Key="k", Body=b"")
    else:
        assert code_of(put, Bucket=bucket, Key="k", Body=b"") == "AccessDenied"


def test_denial_of_all_but_some_resources_wins(patched: LocalAws) -> None:
    topic, other = (patched.client("sns").create_topic(Name=patched.name("topic"))["TopicArn"] for _ in range(2))
    user = patched.user(
        [
            {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:*:sns:*:*:*"},
            {"Effect": "Deny", "Action": "sns:Publish", "NotResource": topic},
        ]
    )
    user.client("sns").publish(TopicArn=topic, Message="m")
    assert code_of(user.client("sns").publish, TopicArn=other, Message="m") in ("AuthorizationError", "AccessDenied")
