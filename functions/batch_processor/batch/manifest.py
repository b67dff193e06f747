"""Leaves in a batch's work folder what its own end, or a later batch that resumes it, needs to know of it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypedDict

from batch_processor.aws import s3
from batch_processor.batch.names import batch_key, former_batch_key
from batch_processor.batch.work_folder import config_key, header_key, manifest_key, successors_key, work_location
from batch_processor.contract import Loaded, Location, Plan
from batch_processor.contract.upgrades import upgraded
from batch_processor.errors import SourceUnavailable, StackUpdated, StorageUnavailable

_JSON = "application/json"
_ATTEMPTS = 5
_MOST_SUCCESSORS = 100


class Manifest(TypedDict):
    """A batch's plan and what loading decided."""

    plan: Plan
    loaded: Loaded


def write(plan: Plan, loaded: Loaded) -> None:
    """Leaves the plan and what loading decided; a repeated write replaces it."""
    _write(plan["work"]["bucket"], manifest_key(plan["work"]), Manifest(plan=plan, loaded=loaded))


def read(bucket: str, execution_arn: str) -> Manifest | None:
    """The manifest of the batch of that execution, in today's form; None if it has left none, or it is deleted by now.

    StackUpdated if it is of a contract that cannot be read.
    """
    for work in _folders(bucket, execution_arn):
        left = _read(bucket, manifest_key(work))
        if left and left["plan"]["batch"]["id"] == execution_arn:
            manifest = upgraded(left)
            return Manifest(plan=manifest["plan"], loaded=manifest["loaded"])
    return None


def read_if_readable(bucket: str, execution_arn: str) -> Manifest | None:
    """As `read`; None also if it is of a contract that cannot be read."""
    try:
        return read(bucket, execution_arn)
    except StackUpdated:
        return None


def write_config(work: Location, document: Any) -> None:
    """Leaves the configuration as it was given: config file and execution input, merged."""
    _write(work["bucket"], config_key(work), document)


def read_config(bucket: str, execution_arn: str) -> dict[str, Any] | None:
    """The configuration that the batch of that execution was given; None if it is not there."""
    configs = (_read(bucket, config_key(work)) for work in _folders(bucket, execution_arn))
    return next((config for config in configs if config is not None), None)


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


def add_successor(bucket: str, batch_key: str, fingerprint: str, execution_arn: str) -> list[str]:
    """Adds an execution to those that resume the batch with that key and make such rows; returns the others, oldest first.

    Only the last ones are kept, as the list is read and written as a whole by whoever goes on with the batch.
    """
    key = successors_key(work_location(bucket, batch_key), fingerprint)
    for _ in range(_ATTEMPTS):
        known, etag = _successors(bucket, key)
        kept = [*known, execution_arn][-_MOST_SUCCESSORS:]
        if execution_arn in known or s3.replace(bucket, key, _as_json(kept), _JSON, etag):
            return [successor for successor in known if successor != execution_arn]
    raise StorageUnavailable(f"s3://{bucket}/{key} changes faster than it can be added to.")


def _successors(bucket: str, key: str) -> tuple[list[str], str | None]:
    """The list, and its ETag, by which one more is added; None if there is no list yet."""
    try:
        body, etag = s3.read_with_etag(bucket, key)
    except SourceUnavailable:
        return [], None
    return json.loads(body), etag


def _folders(bucket: str, execution_arn: str) -> Iterator[Location]:
    return (work_location(bucket, key) for key in (batch_key(execution_arn), former_batch_key(execution_arn)))


def _write(bucket: str, key: str, document: Any) -> None:
    s3.write(bucket, key, _as_json(document), _JSON)


def _as_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _read(bucket: str, key: str) -> Any:
    try:
        return json.loads(s3.read(bucket, key))
    except SourceUnavailable:
        return None
