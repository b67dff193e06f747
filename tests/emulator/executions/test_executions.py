"""How executions end, and their time limits."""

import time
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("executions", "TIMED_OUT")
def a_machine_has_a_time_limit(aws: LocalAws) -> Any:
    wait = {"Type": "Wait", "Seconds": 2, "End": True}
    return aws.run({"Wait": wait}, TimeoutSeconds=1)["status"]


@item("executions", "ExecutionAborted")
def nothing_happens_in_an_aborted_execution(aws: LocalAws) -> Any:
    arn = aws.start(aws.machine({"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}))
    time.sleep(0.3)
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    time.sleep(2)
    return aws.history(arn)[-1]["type"]


@item("executions", "end")
def succeed_has_an_output(aws: LocalAws) -> Any:
    return aws.output({"End": {"Type": "Succeed", "Output": "{% 'end' %}"}})


@item("executions", None)
def a_failed_execution_has_no_output(aws: LocalAws) -> Any:
    return aws.run({"End": {"Type": "Fail", "Error": "E"}}).get("output")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
