r"""Half an emoji (`\ud83d`) in what functions and machines say."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item

HALF = "a \ud83d b"
HALF_OF_A_FUNCTION = "return {'text': 'a ' + chr(0xd83d) + ' b'}"


@item("lone_surrogates", ["Odd", "a \ufffd b"])
def a_cause_with_half_an_emoji_can_be_read(aws: LocalAws) -> Any:
    fail = {"Type": "Fail", "Error": "Odd", "Cause": "{% $states.input.text %}"}
    execution = aws.run({"Fail": fail}, {"text": HALF})
    return [execution.get("error"), execution.get("cause")]


@item("lone_surrogates", ["Complaint", "a \\ud83d b", "SUCCEEDED"])
def an_exception_with_half_an_emoji_can_be_caught(aws: LocalAws) -> Any:
    code = "class Complaint(Exception): pass\n\n\ndef handler(event, context):\n    raise Complaint('a ' + chr(0xd83d) + ' b')\n"
    execution = aws.run(caught(task(aws.function_with_code(code))))
    error = json.loads(execution["output"])
    return [
        error["Error"],
        "a \\ud83d b" if json.loads(error["Cause"])["errorMessage"] == HALF else "",
        execution["status"],
    ]


@item("lone_surrogates", [{"text": HALF}, "a \ufffd b"])
def half_an_emoji_reaches_a_queue(aws: LocalAws) -> Any:
    url, _ = aws.queue()
    send = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}
    states = {
        "Json": {**send, "Arguments": {"QueueUrl": url, "MessageBody": "{% $states.input %}"}, "Next": "Text",
                 "Output": "{% $states.input %}"},
        "Text": {**send, "Arguments": {"QueueUrl": url, "MessageBody": "{% $string($states.input.text) %}"}, "End": True},
    }  # fmt: skip
    aws.run(states, {"text": HALF})
    bodies = []
    for _ in range(2):
        answer = aws.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            body = message["Body"]
            bodies.append(json.loads(body) if body.startswith("{") else body)
    return sorted(bodies, key=str, reverse=True)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


def test_output_with_half_an_emoji_can_be_read(patched: LocalAws) -> None:
    execution = patched.run({"Task": task(patched.function(HALF_OF_A_FUNCTION))})
    history = patched.history(execution["executionArn"])
    [result] = [event["taskSucceededEventDetails"]["output"] for event in history if event["type"] == "TaskSucceeded"]
    assert json.loads(result)["Payload"] == json.loads(execution["output"]) == {"text": HALF}
    json.dumps(history, default=str, ensure_ascii=False).encode()
