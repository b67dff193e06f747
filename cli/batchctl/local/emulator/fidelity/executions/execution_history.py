"""History events: numbered safely from many threads, linked, and at most 25,000 of them; none of Express executions.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.executions.instants import now_iso
from batchctl.local.emulator.fidelity.services import lone_surrogates

MAXIMUM_EVENTS = 25_000
# What follows nothing that is written down is linked with event 0.
_UNWRITTEN: dict[str, Any] = {"id": 0}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# Called with the execution and its new event.
listeners: list[Callable[[dict[str, Any], dict[str, Any]], None]] = []


def add_event(
    execution: dict[str, Any],
    event_type: str,
    details: dict[str, Any] | None = None,
    *,
    previous: int | None = None,
    leads_on: bool = True,
) -> dict[str, Any]:
    """Append an event; the last place is kept for the one that closes the execution.

    It follows the run's last event, or `previous`. The run's next one follows it, unless it does not `leads_on`: AWS
    links an event with the one that brought it about, and one may bring about several. In an Express execution nothing
    is written, and the event has no more than an id.
    """
    run = runs.current_for(execution)
    if runs.is_express(execution):
        if run is not None:
            run.whole.check()
        return _UNWRITTEN
    with runs.RECORDS:
        events: list[dict[str, Any]] = execution["events"]
        if run is not None and (run.whole.is_stopped or execution["status"] != "RUNNING"):
            raise runs.Stopped
        if len(events) >= MAXIMUM_EVENTS - 1 and not event_type.startswith("Execution"):
            raise stepfunctions._ExecutionError(
                "States.Runtime",
                f"The execution reached the maximum number of history events ({MAXIMUM_EVENTS}).",
            )
        event = {
            "id": len(events) + 1,
            "previousEventId": _previous(run) if previous is None else previous,
            "type": event_type,
            "timestamp": now_iso(),
            **(details or {}),
        }
        events.append(event)
        for listener in listeners:
            listener(execution, event)
    if run is not None and leads_on:
        run.progress.last_event_id = event["id"]
    return event


def _previous(run: runs.Run | None) -> int:
    # What comes from outside (StopExecution, the time limit) was brought about by nothing in the history.
    return run.progress.last_event_id if run else 0


def json_text(value: Any) -> str:
    """JSON as Step Functions writes it: no blanks, UTF-8."""
    return lone_surrogates.escaped(_encode(value))


def apply() -> None:
    """Replace the event writer."""
    stepfunctions._add_event = add_event
