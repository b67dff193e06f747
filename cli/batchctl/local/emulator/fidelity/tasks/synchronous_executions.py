"""`aws-sdk:sfn:startSyncExecution`: an Express machine run to its end, whatever that is.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html. As a Task nothing of it is
recorded. By analogy with what is: names capitalised, dates as ISO text, `Input` text or an object, `Output` text and absent
from failures, which are results like any other.
"""

import json
from typing import Any

from batchctl.local.emulator.fidelity.executions import express, runs
from batchctl.local.emulator.fidelity.executions.execution_history import json_text
from batchctl.local.emulator.fidelity.services import lone_surrogates
from batchctl.local.emulator.fidelity.tasks import service_errors

RESOURCE = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"


def run(arguments: Any, timeout_seconds: float | None) -> dict[str, Any]:
    """Run a machine; TimeoutError when the task's time is up, whereupon the execution goes on by itself.

    What becomes of it on AWS is not documented: its caller hangs up, and what was called may be heard no more.
    """
    request = {f"{name[0].lower()}{name[1:]}": value for name, value in arguments.items()}
    if not isinstance(request.get("input", ""), str):
        request["input"] = json_text(request["input"])
    execution = express.started(lone_surrogates.replaced(request))
    if isinstance(execution, tuple):
        status, _, body = execution
        refusal = json.loads(body)
        raise service_errors.failure("Sfn", refusal["__type"], refusal["message"], status)
    ended = runs.run_of(execution).ended
    express.walk_alone(execution)
    runs.current().wait_for(ended, timeout_seconds)
    return _capitalised(express.answer(execution))


def _capitalised(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{name[0].upper()}{name[1:]}": _capitalised(value) if isinstance(value, dict) else value
        for name, value in answer.items()
    }
