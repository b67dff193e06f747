"""Each thing that AWS does and MiniStack does not: that ours does it, and that MiniStack still does not."""

import json
import time
from typing import Any

import pytest

from tests.emulator.local_aws import LocalAws, caught, child, over_items, task, unused_name
from tests.emulator.observations import Item, Items, caught_error, error_of, item_id

TOO_MUCH = 262_145
ALLOWED: list[dict[str, Any]] = [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}]


ITEMS = Items()
item = ITEMS.item


# --- task_states, executions: time limits and ends ---------------------------------------------------------


@item("task_states", "States.Timeout")
def a_tasks_time_limit_may_be_an_expression(aws: LocalAws) -> Any:
    slow = task(aws.function("time.sleep(3)"), TimeoutSeconds="{% $states.input.limit %}")
    return caught_error(aws, slow, data={"limit": 1})


@item("executions", "TIMED_OUT")
def a_machine_has_a_time_limit(aws: LocalAws) -> Any:
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    return aws.run({"Wait": wait}, TimeoutSeconds=1)["status"]


@item("executions", "ExecutionAborted")
def nothing_happens_in_an_aborted_execution(aws: LocalAws) -> Any:
    arn = aws.start(aws.machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}))
    time.sleep(0.3)
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    time.sleep(1)
    return aws.history(arn)[-1]["type"]


@item("executions", "end")
def succeed_has_an_output(aws: LocalAws) -> Any:
    return aws.output({"End": {"Type": "Succeed", "Output": "{% 'end' %}"}})


@item("executions", None)
def a_failed_execution_has_no_output(aws: LocalAws) -> Any:
    return aws.run({"End": {"Type": "Fail", "Error": "E"}}).get("output")


# --- lambda_errors, lambda_tasks ---------------------------------------------------------------------------


def failure(aws: LocalAws, function: str) -> tuple[str, dict[str, Any]]:
    error = aws.output(caught(task(function)))
    return error["Error"], json.loads(error["Cause"])


@item("lambda_errors", ("KeyError", "'customer'"))
def an_exceptions_class_is_the_error(aws: LocalAws) -> Any:
    error, cause = failure(aws, aws.function("raise KeyError('customer')"))
    return error, cause["errorMessage"]


@item("lambda_errors", ["errorMessage", "errorType", "requestId", "stackTrace"])
def an_exceptions_cause_has_the_shape_of_aws(aws: LocalAws) -> Any:
    _, cause = failure(aws, aws.function("raise KeyError('customer')"))
    return sorted(cause)


@item("lambda_errors", "Runtime.ExitError")
def a_dead_runtime_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function("os._exit(3)"))[0]


@item("lambda_errors", "Runtime.ImportModuleError")
def a_missing_dependency_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function_with_code("import no_such_module"))[0]


@item("lambda_errors", "Runtime.MarshalError")
def a_result_that_is_no_json_has_its_own_error(aws: LocalAws) -> Any:
    return failure(aws, aws.function("return {1, 2}"))[0]


@item("lambda_tasks", "Lambda.TooManyRequestsException")
def a_throttled_function_has_its_own_error(aws: LocalAws) -> Any:
    function = aws.function("return 'throttled'")
    aws.client("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    return caught_error(aws, task(function))


@item("lambda_tasks", "1")
def a_text_that_looks_like_a_number_stays_a_text(aws: LocalAws) -> Any:
    return aws.output({"Task": task(aws.function("return '1'"))})


@item("lambda_tasks", ["ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"])
def a_functions_result_comes_in_an_envelope(aws: LocalAws) -> Any:
    whole = {**task(aws.function("return 1")), "Output": "{% $keys($states.result) %}"}
    return sorted(aws.output({"Task": whole}))


# --- start_execution ---------------------------------------------------------------------------------------


@item("start_execution", "none")
def starting_the_same_running_execution_again_is_no_error(aws: LocalAws) -> Any:
    arguments = {
        "stateMachineArn": aws.machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}),
        "name": unused_name(),
    }
    aws.client("stepfunctions").start_execution(**arguments)
    return error_of(aws.client("stepfunctions").start_execution, **arguments)


@item("start_execution", "ValidationException")
def an_execution_name_has_at_most_80_characters(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, name="n" * 81)


@item("start_execution", "InvalidName")
def an_execution_name_has_no_blank(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, name="a b")


@item("start_execution", "ValidationException")
def an_input_has_at_most_256_kib(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    text = json.dumps("x" * TOO_MUCH)
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, input=text)


@item("start_execution", "InvalidExecutionInput")
def an_input_is_json(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, input="{")


# --- nested_executions -------------------------------------------------------------------------------------

DESCRIPTION = [
    "ExecutionArn",
    "Input",
    "InputDetails",
    "Name",
    "RedriveCount",
    "RedriveStatus",
    "StartDate",
    "StateMachineArn",
    "Status",
    "StopDate",
]


