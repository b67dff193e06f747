"""The process that a Python function runs in, and what becomes of it as AWS names it."""

import json
import os
import signal
import subprocess
import time
from typing import Any

from ministack.core import lambda_runtime

from batchctl.local.emulator.fidelity.executions import waits, walking
from batchctl.local.emulator.fidelity.functions import (
    lambda_bootstrap,
    lambda_code,
    lambda_environment,
    lambda_logs,
)

_READ_BYTES = 1 << 16

Payload = dict[str, Any]
Process = subprocess.Popen[str]


class PythonWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """One execution environment: a process that serves one invocation at a time."""

    _proc: Any
    _tmpdir: str
    code_zip: bytes
    config: Payload

    def __init__(self, name: str, config: Payload, code: bytes) -> None:
        super().__init__(name, config, code)
        self.log_stream = lambda_environment.new_log_stream(config)
        # When its first process was there, or had failed, on the monotonic clock.
        self.started_at: float | None = None
        # Whether nobody waits for its invocation any longer.
        self.is_left = False
        self._log: lambda_logs.LogFile | None = None
        self._read = bytearray()

    def invoke(
        self,
        event: Any,
        request_id: str,
        *,
        trace_id: str | None = None,
        invoked_function_arn: str = "",
        **_durable: Any,
    ) -> Payload:
        """The answer as `{"body", "error", "log"}`."""
        with self._lock:
            try:
                if self._proc is None or self._proc.poll() is not None:
                    # A state that waits for it is not told of its end until the process is there.
                    with walking.pause():
                        self._spawn()
            except (RuntimeError, OSError) as exc:  # OSError: killed before it was told what to run
                return {"body": _start_failure(exc), "error": True, "log": self._logged(str(exc))}
            timeout_seconds = float(self.config["Timeout"])
            context = {
                "request_id": request_id,
                "invoked_function_arn": invoked_function_arn,
                "timeout_ms": int(timeout_seconds * 1000),
                "trace_id": lambda_environment.trace_id(trace_id),
            }
            # Kept here: an update of the function's code takes it away from the worker.
            process = self._proc
            self._read.clear()
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
        variables = lambda_environment.of_function(config, self.log_stream)
        self.config = {**config, "Environment": {"Variables": variables}}
        try:
            super()._spawn()
        finally:
            self.code_zip, self.config = package, config
            self.started_at = self.started_at or time.monotonic()
            self._log = lambda_logs.LogFile(os.path.join(self._tmpdir, lambda_bootstrap.LOG))

    def _answer(self, process: Process, request_id: str, timeout_seconds: float) -> Payload:
        try:
            answer = _read_answer(process, self._read, time.monotonic() + timeout_seconds)
        except TimeoutError:
            message = f"RequestId: {request_id} Error: Task timed out after {timeout_seconds:.2f} seconds"
            return self._kill(process, {"errorType": "Sandbox.Timedout", "errorMessage": message})
        return self._exit(process, request_id) if answer is None else {**answer, "log": self._logged()}

    def _exit(self, process: Process, request_id: str) -> Payload:
        code = process.wait()
        message = f"RequestId: {request_id} Error: Runtime exited {_how(code)}"
        return self._kill(process, {"errorType": "Runtime.ExitError", "errorMessage": message})

    def _kill(self, process: Process, error: Payload) -> Payload:
        process.kill()
        process.wait()
        self._proc = None
        return {"body": error, "error": True, "log": self._logged(error["errorMessage"])}

    def _logged(self, *more: str) -> str:
        return "\n".join(filter(None, (self._log.read() if self._log else "", *more)))

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


def _read_answer(process: Process, read: bytearray, deadline: float) -> Payload | None:
    """The whole answer, or None if the process ended before; read here, without a thread to hand it over."""
    assert process.stdout
    descriptor = process.stdout.fileno()
    while (answer := _answer_in(read)) is None:
        waits.until_readable(descriptor, deadline)
        part = os.read(descriptor, _READ_BYTES)
        if not part:
            return None
        read += part
    return answer


def _answer_in(read: bytearray) -> Payload | None:
    """The answer, once it is whole."""
    end = read.find(b"\n")
    if end < 0:
        return None
    status, length = read[:end].split()
    if len(read) <= end + int(length):
        return None
    return {"body": _read_payload(read[end + 1 :].decode("utf-8", "surrogatepass")), "error": status == b"error"}


def _read_payload(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # bytes, which AWS hands on as they are
        return text


def _start_failure(error: Exception) -> Payload:
    text = str(error).removeprefix("Worker init failed: ")
    if text.startswith("{"):
        failure: Payload = json.loads(text)
        return failure
    return _failure("Runtime.ExitError", text)
