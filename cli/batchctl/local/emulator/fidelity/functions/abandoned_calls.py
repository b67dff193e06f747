"""Calls of functions that no state waits for any longer: as on AWS they go on, count as running, and write their log."""

import contextvars
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from batchctl.local.emulator.fidelity.executions import waits

Payload = dict[str, Any]


def go_on(function: Payload, finish: Callable[[], object]) -> None:
    """Finish the call in a thread of its own."""
    # Whoever made the call gives its own place among the function's running invocations back.
    slot, _ = lambda_svc._acquire_execution_slot(function, function["config"])

    def work() -> None:
        try:
            waits.within(None, finish)
        finally:
            if slot is not None:
                lambda_svc._release_execution_slot(slot)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
