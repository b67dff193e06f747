"""Inputs and errors in the shapes that AWS gives them.

A child's description has its keys in alphabetical order and its times in milliseconds, as recorded on AWS; a
failed one has Error and Cause, one that timed out or was stopped has neither. `.sync:2` has the child's input as
JSON, `.sync` as text. Step Functions cuts a Cause at 32,768 characters.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.statemachine.samples import PROBLEM, ROW

CAUSE_CHARACTERS = 32_768
LETTER_CAUSE_CHARACTERS = 8_000
TOO_LONG = "too long for the dead letter; it stands in the history"
HOSTILE = 'quotes " and \\" and \', a\nnewline, \\ a backslash, tab\t, 日本語, 😀, \u0000 and C:\\'


def child(status: str, error: str | None = None, cause: str | None = None, given: Any = None) -> dict[str, str]:
    """The error of a nested execution that did not succeed."""
    described = {
        "Cause": cause,
        "Error": error,
        "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:support-agent:run-1-2-1",
        "Input": {"batchContext": {"executionId": "run-1"}, "input": {}} if given is None else given,
        "InputDetails": {"Included": True},
        "Name": "run-1-2-1",
        "RedriveCount": 0,
        "RedriveStatus": "REDRIVABLE",
        "StartDate": 1733089875458,
        "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent",
        "Status": status,
        "StopDate": 1733092939260,
    }
    present = {key: value for key, value in described.items() if value is not None}
    text = json.dumps(present, ensure_ascii=False, separators=(",", ":"))
    return {"Error": "States.TaskFailed", "Cause": text[:CAUSE_CHARACTERS]}


def python_error(error: str, message: str) -> dict[str, str]:
    """The error of a Python function: its runtime writes ", " and ": "."""
    cause = {
        "errorMessage": message,
        "errorType": error,
        "requestId": "dadaf7fd-c55a-441a-9345-e8b0945a1c32",
        "stackTrace": ['  File "/var/task/app.py", line 14, in lambda_handler\n    raise Error(message)\n'],
    }
    return {"Error": error, "Cause": json.dumps(cause)[:CAUSE_CHARACTERS]}


def node_error(error: str, message: str) -> dict[str, str]:
    """The error of a Node function: its runtime writes no spaces, and leaves characters as they are."""
    cause = {
        "errorType": error,
        "errorMessage": message,
        "trace": [f"{error}: {message}", "    at handler (index.js:1)"],
    }
    text = json.dumps(cause, ensure_ascii=False, separators=(",", ":"))
    return {"Error": error, "Cause": text[:CAUSE_CHARACTERS]}


TIMED_OUT_TASK = {"Error": "States.Timeout"}
TIMED_OUT_FUNCTION = {
    "Error": "Sandbox.Timedout",
    "Cause": '{"errorType":"Sandbox.Timedout",'
    '"errorMessage":"RequestId: 5b1c368c Error: Task timed out after 3.00 seconds"}',
}
TIMED_OUT_UNKNOWN = {
    "Error": "Lambda.Unknown",
    "Cause": "The cause could not be determined because Lambda did not return an error type. "
    'Returned payload: {"errorMessage":"2024-11-26T00:36:39.604Z 5b1c368c Task timed out after 600.15 seconds"}',
}
THROTTLED = {
    "Error": "Lambda.TooManyRequestsException",
    "Cause": "Rate Exceeded. (Service: AWSLambda; Status Code: 429; "
    "Error Code: TooManyRequestsException; Request ID: 8a7f4b7e; Proxy: null)",
}
TOO_LARGE = {
    "Error": "States.DataLimitExceeded",
    "Cause": "The state/task 'InvokeAgent' returned a result with a size exceeding the maximum number of "
    "bytes service limit.",
}
# Throttling that the integration's error names do not tell from any other refusal.
WRAPPED_THROTTLING = {
    "tool throttled": {
        "Error": "Lambda.AWSLambdaException",
        "Cause": "Rate exceeded (Service: AWSLambda; Status Code: 429; Error Code: ThrottlingException; "
        "Request ID: 8a7f4b7e; Proxy: null)",
    },
    "agent throttled": {
        "Error": "StepFunctions.AWSStepFunctionsException",
        "Cause": "Rate exceeded (Service: AWSStepFunctions; Status Code: 400; Error Code: ThrottlingException; "
        "Request ID: 8a7f4b7e; Proxy: null)",
    },
    "look at an earlier run throttled": {
        "Error": "Sfn.SfnException",
        "Cause": "Rate exceeded (Service: Sfn, Status Code: 400, Request ID: 8a7f4b7e)",
    },
    "look at an earlier run throttled by name": {
        "Error": "Sfn.ThrottlingException",
        "Cause": "Rate exceeded (Service: Sfn, Status Code: 400, Request ID: 8a7f4b7e)",
    },
    "too many requests": {
        "Error": "Lambda.AWSLambdaException",
        "Cause": "Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException",
    },
    "too many executions": {
        "Error": "StepFunctions.AWSStepFunctionsException",
        "Cause": "Service: AWSStepFunctions; Status Code: 400; Error Code: ExecutionLimitExceeded",
    },
}
REFUSED = {
    "Error": "StepFunctions.AWSStepFunctionsException",
    "Cause": "User is not authorized to perform: states:StartExecution (Service: AWSStepFunctions; "
    "Status Code: 400; Error Code: AccessDeniedException; Request ID: 8a7f4b7e; Proxy: null)",
}
ALREADY_EXISTS = {
    "Error": "StepFunctions.ExecutionAlreadyExistsException",
    "Cause": "Execution Already Exists: 'arn:aws:states:eu-west-1:123456789012:execution:support-agent:run-1-2-1' "
    "(Service: AWSStepFunctions; Status Code: 400; Error Code: ExecutionAlreadyExists; Request ID: 8a7f4b7e)",
}
THRESHOLD_EXCEEDED = {
    "Error": "States.ExceedToleratedFailureThreshold",
    "Cause": "The specified tolerated failure threshold was exceeded",
}
# What else ends a Distributed Map; by the developer guide, concepts-error-handling.
MAP_FAILURES = [
    THRESHOLD_EXCEEDED,
    {"Error": "States.ItemReaderFailed", "Cause": "Unable to read s3://bucket/work/run-1/rows.jsonl"},
    {"Error": "States.ResultWriterFailed", "Cause": "Unable to write to s3://bucket/work/run-1/map"},
    {"Error": "States.QueryEvaluationError", "Cause": "The JSONata expression returned nothing (undefined)."},
    TOO_LARGE,
]
UNREACHABLE_QUEUE = {
    "Error": "SQS.SdkClientException",
    "Cause": "Unable to execute HTTP request: connect timed out",
}

AGENT_RESULT = {
    "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:support-agent:run-1-2-1",
    "Input": {"input": {}},
    "InputDetails": {"Included": True},
    "Name": "run-1-2-1",
    "Output": {"structured_output": {"category": "billing"}},
    "OutputDetails": {"Included": True},
    "RedriveCount": 0,
    "RedriveStatus": "NOT_REDRIVABLE",
    "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    "StartDate": 1733089875458,
    "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent",
    "Status": "SUCCEEDED",
    "StopDate": 1733092939260,
}


# AWS's sample of the event with a batch's names, and with error and cause, which not every published sample has.
STATUS_EVENT: dict[str, Any] = {
    "version": "0",
    "id": "315c1398-40ff-a850-213b-158f73e60175",
    "detail-type": "Step Functions Execution Status Change",
    "source": "aws.states",
    "account": "123456789012",
    "time": "2026-11-21T09:34:44Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:run-1"],
    "detail": {
        "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:run-1",
        "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev",
        "name": "run-1",
        "status": "TIMED_OUT",
        "startDate": 1733089875458,
        "stopDate": 1733092939260,
        "input": "{}",
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
        "error": None,
        "cause": None,
    },
}


# What an earlier batch sent for the row: its own name and number of rows, and all else the same.
SENT_EARLIER: dict[str, Any] = {
    "batchContext": {"executionId": "run-0", "rowId": "2", "totalRows": 7},
    "input": ROW["input"],
}


def described(status: str, **more: str) -> dict[str, Any]:
    """What the SDK integration's DescribeExecution gives: names in PascalCase, times as text, texts as they are."""
    return {
        "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:support-agent:run-1-2-1",
        "Input": json.dumps(SENT_EARLIER),
        "InputDetails": {"Included": True},
        "Name": "run-1-2-1",
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "StartDate": "2026-11-21T09:34:44.123Z",
        "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent",
        "Status": status,
        **({} if status == "RUNNING" else {"StopDate": "2026-11-21T09:35:44.123Z"}),
        **more,
    }


