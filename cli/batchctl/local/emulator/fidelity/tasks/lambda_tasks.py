"""Lambda from a Task: a throttle has its own error, and the result comes in AWS's envelope of about 1 KB.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html shows the envelope.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from batchctl.local.emulator.fidelity.functions import lambda_bootstrap, lambda_environment, lambda_errors
from batchctl.local.emulator.fidelity.tasks import sdk_metadata, service_errors

_INVOKE = "arn:aws:states:::lambda:invoke"


def _call_function(function: str, event: Any) -> Any:
    record, config, name = lambda_svc._get_func_record_for_ref(function)
    if not record or not config:
        arn = function if function.startswith("arn:") else lambda_svc._func_arn(name)
        raise service_errors.failure("Lambda", "ResourceNotFoundException", f"Function not found: {arn}", 404)
    invocation = lambda_svc._execution_record_for_config(record, config)
    answer = lambda_svc._execute_function(invocation, event)
    body = answer.get("body")
    if answer.get("throttle"):
        raise service_errors.failure("Lambda", "TooManyRequestsException", body["message"], 429)
    if answer.get("error"):
        is_ascii = lambda_bootstrap.is_ascii_runtime(config.get("Runtime", ""))
        raise stepfunctions._ExecutionError(body["errorType"], json.dumps(body, ensure_ascii=is_ascii))
    return body


def is_python_call(resource: str, arguments: Any) -> bool:
    """Whether a Task calls a function that `lambda_errors` runs."""
    if resource != _INVOKE or not isinstance(arguments, dict):
        return False
    record, config, _ = lambda_svc._get_func_record_for_ref(str(arguments.get("FunctionName")))
    return bool(record and config and lambda_errors.is_python(config) and record.get("code_zip"))


def _envelope(payload: Any) -> dict[str, Any]:
    headers = {
        "X-Amz-Executed-Version": "$LATEST",
        "x-amzn-Remapped-Content-Length": "0",
        "X-Amzn-Trace-Id": lambda_environment.trace_id(None),
    }
    answer = {"ExecutedVersion": "$LATEST", "Payload": payload}
    return {**answer, **sdk_metadata.of_answer(payload, "application/json", headers), "StatusCode": 200}


def apply() -> None:
    """Replace the call and its result."""
    invoke_other: Callable[[str, Any], Any] = stepfunctions._invoke_resource

    def invoke_resource(resource: str, arguments: Any) -> Any:
        if resource != _INVOKE:
            return invoke_other(resource, arguments)
        function = stepfunctions._resolve_lambda_function_ref(arguments["FunctionName"], optimized=True)
        return _envelope(stepfunctions._call_lambda(function, arguments.get("Payload", {})))

    stepfunctions._call_lambda = _call_function
    stepfunctions._invoke_resource = invoke_resource
