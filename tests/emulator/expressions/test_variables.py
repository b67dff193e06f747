"""Variables of machines."""

from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import TOO_MUCH, Items

ITEMS = Items()
item = ITEMS.item


@item("variables", "States.DataLimitExceeded")
def a_variable_has_at_most_256_kib(aws: LocalAws) -> Any:
    assign = {"large": f"{{% $pad('', {TOO_MUCH}, 'x') %}}"}
    return aws.output({"Pass": {"Type": "Pass", "Assign": assign, "Output": "", "End": True}})


@item("variables", "States.DataLimitExceeded")
def all_variables_of_an_assign_have_at_most_256_kib_together(aws: LocalAws) -> Any:
    half = f"{{% $pad('', {TOO_MUCH // 2}, 'x') %}}"
    return aws.output({"Pass": {"Type": "Pass", "Assign": {"a": half, "b": half}, "Output": "", "End": True}})


@item("variables", "old")
def assigned_values_are_those_from_before_the_state(aws: LocalAws) -> Any:
    states = {
        "First": {"Type": "Pass", "Assign": {"a": "old"}, "Next": "Second"},
        "Second": {"Type": "Pass", "Assign": {"a": "new", "b": "{% $a %}"}, "Next": "Third"},
        "Third": {"Type": "Pass", "Output": "{% $b %}", "End": True},
    }
    return aws.output(states)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
