"""How Task states name the errors of services: after the exception classes of AWS's SDKs for Java.

Optimised integrations (`arn:aws:states:::sqs:sendMessage`) use the first of these SDKs, `aws-sdk:` the second. An error that
a service's API describes has a class of its own (`DynamoDB.ConditionalCheckFailedException`); every other one has the
service's (`SQS.AmazonSQSException`, `DynamoDb.DynamoDbException`), and its code stands in the cause alone, or nowhere.
https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

import functools
import json
import re
from typing import Any, NamedTuple
from xml.sax.saxutils import unescape

from ministack.core.responses import _service_model, new_uuid
from ministack.services import stepfunctions


class _Service(NamedTuple):
    model: str  # as MiniStack calls the service
    name: str  # in causes
    exception: str  # for what the API does not describe


# By the prefix of the error's name.
_OPTIMISED = {
    "DynamoDB": _Service("dynamodb", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "EventBridge": _Service("events", "AmazonCloudWatchEvents", "AmazonCloudWatchEventsException"),
    "Lambda": _Service("lambda", "AWSLambda", "AWSLambdaException"),
    "SNS": _Service("sns", "AmazonSNS", "AmazonSNSException"),
    "SQS": _Service("sqs", "AmazonSQS", "AmazonSQSException"),
    "StepFunctions": _Service("states", "AWSStepFunctions", "AWSStepFunctionsException"),
}


def failure(prefix: str, code: str, message: str, status: int = 400) -> Exception:
    """The error of a service that a Task state calls by its optimised integration, or as `aws-sdk:` for other prefixes."""
    service = _OPTIMISED.get(prefix)
    if service is None:
        cause = f"{message} (Service: {prefix}, Status Code: {status}, Request ID: {new_uuid()})"
        described = _exceptions(_sdk_model(prefix)).get(code.casefold())
        # The second SDK writes acronyms as words.
        name = stepfunctions._api_name_to_sfn_key(described) if described else f"{prefix}Exception"
    else:
        facts = f"Service: {service.name}; Status Code: {status}; Error Code: {code}"
        cause = f"{message} ({facts}; Request ID: {new_uuid()}; Proxy: null)"
        name = _exceptions(service.model).get(code.casefold(), service.exception)
    error: Exception = stepfunctions._ExecutionError(f"{prefix}.{name}", cause)
    return error


def _sdk_model(prefix: str) -> str:
    if prefix == "BedrockRuntime":
        return "bedrock-runtime"
    services: dict[str, dict[str, str]] = stepfunctions._AWS_SDK_SERVICE_MAP
    names = {stepfunctions._AWS_SDK_ERROR_PREFIX.get(name, name.capitalize()): name for name in services}
    service = names.get(prefix, prefix.lower())
    return services.get(service, {}).get("service_key", service)


@functools.cache
def _exceptions(service: str) -> dict[str, str]:
    """The exception classes of a service by the codes, names and class names of its errors, in small letters."""
    model = _service_model(service)
    classes: dict[str, str] = {}
    for shape in map(model.shape_for, model.shape_names) if model else ():
        if shape.metadata.get("exception"):
            name = f"{shape.name.removesuffix('Fault').removesuffix('Exception')}Exception"
            classes |= dict.fromkeys((text.casefold() for text in (shape.error_code, shape.name, name)), name)
    return classes


def refuse(prefix: str, status: int, body: Any) -> None:
    """Raise what an answer of a service says, if it is an error."""
    if status < 400:
        return
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    if text.lstrip().startswith("<"):
        found = dict(re.findall("<(Code|Message)>([^<]*)</", text))
        raise failure(prefix, found.get("Code", ""), unescape(found.get("Message", "")), status)
    document = json.loads(text or "{}")
    code = re.split("[#.]", document.get("__type", ""))[-1]
    raise failure(prefix, code, document.get("message") or document.get("Message") or "", status)