@item("nested_executions", ("States.TaskFailed", sorted(["Cause", "Error", *DESCRIPTION])))
def a_failed_child_is_a_failed_task_with_its_description(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Fail", "Error": "Broken", "Cause": "because"}})
    error = aws.output(caught(child(machine)))
    return error["Error"], sorted(json.loads(error["Cause"])) if error["Cause"][0] == "{" else None


@item("nested_executions", DESCRIPTION)
def a_timed_out_child_has_neither_error_nor_cause(aws: LocalAws) -> Any:
    machine = aws.machine({"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}, TimeoutSeconds=1)
    error = aws.output(caught(child(machine)))
    return sorted(json.loads(error["Cause"])) if "Cause" in error else None


@item("nested_executions", {"k": 1})
def a_childs_input_and_output_come_parsed(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    run = child(machine, arguments={"Input": {"k": 1}}, Output="{% $states.result.Input %}")
    return aws.output({"Run": run})


@item("nested_executions", "StepFunctions.ExecutionAlreadyExistsException")
def a_childs_name_cannot_be_used_twice(aws: LocalAws) -> Any:
    machine, name = aws.machine({"End": {"Type": "Succeed"}}), unused_name()
    aws.ended(aws.start(machine, name=name))
    return caught_error(aws, child(machine, arguments={"Name": name}))


def slow_child(aws: LocalAws) -> tuple[str, str]:
    """A machine that takes a while, and the ARN of its execution `name`."""
    machine, name = aws.machine({"Wait": {"Type": "Wait", "Seconds": 3, "End": True}}), unused_name()
    return machine, machine.replace(":stateMachine:", ":execution:") + f":{name}"


@item("nested_executions", "ABORTED")
def a_child_that_takes_too_long_is_stopped(aws: LocalAws) -> Any:
    machine, arn = slow_child(aws)
    name = arn.rsplit(":", 1)[-1]
    aws.output(caught(child(machine, arguments={"Name": name}, TimeoutSeconds=1)))
    return aws.client("stepfunctions").describe_execution(executionArn=arn)["status"]


@item("nested_executions", "ABORTED")
def a_child_of_an_aborted_parent_is_stopped(aws: LocalAws) -> Any:
    machine, arn = slow_child(aws)
    name = arn.rsplit(":", 1)[-1]
    parent = aws.start(aws.machine({"Run": child(machine, arguments={"Name": name})}))
    time.sleep(0.5)
    aws.client("stepfunctions").stop_execution(executionArn=parent)
    time.sleep(0.2)
    return aws.client("stepfunctions").describe_execution(executionArn=arn)["status"]


# --- sdk_errors, jsonata_evaluation ------------------------------------------------------------------------


def description_of(arn: str) -> dict[str, Any]:
    resource = "arn:aws:states:::aws-sdk:sfn:describeExecution"
    return {"Type": "Task", "Resource": resource, "Arguments": {"ExecutionArn": arn}, "End": True}


@item("sdk_errors", "Sfn.ExecutionDoesNotExistException")
def an_sdk_tasks_error_is_the_sdks_exception(aws: LocalAws) -> Any:
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    return caught_error(aws, description_of(f"{succeeded}x"))


@item("redrive", ("{}", 0, True))
def an_sdk_task_describes_an_execution(aws: LocalAws) -> Any:
    succeeded = aws.run({"End": {"Type": "Succeed"}})["executionArn"]
    seen = aws.output({"Describe": description_of(succeeded)})
    return seen["Output"], seen.get("RedriveCount"), seen["StartDate"].endswith("Z")


@item("jsonata_evaluation", "States.QueryEvaluationError")
def there_is_no_eval(aws: LocalAws) -> Any:
    return aws.output({"Pass": {"Type": "Pass", "Output": "{% $eval('1') %}", "End": True}})


@item("jsonata_evaluation", ["Execution", "State", "StateMachine"])
def the_context_has_the_keys_of_aws(aws: LocalAws) -> Any:
    return sorted(aws.output({"Pass": {"Type": "Pass", "Output": "{% $keys($states.context) %}", "End": True}}))


# --- payload_quota, execution_history ----------------------------------------------------------------------


@item("payload_quota", "States.DataLimitExceeded")
def a_task_result_has_at_most_256_kib(aws: LocalAws) -> Any:
    large = task(aws.function(f"return 'x' * {TOO_MUCH}"), Output="small")
    return caught_error(aws, large, "States.DataLimitExceeded")


@item("payload_quota", "States.DataLimitExceeded")
def a_quota_counts_bytes_not_characters(aws: LocalAws) -> Any:
    large = task(aws.function("return 'ü' * 200_000"), Output="small")
    return caught_error(aws, large, "States.DataLimitExceeded")


@item("payload_quota", "States.DataLimitExceeded")
def a_state_output_has_at_most_256_kib(aws: LocalAws) -> Any:
    return aws.output({"Pass": {"Type": "Pass", "Output": f"{{% $pad('', {TOO_MUCH}, 'x') %}}", "End": True}})


@item("variables", "States.DataLimitExceeded")
def a_variable_has_at_most_256_kib(aws: LocalAws) -> Any:
    assign = {"large": f"{{% $pad('', {TOO_MUCH}, 'x') %}}"}
    return aws.output({"Pass": {"Type": "Pass", "Assign": assign, "Output": "", "End": True}})


@item("variables", "old")
def assigned_values_are_those_from_before_the_state(aws: LocalAws) -> Any:
    states = {
        "First": {"Type": "Pass", "Assign": {"a": "old"}, "Next": "Second"},
        "Second": {"Type": "Pass", "Assign": {"a": "new", "b": "{% $a %}"}, "Next": "Third"},
        "Third": {"Type": "Pass", "Output": "{% $b %}", "End": True},
    }
    return aws.output(states)


@item("execution_history", ("States.Runtime", "The execution reached the maximum number of history events (25000)."))
def a_history_has_at_most_25000_events(aws: LocalAws) -> Any:
    step = {"Type": "Pass", "Next": "B"}
    states = {"A": step, "B": {**step, "Next": "C"}, "C": {**step, "Next": "D"}, "D": {"Type": "Pass", "End": True}}
    many = {"Many": over_items(states, MaxConcurrency=2, Items="{% [1..2600] %}")}
    execution = aws.run({**caught(many["Many"])})
    return execution.get("error"), execution.get("cause")


# --- error_matching ----------------------------------------------------------------------------------------


@item("error_matching", "States.DataLimitExceeded")
def too_much_data_must_be_caught_by_name(aws: LocalAws) -> Any:
    large = task(aws.function(f"return 'x' * {TOO_MUCH}"))
    return aws.run(caught(large, "States.ALL")).get("error")


@item("error_matching", "States.Runtime")
def a_runtime_error_cannot_be_caught(aws: LocalAws) -> Any:
    unknown = {"Type": "Task", "Resource": "arn:aws:states:::nothing:doIt", "End": True}
    return aws.run(caught(unknown)).get("error")


@item("error_matching", True)
def a_retry_waits_no_longer_than_the_maximum_delay(aws: LocalAws) -> Any:
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 2, "MaxDelaySeconds": 1}
    failing = task(aws.function("raise ValueError('no')"), Retry=[{**retry, "MaxAttempts": 2}])
    started = time.monotonic()
    aws.run({"Task": failing})
    return time.monotonic() - started < 2.7


# --- inline_map --------------------------------------------------------------------------------------------

WAIT_LONG = {"Type": "Wait", "Seconds": 1, "Next": "After"}
FAIL_OR_WAIT = {
    "Choose": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 'bad' %}", "Next": "Fail"}],
        "Default": "Wait",
    },
    "Fail": {"Type": "Fail", "Error": "Bad"},
    "Wait": WAIT_LONG,
    "After": {"Type": "Pass", "End": True},
}


def events(aws: LocalAws, execution: dict[str, Any], *types: str) -> list[int]:
    """How many events of each type."""
    seen = [event["type"] for event in aws.history(execution["executionArn"])]
    return [seen.count(name) for name in types]


@item(
    "inline_map",
    [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapIterationStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "MapIterationSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ],
)
def a_history_tells_of_iterations_and_their_states(aws: LocalAws) -> Any:
    execution = aws.run({"Map": over_items({"Task": task(aws.function("return 1"))})}, {"items": ["a"]})
    return [event["type"] for event in aws.history(execution["executionArn"])]


@item("task_history", ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"])
def a_history_tells_of_a_childs_start(aws: LocalAws) -> Any:
    execution = aws.run({"Run": child(aws.machine({"End": {"Type": "Succeed"}}))})
    seen = [event["type"] for event in aws.history(execution["executionArn"])]
    return [name for name in seen if name.startswith("Task") and "State" not in name]


@item("inline_map", [0, 2, 1])
def the_first_failing_iteration_stops_the_others(aws: LocalAws) -> Any:
    states = {"Map": over_items(FAIL_OR_WAIT)}
    execution = aws.run(states, {"items": ["good", "good", "bad"]})
    return events(aws, execution, "PassStateEntered", "MapIterationAborted", "MapIterationFailed")


@item("inline_map", [1])
def no_iteration_starts_after_a_failed_one(aws: LocalAws) -> Any:
    states = {"Map": over_items(FAIL_OR_WAIT, MaxConcurrency=1)}
    execution = aws.run(states, {"items": ["bad", "bad", "bad"]})
    return events(aws, execution, "MapIterationStarted")


@item("inline_map", True)
def at_most_40_iterations_run_at_once(aws: LocalAws) -> Any:
    wait = {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}
    started = time.monotonic()
    aws.run({"Map": over_items(wait, MaxConcurrency=100)}, {"items": list(range(41))})
    return time.monotonic() - started > 2


# --- choice_states -----------------------------------------------------------------------------------------


@item("choice_states", "default")
def a_choices_output_applies_to_its_default(aws: LocalAws) -> Any:
    choices = [{"Condition": "{% false %}", "Next": "End"}]
    choice = {"Type": "Choice", "Choices": choices, "Default": "End", "Output": "default"}
    return aws.output({"Choose": choice, "End": {"Type": "Pass", "End": True}})


@item("choice_states", "States.QueryEvaluationError")
def a_condition_must_be_a_boolean(aws: LocalAws) -> Any:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 'yes' %}", "Next": "End"}], "Default": "End"}
    return aws.output({"Choose": choice, "End": {"Type": "Pass", "End": True}})


# --- role_policies, event_permissions ----------------------------------------------------------------------


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


@item("event_permissions", [])
def a_rule_needs_the_functions_permission(aws: LocalAws) -> Any:
    queue = aws.queue().url
    code = (
        "import boto3\n\n\ndef handler(event, context):\n"
        f"    boto3.client('sqs').send_message(QueueUrl='{queue}', MessageBody='{{}}')\n"
    )
    function = aws.client("lambda").get_function(FunctionName=aws.function_with_code(code))
    source = aws.name("source")
    aws.forward({"source": [source]}, function["Configuration"]["FunctionArn"])
    aws.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    return aws.messages(queue, 1, wait_seconds=2)


@item("event_permissions", [])
def a_rule_needs_the_topics_permission(aws: LocalAws) -> Any:
    queue, sns, source = aws.queue(), aws.client("sns"), aws.name("source")
    topic = sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    aws.forward({"source": [source]}, topic)
    aws.client("events").put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    return [body["Type"] for body in aws.messages(queue.url, 1, wait_seconds=1)]


@item("secure_transport", "none")
def loopback_counts_as_tls(aws: LocalAws) -> Any:
    """Ours, not AWS's: there the endpoints speak HTTPS."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    user = aws.user(
        [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": insecure},
        ]
    )
    return error_of(user.client("s3").list_buckets)


@item("object_events", True)
def an_objects_event_names_its_version(aws: LocalAws) -> Any:
    queue, bucket, s3 = aws.queue(), aws.name("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    aws.forward({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}, queue.arn)
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"")["VersionId"]
    [event] = aws.messages(queue.url, 1)
    return event["detail"]["object"].get("version-id") == version


@item("object_ranges", (206, b"cd", "bytes 2-3/6"))
def a_range_of_a_version_is_that_range(aws: LocalAws) -> Any:
    bucket, s3 = aws.name("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"abcdef")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"other")
    got = s3.get_object(Bucket=bucket, Key="k", VersionId=version, Range="bytes=2-3")
    return got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read(), got.get("ContentRange")


@item("notification_attributes", {"outcome": {"Type": "String", "Value": "good"}})
def an_sns_task_sends_message_attributes(aws: LocalAws) -> Any:
    queue, sns = aws.queue(), aws.client("sns")
    topic = sns.create_topic(Name=aws.name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    attributes = {"outcome": {"DataType": "String", "StringValue": "good"}}
    arguments = {"TopicArn": topic, "Message": "m", "MessageAttributes": attributes}
    aws.run(
        {"Publish": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Arguments": arguments, "End": True}}
    )
    [message] = aws.messages(queue.url, 1)
    return message.get("MessageAttributes")


# --- the tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ITEMS, ids=item_id)
def test_behaves_as_aws_does(item: Item, patched: LocalAws) -> None:
    item.check(patched)


@pytest.mark.parametrize("item", ITEMS, ids=item_id)
def test_ministack_does_not_do_it_by_itself(item: Item, unpatched: LocalAws) -> None:
    item.check_gap(unpatched)


def test_expressions_are_parsed_once(patched: LocalAws, unpatched: LocalAws) -> None:
    """Not AWS's behaviour but what a batch of thousands of rows needs."""
    expression = "{% " + " + ".join(f"$sum([{n}, $states.input])" for n in range(100)) + " %}"
    states = {"Pass": {"Type": "Pass", "Output": expression, "End": True}}
    machine = {"Map": over_items(states, MaxConcurrency=2)}

    def seconds(aws: LocalAws) -> float:
        started = time.monotonic()
        aws.run(machine, {"items": list(range(40))})
        return time.monotonic() - started

    assert seconds(patched) * 1.5 < seconds(unpatched), "MiniStack does this now: delete jsonata_evaluation.py"
