"""RedriveExecution: an unsuccessful execution continues at the state that did not succeed.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html. Of an inline Map only the unsuccessful
iterations run again, of a Map Run only the unsuccessful children; a Parallel state runs again as a whole, unlike on
AWS, and what ran before a restart of the emulator cannot be redriven.
"""

import contextvars
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import json_response, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import arns, ended_histories, executions, runs
from batchctl.local.emulator.fidelity.executions.execution_history import MAXIMUM_EVENTS, add_event
from batchctl.local.emulator.fidelity.executions.start_execution import Request, Response, error

Execution = dict[str, Any]

_PERIOD = timedelta(days=14)
_MAXIMUM_REDRIVES = 1_000


def redrivability(execution: Execution) -> tuple[str, str | None]:
    """The status and its reason, as DescribeExecution tells them."""
    status = execution["status"]
    if status in ("RUNNING", "SUCCEEDED", "PENDING_REDRIVE"):
        return "NOT_REDRIVABLE", f"Execution is {status} and cannot be redriven"
    if "mapRunArn" in execution:
        return "REDRIVABLE_BY_MAP_RUN", "Execution is a child of a Map Run and can only be redriven with it"
    reason = _obstacle(execution)
    return ("NOT_REDRIVABLE", reason) if reason else ("REDRIVABLE", None)


def _obstacle(execution: Execution) -> str | None:
    stopped = datetime.fromisoformat(execution["stopDate"])
    if datetime.now(UTC) - stopped > _PERIOD:
        return "Execution exceeded the redrivable period"
    if len(execution["events"]) >= MAXIMUM_EVENTS - 1:
        return "Execution history exceeds the maximum number of events and cannot be redriven"
    if execution.get("redriveCount", 0) >= _MAXIMUM_REDRIVES:
        return "Execution exceeds the maximum number of redrives"
    if execution["stateMachineArn"] not in stepfunctions._state_machines:
        return "State machine does not exist"
    return None if runs.has_progress(execution) else "Execution ran before the emulator was started"


def reopen(execution: Execution) -> None:
    """An unsuccessful execution runs again, to be walked on."""
    with runs.RECORDS:
        ended_histories.unpack(execution)
        for name in ("error", "cause"):
            execution.pop(name, None)
        count = execution.get("redriveCount", 0) + 1
        execution.update(status="RUNNING", stopDate=None, redriveCount=count, redriveDate=now_iso())
        progress = runs.run_of(execution).progress
        event = add_event(execution, "ExecutionRedriven", {"executionRedrivenEventDetails": {"redriveCount": count}})
        progress.last_event_id = event["id"]
    stepfunctions._emit_execution_status_event(execution)


def _redrive_execution(request: Request) -> Response:
    arn = request.get("executionArn")
    wrong = arns.problem(str(arn), ("execution",))
    if wrong:
        return error("InvalidArn", f"Invalid Arn: '{wrong}'")
    execution = stepfunctions._executions.get(arn)
    if execution is None:
        unknown: Response = executions.unknown_execution(str(arn))
        return unknown
    with runs.RECORDS:
        status, reason = redrivability(execution)
        if status != "REDRIVABLE":
            return error("ExecutionNotRedrivable", f"{reason}: '{arn}'")
        reopen(execution)
    walk = contextvars.copy_context().run
    threading.Thread(target=walk, args=(stepfunctions._run_execution, arn), daemon=True).start()
    response: Response = json_response({"redriveDate": execution["redriveDate"]})
    return response


def description(execution: Execution) -> dict[str, Any]:
    """What DescribeExecution tells about redrives."""
    status, reason = redrivability(execution)
    return {
        "redriveCount": execution.get("redriveCount", 0),
        **({"redriveDate": execution["redriveDate"]} if "redriveDate" in execution else {}),
        "redriveStatus": status,
        **({"redriveStatusReason": reason} if reason else {}),
    }


def apply() -> None:
    """Add the action, and what the other actions tell of it."""
    handle: Callable[..., Any] = stepfunctions.handle_request
    describe: Callable[[Request], Response] = stepfunctions._describe_execution
    list_executions: Callable[[Request], Response] = stepfunctions._list_executions

    async def handle_request(method: str, path: str, headers: dict[str, str], body: Any, query: Any) -> Response:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            answer: Response = stepfunctions._finalize_response(_redrive_execution(json.loads(body)))
            return answer
        other: Response = await handle(method, path, headers, body, query)
        return other

    def describe_execution(request: Request) -> Response:
        answer = describe(request)
        if answer[0] != 200:
            return answer
        execution = stepfunctions._executions[request["executionArn"]]
        response: Response = json_response({**json.loads(answer[2]), **description(execution)})
        return response

    def list_with_redrives(request: Request) -> Response:
        answer = list_executions(request)
        if answer[0] != 200:
            return answer
        page = json.loads(answer[2])
        for item in page["executions"]:
            execution = stepfunctions._executions[item["executionArn"]]
            names = ("itemCount", "redriveCount", "redriveDate")
            item |= {name: execution[name] for name in names if name in execution}
        response: Response = json_response(page)
        return response

    stepfunctions.handle_request = handle_request
    stepfunctions._describe_execution = describe_execution
    stepfunctions._list_executions = list_with_redrives
