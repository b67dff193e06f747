"""Python functions: answers and errors as AWS reports them.

MiniStack reports every exception as Runtime.HandlerError, and waits 50 ms after each silent invocation for a log line.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from batchctl.local.emulator.fidelity.executions import waits, walking
from batchctl.local.emulator.fidelity.executions.request_ids import new_request_id
from batchctl.local.emulator.fidelity.functions import abandoned_calls, lambda_bootstrap, lambda_logs, lambda_processes
from batchctl.local.emulator.fidelity.functions.python_worker import PythonWorker

_BOOTSTRAP = Path(lambda_bootstrap.__file__).read_text(encoding="utf-8")

Payload = dict[str, Any]


def is_python(config: Payload) -> bool:
    """Whether the function is of a Python runtime."""
    return str(config.get("Runtime", "")).startswith("python")


class _Call:
    """One invocation of a Python function."""

    def __init__(self, function: Payload, event: Any, request_id: str) -> None:
        self._function, self._event, self._request_id = function, event, request_id
        self._lease, self._began = lambda_processes.Lease(function), 0.0

    def run(self) -> Payload:
        """The answer, its log written; a call that is left goes on by itself."""
        if self._lease.take():
            return self._in_process()
        # Whoever waits for a process waits for its answer next, and walks no earlier.
        with walking.pause():
            try:
                self._lease.wait()
            except waits.Left:
                abandoned_calls.go_on(self._function, self.run)
                raise
            return self._in_process()

    def _in_process(self) -> Payload:
        config, self._began = self._function["config"], time.monotonic()
        try:
            answer = self._lease.worker.invoke(
                self._event,
                self._request_id,
                trace_id=lambda_svc._xray_trace_id_for_invocation(config),
                invoked_function_arn=config["FunctionArn"],
            )
        except waits.Left:
            self._lease.leave()
            abandoned_calls.go_on(self._function, self._in_the_end)
            raise
        except BaseException:
            self._lease.release()
            raise
        return self._over(answer)

    def _in_the_end(self) -> None:
        try:
            answer = self._lease.worker.late_answer(self._request_id)
        except BaseException:
            self._lease.release()
            raise
        self._over(answer)

    def _over(self, answer: Payload) -> Payload:
        worker, took_seconds = self._lease.worker, time.monotonic() - self._began
        try:
            # Before somebody else has the process: its stream tells of one call after the other.
            lambda_logs.write(self._function, worker.log_stream, self._request_id, answer["log"], took_seconds)
        finally:
            self._lease.release()
        return {**answer, "log_source": lambda_logs.WRITTEN}


def apply() -> None:
    """Run Python functions under the bootstrap; other runtimes stay MiniStack's."""
    execute_other: Callable[[Payload, Any, str], Payload] = lambda_svc._execute_function_warm
    worker_class_for: Callable[[Payload], type[Any]] = lambda_runtime._worker_class_for
    binary_for: Callable[[str], tuple[str, str]] = lambda_runtime._detect_runtime_binary

    def execute_function(function: Payload, event: Any, request_id: str) -> Payload:
        config = function.get("config") or function
        if is_python(config) and function.get("code_zip"):
            lambda_svc._ensure_reaper_thread()
            return _Call(function, event, request_id).run()
        return execute_other(function, event, request_id)

    def choose_worker(config: Payload) -> type[Any]:
        return PythonWorker if is_python(config) else worker_class_for(config)

    def choose_binary(runtime: str) -> tuple[str, str]:
        binary, script = binary_for(runtime)
        return binary, _BOOTSTRAP if runtime.startswith("python") else script

    lambda_svc._execute_function_warm = execute_function
    lambda_svc.new_uuid = new_request_id
    lambda_runtime._worker_class_for = choose_worker
    lambda_runtime._detect_runtime_binary = choose_binary
