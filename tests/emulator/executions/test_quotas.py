"""The quotas of an execution: bytes of a payload, events of a history."""

from typing import Any

from tests.emulator.local_aws import LocalAws, caught, child, over_items, task
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


@item("failure_texts", 32_768)
def a_cause_has_at_most_32768_characters(aws: LocalAws) -> Any:
    failing = {"Fail": {"Type": "Fail", "Error": "E", "Cause": "{% $pad('', 40000, 'x') %}"}}
    return len(aws.run(failing)["cause"])


@item("failure_texts", "States.TaskFailed")
def a_cause_of_quotes_within_quotes_stays_within_a_payload(aws: LocalAws) -> Any:
    inner = aws.machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "{% $pad('', 32768, '\"') %}"}})
    for _ in range(3):
        inner = aws.machine({"Run": child(inner)})
    return caught_error(aws, child(inner))


@item("execution_history", ("States.Runtime", "The execution reached the maximum number of history events (25000)."))
def a_history_has_at_most_25000_events(aws: LocalAws) -> Any:
    step = {"Type": "Pass", "Next": "B"}
    states = {"A": step, "B": {**step, "Next": "C"}, "C": {**step, "Next": "D"}, "D": {"Type": "Pass", "End": True}}
    many = {"Many": over_items(states, MaxConcurrency=2, Items="{% [1..2600] %}")}
    execution = aws.run({**caught(many["Many"])})
    return execution.get("error"), execution.get("cause")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
