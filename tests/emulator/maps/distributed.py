"""Machines with a Distributed Map, and what became of it."""

from typing import Any

from tests.emulator.local_aws import Definition, LocalAws

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


def history_of_the_map(aws: LocalAws, execution: dict[str, Any]) -> list[str]:
    return [event["type"] for event in aws.history(execution["executionArn"]) if event["type"].startswith("Map")]
