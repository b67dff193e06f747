"""Definitions that are refused."""

import json
from typing import Any

from botocore.exceptions import ClientError

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item

DANGLING = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
UNPARSABLE = {
    "QueryLanguage": "JSONata",
    "StartAt": "A",
    "States": {"A": {"Type": "Pass", "Output": "{% ( %}", "End": True}},
}


def create(aws: LocalAws, definition: Any, **options: Any) -> Any:
    return aws.client("stepfunctions").create_state_machine(
        name=aws.name("refused"), definition=json.dumps(definition), roleArn=aws.role_arn, **options
    )


@item(
    "refusals",
    [
        "InvalidDefinition",
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next'",
    ],
)
def a_machine_with_a_target_that_there_is_not_is_refused(aws: LocalAws) -> Any:
    try:
        create(aws, DANGLING)
    except ClientError as exc:
        return [exc.response["Error"]["Code"], exc.response["Error"]["Message"]]


@item("refusals", ["InvalidDefinition", "A"])
def an_update_is_refused_and_changes_nothing(aws: LocalAws) -> Any:
    client, arn = aws.client("stepfunctions"), aws.machine({"A": {"Type": "Succeed"}})
    code = error_of(client.update_state_machine, stateMachineArn=arn, definition=json.dumps(DANGLING))
    kept = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    return [code, "".join(kept["States"]) if kept["States"]["A"]["Type"] == "Succeed" else "changed"]


@item("refusals", True)
def an_expression_that_cannot_be_parsed_is_refused_in_the_same_words(aws: LocalAws) -> Any:
    try:
        create(aws, UNPARSABLE)
    except ClientError as exc:
        beginning = "Invalid State Machine Definition: 'INVALID_JSONATA_EXPRESSION: "
        message = exc.response["Error"]["Message"]
        return bool(message.startswith(beginning) and message.endswith("at /States/A/Output'"))


@item("refusals", ["FAIL", [("MISSING_TRANSITION_TARGET", "/States/A/Next")], "OK"])
def a_definition_can_be_validated(aws: LocalAws) -> Any:
    validate = aws.client("stepfunctions").validate_state_machine_definition
    wrong = validate(definition=json.dumps(DANGLING))
    right = validate(definition=json.dumps({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}))
    places = [(one["code"], one.get("location")) for one in wrong["diagnostics"]]
    return [wrong["result"], places, right["result"]]


@item("refusals", True)
def a_stack_with_such_a_machine_fails(aws: LocalAws) -> Any:
    properties = {"RoleArn": aws.role_arn, "DefinitionString": json.dumps(DANGLING)}
    resources = {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}
    client, name = aws.client("cloudformation"), aws.name("stack")
    client.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}), OnFailure="DO_NOTHING")
    reasons: list[str] = []
    while not any(reason for reason in reasons):
        status = client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        events = client.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [event.get("ResourceStatusReason", "") for event in events]
        if status == "CREATE_COMPLETE":
            break
    return any("Missing 'Next' target: B" in reason for reason in reasons)


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
