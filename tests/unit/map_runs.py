"""What a ResultWriter writes, in the shapes recorded on AWS: children, pending items, result files, manifests."""

import json
from collections.abc import Iterable
from typing import Any

RUN = "d3aa0dcc-6d03-40e1-ab89-cb94be1920d4"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:own-map/Tickets"
MAP_RUN_ARN = f"{MACHINE.replace('stateMachine', 'mapRun')}:{RUN}"
Record = dict[str, Any]


def as_text(value: Any) -> str:
    """JSON as Step Functions writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def ticket(index: int, **cells: Any) -> Record:
    """An item as an ItemSelector makes it of a CSV's row."""
    return {"index": index, "row": {"id": f"00{index}", "text": f"ticket {index}", **cells}}


def answer(index: int) -> Record:
    """A child's output: an agent's answer that says whose it is."""
    return {"index": index, "structured_output": {"category": f"c{index}", "score": index * 10}}


def child(given: Any, status: str, **fields: Any) -> Record:
    """A child execution; the order of the keys is alphabetical, as on AWS."""
    name = f"{len(as_text(given)):08}-8677-3d12-a3d6-0d56b93193e8"
    record = {
        "ExecutionArn": f"{MACHINE.replace('stateMachine', 'execution')}:{name}",
        "Input": as_text(given),
        "InputDetails": {"Included": True},
        "Name": name,
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "StartDate": "2026-09-23T22:58:19.314Z",
        "StateMachineArn": MACHINE,
        "Status": status,
        "StopDate": "2026-09-23T22:58:20.564Z",
        **fields,
    }
    return dict(sorted(record.items()))


def succeeded(given: Any, output: Any, **fields: Any) -> Record:
    """A child that succeeded."""
    said = {"RedriveStatus": "NOT_REDRIVABLE", "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven"}
    return child(given, "SUCCEEDED", Output=as_text(output), **said, **fields)


def failed(given: Any, error: str, cause: str, **fields: Any) -> Record:
    """A child that failed."""
    return child(given, "FAILED", Cause=cause, Error=error, RedriveStatus="REDRIVABLE_BY_MAP_RUN", **fields)


def timed_out(given: Any) -> Record:
    """A child whose own time was up: it has neither error nor cause."""
    return child(given, "TIMED_OUT", RedriveStatus="REDRIVABLE_BY_MAP_RUN")


def aborted(given: Any, **fields: Any) -> Record:
    """A child that was stopped."""
    return child(given, "ABORTED", RedriveStatus="REDRIVABLE_BY_MAP_RUN", **fields)


def pending(given: Any) -> Record:
    """An item whose child was never started."""
    return {"Input": as_text(given), "InputDetails": {"Included": True}, "Status": "PENDING"}


def batch(*items: Any) -> Record:
    """The input of a child that an ItemBatcher makes."""
    return {"BatchInput": {"language": "en"}, "Items": list(items)}


def transformed(records: Iterable[Record], transformation: str) -> list[Any]:
    """What a file of successes holds of these children."""
    if transformation == "NONE":
        return list(records)
    outputs = [json.loads(record["Output"]) for record in records]
    if transformation == "COMPACT":
        return outputs
    return [value for output in outputs for value in (output if isinstance(output, list) else [output])]


def file_body(values: Iterable[Any], output_type: str) -> bytes:
    """The bytes of a result file."""
    texts = [as_text(value) for value in values]
    return ("".join(f"{text}\n" for text in texts) if output_type == "JSONL" else f"[{','.join(texts)}]").encode()


def manifest_body(files: dict[str, list[tuple[str, int]]], bucket: str = "data", arn: str = MAP_RUN_ARN) -> bytes:
    """The bytes of a manifest of files {group: [(key, size)]}."""
    listed = {
        group: [{"Key": key, "Size": size} for key, size in files.get(group, [])]
        for group in ("FAILED", "PENDING", "SUCCEEDED")
    }
    return as_text({"DestinationBucket": bucket, "MapRunArn": arn, "ResultFiles": listed}).encode()
