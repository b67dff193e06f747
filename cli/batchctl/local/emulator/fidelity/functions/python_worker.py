"""The process that a Python function runs in, and what becomes of it as AWS names it."""

import json
import os
import queue
import signal
import subprocess
import time
from typing import Any

from ministack.core import lambda_runtime

from batchctl.local.emulator.fidelity.executions import waits, walking
from batchctl.local.emulator.fidelity.functions import lambda_bootstrap, lambda_code, lambda_environment

_LOG_SECONDS = 1.0
_READ_BYTES = 1 << 16

Payload = dict[str, Any]
Process = subprocess.Popen[str]


class PythonWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """One execution environment: a process that serves one invocation at a time."""

    _proc: Any
    code_zip: bytes
    config: Payload

    def invoke(
        self,
        event: Any,
        request_id: str,
        *,
        trace_id: str | None = None,
        invoked_function_arn: str = "",
        **_durable: Any,
    ) -> Payload:
        """The answer as `{"status", "result" or "error", "log"}`."""
        with self._lock:
            try:
                if self._proc is None or self._proc.poll() is not None:
                    # A state that waits for it is not told of its end until the process is there.
                    with walking.pause():
                        self._spawn()
            except (RuntimeError, OSError) as exc:  # OSError: killed before it was told what to run
                return {"status": "error", "error": _start_failure(exc), "log": str(exc)}
            timeout_seconds = float(self.config["Timeout"])
            context = {
                "request_id": request_id,
                "invoked_function_arn": invoked_function_arn,
                "timeout_ms": int(timeout_seconds * 1000),
                "trace_id": lambda_environment.trace_id(trace_id),
            }
            # Kept here: an update of the function's code takes it away from the worker.
            process = self._proc
            try:
                process.stdin.write(json.dumps({"event": event, "ctx": context}) + "\n")
                process.stdin.flush()
            except OSError:
                return self._exit(process, request_id)
            return self._answer(process, request_id, timeout_seconds)

    def _spawn(self) -> None:
        handler = self.config["Handler"]
        if "." not in handler:
            message = f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)"
            raise RuntimeError(json.dumps(_failure("Runtime.MalformedHandlerName", message)))
        package, config = self.code_zip, self.config
        self.code_zip = lambda_code.stand_in(package)
        self.config = {**config, "Environment": {"Variables": lambda_environment.of_function(config)}}
        try:
            super()._spawn()
        finally:
            self.code_zip, self.config = package, config

    def _answer(self, process: Process, request_id: str, timeout_seconds: float) -> Payload:
        try:
            line = _read_line(process, timeout_seconds)
        except TimeoutError:
            message = f"RequestId: {request_id} Error: Task timed out after {timeout_seconds:.2f} seconds"
            return self._kill(process, {"errorType": "Sandbox.Timedout", "errorMessage": message})
        if not line:
            return self._exit(process, request_id)
        return {**json.loads(line), "log": self._log()}

    def _exit(self, process: Process, request_id: str) -> Payload:
        code = process.wait()
        message = f"RequestId: {request_id} Error: Runtime exited {_how(code)}"
        return self._kill(process, {"errorType": "Runtime.ExitError", "errorMessage": message})

    def _kill(self, process: Process, error: Payload) -> Payload:
        process.kill()
        process.wait()
        self._proc = None
        return {"status": "error", "error": error, "log": f"{self._drain_stderr()}\n{error['errorMessage']}"}

    def _log(self) -> str:
        lines: list[str] = []
        try:
            while (line := self._next_line()) != lambda_bootstrap.END_OF_LOG:
                lines.append(line)
        except queue.Empty:
            pass
        return "\n".join(lines)

    def _next_line(self) -> str:
        try:
            line: str = self._stderr_queue.get_nowait()
        except queue.Empty:
            with walking.pause():
                line = self._stderr_queue.get(timeout=_LOG_SECONDS)
        return line

    def late_answer(self, request_id: str) -> Payload:
        """The answer to an invocation that nobody waited for any longer."""
        with self._lock:
            return self._answer(self._proc, request_id, float(self.config["Timeout"]))


def _how(code: int) -> str:
    if code == 0:
        return "without providing a reason"
    return f"with error: exit status {code}" if code > 0 else f"with error: signal: {_signal_name(-code)}"


def _signal_name(number: int) -> str:
    return (signal.strsignal(number) or str(number)).lower()


def _failure(error_type: str, message: str) -> Payload:
    return {"errorMessage": message, "errorType": error_type, "requestId": "", "stackTrace": []}


def _read_line(process: Process, timeout_seconds: float) -> bytes:
    """The next line, or what came of it before the process ended; read here, without a thread to hand it over."""
    assert process.stdout
    descriptor, deadline = process.stdout.fileno(), time.monotonic() + timeout_seconds
    parts: list[bytes] = []
    while not parts or not parts[-1].endswith(b"\n"):
        waits.until_readable(descriptor, deadline)
        parts.append(os.read(descriptor, _READ_BYTES))
        if not parts[-1]:
            return b""
    return b"".join(parts)


def _start_failure(error: Exception) -> Payload:
    text = str(error).removeprefix("Worker init failed: ")
    if text.startswith("{"):
        failure: Payload = json.loads(text)
        return failure
    return _failure("Runtime.ExitError", text)
