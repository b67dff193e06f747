"""Batches whose CSV is in S3, and the events that the state machine sends for them."""

import csv
import io
import json
from typing import Any

from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.contract import Plan
from batch_processor.csv_file.header import Header
from tests.functional.account import DATA, get, keys, put
from tests.unit.plans import make_plan


def put_batch(content: bytes, key: str = "inputs/people.csv", bucket: str = DATA, **sections: Any) -> Plan:
    """Puts the CSV there and returns a plan that pins it, as ValidateInput makes one."""
    put(key, content, bucket)
    head = client("s3").head_object(Bucket=bucket, Key=key)
    source: dict[str, Any] = {
        "uri": f"s3://{bucket}/{key}",
        "bucket": bucket,
        "key": key,
        "etag": head["ETag"],
        "size_bytes": head["ContentLength"],
        **({"version_id": head["VersionId"]} if "VersionId" in head else {}),
    }
    plan = make_plan(**{**sections, "source": {**source, **sections.get("source", {})}})
    # As it is, also where what follows is no text.
    text = content.decode(plan["source"]["encoding"], "replace")
    header = Header(tuple(next(csv.reader(io.StringIO(text, newline=""), delimiter=plan["source"]["delimiter"]))))
    manifest.write_header(plan["work"], header.names)
    plan["source"] |= {"width": len(header.names), "header_digest": header.digest}
    return plan


def manifest_of(plan: Plan) -> Any:
    """What the batch has left of itself in its work folder; None if it has left nothing."""
    key = f"{plan['work']['prefix']}manifest.json"
    return json.loads(get(key)) if key in keys(DATA) else None


def as_json(value: Any) -> Any:
    """The value as it arrives on the other side of a payload."""
    return json.loads(json.dumps(value))
