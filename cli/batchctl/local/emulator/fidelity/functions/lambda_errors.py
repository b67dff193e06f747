"""Python functions: answers and errors as AWS reports them.

MiniStack reports every exception as Runtime.HandlerError, and waits 50 ms after each silent invocation for a log line.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from batchctl.local.emulator.fidelity.executions import waits
from batchctl.local.emulator.fidelity.functions import abandoned_calls, lambda_bootstrap, lambda_processes
from batchctl.local.emulator.fidelity.functions.python_worker import PythonWorker

_BOOTSTRAP = Path(lambda_bootstrap.__file__).read_text(encoding="utf-8")

Payload = dict[str, Any]


def _read_payload(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # bytes, which AWS hands on as they are
        return text


def is_python(config: Payload) -> bool:
    """Whether the function is of a Python runtime."""
    return str(config.get("Runtime", "")).startswith("python")


def _execute_python(function: Payload, event: Any, request_id: str) -> Payload:
    config, began = function["config"], time.monotonic()
    lambda_svc._ensure_reaper_thread()
    try:
        key, worker = lambda_processes.lease(config["FunctionName"], config, function["code_zip"], config["Version"])
    except waits.Left:
        abandoned_calls.go_on(function, request_id, began, lambda: _execute_python(function, event, request_id))
        raise
    try:
        answer = worker.invoke(
            event,
            request_id,
            trace_id=lambda_svc._xray_trace_id_for_invocation(config),
            invoked_function_arn=config["FunctionArn"],
        )
    except waits.Left:
        abandoned_calls.go_on(function, request_id, began, lambda: _late_result(key, worker, request_id))
        raise
    except BaseException:
        lambda_processes.release(key, worker)
        raise
    lambda_processes.release(key, worker)
    return _result(answer)


def _late_result(key: str, worker: PythonWorker, request_id: str) -> Payload:
    try:
        return _result(worker.late_answer(request_id))
    finally:
        lambda_processes.release(key, worker)


def _result(answer: Payload) -> Payload:
    if answer["status"] == "ok":
        return {"body": _read_payload(answer["result"]), "log": answer["log"]}
    return {"body": answer["error"], "error": True, "log": answer["log"]}


def apply() -> None:
    """Run Python functions under the bootstrap; other runtimes stay MiniStack's."""
    execute_other: Callable[[Payload, Any, str], Payload] = lambda_svc._execute_function_warm
    worker_class_for: Callable[[Payload], type[Any]] = lambda_runtime._worker_class_for
    binary_for: Callable[[str], tuple[str, str]] = lambda_runtime._detect_runtime_binary

    def execute_function(function: Payload, event: Any, request_id: str) -> Payload:
        config = function.get("config") or function
        execute = _execute_python if is_python(config) and function.get("code_zip") else execute_other
        return execute(function, event, request_id)

    def choose_worker(config: Payload) -> type[Any]:
        return PythonWorker if is_python(config) else worker_class_for(config)

    def choose_binary(runtime: str) -> tuple[str, str]:
        binary, script = binary_for(runtime)
        return binary, _BOOTSTRAP if runtime.startswith("python") else script

    lambda_svc._execute_function_warm = execute_function
    lambda_runtime._worker_class_for = choose_worker
    lambda_runtime._detect_runtime_binary = choose_binary
