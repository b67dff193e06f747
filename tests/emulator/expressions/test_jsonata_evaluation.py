"""What expressions may use, and how fast they are."""

import time
from typing import Any

from tests.emulator.local_aws import LocalAws, over_items
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("jsonata_evaluation", "States.QueryEvaluationError")
def there_is_no_eval(aws: LocalAws) -> Any:
    return aws.output({"Pass": {"Type": "Pass", "Output": "{% $eval('1') %}", "End": True}})


@item("jsonata_evaluation", ["Execution", "State", "StateMachine"])
def the_context_has_the_keys_of_aws(aws: LocalAws) -> Any:
    return sorted(aws.output({"Pass": {"Type": "Pass", "Output": "{% $keys($states.context) %}", "End": True}}))


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


def test_expressions_are_parsed_once(patched: LocalAws, unpatched: LocalAws) -> None:
    """Not AWS's behaviour but what a batch of thousands of rows needs."""
    expression = "{% " + " + ".join(f"$sum([{n}, $states.input])" for n in range(100)) + " %}"
    states = {"Pass": {"Type": "Pass", "Output": expression, "End": True}}
    machine = {"Map": over_items(states, MaxConcurrency=2)}

    def seconds(aws: LocalAws) -> float:
        started = time.monotonic()
        aws.run(machine, {"items": list(range(40))})
        return time.monotonic() - started

    assert seconds(patched) * 1.5 < seconds(unpatched), "MiniStack does this now: delete jsonata_evaluation.py"
