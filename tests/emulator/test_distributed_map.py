"""The Distributed Map of machines in JSONata."""

import json
import time
from typing import Any

import pytest

from tests.emulator.local_aws import Definition, LocalAws, caught, child, until, unused_name
from tests.emulator.observations import Item, Items, caught_error, error_of, item_id

ITEMS = Items()
item = ITEMS.item

TOLERANT = {"ToleratedFailurePercentage": 100}
COUNT = {"Type": "Pass", "Output": "{% $count($states.input.Items) %}", "End": True}
ECHO = {"Type": "Pass", "End": True}
FAIL_ON_BAD = {
    "Choose": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 'bad' %}", "Next": "Fail"}],
        "Default": "Wait",
    },
    "Fail": {"Type": "Fail", "Error": "Bad", "Cause": "because"},
    "Wait": {"Type": "Wait", "Seconds": 1, "End": True},
}
PUT = "arn:aws:states:::s3:putObject"


def distributed(states: Definition, **fields: Any) -> Definition:
    """A machine's states: one Distributed Map over the input's `items`."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    processor = {"ProcessorConfig": config, "StartAt": next(iter(states)), "States": states}
    map_state = {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}
    return {"Map": map_state if "ItemReader" in fields else {"Items": "{% $states.input.items %}", **map_state}}


def bucket_with(aws: LocalAws, body: bytes) -> str:
    """A bucket with an object `items`."""
    bucket, s3 = aws.name("bucket"), aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="items", Body=body)
    return bucket


def reader(input_type: str, **config: Any) -> Definition:
    """An ItemReader of the object `items` in the bucket that the input names."""
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": input_type, **config},
        "Arguments": {"Bucket": "{% $states.input.bucket %}", "Key": "items"},
    }


def outputs_of(aws: LocalAws, body: bytes, item_reader: Definition) -> Any:
    return aws.output(distributed({"Echo": ECHO}, ItemReader=item_reader), {"bucket": bucket_with(aws, body)})


# --- where items come from ---------------------------------------------------------------------------------


@item("item_reader", [1, {"a": "x\u2028y"}])
def items_come_from_json_lines(aws: LocalAws) -> Any:
    return outputs_of(aws, '1\n\n{"a": "x\u2028y"}\n'.encode(), reader("JSONL"))


@item("item_reader", [1, 2])
def items_come_from_a_json_array_within_the_object(aws: LocalAws) -> Any:
    return outputs_of(aws, b'{"deep": {"er": [1, 2]}}', reader("JSON", ItemsPointer="/deep/er"))


@item("item_reader", [{"a": "1", "b": "x,y"}, {"a": "2", "b": ""}])
def items_come_from_a_csv_without_its_surplus_fields(aws: LocalAws) -> Any:
    return outputs_of(aws, b'a,b\n1,"x,y",surplus\n2\n', reader("CSV", CSVHeaderLocation="FIRST_ROW"))


@item("item_reader", [1, 2])
def no_more_items_are_read_than_wanted(aws: LocalAws) -> Any:
    return outputs_of(aws, b"1\n2\n3\n", reader("JSONL", MaxItems="{% 1 + 1 %}"))


@item("item_reader", ("States.ItemReaderFailed", True))
def a_missing_object_has_its_own_error(aws: LocalAws) -> Any:
    missing = {**reader("JSONL"), "Arguments": {"Bucket": "no-bucket", "Key": "{% 'no' & 'thing' %}"}}
    error = aws.output(caught(distributed({"Echo": ECHO}, ItemReader=missing)["Map"]))
    return error["Error"], "nothing" in error["Cause"]


@item("item_reader", ("States.ItemReaderFailed", True))
def a_line_that_is_no_json_fails_the_map(aws: LocalAws) -> Any:
    machine = distributed({"Echo": ECHO}, ItemReader=reader("JSONL"), **TOLERANT)
    error = aws.output(caught(machine["Map"]), {"bucket": bucket_with(aws, b"1\n{\n")})
    return error["Error"], "no JSON" in error["Cause"]


@item("item_batcher", [{"n": 0, "item": "a", "all": 2}, {"n": 1, "item": "b", "all": 2}])
def an_item_selector_sees_the_item_and_the_states_input(aws: LocalAws) -> Any:
    selector = {
        "n": "{% $states.context.Map.Item.Index %}",
        "item": "{% $states.context.Map.Item.Value %}",
        "all": "{% $count($states.input.items) %}",
    }
    return aws.output(distributed({"Echo": ECHO}, ItemSelector=selector), {"items": ["a", "b"]})


# --- batches -----------------------------------------------------------------------------------------------


@item("item_batcher", [{"BatchInput": {"all": 3}, "Items": [1, 2]}, {"BatchInput": {"all": 3}, "Items": [3]}])
def batches_fill_in_order_and_share_an_input(aws: LocalAws) -> Any:
    batcher = {"MaxItemsPerBatch": "{% 1 + 1 %}", "BatchInput": {"all": "{% $count($states.input.items) %}"}}
    return aws.output(distributed({"Echo": ECHO}, ItemBatcher=batcher), {"items": [1, 2, 3]})


@item("item_batcher", [2, 1])
def a_batch_has_no_more_bytes_than_wanted(aws: LocalAws) -> Any:
    items = ["x" * 10, "ü" * 5, "x"]
    both = len(json.dumps({"Items": items[:2]}, separators=(",", ":"), ensure_ascii=False).encode())
    batcher = {"MaxInputBytesPerBatch": f"{{% {both} %}}"}
    return aws.output(distributed({"Count": COUNT}, ItemBatcher=batcher), {"items": items})


@item("item_batcher", [2, 1])
def a_batch_has_at_most_256_kib(aws: LocalAws) -> Any:
    items = ["x" * 131_063, "x" * 131_064, "x"]  # with quotes, comma and frame 262,144 bytes
    many = b"\n".join(json.dumps(value).encode() for value in items)
    machine = distributed({"Count": COUNT}, ItemReader=reader("JSONL"), ItemBatcher={"MaxItemsPerBatch": 3})
    return aws.output(machine, {"bucket": bucket_with(aws, many)})


@item("child_executions", ["FAILED", "SUCCEEDED"])
def an_item_that_fits_no_batch_fails_alone(aws: LocalAws) -> Any:
    lines = json.dumps("x" * 262_144) + "\n1"
    machine = distributed({"Count": COUNT}, ItemReader=reader("JSONL"), ItemBatcher={"MaxItemsPerBatch": 1}, **TOLERANT)
    machine["Map"]["Output"] = "end"
    execution = aws.run(machine, {"bucket": bucket_with(aws, lines.encode())})
    return sorted(one["status"] for one in children(aws, map_run(aws, execution)["mapRunArn"]))


# --- children ----------------------------------------------------------------------------------------------


def map_run(aws: LocalAws, execution: dict[str, Any]) -> dict[str, Any]:
    """The description of an execution's only Map Run."""
    client = aws.client("stepfunctions")
    [one] = client.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    description: dict[str, Any] = client.describe_map_run(mapRunArn=one["mapRunArn"])
    return description


