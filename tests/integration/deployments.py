"""Stacks that tests deploy beside the shared one, by the commands that docs/operate.md has."""

import os
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from batchctl.local import sam_cli
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

    def deploy(self, *options: str, **parameters: str) -> None:
        """`sam deploy`; SamEnded if it fails."""
        given = {
            **WIDE.parameters,
            "ResultsTableName": f"batch_processor_results_{self.environment}",
            **parameters,
            "Environment": self.environment,
        }
        overrides = [f"{name}={value}" for name, value in self._like_the_shared_one(given).items()]
        self._sam(
            "deploy", "--config-file", str(ROOT / "samconfig.toml"), "--config-env", "local",
            "--template", str(self.built / "template.yaml"), "--stack-name", self.name, "--s3-prefix", self.name,
            *options, "--parameter-overrides", *overrides,
        )  # fmt: skip

    def delete(self) -> None:
        """`sam delete`."""
        self._sam("delete", "--stack-name", self.name, "--region", "us-east-1", "--no-prompts")

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack exports, with the test targets of the shared one."""
        described = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        return self.beside.outputs | {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def client(self, service: str) -> Any:
        """A boto3 client of the embedded AWS."""
        return self.beside.client(service)

    def resources(self) -> dict[str, dict[str, Any]]:
        """The stack's resources by logical id."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {found["LogicalResourceId"]: found for page in pages for found in page["StackResourceSummaries"]}

    def _like_the_shared_one(self, given: dict[str, str]) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=WIDE.name)["Stacks"][0]
        shared = {found["ParameterKey"]: found["ParameterValue"] for found in described["Parameters"]}
        return {name: shared[name] for name in ("PythonRuntime", "Architecture")} | given

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
