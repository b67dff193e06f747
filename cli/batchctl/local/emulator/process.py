"""The emulator as a process of its own, for the command line and the tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import batchctl
from batchctl.errors import Expected
from batchctl.local.emulator import health, settings
from batchctl.local.emulator.access.root_key import RootKey
from batchctl.local.loopback import HOST

# Of batchctl, which the emulator's own process imports.
PACKAGE_ROOT = Path(batchctl.__file__).resolve().parents[1]
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_LOG_TAIL_BYTES = 4000


class EmulatorError(Expected):
    """The emulator did not start; carries the end of its log."""


class Emulator:
    """A local AWS on a free port of this machine, from `start` or `with` until `stop`.

    `python` is the interpreter of the environment that has MiniStack; Lambda functions run on it too. With `persist`
    another one on the same `state_dir` finds what this one knew, at the same address, even if this one was killed.
    `model_url` is of what answers for Bedrock's models; `also_called` are names, with a port of their own if they have
    one, that requests may have for Host besides loopback's. Each start has a key of its own, and takes no earlier one's.
    """

    def __init__(
        self,
        *,
        python: str = sys.executable,
        auth: bool = False,
        state_dir: Path | None = None,
        log_path: Path | None = None,
        persist: bool = False,
        model_url: str = "",
        also_called: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> None:
        self._python = python
        self._model_url = model_url
        self._key = RootKey.random()
        self._options = [*(["--auth"] if auth else []), *options]
        self._options += [f"--also-called={name}" for name in also_called]
        # Without a folder for its state it makes one and removes it, also when this process is killed.
        self._options += ["--state-dir", str(state_dir)] if state_dir else []
        if persist and not state_dir:
            raise ValueError("persist needs a state_dir: nobody could find the state in a temporary folder again.")
        self._options += ["--persist"] if persist else []
        self._port_path = state_dir / "port" if persist and state_dir else None
        self._keeps_log = log_path is not None
        self.log_path = log_path or _temporary_log()
        self.endpoint_url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        port = self._choose_port()
        self.endpoint_url = f"http://{HOST}:{port}"
        self._key = RootKey.random()
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        command = [self._python, "-m", "batchctl.local.emulator", "--port", str(port)]
        command += self._options
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env={
                    **os.environ,
                    **self._key.variables(),
                    settings.MODEL_URL: self._model_url,
                    "PYTHONPATH": str(PACKAGE_ROOT),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for the parent, which may still need the emulator to clean up.
                start_new_session=True,
            )
        try:
            self._wait_until_healthy(self._process)
        except BaseException:
            self.stop()
            raise

    def _choose_port(self) -> int:
        # The address of a queue names the port, and is known to whoever uses the queue.
        if self._port_path is None:
            return _free_port()
        if not self._port_path.exists():
            self._port_path.parent.mkdir(parents=True, exist_ok=True)
            self._port_path.write_text(str(_free_port()))
        return int(self._port_path.read_text())

    def environment(self) -> dict[str, str]:
        """The variables that point any AWS SDK or tool at this emulator, since its last start."""
        return settings.client_environment(self.endpoint_url, self._key)

    def stop(self) -> None:
        """End it and everything it started."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            # Its Lambda processes share its session; none may stay.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if not self._keeps_log:
            self.log_path.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it as a power failure would, with all of its Lambda processes; `start` starts it again."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def lambda_workers(self) -> list[int]:
        """The processes that Lambda functions run in."""
        return _children(self._process.pid) if self._process else []

    def kill_lambda_workers(self) -> int:
        """Kill all processes of Lambda functions at once; how many there were."""
        workers = self.lambda_workers()
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        return len(workers)

    def __enter__(self) -> "Emulator":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if health.is_up(self.environment()):
                return
            time.sleep(0.05)
        reason = "did not answer in time" if process.poll() is None else f"ended with {process.returncode}"
        raise EmulatorError(f"The local AWS {reason}. The end of its log:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        return self.log_path.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace")


def _temporary_log() -> Path:
    descriptor, name = tempfile.mkstemp(prefix="batch-emulator-", suffix=".log")
    os.close(descriptor)
    return Path(name)


def _children(parent: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
