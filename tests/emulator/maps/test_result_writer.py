"""The results that a Distributed Map writes."""

import json
from typing import Any

from tests.emulator.local_aws import Definition, LocalAws
from tests.emulator.maps.distributed import ECHO, FAIL_ON_BAD, PUT, bucket_with, distributed, map_run
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


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


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
