"""The services that Task states call, with their errors as `service_errors` names them.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

import contextvars
import json
import re
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import dynamodb, eventbridge, sns, sqs, stepfunctions

from batchctl.local.emulator.fidelity.executions.execution_history import json_text
from batchctl.local.emulator.fidelity.services import lone_surrogates
from batchctl.local.emulator.fidelity.tasks import notification_attributes, sdk_metadata, service_errors

Response = tuple[int, dict[str, str], Any]

# The status of the answer to an `aws-sdk:` call, which MiniStack does not hand on.
_status: contextvars.ContextVar[list[int]] = contextvars.ContextVar("status")


def _publish(_resource: str, arguments: dict[str, Any]) -> Any:
    status, _, body = sns._publish(notification_attributes.flattened(_sent(arguments, "Message")))
    service_errors.refuse("SNS", status, body)
    text = body.decode() if isinstance(body, bytes) else body
    return dict(re.findall("<(MessageId|SequenceNumber)>(.+?)</", text))


def _sent(arguments: Any, name: str) -> Any:
    """The arguments as an API takes them: texts in UTF-8, and JSON as text where it stands for a message."""
    if not isinstance(arguments, dict):
        return lone_surrogates.replaced(arguments)
    message = arguments.get(name)
    is_json = isinstance(message, dict | list)
    texts = lone_surrogates.replaced({**arguments, name: ""} if is_json else arguments)
    return {**texts, name: json_text(message)} if is_json else texts


def _send_message(_resource: str, arguments: dict[str, Any]) -> Any:
    message = _sent(arguments, "MessageBody")
    try:
        return sqs._act_send_message(message, arguments.get("QueueUrl", ""))
    except sqs._Err as exc:
        raise service_errors.failure("SQS", exc.code, exc.message, exc.status) from exc


def _put_events(_resource: str, arguments: dict[str, Any]) -> Any:
    entries = [_sent(entry, "Detail") for entry in arguments.get("Entries", [])]
    status, _, body = eventbridge._put_events({**arguments, "Entries": entries})
    service_errors.refuse("EventBridge", status, body)
    result = json.loads(body)
    if result.get("FailedEntryCount"):
        # https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
        raise stepfunctions._ExecutionError("EventBridge.FailedEntry", json.dumps(result))
    return result


_NOTHING = (b"", b"{}")


def _item_call(operation: str) -> Callable[[str, Any], Any]:
    def call(_resource: str, arguments: dict[str, Any]) -> Any:
        status, _, body = getattr(dynamodb, operation)(lone_surrogates.replaced(arguments))
        service_errors.refuse("DynamoDB", status, body)
        return {} if body in _NOTHING else json.loads(body)

    return call


_CALLS: dict[str, Callable[[str, Any], Any]] = {
    "sns:publish": _publish,
    "sqs:sendMessage": _send_message,
    "events:putEvents": _put_events,
    "dynamodb:putItem": _item_call("_put_item"),
    "dynamodb:getItem": _item_call("_get_item"),
    "dynamodb:deleteItem": _item_call("_delete_item"),
    "dynamodb:updateItem": _item_call("_update_item"),
}


_JSON = "application/x-amz-json-1.0"
_CONTENT_TYPES = {"sns": "text/xml", "sqs": _JSON, "events": "application/x-amz-json-1.1", "dynamodb": _JSON}


def _with_metadata(call: Callable[[str, Any], Any], content_type: str) -> Callable[[str, Any], Any]:
    def call_with_metadata(resource: str, arguments: Any) -> Any:
        result = call(resource, arguments)
        return {**result, **sdk_metadata.of_answer(result, content_type)}

    return call_with_metadata


def apply() -> None:
    """Replace the calls of optimised integrations, and name the errors of `aws-sdk:` ones."""
    call_service: Callable[..., Response] = app.call_service_handler_sync
    invoke_sdk: Callable[[str, Any], Any] = stepfunctions._invoke_aws_sdk_integration

    def call_service_and_note(*arguments: Any, **options: Any) -> Response:
        response = call_service(*arguments, **options)
        if statuses := _status.get(None):
            statuses[:] = [response[0]]
        return response

    def invoke(resource: str, arguments: Any) -> Any:
        statuses = [400]
        token = _status.set(statuses)
        try:
            return invoke_sdk(resource, _sent(arguments, "Input" if ":sfn:" in resource else ""))
        except stepfunctions._ExecutionError as exc:
            prefix, _, code = exc.error.partition(".")
            if prefix == "States":
                raise
            if exc.cause.lstrip().startswith("<"):  # MiniStack does not find the error in the XML of every service
                service_errors.refuse(prefix, statuses[0], exc.cause)
            raise service_errors.failure(prefix, code, exc.cause, statuses[0]) from exc
        finally:
            _status.reset(token)

    app.call_service_handler_sync = call_service_and_note
    stepfunctions._invoke_aws_sdk_integration = invoke
    for call, handler in _CALLS.items():
        stepfunctions._SERVICE_DISPATCH[f"arn:aws:states:::{call}"] = _with_metadata(
            handler, _CONTENT_TYPES[call.split(":")[0]]
        )
