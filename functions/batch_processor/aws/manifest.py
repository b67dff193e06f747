"""Leaves in a batch's work folder what a later batch needs to go on with it."""

import json
from typing import TypedDict

from batch_processor.aws import s3
from batch_processor.contract import Loaded, Location, Plan
from batch_processor.errors import SourceUnavailable
from batch_processor.work_folder import manifest_key


class Manifest(TypedDict):
    """A batch's plan and what loading decided."""

    plan: Plan
    loaded: Loaded


def write(plan: Plan, loaded: Loaded) -> None:
    """Leaves the plan and what loading decided; a repeated write replaces it."""
    body = json.dumps(Manifest(plan=plan, loaded=loaded), ensure_ascii=False).encode()
    s3.write(plan["work"]["bucket"], manifest_key(plan["work"]), body, "application/json")


def read(bucket: str, batch_key: str) -> Manifest | None:
    """What the batch of that key has left; None if there is nothing, or nothing any more."""
    work = Location(bucket=bucket, prefix=f"work/{batch_key}/")
    try:
        manifest: Manifest = json.loads(s3.read(bucket, manifest_key(work)))
    except SourceUnavailable:
        return None
    return manifest
