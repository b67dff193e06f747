"""Task states: their time limit, what a history tells of them."""

from typing import Any

from tests.emulator.local_aws import LocalAws, child, task
from tests.emulator.observations import Items, caught_error

ITEMS = Items()
item = ITEMS.item


@item("task_states", "States.Timeout")
def a_tasks_time_limit_may_be_an_expression(aws: LocalAws) -> Any:
    slow = task(aws.function("time.sleep(3)"), TimeoutSeconds="{% $states.input.limit %}")
    return caught_error(aws, slow, data={"limit": 1})


@item("task_history", ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"])
def a_history_tells_of_a_childs_start(aws: LocalAws) -> Any:
    execution = aws.run({"Run": child(aws.machine({"End": {"Type": "Succeed"}}))})
    seen = [event["type"] for event in aws.history(execution["executionArn"])]
    return [name for name in seen if name.startswith("Task") and "State" not in name]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
