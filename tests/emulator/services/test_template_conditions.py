"""Conditions of templates."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items

ITEMS = Items()

TEMPLATE = {
    "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": ""}, "Suffix": {"Type": "String", "Default": ""}},
    "Conditions": {
        "HasNames": {"Fn::Not": [{"Fn::Equals": [{"Fn::Join": ["", {"Ref": "Names"}]}, ""]}]},
        "IsA1": {"Fn::Equals": ["a-1", {"Fn::Join": ["-", ["a", {"Ref": "Suffix"}]]}]},
    },
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
    "Outputs": {name: {"Value": {"Fn::If": [name, "yes", "no"]}} for name in ("HasNames", "IsA1")},
}


def conditions(aws: LocalAws, **parameters: str) -> str:
    """What the template's conditions, in the order of their names, come to."""
    client, name = aws.client("cloudformation"), aws.name("stack")
    template = json.dumps(TEMPLATE)
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    client.create_stack(StackName=name, TemplateBody=template, Parameters=given)
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    outputs = client.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return " ".join(output["OutputValue"] for output in sorted(outputs, key=lambda output: output["OutputKey"]))


@ITEMS.item("template_conditions", ["no no", "no no", "yes no", "yes no", "no yes"])
def a_condition_may_join_a_list(aws: LocalAws) -> Any:
    given: list[dict[str, str]] = [{}, {"Names": ""}, {"Names": "a"}, {"Names": "a, b"}, {"Suffix": "1"}]
    return [conditions(aws, **parameters) for parameters in given]


def test_what_else_is_joined_is_left_to_ministack(patched: LocalAws) -> None:
    stack_name = {"Fn::Equals": [{"Fn::Join": ["-", ["x", {"Ref": "AWS::StackName"}]]}, "x"]}
    template = {"Conditions": {"IsX": stack_name}, "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    client, name = patched.client("cloudformation"), patched.name("stack")
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
