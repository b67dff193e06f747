"""Choice states."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("choice_states", "default")
def a_choices_output_applies_to_its_default(aws: LocalAws) -> Any:
    choices = [{"Condition": "{% false %}", "Next": "End"}]
    choice = {"Type": "Choice", "Choices": choices, "Default": "End", "Output": "default"}
    return aws.output({"Choose": choice, "End": {"Type": "Pass", "End": True}})


@item("choice_states", "States.QueryEvaluationError")
def a_condition_must_be_a_boolean(aws: LocalAws) -> Any:
    choice = {"Type": "Choice", "Choices": [{"Condition": "{% 'yes' %}", "Next": "End"}], "Default": "End"}
    return aws.output({"Choose": choice, "End": {"Type": "Pass", "End": True}})


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
