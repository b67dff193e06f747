"""Expressions that fail."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


def failures(aws: LocalAws, states: dict[str, Any]) -> list[Any]:
    """The events of an execution from the failed expression on, with what they follow and tell."""
    events = aws.history(aws.run(states)["executionArn"])
    first = next(number for number, event in enumerate(events) if event["type"] == "EvaluationFailed")
    told = [event.get("evaluationFailedEventDetails") or event.get("executionFailedEventDetails") for event in events]
    return [[event["type"], event["previousEventId"], told[event["id"] - 1]] for event in events[first:]]


UNDEFINED = (
    "An error occurred while executing the state 'Second' (entered at the event id #4). The JSONata expression "
    "'$states.input.nothing' specified for the field 'Output/price' returned nothing (undefined)."
)


@item(
    "evaluation_failures",
    [
        [
            "EvaluationFailed",
            3,
            {"cause": UNDEFINED, "error": "States.QueryEvaluationError", "location": "Output/price", "state": "Second"},
        ],
        ["ExecutionFailed", 5, {"cause": UNDEFINED, "error": "States.QueryEvaluationError"}],
    ],
)
def an_undefined_value_is_told_with_its_place(aws: LocalAws) -> Any:
    output = {"price": "{% $states.input.nothing %}"}
    return failures(
        aws,
        {
            "First": {"Type": "Pass", "Next": "Second"},
            "Second": {"Type": "Pass", "Output": output, "End": True},
        },
    )


@item("templates", ["Assign/deep/list[1]", "Arguments/Payload/x", "Seconds", "Choices[1]/Condition", "Items"])
def every_field_is_told_by_its_name(aws: LocalAws) -> Any:
    nothing, end = "{% $nothing %}", {"Next": "End"}
    processor = {"StartAt": "In", "States": {"In": {"Type": "Pass", "End": True}}}
    choices = [{"Condition": "{% false %}", **end}, {"Condition": nothing, **end}]
    first_states = [
        {"Type": "Pass", "Assign": {"deep": {"list": [1, nothing]}}, **end},
        {**task("no-function", {"x": nothing}), "End": True},
        {"Type": "Wait", "Seconds": nothing, **end},
        {"Type": "Choice", "Choices": choices, "Default": "End"},
        {"Type": "Map", "Items": nothing, "ItemProcessor": processor, **end},
    ]
    found = [failures(aws, {"Try": state, "End": {"Type": "Pass", "End": True}}) for state in first_states[:1]]
    found += [failures(aws, {"Try": first_states[1]})]
    found += [failures(aws, {"Try": state, "End": {"Type": "Pass", "End": True}}) for state in first_states[2:]]
    return [events[0][2]["location"] for events in found]


@item("evaluation_failures", ["States.QueryEvaluationError", True, "EvaluationFailed", "TaskStateExited"])
def a_failed_expression_can_be_caught(aws: LocalAws) -> Any:
    execution = aws.run(caught(task("no-function", "{% 1 + 'x' %}")))
    error = json.loads(execution["output"])
    types = [event["type"] for event in aws.history(execution["executionArn"])]
    is_told = "specified for the field 'Arguments/Payload' threw an error during evaluation. T20" in error["Cause"]
    return [error["Error"], is_told, *types[2:4]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