def function_result(payload: Any) -> dict[str, Any]:
    """What the Lambda integration gives for a function's answer."""
    return {
        "ExecutedVersion": "$LATEST",
        "Payload": payload,
        "SdkHttpMetadata": {"HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": "1c2d3e4f"},
        "StatusCode": 200,
    }


def in_execution(name: str) -> dict[str, Any]:
    """What $unread is after an answer that is in the agent's execution and could not be read there."""
    return {"answer": f"beyond a payload; it stands in the execution {name}"}


QUEUE_RESULT = {"MD5OfMessageBody": "0cc175b9c0f1b6a831c399e269772661", "MessageId": "5fea7756"}
TOPIC_RESULT = {"MessageId": "567910cd-659e-55d4-8ccb-5aaf14679dc0"}


def unread(answer: Any) -> dict[str, Any]:
    """What $unread is after an answer that could not be read."""
    return {"answer": answer}


def answers() -> dict[str, Any]:
    """What a target may answer, by name."""
    return {
        "null": None,
        "false": False,
        "zero": 0,
        "number": 1.5,
        "empty text": "",
        "text": 'é 😀 "',
        "empty list": [],
        "list of null": [None],
        "list of one": [1],
        "list of an empty list": [[]],
        "list": [1, {"a": None}],
        "empty object": {},
        "object": {"structured_output": {"category": None}},
        "object with an answer": {"answer": None},
        "longest object that is kept": {"text": "a" * (99_999 - len('{"text":""}'))},
        "longest text that is kept": "😀" * 99_999,
    }


