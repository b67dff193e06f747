"""Leaves in a batch's work folder what its own end, or a later batch that resumes it, needs to know of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from batch_processor.aws import s3
from batch_processor.batch.work_folder import config_key, header_key, manifest_key, successors_key, work_location
from batch_processor.contract import Loaded, Location, Plan
from batch_processor.errors import SourceUnavailable


class Manifest(TypedDict):
    """A batch's plan and what loading decided."""

    plan: Plan
    loaded: Loaded


@dataclass(frozen=True, slots=True)
class Successors:
    """The executions that resumed one batch, oldest first, and the ETag of this list, by which one more is added."""

    execution_arns: list[str]
    etag: str | None


def write(plan: Plan, loaded: Loaded) -> None:
    """Leaves the plan and what loading decided; a repeated write replaces it."""
    _write(plan["work"]["bucket"], manifest_key(plan["work"]), Manifest(plan=plan, loaded=loaded))


def read(bucket: str, batch_key: str) -> Manifest | None:
    """The manifest of the batch with that key; None if it has left none, or it is deleted by now."""
    manifest: Manifest | None = _read(bucket, manifest_key(work_location(bucket, batch_key)))
    return manifest


def write_config(work: Location, document: Any) -> None:
    """Leaves the configuration as it was given: config file and execution input, merged."""
    _write(work["bucket"], config_key(work), document)


def read_config(bucket: str, batch_key: str) -> dict[str, Any] | None:
    """The configuration that the batch with that key was given; None if it is not there."""
    config: dict[str, Any] | None = _read(bucket, config_key(work_location(bucket, batch_key)))
    return config


def write_header(work: Location, names: Sequence[str]) -> None:
    """Leaves the names of the CSV's columns, for the output."""
    _write(work["bucket"], header_key(work), names)


def read_header(plan: Plan) -> list[str]:
    """The names of the CSV's columns; SourceUnavailable if they are deleted by now."""
    if "header" in plan["source"]:
        return plan["source"]["header"]
    # Pinned, as the reading of what may be megabytes goes on when a connection breaks.
    pinned = s3.pin(plan["work"]["bucket"], header_key(plan["work"]))
    names: list[str] = json.loads(pinned.read_with_metadata()[0])
    return names


def add_successor(bucket: str, batch_key: str, execution_arn: str, known: Successors) -> bool:
    """Adds an execution that resumes the batch to its list; False if the list has changed since `known` was read."""
    key = successors_key(work_location(bucket, batch_key))
    body = _as_json([*known.execution_arns, execution_arn])
    return s3.replace(bucket, key, body, "application/json", known.etag)


def read_successors(bucket: str, batch_key: str) -> Successors:
    """The executions that resumed the batch with that key."""
    try:
        body, etag = s3.read_with_etag(bucket, successors_key(work_location(bucket, batch_key)))
    except SourceUnavailable:
        return Successors([], None)
    return Successors(json.loads(body), etag)


def _write(bucket: str, key: str, document: Any) -> None:
    s3.write(bucket, key, _as_json(document), "application/json")


def _as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _read(bucket: str, key: str) -> Any:
    try:
        return json.loads(s3.read(bucket, key))
    except SourceUnavailable:
        return None
