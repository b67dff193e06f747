"""Step Functions' executions: a line for each that begins and for each event; the events tell how it ended."""

from typing import Any

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import ended_histories, execution_history
from batchctl.local.emulator.persistence.journal import Journal

Execution = dict[str, Any]
Event = dict[str, Any]

_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}
_KILLED = {"error": "EmulatorKilled", "cause": "The local AWS ended while the execution was running."}
_journal = Journal("executions.jsonl")


def resume() -> None:
    """Bring back all executions; those that ran are aborted."""
    for record in _journal.read():
        if "execution" in record:
            arn = record["execution"]["executionArn"]
            stepfunctions._executions[arn] = record["execution"]
        else:
            _apply_event(stepfunctions._executions[record["arn"]], record["event"])
    for execution in stepfunctions._executions.values():
        if execution["status"] == "RUNNING":
            _abort(execution)
    for map_run in stepfunctions._map_runs.values():
        if map_run["status"] == "RUNNING":
            map_run.update(status="ABORTED", stopDate=now_iso())
    _journal.rewrite({"execution": execution} for execution in stepfunctions._executions.values())
    for execution in stepfunctions._executions.values():
        ended_histories.pack(execution)


def _apply_event(execution: Execution, event: Event) -> None:
    execution["events"].append(event)
    kind = event["type"]
    if kind in _ENDS:
        details = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails") or {}
        told = {name: details[name] for name in ("output", "error", "cause") if name in details}
        execution.update(status=_ENDS[kind], stopDate=event["timestamp"], **told)
    elif kind == "ExecutionRedriven":
        count = event["executionRedrivenEventDetails"]["redriveCount"]
        execution.update(status="RUNNING", stopDate=None, redriveCount=count, redriveDate=event["timestamp"])
        for name in ("error", "cause"):
            execution.pop(name, None)


def _abort(execution: Execution) -> None:
    event = {
        "id": len(execution["events"]) + 1,
        "previousEventId": len(execution["events"]),
        "type": "ExecutionAborted",
        "timestamp": now_iso(),
        "executionAbortedEventDetails": _KILLED,
    }
    _apply_event(execution, event)


def _record(execution: Execution, event: Event) -> None:
    # Whatever began it, the second event is the first that is written through add_event.
    if event["id"] == 2:
        _journal.append({"execution": {**execution, "events": execution["events"][:1]}})
    _journal.append({"arn": execution["executionArn"], "event": event})


def _state_without_executions() -> dict[str, Any]:
    names = ("state_machines", "tags", "activities", "state_machine_versions", "state_machine_aliases", "map_runs")
    return {name: getattr(stepfunctions, f"_{name}") for name in names}


def apply() -> None:
    """Listen to the histories, and keep them out of MiniStack's own files."""
    execution_history.listeners.append(_record)
    stepfunctions.get_state = _state_without_executions
