"""The agent's state machine: what goes in and what comes out are validated, between them stands the executor."""

from typing import Any

from batchctl.factory.canonical import Canonical

# Validation and waiting for it, besides what the extraction itself may take.
_SPARE_SECONDS = 60
_VALIDATION_SECONDS = 30
_SERVICE_ERRORS = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
# A function's error is JSON in the Cause, every other error is a sentence.
_REASON = (
    "{% ( $cause := $states.input.Cause & ''; "
    "$said := $substring($cause, 0, 1) = '{' ? $parse($cause).errorMessage; $exists($said) ? $said : $cause ) %}"
)
_CONTEXT = "$states.context.Execution.Input.batchContext"


def agent_machine(canonical: Canonical) -> dict[str, Any]:
    """The definition, with the functions' ARNs as substitutions."""
    names, seconds = canonical.names, canonical.shape.browser_config.timeout
    return {
        "Comment": f"The agent {names.agent} {canonical.shape.version}, made from its canonical schema by the factory.",
        "QueryLanguage": "JSONata",
        "StartAt": "ValidateInput",
        "TimeoutSeconds": agent_seconds(canonical),
        "States": {
            "ValidateInput": _task(
                "Reads the cells as the schema's types, and refuses an input that does not fit.",
                "${ValidateInputFunctionArn}",
                # In one expression, an input that is not there is left out.
                "{% {'document': $states.input.input} %}",
                _VALIDATION_SECONDS,
                retried=[*_SERVICE_ERRORS, "Lambda.Unknown", "Sandbox.Timedout"],
                Assign={"variables": "{% $states.result.Payload %}"},
                Next="ExecuteExtraction",
            ),
            "ExecuteExtraction": _task(
                "Does the extraction, or replays one; what it may have cost is not spent again here.",
                "${ExecutorFunctionArn}",
                {
                    "template": {"template_id": names.module, "version": canonical.shape.version},
                    "variables": "{% $variables %}",
                    "batchContext": f"{{% $exists({_CONTEXT}) ? {_CONTEXT} : {{}} %}}",
                },
                seconds,
                retried=_SERVICE_ERRORS,
                Output="{% {'answer': $states.result.Payload.structured_output} %}",
                Next="ValidateOutput",
            ),
            "ValidateOutput": _task(
                "Lets no answer pass that is not what the schema promises.",
                "${ValidateOutputFunctionArn}",
                f"{{% {{'name': '{names.output_tool}', 'input': $states.input.answer, "
                "'id': $states.context.Execution.Name} %}",
                _VALIDATION_SECONDS,
                retried=[*_SERVICE_ERRORS, "Lambda.Unknown", "Sandbox.Timedout"],
                Output={"structured_output": "{% $states.result.Payload.content %}"},
                End=True,
            ),
            "FailExtraction": {
                "Comment": "Hands the reason on to whoever started the execution.",
                "Type": "Fail",
                "Error": "{% $states.input.Error %}",
                "Cause": _REASON,
            },
        },
    }


def agent_seconds(canonical: Canonical) -> int:
    """How long the whole agent may take; a batch must give a row at least that."""
    return canonical.shape.browser_config.timeout + _SPARE_SECONDS


def _task(
    comment: str, function: str, payload: Any, seconds: int, *, retried: list[str], **ending: Any
) -> dict[str, Any]:
    return {
        "Comment": comment,
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "TimeoutSeconds": seconds,
        "Retry": [
            {
                "ErrorEquals": retried,
                "IntervalSeconds": 1,
                "MaxAttempts": 4,
                "BackoffRate": 2,
                "MaxDelaySeconds": 10,
                "JitterStrategy": "FULL",
            }
        ],
        "Catch": [
            {
                "ErrorEquals": [error],
                "Output": "{% $states.errorOutput %}",
                "Next": "FailExtraction",
            }
            for error in ("States.DataLimitExceeded", "States.ALL")
        ],
        **ending,
    }
