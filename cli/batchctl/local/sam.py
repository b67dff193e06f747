"""Runs the real SAM CLI against the embedded AWS."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from batchctl.local import sam_cli
from batchctl.local.sam_cli import SamFailed
from batchctl.project import BUILDS, ROOT


@dataclass(frozen=True, slots=True)
class Stack:
    """One of the two stacks: its folder, its name, and the parameters that only a local deployment gives."""

    folder: Path
    name: str
    parameters: Mapping[str, str]

    @property
    def template(self) -> Path:
        return self.folder / "template.yaml"

    @property
    def build_dir(self) -> Path:
        return self.work_dir / "build"

    @property
    def work_dir(self) -> Path:
        """SAM's records of the stack's builds; each stack has a folder, as SAM removes records of others in it."""
        return BUILDS / "local" / self.name

    @property
    def cache_dir(self) -> Path:
        """Where SAM finds again what has not changed since the last build."""
        return BUILDS / "cache" / self.name


def host_parameters() -> dict[str, str]:
    """Runtime and architecture of this machine: compiled wheels must fit where the functions run."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    return {"Environment": "local", "PythonRuntime": version, "Architecture": machine}


def build(stack: Stack) -> None:
    """Builds the stack; what has not changed since the last time is taken from the cache."""
    stack.work_dir.mkdir(parents=True, exist_ok=True)
    _run(
        "build", "--template", str(stack.template), "--build-dir", str(stack.build_dir),
        "--cache-dir", str(stack.cache_dir), "--cached",
        "--parameter-overrides", *_overrides(stack), env={}, cwd=stack.work_dir,
    )  # fmt: skip


def deploy(stack: Stack, bucket: str, environment: Mapping[str, str]) -> None:
    """Deploys what was built; artifacts go into `bucket`, which must exist."""
    _run(
        "deploy", "--template", str(stack.build_dir / "template.yaml"), "--stack-name", stack.name,
        "--s3-bucket", bucket, "--s3-prefix", stack.name, "--capabilities", "CAPABILITY_IAM",
        "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
        "--parameter-overrides", *_overrides(stack), env=environment,
    )  # fmt: skip


def write_parameters(stack: Stack, path: Path = BUILDS / "local" / "parameters.yaml") -> None:
    """Writes what the stack is built and deployed with here, for `sam … --parameter-overrides file://…` (JSON is YAML)."""
    path.write_text(json.dumps(_parameters(stack), indent=2) + "\n", encoding="utf-8")


def _overrides(stack: Stack) -> list[str]:
    return [f"{name}={value}" for name, value in _parameters(stack).items()]


def _parameters(stack: Stack) -> dict[str, str]:
    return {**host_parameters(), **stack.parameters}


def _run(*arguments: str, env: Mapping[str, str], cwd: Path = ROOT) -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "AWS_PROFILE")}
    path = f"{sam_cli.python_folder()}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sam_cli.environment() / "bin" / "sam", *arguments],
        cwd=cwd,
        env={
            **inherited,
            "AWS_DEFAULT_REGION": "us-east-1",
            "SAM_CLI_TELEMETRY": "0",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        | {"PATH": path, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SamFailed(f"sam {arguments[0]} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}".rstrip())
