"""Lambda from a Task: a throttle has its own error, and the result comes in AWS's envelope of about 1 KB.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html shows the envelope.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import new_uuid, now_rfc7231
from ministack.services import lambda_svc, stepfunctions

from batchctl.local.emulator.fidelity.functions import lambda_bootstrap
from batchctl.local.emulator.fidelity.tasks import service_errors

_INVOKE = "arn:aws:states:::lambda:invoke"


def _call_function(function: str, event: Any) -> Any:
    record, config, name = lambda_svc._get_func_record_for_ref(function)
    if not record or not config:
        arn = function if function.startswith("arn:") else lambda_svc._func_arn(name)
        raise service_errors.failure("Lambda", "ResourceNotFoundException", f"Function not found: {arn}", 404)
    invocation = lambda_svc._execution_record_for_config(record, config)
    answer = lambda_svc._execute_function_with_config_scope(invocation, event)
    body = answer.get("body")
    if answer.get("throttle"):
        raise service_errors.failure("Lambda", "TooManyRequestsException", body["message"], 429)
    if answer.get("error"):
        is_ascii = lambda_bootstrap.is_ascii_runtime(config.get("Runtime", ""))
        raise stepfunctions._ExecutionError(body["errorType"], json.dumps(body, ensure_ascii=is_ascii))
    return body


def _envelope(payload: Any) -> dict[str, Any]:
    request_id = new_uuid()
    headers = {
        "Connection": "keep-alive",
        "Content-Length": str(len(json.dumps(payload))),
        "Content-Type": "application/json",
        "Date": now_rfc7231(),
        "X-Amz-Executed-Version": "$LATEST",
        "x-amzn-Remapped-Content-Length": "0",
        "x-amzn-RequestId": request_id,
        "X-Amzn-Trace-Id": f"Root=1-{request_id[:8]}-{request_id.replace('-', '')[:24]};Sampled=0",
    }
    return {
        "ExecutedVersion": "$LATEST",
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": 200,
    }


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
