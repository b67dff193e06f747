"""Stacks that tests deploy beside the shared one, by the commands that docs/operate.md has."""

import os
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchctl.local import sam, sam_cli
from batchctl.local.stack import LocalStack
from batchctl.project import ROOT
from tests.integration.conftest import WIDE

REGISTRIES = ("AgentRegistry", "ToolRegistry", "TemplateRegistry", "SchemaRegistry")


class SamEnded(Exception):
    """SAM ended with an error; carries all that it printed."""


@dataclass
class Deployment:
    """One more stack on the embedded AWS of the shared one, made of the same build."""

    beside: LocalStack
    environment: str
    name: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")
    built: Path = WIDE.build_dir
    # What the stack exports, with the test targets of the shared one.
    outputs: dict[str, str] = field(default_factory=dict)

    def deploy(self, *options: str, **parameters: str) -> None:
        """`sam deploy`; SamEnded if it fails."""
        given = {
            **sam.host_parameters(),
            **WIDE.parameters,
            "ResultsTableName": f"batch_processor_results_{self.environment}",
            **parameters,
            "Environment": self.environment,
        }
        overrides = [f"{name}={value}" for name, value in given.items()]
        self._sam(
            "deploy", "--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local",
            "--template", str(self.built / "template.yaml"), "--stack-name", self.name, "--s3-prefix", self.name,
            "--no-progressbar", *options, "--parameter-overrides", *overrides,
        )  # fmt: skip
        described = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        own = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        self.outputs = self.beside.outputs | own

    def delete(self) -> None:
        """`sam delete`."""
        self._sam("delete", "--stack-name", self.name, "--region", "us-east-1", "--no-prompts")

    def reasons(self) -> str:
        """All reasons that CloudFormation gave; SAM prints them in a narrow column."""
        events = self.client("cloudformation").describe_stack_events(StackName=self.name)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def client(self, service: str) -> Any:
        """A boto3 client of the embedded AWS."""
        return self.beside.client(service)

    def resources(self) -> dict[str, dict[str, Any]]:
        """The stack's resources by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {found["LogicalResourceId"]: found for page in pages for found in page["StackResourceSummaries"]}

    def _sam(self, *arguments: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "AWS_PROFILE")}
        done = subprocess.run(
            [sam_cli.environment() / "bin" / "sam", *arguments],
            cwd=ROOT,
            env={**inherited, "SAM_CLI_TELEMETRY": "0", "AWS_DEFAULT_REGION": "us-east-1", **self.beside.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SamEnded(f"{done.stdout}\n{done.stderr}")
