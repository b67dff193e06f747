"""Lets `sam local invoke` run the built functions, with the events in `events/`, against the embedded AWS.

SAM hands a function only variables that its template declares, and prefers the shell's values to the template's.
So there is a template with all of them, and a file for `--env-vars` with those that a shell may have otherwise.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from batchctl.local import private_file
from batchctl.local.sam import Stack
from batchctl.project import BUILDS, ROOT

SAMPLES = ROOT / "events" / "samples"
# Every embedded stack draws another name for its own bucket; events need one that stays.
SAMPLES_BUCKET = "batch-processor-local-samples"
STORED_ROWS = ROOT / "events" / "table"
_RESULTS_TABLE = "batch_processor_results"  # as the template names it where nobody says otherwise
TEMPLATE = "local-invoke.json"
ENV_VARS = "local-invoke-env.json"
_FOLDER = BUILDS / "local"  # where samconfig.toml names them
# By this name Docker Desktop knows the machine; `--add-host` teaches it to Docker on Linux.
MACHINE = "host.docker.internal"


class EmbeddedAws(Protocol):
    """A running local stack."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point any AWS tool at it."""

    def client(self, service: str) -> Any:
        """A boto3 client of it."""


def prepare(aws: EmbeddedAws, *stacks: Stack, folder: Path = _FOLDER) -> None:
    """Uploads the samples and writes the template and the variables for `sam local invoke`."""
    upload_samples(aws)
    port = urlsplit(aws.environment["AWS_ENDPOINT_URL"]).port
    connection = {**aws.environment, "AWS_ENDPOINT_URL": f"http://{MACHINE}:{port}"}
    functions = {
        logical_id: _resource(deployed, stack.build_dir / logical_id, connection)
        for stack in stacks
        for logical_id, deployed in _deployed(aws, stack)
    }
    _write(folder / TEMPLATE, {"Transform": "AWS::Serverless-2016-10-31", "Resources": functions})
    _write(folder / ENV_VARS, {"Parameters": connection})


def upload_samples(aws: EmbeddedAws) -> None:
    """Puts `events/samples` into a bucket of its own, under the keys that the events name, and stored rows into the table."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=SAMPLES_BUCKET)
    for path in filter(Path.is_file, SAMPLES.rglob("*")):
        s3.upload_file(str(path), SAMPLES_BUCKET, path.relative_to(SAMPLES).as_posix())
    dynamodb = aws.client("dynamodb")
    for path in STORED_ROWS.glob("*.json"):
        for item in json.loads(path.read_text(encoding="utf-8")):
            dynamodb.put_item(TableName=_RESULTS_TABLE, Item=item)


def variables_of(aws: EmbeddedAws, stack: Stack) -> dict[str, dict[str, str]]:
    """The environment of every deployed function by logical id, with the samples' bucket in place of the stack's."""
    return {logical_id: _variables(deployed) for logical_id, deployed in _deployed(aws, stack)}


def _deployed(aws: EmbeddedAws, stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    pages = aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
    for resource in (resource for page in pages for resource in page["StackResourceSummaries"]):
        if resource["ResourceType"] == "AWS::Lambda::Function":
            name = resource["PhysicalResourceId"]
            yield resource["LogicalResourceId"], aws.client("lambda").get_function_configuration(FunctionName=name)


def _variables(deployed: dict[str, Any]) -> dict[str, str]:
    variables: dict[str, str] = deployed.get("Environment", {}).get("Variables", {})
    return variables | ({"DATA_BUCKET": SAMPLES_BUCKET} if "DATA_BUCKET" in variables else {})


def _resource(deployed: dict[str, Any], artifact: Path, connection: dict[str, str]) -> dict[str, Any]:
    taken = ("Handler", "Runtime", "Architectures", "MemorySize", "Timeout")
    properties = {
        "CodeUri": str(artifact),
        "Environment": {"Variables": _variables(deployed) | connection},
        **{name: deployed[name] for name in taken},
    }
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _write(path: Path, document: dict[str, Any]) -> None:
    # This start's keys are in both.
    private_file.write(path, json.dumps(document, indent=2))
