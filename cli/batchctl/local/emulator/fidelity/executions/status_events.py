"""The events about an execution's status, with what they tell about redrives; a child's names the labelled machine.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import logging
from typing import Any

from ministack.services import eventbridge, stepfunctions

from batchctl.local.emulator.fidelity.executions import redrive, runs
from batchctl.local.emulator.fidelity.executions.execution_history import json_text

logger = logging.getLogger("states")

# https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html: more is left out.
_MAXIMUM_CHARACTERS = 248 * 1024


def emit(execution: dict[str, Any]) -> None:
    """Send the event about the execution's present status."""
    # An Express execution has none: it only logs.
    if runs.is_express(execution):
        return
    entry = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json_text(_detail(execution)),
        "Resources": [execution["executionArn"]],
    }
    try:
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
        # A log that nobody reads, with all inputs and outputs.
        eventbridge._events_log_list().clear()
    except Exception:
        logger.warning("No status event for %s", execution["executionArn"], exc_info=True)


def _detail(execution: dict[str, Any]) -> dict[str, Any]:
    status = execution["status"]
    redrive_status, reason = redrive.redrivability(execution)
    return {
        **{name: execution[name] for name in ("executionArn", "stateMachineArn", "name", "status")},
        **{name: stepfunctions._iso_to_epoch_ms(execution[name]) for name in ("startDate", "stopDate")},
        **_payload("input", execution["input"]),
        **_payload("output", execution["output"] if status == "SUCCEEDED" else None),
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": execution.get("redriveCount", 0),
        "redriveDate": stepfunctions._iso_to_epoch_ms(execution.get("redriveDate")),
        "redriveStatus": redrive_status,
        "redriveStatusReason": reason,
        "error": execution.get("error") if status == "FAILED" else None,
        "cause": execution.get("cause") if status == "FAILED" else None,
    }


def _payload(name: str, text: str | None) -> dict[str, Any]:
    if text is None:
        return {name: None, f"{name}Details": None}
    included = len(text) <= _MAXIMUM_CHARACTERS
    return {name: text if included else None, f"{name}Details": {"included": included}}


def apply() -> None:
    """Replace the sender."""
    stepfunctions._emit_execution_status_event = emit