def children(aws: LocalAws, map_run_arn: str) -> list[dict[str, Any]]:
    """The descriptions of the children of a Map Run."""
    client = aws.client("stepfunctions")
    found = client.list_executions(mapRunArn=map_run_arn)["executions"]
    return [client.describe_execution(executionArn=one["executionArn"]) for one in found]


@item("distributed_map", "States.QueryEvaluationError")
def children_do_not_see_the_parents_variables(aws: LocalAws) -> Any:
    states = {
        "Set": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "Map"},
        **distributed({"Get": {"Type": "Pass", "Output": "{% $outer %}", "End": True}}, **TOLERANT),
    }
    execution = aws.run(states, {"items": [1]})
    [only] = children(aws, map_run(aws, execution)["mapRunArn"])
    return only["error"]


@item("distributed_map", [True, True, "stateMachine"])
def children_know_themselves_by_the_maps_label(aws: LocalAws) -> Any:
    names = {"id": "{% $states.context.Execution.Id %}", "machine": "{% $states.context.StateMachine.Id %}"}
    states = distributed({"Name": {"Type": "Pass", "Output": names, "End": True}}, Label="Label")
    execution = aws.run(states, {"items": [1]})
    [seen] = json.loads(execution["output"])
    machine = execution["stateMachineArn"]
    is_child = seen["id"].startswith(machine.replace(":stateMachine:", ":execution:") + "/Label:")
    return [is_child, seen["machine"] == f"{machine}/Label", seen["machine"].split(":")[5]]


