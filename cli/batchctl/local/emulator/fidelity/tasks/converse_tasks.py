"""Bedrock's Converse as a task of a state machine: `aws-sdk:bedrockruntime:converse`, which MiniStack has over HTTP only.

Members are called as in the SDK for Java, with a capital first (`ToolConfig.Tools[].ToolSpec`), but what is a document
keeps its names: a tool's schema and a tool's input.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

import functools
import json
from collections.abc import Callable
from typing import Any

import botocore.session
from botocore.validate import ParamValidator
from ministack.services import bedrock_runtime, stepfunctions

from batchctl.local.emulator.fidelity.tasks import service_errors

_CONVERSE = "arn:aws:states:::aws-sdk:bedrockruntime:converse"
_PREFIX = "BedrockRuntime"


@functools.cache
def _operation() -> Any:
    return botocore.session.Session().get_service_model("bedrock-runtime").operation_model("Converse")


def _is_object(value: Any, shape: Any) -> bool:
    return shape.type_name == "structure" and isinstance(value, dict) and not shape.is_document_type


def _as_sent(value: Any, shape: Any) -> Any:
    """Arguments in the API's names; States.Runtime for a member that it does not have."""
    if _is_object(value, shape):
        names = {stepfunctions._api_name_to_sfn_key(name): name for name in shape.members}
        for key in value:
            if key not in names:
                raise stepfunctions._ExecutionError(
                    "States.Runtime",
                    f"The field {key!r} is not supported by Step Functions: {shape.name} has {[*names]}",
                )
        return {names[key]: _as_sent(inner, shape.members[names[key]]) for key, inner in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [_as_sent(inner, shape.member) for inner in value]
    return value


def _as_returned(value: Any, shape: Any) -> Any:
    if _is_object(value, shape):
        return {
            stepfunctions._api_name_to_sfn_key(name): _as_returned(inner, shape.members[name])
            for name, inner in value.items()
            if name in shape.members
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_as_returned(inner, shape.member) for inner in value]
    return value


def _converse(arguments: Any) -> Any:
    request = _as_sent(arguments, _operation().input_shape)
    report = ParamValidator().validate(request, _operation().input_shape)
    if report.has_errors():
        raise service_errors.failure(_PREFIX, "ValidationException", report.generate_report())
    model_id = request.pop("modelId")
    status, _, body = bedrock_runtime._converse(model_id, {}, json.dumps(request).encode())
    service_errors.refuse(_PREFIX, status, body)
    return _as_returned(json.loads(body), _operation().output_shape)


def apply() -> None:
    """Wrap the SDK integrations."""
    invoke_other: Callable[[str, Any], Any] = stepfunctions._invoke_aws_sdk_integration

    def invoke(resource: str, arguments: Any) -> Any:
        return _converse(arguments) if resource == _CONVERSE else invoke_other(resource, arguments)

    stepfunctions._invoke_aws_sdk_integration = invoke
