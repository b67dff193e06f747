"""States that wait: one thread walks at a time, and nobody who waits keeps the others from walking."""

import time
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, over_items, task, until

SLEEPS = "print('before', flush=True); time.sleep(event['seconds']); print('after'); return os.getpid()"


def logged(aws: LocalAws, function: str) -> str:
    """All that the function has logged."""
    logs, group = aws.client("logs"), f"/aws/lambda/{function}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    names = [stream["logStreamName"] for stream in streams]
    pages = (logs.get_log_events(logGroupName=group, logStreamName=name)["events"] for name in names)
    return "\n".join(event["message"] for page in pages for event in page)


def warm(aws: LocalAws) -> str:
    """A function of its own that has a process."""
    function = aws.function_with_code(
        f"import os, time\n\n\ndef handler(event, context):\n    {SLEEPS}\n", MemorySize=130 + next(aws._numbers)
    )
    aws.run({"Task": task(function, {"seconds": 0})})
    return function


def test_a_call_that_its_state_leaves_goes_on_and_keeps_its_log(patched: LocalAws) -> None:
    function = warm(patched)
    states = caught(task(function, {"seconds": 3}, TimeoutSeconds=1))
    began = time.monotonic()
    assert "States.Timeout" in patched.run(states)["output"]
    assert time.monotonic() - began < 2.8
    assert logged(patched, function).count("after") == 1, "the call has ended with its state"
    until(lambda: logged(patched, function).count("after") == 2)
    assert logged(patched, function).count("before") == 2
    assert logged(patched, function).count("END RequestId") == 2


def test_an_execution_is_stopped_in_the_middle_of_a_call(patched: LocalAws) -> None:
    function = warm(patched)
    states = patched.client("stepfunctions")
    arn = patched.start(patched.machine({"Task": task(function, {"seconds": 4})}))
    until(lambda: any(event["type"] == "TaskStarted" for event in patched.history(arn)))
    began = time.monotonic()
    states.stop_execution(executionArn=arn)
    assert patched.ended(arn)["status"] == "ABORTED"
    assert time.monotonic() - began < 3
    until(lambda: logged(patched, function).count("after") == 2)


def test_who_waits_for_a_function_lets_the_others_walk(patched: LocalAws) -> None:
    slow, quick = warm(patched), patched.function("return 1")
    branches = [
        {"StartAt": "Slow", "States": {"Slow": task(slow, {"seconds": 3})}},
        {"StartAt": "Quick", "States": {"Quick": task(quick)}},
    ]
    arn = patched.start(patched.machine({"Both": {"Type": "Parallel", "Branches": branches, "End": True}}))
    patched.ended(arn)
    left = [
        event["stateExitedEventDetails"]["name"] for event in patched.history(arn) if event["type"] == "TaskStateExited"
    ]
    assert left == ["Quick", "Slow"]


def test_calls_that_sleep_do_so_at_the_same_time(patched: LocalAws) -> None:
    states = {"Map": over_items({"Task": task(warm(patched), {"seconds": 2})}, MaxConcurrency=6)}
    processes: list[Any] = patched.output(states, {"items": list(range(6))})
    assert len(set(processes)) > 1


def test_who_waits_for_a_token_lets_the_others_walk(patched: LocalAws) -> None:
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": patched.queue().url, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
        "TimeoutSeconds": 20,
        "End": True,
    }
    waiting = patched.start(patched.machine({"Wait": send}))
    until(lambda: any(event["type"] == "TaskSubmitted" or event["id"] > 2 for event in patched.history(waiting)))
    assert patched.output({"Pass": {"Type": "Pass", "Output": 1, "End": True}}) == 1
    patched.client("stepfunctions").stop_execution(executionArn=waiting)
