"""The quotas of an execution: bytes of a payload, events of a history."""

from typing import Any

from tests.emulator.local_aws import LocalAws, caught, over_items, task
from tests.emulator.observations import TOO_MUCH, Items, caught_error

ITEMS = Items()
item = ITEMS.item


@item("payload_quota", "States.DataLimitExceeded")
def a_task_result_has_at_most_256_kib(aws: LocalAws) -> Any:
    large = task(aws.function(f"return 'x' * {TOO_MUCH}"), Output="small")
    return caught_error(aws, large, "States.DataLimitExceeded")


@item("payload_quota", "States.DataLimitExceeded")
def a_quota_counts_bytes_not_characters(aws: LocalAws) -> Any:
    large = task(aws.function("return 'ü' * 200_000"), Output="small")
    return caught_error(aws, large, "States.DataLimitExceeded")


@item("payload_quota", "States.DataLimitExceeded")
def a_state_output_has_at_most_256_kib(aws: LocalAws) -> Any:
    return aws.output({"Pass": {"Type": "Pass", "Output": f"{{% $pad('', {TOO_MUCH}, 'x') %}}", "End": True}})


@item("execution_history", ("States.Runtime", "The execution reached the maximum number of history events (25000)."))
def a_history_has_at_most_25000_events(aws: LocalAws) -> Any:
    step = {"Type": "Pass", "Next": "B"}
    states = {"A": step, "B": {**step, "Next": "C"}, "C": {**step, "Next": "D"}, "D": {"Type": "Pass", "End": True}}
    many = {"Many": over_items(states, MaxConcurrency=2, Items="{% [1..2600] %}")}
    execution = aws.run({**caught(many["Many"])})
    return execution.get("error"), execution.get("cause")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