def long_answers() -> dict[str, Any]:
    """What a target may answer that no dead letter carries, by name."""
    return {
        "shortest object that is not kept": {"text": "a" * (100_000 - len('{"text":""}'))},
        "shortest text that is not kept": "a" * 100_000,
        "big": {"text": "a" * 250_000},
    }


def not_taken(error: Mapping[str, Any], refusal: Mapping[str, Any]) -> dict[str, Any]:
    """What a row's failure becomes when the dead letter queue does not take it."""
    return {"Error": error["Error"], "Cause": cause_text(error), "QueueError": refusal["Error"]}


def cause_text(error: Mapping[str, Any]) -> str:
    """The Cause as text, which JSONata makes of null too."""
    return "null" if "Cause" in error and error["Cause"] is None else str(error.get("Cause", ""))


def failures() -> dict[str, dict[str, str]]:
    """Errors of rows by name, as a Catch hands them on."""
    long = "Caf\u00e9 " * 20_000
    return {
        "agent failed": child("FAILED", "TriageFailed", "the model gave no answer"),
        "agent failed without a cause": child("FAILED", "TriageFailed"),
        "agent failed without an error name": child("FAILED"),
        "agent failed without an error name, on a row that has one": child("FAILED", given={"Error": "mine"}),
        "agent failed on a Python function": child("FAILED", *python_error("ModelError", 'bad "x"').values()),
        "agent timed out": child("TIMED_OUT"),
        "agent was aborted": child("ABORTED"),
        "agent failed on a row that says TIMED_OUT": child(
            "FAILED", "TriageFailed", "no", {"Status": "TIMED_OUT", "Error": "mine", "Cause": "mine"}
        ),
        "agent was aborted on a row that has an Error": child("ABORTED", given={"Error": "mine", "Cause": "mine"}),
        "agent failed and its description is cut": child("FAILED", "TriageFailed", "no", {"text": long}),
        "agent failed and its cause is cut": child("FAILED", "TriageFailed", long),
        "agent failed with a hostile cause": child("FAILED", "TriageFailed", HOSTILE),
        "agent failed on a path": child("FAILED", "TriageFailed", "no C:\\new\nnor C:\\"),
        "agent failed with an empty cause": child("FAILED", "TriageFailed", ""),
        "task timed out": TIMED_OUT_TASK,
        "task timed out with an empty cause": {**TIMED_OUT_TASK, "Cause": ""},
        "Python function failed": python_error("StructuredOutputMissing", "Nothing at 'structured_output'."),
        "Python function failed with a hostile message": python_error("ToolError", HOSTILE),
        "Python function failed on a path": python_error("ToolError", "no C:\\new\nnor C:\\"),
        "Python function failed at length": python_error("ToolError", long),
        "Node function failed": node_error("TypeError", "x is undefined"),
        "Node function failed with a hostile message": node_error("TypeError", HOSTILE),
        "function timed out": TIMED_OUT_FUNCTION,
        "function timed out, by its old name": TIMED_OUT_UNKNOWN,
        "function was throttled": THROTTLED,
        "answer was too large": TOO_LARGE,
        "row was unfit": {"Error": PROBLEM["error"], "Cause": PROBLEM["message"]},
        "nothing but a name": {"Error": "Odd"},
        "empty cause": {"Error": "Odd", "Cause": ""},
        "null cause": {"Error": "Odd", "Cause": None},  # type: ignore[dict-item]
        "hostile name": {"Error": HOSTILE * 3, "Cause": HOSTILE},
        "longest plain cause": {"Error": "Odd", "Cause": "a" * CAUSE_CHARACTERS},
        "longest cause of quotes": {"Error": "Odd", "Cause": '"' * CAUSE_CHARACTERS},
        "longest cause of emoji": {"Error": "Odd", "Cause": "😀" * CAUSE_CHARACTERS},
        "longest cause of backslashes": {"Error": "Odd", "Cause": "\\" * CAUSE_CHARACTERS},
        "longest cause of two-byte characters": {"Error": "Odd", "Cause": "\u07ff" * CAUSE_CHARACTERS},
        "longest cause of three-byte characters": {"Error": "Odd", "Cause": "\u0800" * CAUSE_CHARACTERS},
        "longest cause of control characters": {
            "Error": "Odd",
            "Cause": "\u0000\u001f\u007f" * (CAUSE_CHARACTERS // 3),
        },
    }