@item("child_executions", ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
def a_child_has_its_own_history(aws: LocalAws) -> Any:
    execution = aws.run(distributed({"Echo": ECHO}), {"items": [1]})
    [only] = children(aws, map_run(aws, execution)["mapRunArn"])
    return [event["type"] for event in aws.history(only["executionArn"])]


@item("child_executions", ["SUCCEEDED", "SUCCEEDED"])
def children_have_their_own_event_quota(aws: LocalAws) -> Any:
    step = {"Type": "Pass", "Next": "B"}
    steps = {"A": step, "B": {**step, "Next": "C"}, "C": {**step, "Next": "D"}, "D": {"Type": "Pass", "End": True}}
    inner = {"Type": "Map", "Items": "{% [1..1300] %}", "ItemProcessor": {"StartAt": "A", "States": steps}}
    states = distributed({"Inner": {**inner, "MaxConcurrency": 1, "Output": 1, "End": True}})
    return [one["status"] for one in children(aws, map_run(aws, aws.run(states, {"items": [1, 2]}))["mapRunArn"])]


@item("distributed_map", True)
def at_most_as_many_children_run_as_wanted(aws: LocalAws) -> Any:
    wait = {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}
    started = time.monotonic()
    assert aws.run(distributed(wait, MaxConcurrency="{% 2 %}"), {"items": [1, 2, 3]})["status"] == "SUCCEEDED"
    return time.monotonic() - started > 1.9


# --- what the parent and the APIs tell ---------------------------------------------------------------------


def history_of_the_map(aws: LocalAws, execution: dict[str, Any]) -> list[str]:
    return [event["type"] for event in aws.history(execution["executionArn"]) if event["type"].startswith("Map")]


@item(
    "distributed_map",
    ["MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited"],
)
def a_history_tells_of_the_map_run(aws: LocalAws) -> Any:
    return history_of_the_map(aws, aws.run(distributed({"Echo": ECHO}), {"items": [1]}))


@item(
    "distributed_map",
    (
        "States.ExceedToleratedFailureThreshold",
        ["MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunFailed", "MapStateFailed"],
    ),
)
def too_many_failures_fail_the_map_run(aws: LocalAws) -> Any:
    execution = aws.run(distributed(FAIL_ON_BAD), {"items": ["bad"]})
    return execution["error"], history_of_the_map(aws, execution)


@item("map_run_record", {"succeeded": 3, "failed": 2, "pending": 0, "running": 0, "total": 5})
def a_map_run_counts_items_not_batches(aws: LocalAws) -> Any:
    choose = {"Condition": "{% 'bad' in $states.input.Items %}", "Next": "Fail"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choose], "Default": "Count"},
        "Count": COUNT,
        "Fail": FAIL_ON_BAD["Fail"],
    }
    batcher = {"MaxItemsPerBatch": 2}
    machine = distributed(states, ItemBatcher=batcher, ToleratedFailurePercentage="{% 40 %}", Output="end")
    counts = map_run(aws, aws.run(machine, {"items": ["a", "b", "bad", "c", "d"]}))["itemCounts"]
    return {name: counts[name] for name in ("succeeded", "failed", "pending", "running", "total")}


@item("map_run_record", ["States.ExceedToleratedFailureThreshold", "SUCCEEDED"])
def a_number_of_failed_items_may_be_tolerated(aws: LocalAws) -> Any:
    machine = distributed(FAIL_ON_BAD, ToleratedFailureCount="{% 1 %}", Output="end")
    over, within = (aws.run(machine, {"items": ["bad"] * number}) for number in (2, 1))
    return [over.get("error"), within["status"]]


@item("distributed_map", ["ABORTED", "ABORTED", "FAILED"])
def too_many_failures_end_the_children_that_run(aws: LocalAws) -> Any:
    execution = aws.run(distributed(FAIL_ON_BAD), {"items": ["good", "good", "bad"]})
    return sorted(one["status"] for one in children(aws, map_run(aws, execution)["mapRunArn"]))


@item("distributed_map", ("ABORTED", "ABORTED", ["MapRunStarted", "MapRunAborted", "ExecutionAborted"], "ABORTED"))
def the_end_of_the_parent_ends_the_children_and_what_they_wait_for(aws: LocalAws) -> Any:
    machine, name = aws.machine({"Wait": {"Type": "Wait", "Seconds": 15, "End": True}}), unused_name()
    client, nested = aws.client("stepfunctions"), machine.replace(":stateMachine:", ":execution:") + f":{name}"
    arn = aws.start(aws.machine(distributed({"Run": child(machine, arguments={"Name": name})})), {"items": [1]})
    until(lambda: error_of(client.describe_execution, executionArn=nested) == "none")
    client.stop_execution(executionArn=arn)
    until(lambda: client.describe_execution(executionArn=nested)["status"] != "RUNNING")
    until(lambda: map_run(aws, {"executionArn": arn})["status"] != "RUNNING")
    described = map_run(aws, {"executionArn": arn})
    [only] = children(aws, described["mapRunArn"])
    last_events = [event["type"] for event in aws.history(arn)][-3:]
    return described["status"], only["status"], last_events, aws.ended(nested)["status"]


@item("payload_quota", "States.DataLimitExceeded")
def a_result_has_at_most_256_kib(aws: LocalAws) -> Any:
    large = {"Large": {"Type": "Pass", "Output": "{% $pad('', 100000, 'x') %}", "End": True}}
    return caught_error(
        aws, distributed(large, Output="small")["Map"], "States.DataLimitExceeded", data={"items": [1, 2, 3]}
    )


