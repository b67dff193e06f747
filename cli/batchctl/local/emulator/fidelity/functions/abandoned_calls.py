"""Calls of functions that no state waits for any longer: as on AWS they go on, count as running, and write their log."""

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from batchctl.local.emulator.fidelity.executions import waits

Payload = dict[str, Any]


def go_on(function: Payload, request_id: str, began: float, finish: Callable[[], Payload]) -> None:
    """Finish the call in a thread of its own; it began at this time of the monotonic clock."""
    config = function["config"]
    # Whoever made the call gives its own place among the function's running invocations back.
    slot, _ = lambda_svc._acquire_execution_slot(function, config)

    def work() -> None:
        try:
            result = waits.within(None, finish)
        finally:
            if slot is not None:
                lambda_svc._release_execution_slot(slot)
        took_ms = int((time.monotonic() - began) * 1000)
        lambda_svc._emit_lambda_logs(function, request_id, result["log"], bool(result.get("error")), took_ms)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
