"""Runs a built function as Lambda does, without Docker: AWS's Runtime Interface Emulator, AWS's runtime client, and
nothing importable but the artifact, what the runtime brings along, and the standard library."""

import json
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchctl.project import ROOT

RUNTIME = ROOT / ".cache" / "lambda-runtime"
_INVOCATIONS = "2015-03-31/functions/function/invocations"
_START_SECONDS = 20.0
_INVOKE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class BuiltFunction:
    """A function as `sam build` left it: its folder, and the handler and timeout that the built template has."""

    artifact: Path
    handler: str
    variables: Mapping[str, str]
    timeout_seconds: int = 60


@dataclass(frozen=True, slots=True)
class RunningFunction:
    """A function under the emulator."""

    address: str
    log_path: Path

    def invoke(self, event: Any) -> Any:
        """The payload that an invocation answers; an error's payload is one as well."""
        request = urllib.request.Request(f"http://{self.address}/{_INVOCATIONS}", json.dumps(event).encode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_INVOKE_SECONDS) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as exc:
            # How the emulator answers for a function that cannot be loaded.
            with exc:
                return json.loads(exc.read())


@contextmanager
def running(function: BuiltFunction, log_path: Path) -> Iterator[RunningFunction]:
    """Starts the emulator with the function, and ends both."""
    address, runtime_api = _free_address(), _free_address()
    command = [_emulator(), "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_api]
    # -S: the packages of the interpreter's own environment are not on Lambda.
    command += [sys.executable, "-S", "-m", "awslambdaric", function.handler]
    with (
        log_path.open("wb") as log,
        subprocess.Popen(
            command,
            cwd=function.artifact,
            env=_environment(function),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            _wait_until_listening(address, process, log_path)
            yield RunningFunction(address, log_path)
        finally:
            process.terminate()


def _environment(function: BuiltFunction) -> dict[str, str]:
    """What Lambda sets, and the function's own variables; nothing of this process's environment."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(function.artifact),
        "LAMBDA_RUNTIME_DIR": str(RUNTIME),
        "PYTHONPATH": f"{function.artifact}:{RUNTIME}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_FUNCTION_NAME": function.artifact.name,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout_seconds),
        **function.variables,
    }


def _emulator() -> str:
    machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    (found,) = (ROOT / ".venv-sam").glob(f"lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{machine}")
    return str(found)


def _wait_until_listening(address: str, process: subprocess.Popen[bytes], log_path: Path) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"The Runtime Interface Emulator did not start:\n{log_path.read_text()}")


def _free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
