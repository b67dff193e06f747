"""The Express children of a Distributed Map."""

import json
from typing import Any

from tests.emulator.executions.test_redrive import FLAKY, Flag, redriven
from tests.emulator.local_aws import LocalAws, task, until
from tests.emulator.maps.distributed import ECHO, PUT, TOLERANT, bucket_with, map_run
from tests.emulator.maps.express import MARK, Marks, express
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item

CONTEXT = {"Type": "Pass", "Output": "{% $states.context.Execution %}", "End": True}


@item("child_executions", ["express", True, ["Id", "Input", "Name", "RoleArn", "StartTime"]])
def a_child_knows_itself_as_an_express_execution(aws: LocalAws) -> Any:
    execution = aws.run(express({"Context": CONTEXT}, Label="Label"), {"items": [1]})
    [seen] = json.loads(execution["output"])
    machine, name = execution["stateMachineArn"].replace(":stateMachine:", ":express:"), seen["Name"]
    is_labelled = seen["Id"].startswith(f"{machine}/Label:{name}:")
    return [seen["Id"].split(":")[5], is_labelled, sorted(seen)]


@item("arns", ["StateMachineTypeNotSupported", "InvalidArn", "InvalidArn", "InvalidArn"])
def nobody_can_ask_what_became_of_a_child(aws: LocalAws) -> Any:
    execution = aws.run(express({"Context": CONTEXT}), {"items": [1]})
    arn, client = json.loads(execution["output"])[0]["Id"], aws.client("stepfunctions")
    map_run_arn = map_run(aws, execution)["mapRunArn"]
    actions = (client.describe_execution, client.get_execution_history, client.stop_execution)
    listed = error_of(client.list_executions, mapRunArn=map_run_arn)
    return [listed, *(error_of(action, executionArn=arn) for action in actions)]


@item("map_run_record", {"succeeded": 1, "failed": 1, "aborted": 0, "total": 2})
def a_map_run_counts_its_children(aws: LocalAws) -> Any:
    choose = {"Condition": "{% $states.input = 'bad' %}", "Next": "Fail"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choose], "Default": "Echo"},
        "Echo": ECHO,
        "Fail": {"Type": "Fail", "Error": "Bad"},
    }
    execution = aws.run(express(states, **TOLERANT), {"items": ["good", "bad"]})
    counts = map_run(aws, execution)["executionCounts"]
    return {name: counts[name] for name in ("succeeded", "failed", "aborted", "total")}


@item("child_executions", ["FAILED", "Bad", "because", True, False])
def a_file_of_results_tells_of_a_child(aws: LocalAws) -> Any:
    bucket = bucket_with(aws, b"")
    writer = {"Resource": PUT, "Arguments": {"Bucket": bucket, "Prefix": "results"}}
    fail = {"Fail": {"Type": "Fail", "Error": "Bad", "Cause": "because"}}
    output = aws.output(express(fail, ResultWriter=writer, **TOLERANT), {"items": [1]})
    s3, key = aws.client("s3"), output["ResultWriterDetails"]["Key"]
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    [file] = manifest["ResultFiles"]["FAILED"]
    [only] = json.loads(s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read())
    is_express = only["ExecutionArn"].split(":")[5] == "express"
    return [only["Status"], only["Error"], only["Cause"], is_express, "RedriveCount" in only]


@item("refusals", ["InvalidDefinition", "InvalidDefinition"])
def a_child_cannot_wait_for_others(aws: LocalAws) -> Any:
    resources = ("states:startExecution.sync:2", "sqs:sendMessage.waitForTaskToken")
    states = [{"Wait": {"Type": "Task", "Resource": f"arn:aws:states:::{name}", "End": True}} for name in resources]
    create = aws.client("stepfunctions").create_state_machine
    definitions = [{"QueryLanguage": "JSONata", "StartAt": "Map", "States": express(one)} for one in states]
    return [
        error_of(create, name=aws.name("machine"), definition=json.dumps(definition), roleArn=aws.role_arn)
        for definition in definitions
    ]


@item("child_executions", ["ABORTED", "RUNNING", "ABORTED", 1, 0, 1, "x"])
def the_end_of_the_parent_lets_children_finish_and_starts_no_more(aws: LocalAws) -> Any:
    marks, client = Marks(), aws.client("stepfunctions")
    states = express({"Mark": task(aws.function(MARK), marks.given(seconds=2))}, MaxConcurrency=1)
    arn = aws.start(aws.machine(states), {"items": [1, 2]})
    until(marks.text)
    client.stop_execution(executionArn=arn)
    parent = {"executionArn": arn}
    seen = [aws.ended(arn)["status"], map_run(aws, parent)["status"]]
    until(lambda: map_run(aws, parent)["status"] != "RUNNING")
    described = map_run(aws, parent)
    counts = [described["executionCounts"][name] for name in ("succeeded", "aborted")]
    return [*seen, described["status"], *counts, described["itemCounts"]["pending"], marks.text()]


@item("child_executions", ["SUCCEEDED", "abb", 1, 2, 0])
def a_redrive_runs_the_children_that_failed_from_their_first_state(aws: LocalAws) -> Any:
    marks, flag = Marks(), Flag()
    fails = {"flag": str(flag.path), "name": "{% $states.input %}", "fails": "{% $states.input = 'b' %}"}
    item_itself = {"Output": "{% $states.input %}"}
    mark = task(aws.function(MARK), marks.given(mark="{% $states.input %}"), **item_itself, Next="Flaky")
    del mark["End"]
    states = express({"Mark": mark, "Flaky": task(aws.function(FLAKY), fails)}, MaxConcurrency=1)
    end = redriven(aws, aws.run(states, {"items": ["a", "b"]}), flag)
    described = map_run(aws, end)
    counts = [described["executionCounts"][name] for name in ("succeeded", "failed")]
    return [end["status"], marks.text(), described["redriveCount"], *counts]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


def test_events_tell_of_the_parent_alone(patched: LocalAws) -> None:
    machine, queue = patched.machine(express({"Echo": ECHO})), patched.queue()
    patched.forward({"source": ["aws.states"], "detail": {"stateMachineArn": [{"prefix": machine}]}}, queue.arn)
    parent = patched.start(machine, {"items": [1, 2]})
    patched.ended(parent)
    events = patched.messages(queue.url, 3)
    assert {event["detail"]["executionArn"] for event in events} == {parent}
    assert [event["detail"]["status"] for event in events] == ["RUNNING", "SUCCEEDED"]