@item("status_events", ["/Label", "/Label"])
def events_of_children_name_the_labelled_machine(aws: LocalAws) -> Any:
    machine, queue = aws.machine(distributed({"Echo": ECHO}, Label="Label")), aws.queue()
    aws.forward({"source": ["aws.states"], "detail": {"stateMachineArn": [{"prefix": f"{machine}/"}]}}, queue.arn)
    aws.ended(aws.start(machine, {"items": [1]}))
    return [event["detail"]["stateMachineArn"].removeprefix(machine) for event in aws.messages(queue.url, 2)]


# --- written results ---------------------------------------------------------------------------------------


def written(
    aws: LocalAws, items: list[Any], states: Definition, **config: str
) -> tuple[dict[str, Any], dict[str, str]]:
    """The description of an execution whose Map writes its results, and the files by name."""
    bucket = bucket_with(aws, b"")
    arguments = {"Bucket": bucket, "Prefix": "{% 'results/' & 'here' %}"}
    result_writer = {"Resource": PUT, "Arguments": arguments, **({"WriterConfig": config} if config else {})}
    execution = aws.run(distributed(states, ResultWriter=result_writer), {"items": items})
    run = map_run(aws, execution)["mapRunArn"].rsplit(":", 1)[-1]
    s3 = aws.client("s3")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix=f"results/here/{run}/")["Contents"]]
    return execution, {
        key.rsplit("/", 1)[-1]: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys
    }


@item("result_writer", (["MapRunArn", "ResultWriterDetails"], "manifest.json", ["SUCCEEDED_0.json", "manifest.json"]))
def the_result_tells_where_the_results_are(aws: LocalAws) -> Any:
    execution, files = written(aws, [1], {"Echo": ECHO})
    result = json.loads(execution["output"])
    return sorted(result), result["ResultWriterDetails"]["Key"].rsplit("/", 1)[-1], sorted(files)


@item("result_writer", ({"FAILED": 0, "PENDING": 0, "SUCCEEDED": 1}, True))
def a_manifest_lists_the_files(aws: LocalAws) -> Any:
    _, files = written(aws, [1], {"Echo": ECHO})
    manifest = json.loads(files["manifest.json"])
    [succeeded] = manifest["ResultFiles"]["SUCCEEDED"]
    counts = {kind: len(found) for kind, found in manifest["ResultFiles"].items()}
    return counts, succeeded["Size"] == len(files["SUCCEEDED_0.json"])


@item("result_writer", ['"[1,2]"', "SUCCEEDED"])
def results_come_with_the_execution_around_them(aws: LocalAws) -> Any:
    _, files = written(aws, [[1, 2]], {"Echo": ECHO})
    [result] = json.loads(files["SUCCEEDED_0.json"])
    return [json.dumps(result["Output"]), result["Status"]]


@item("result_writer", "[[1,2],3]")
def compact_results_are_the_outputs_alone(aws: LocalAws) -> Any:
    return written(aws, [[1, 2], 3], {"Echo": ECHO}, Transformation="COMPACT", OutputType="JSON")[1]["SUCCEEDED_0.json"]


@item("result_writer", "1\n2\n3")
def flat_results_may_be_lines(aws: LocalAws) -> Any:
    return written(aws, [[1, 2], 3], {"Echo": ECHO}, Transformation="FLATTEN", OutputType="JSONL")[1][
        "SUCCEEDED_0.jsonl"
    ]


@item("result_writer", ("FAILED", [(None, "ABORTED"), ("Bad", "FAILED")], ['"c"', '"d"']))
def failed_and_pending_results_have_their_files(aws: LocalAws) -> Any:
    bucket = bucket_with(aws, b"")
    result_writer = {"Resource": PUT, "Arguments": {"Bucket": bucket}}
    machine = distributed(FAIL_ON_BAD, ResultWriter=result_writer, MaxConcurrency=2)
    execution = aws.run(machine, {"items": ["a", "bad", "c", "d"]})
    run = map_run(aws, execution)["mapRunArn"].rsplit(":", 1)[-1]
    get = aws.client("s3").get_object
    failed, pending = (
        json.loads(get(Bucket=bucket, Key=f"{run}/{kind}_0.json")["Body"].read()) for kind in ("FAILED", "PENDING")
    )
    ends = [(one.get("Error"), one["Status"]) for one in failed]
    return execution["status"], ends, [one["Input"] for one in pending]


# --- permissions -------------------------------------------------------------------------------------------


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


# --- the tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ITEMS, ids=item_id)
def test_behaves_as_aws_does(item: Item, patched: LocalAws) -> None:
    item.check(patched)


@pytest.mark.parametrize("item", ITEMS, ids=item_id)
def test_ministack_does_not_do_it_by_itself(item: Item, unpatched: LocalAws) -> None:
    item.check_gap(unpatched)
