"""What a machine's role must allow."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, child, description_of, task
from tests.emulator.maps.distributed import ECHO, PUT, bucket_with, distributed, reader
from tests.emulator.observations import Items, caught_error

ALLOWED: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}]
ITEMS = Items()
item = ITEMS.item


@item("role_policies", ("Lambda.AWSLambdaException", True))
def a_role_must_allow_the_function(aws: LocalAws) -> Any:
    states = caught(task(aws.function("return 1")))
    error = aws.output(states, role_arn=aws.role("nothing", ALLOWED))
    return isinstance(error, dict) and (
        error["Error"],
        "is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:" in error["Cause"],
    )


@item("role_policies", "StepFunctions.AWSStepFunctionsException")
def a_role_must_allow_the_child(aws: LocalAws) -> Any:
    run = child(aws.machine({"End": {"Type": "Succeed"}}))
    return caught_error(aws, run, role_arn=aws.role("nothing", ALLOWED))


@item("role_policies", "Sfn.SfnException")
def a_role_must_allow_the_description(aws: LocalAws) -> Any:
    arn = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    return caught_error(aws, description_of(arn), role_arn=aws.role("nothing", ALLOWED))


@item("role_policies", "SNS.AuthorizationErrorException")
def a_role_must_allow_the_topic(aws: LocalAws) -> Any:
    topic = aws.client("sns").create_topic(Name=aws.name("topic"))["TopicArn"]
    publish = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Arguments": {"TopicArn": topic, "Message": "m"},
        "End": True,
    }
    return caught_error(aws, publish, role_arn=aws.role("nothing", ALLOWED))


@item("role_policies", "SQS.AmazonSQSException")
def a_role_must_allow_the_queue(aws: LocalAws) -> Any:
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Arguments": {"QueueUrl": aws.queue().url, "MessageBody": "m"},
        "End": True,
    }
    return caught_error(aws, send, role_arn=aws.role("nothing", ALLOWED))


def role_without(aws: LocalAws, denied: str) -> str:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return aws.role("limited", [everything, {"Effect": "Deny", "Action": denied, "Resource": "*"}])


@item("role_policies", "States.Permissions")
def a_role_must_allow_the_machine_itself(aws: LocalAws) -> Any:
    role = role_without(aws, "states:StartExecution")
    return caught_error(aws, distributed({"Echo": ECHO})["Map"], data={"items": [1]}, role_arn=role)


@item("role_policies", ("States.ItemReaderFailed", True))
def a_role_must_allow_the_items(aws: LocalAws) -> Any:
    state = distributed({"Echo": ECHO}, ItemReader=reader("JSONL"))["Map"]
    role, data = role_without(aws, "s3:GetObject"), {"bucket": bucket_with(aws, b"1")}
    error = aws.output(caught(state), data, role_arn=role)
    return error["Error"], "s3:GetObject" in error["Cause"]


@item("role_policies", "States.ResultWriterFailed")
def a_role_must_allow_the_results(aws: LocalAws) -> Any:
    result_writer = {"Resource": PUT, "Arguments": {"Bucket": bucket_with(aws, b"")}}
    state = distributed({"Echo": ECHO}, ResultWriter=result_writer)["Map"]
    return caught_error(aws, state, data={"items": [1]}, role_arn=role_without(aws, "s3:PutObject"))


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


def test_a_changed_policy_counts_for_the_next_call(patched: LocalAws) -> None:
    iam, allow = patched.client("iam"), {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    role_arn = patched.role("changing", [allow])
    role = role_arn.rsplit("/", 1)[1]
    machine = patched.machine({"Task": task(patched.function("return 1"))}, role_arn=role_arn)

    def outcome() -> str:
        execution = patched.ended(patched.start(machine))
        return str(execution.get("error") or execution["status"])

    document = iam.get_role_policy(RoleName=role, PolicyName="policy")["PolicyDocument"]
    assert [outcome(), outcome()] == ["SUCCEEDED", "SUCCEEDED"]
    iam.delete_role_policy(RoleName=role, PolicyName="policy")
    assert outcome() == "Lambda.AWSLambdaException"
    iam.put_role_policy(RoleName=role, PolicyName="policy", PolicyDocument=json.dumps(document))
    assert outcome() == "SUCCEEDED"
