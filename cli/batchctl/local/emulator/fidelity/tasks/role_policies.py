"""The state machine's role, enforced for its tasks when IAM is on (AUTH).

MiniStack calls the target services from inside, past its own IAM. The errors are those recorded on AWS: the SDK
exception class of the service, `Lambda.AWSLambdaException` for instance
(https://github.com/awslabs/aws-deployment-framework/issues/460); SNS alone has a class of its own for a denial.
"""

import functools
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ministack import app
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.tasks import role_decisions, service_errors

_PROFILE = re.compile(r"(?:us|us-gov|eu|apac|au|ca|jp|global)\.(.+)")
_DENIED = "AccessDeniedException"
_RULE = "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"


class _Need(NamedTuple):
    action: str
    resource: str


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _function_needs(arguments: dict[str, Any]) -> list[_Need]:
    function = arguments["FunctionName"]
    arn = function if function.startswith("arn:") else _arn("lambda", f"function:{function}")
    return [_Need("lambda:InvokeFunction", arn)]


def _execution_needs(arguments: dict[str, Any]) -> list[_Need]:
    return [_Need("states:StartExecution", arguments["StateMachineArn"])]


def _job_needs(arguments: dict[str, Any]) -> list[_Need]:
    # On AWS the rule is checked when the machine is created, the execution while it is polled.
    execution = arguments["StateMachineArn"].replace(":stateMachine:", ":execution:") + ":*"
    rule = _arn("events", _RULE)
    return [
        *_execution_needs(arguments),
        _Need("states:DescribeExecution", execution),
        _Need("states:StopExecution", execution),
        *(_Need(f"events:{name}", rule) for name in ("PutTargets", "PutRule", "DescribeRule")),
    ]


def _description_needs(arguments: dict[str, Any]) -> list[_Need]:
    return [_Need("states:DescribeExecution", arguments["ExecutionArn"])]


def _model_needs(arguments: dict[str, Any]) -> list[_Need]:
    # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html: an inference profile needs
    # itself, and its model wherever it may run.
    model = arguments["ModelId"]
    profile = _PROFILE.fullmatch(model)
    arns = [model if model.startswith("arn:") else f"arn:aws:bedrock:{get_region()}::foundation-model/{model}"]
    if profile:
        arns = [_arn("bedrock", f"inference-profile/{model}"), f"arn:aws:bedrock:*::foundation-model/{profile[1]}"]
    return [_Need("bedrock:InvokeModel", arn) for arn in arns]


def _synchronous_needs(arguments: dict[str, Any]) -> list[_Need]:
    return [_Need("states:StartSyncExecution", arguments["StateMachineArn"])]


def _item_needs(action: str) -> Callable[[dict[str, Any]], list[_Need]]:
    return lambda arguments: [_Need(f"dynamodb:{action}", _table_arn(arguments))]


def _query_needs(arguments: dict[str, Any]) -> list[_Need]:
    index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
    return [_Need("dynamodb:Query", f"{_table_arn(arguments)}{index}")]


def _table_arn(arguments: dict[str, Any]) -> str:
    name: str = arguments["TableName"]
    return name if name.startswith("arn:") else _arn("dynamodb", f"table/{name}")


def _topic_needs(arguments: dict[str, Any]) -> list[_Need]:
    return [_Need("sns:Publish", arguments.get("TopicArn") or arguments["TargetArn"])]


def _queue_needs(arguments: dict[str, Any]) -> list[_Need]:
    return [_Need("sqs:SendMessage", _arn("sqs", arguments["QueueUrl"].rsplit("/", 1)[-1]))]


class _Call(NamedTuple):
    """Resources of this prefix: what their errors' names begin with, the error's code, what the call needs."""

    prefix: str
    service: str
    code: str
    needs: Callable[[dict[str, Any]], list[_Need]]


# The longer prefix first.
_CALLS = (
    _Call("lambda:invoke", "Lambda", _DENIED, _function_needs),
    _Call("states:startExecution.sync", "StepFunctions", _DENIED, _job_needs),
    _Call("states:startExecution", "StepFunctions", _DENIED, _execution_needs),
    _Call("aws-sdk:sfn:describeExecution", "Sfn", _DENIED, _description_needs),
    _Call("aws-sdk:bedrockruntime:converse", "BedrockRuntime", _DENIED, _model_needs),
    _Call("aws-sdk:sfn:startSyncExecution", "Sfn", _DENIED, _synchronous_needs),
    _Call("aws-sdk:dynamodb:query", "DynamoDb", _DENIED, _query_needs),
    *(
        _Call(f"{service}:{action[0].lower()}{action[1:]}", prefix, _DENIED, _item_needs(action))
        for service, prefix in (("dynamodb", "DynamoDB"), ("aws-sdk:dynamodb", "DynamoDb"))
        for action in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
    ),
    _Call("sns:publish", "SNS", "AuthorizationError", _topic_needs),
    _Call("sqs:sendMessage", "SQS", "AccessDenied", _queue_needs),
)


def check(execution: dict[str, Any], resource: str, arguments: dict[str, Any]) -> None:
    """Raise the service's error when the role of the execution's machine may not make the call."""
    if not app.AUTH:
        return
    if resource.startswith("arn:aws:lambda:"):
        resource, arguments = "arn:aws:states:::lambda:invoke", {"FunctionName": resource}
    call = _call(resource)
    if call is None:
        return
    for need in call.needs(arguments):
        denial = _denial(execution, need)
        if denial:
            raise service_errors.failure(call.service, call.code, denial, 403)


@functools.lru_cache(maxsize=1024)
def _call(resource: str) -> _Call | None:
    name = resource.removeprefix("arn:aws:states:::")
    return next((call for call in _CALLS if name.startswith(call.prefix)), None)


def check_action(execution: dict[str, Any], action: str, resource: str, error: str) -> None:
    """Raise `error` when the role of the execution's machine may not do the action on the resource."""
    denial = _denial(execution, _Need(action, resource)) if app.AUTH else None
    if denial:
        service = "Amazon S3" if action.startswith("s3:") else "AWSStepFunctions"
        raise stepfunctions._ExecutionError(
            error,
            f"{denial} (Service: {service}; Status Code: 403; Error Code: {_DENIED}; Request ID: {new_uuid()}; Proxy: null)",
        )


def check_distributed_map(execution: dict[str, Any], *, is_redriven: bool) -> None:
    """Raise States.Permissions when the role may not run its own machine's children.

    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html names what it needs; which error
    a denial gives is not documented.
    """
    machine = execution["stateMachineArn"].split("/")[0]
    children = machine.replace(":stateMachine:", ":execution:") + ":*"
    needs = [("StartExecution", machine), ("DescribeExecution", children), ("StopExecution", children)]
    if is_redriven:
        needs = [("RedriveExecution", machine.replace(":stateMachine:", ":execution:") + "/*")]
    for action, resource in needs:
        check_action(execution, f"states:{action}", resource, "States.Permissions")


def _denial(execution: dict[str, Any], need: _Need) -> str | None:
    # A Distributed Map's children name their machine with the Map's label behind it.
    machine = stepfunctions._state_machines[execution["stateMachineArn"].split("/")[0]]
    role = machine["roleArn"].rsplit("/", 1)[-1]
    session = f"{role}/{execution['name'][:32]}"
    decision = role_decisions.decision(need.action, need.resource, role, session)
    if decision == "Allow":
        return None
    caller = role_decisions.session_arn(session)
    return str(identity_denial_message(need.action, caller, need.resource, decision == "Deny"))
