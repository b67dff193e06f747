"""What is wrong with definitions; without an emulator."""

import json
from pathlib import Path
from typing import Any

import pytest

from batchctl.local.emulator.fidelity.definitions import problems

ROOT = Path(__file__).parents[3]
END = {"Type": "Pass", "End": True}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
INNER = {"StartAt": "In", "States": {"In": END}}
MAP = {"Type": "Map", "ItemProcessor": INNER, "End": True}


def told(states: dict[str, Any], *, is_express: bool = False, **machine: Any) -> list[str]:
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **machine}
    return [str(problem) for problem in problems.find(json.dumps(definition), is_express=is_express)]


def one(state: dict[str, Any], **options: Any) -> str:
    """The only problem of a machine that begins with this state, and has an end."""
    following = {"End": END} if "Next" in state or "Choices" in state else {}
    [problem] = told({"Try": state, **following}, **options)
    return problem


@pytest.mark.parametrize("path", sorted(ROOT.glob("**/*.asl.json")), ids=lambda path: path.name)
def test_our_own_definitions_have_no_problem(path: Path) -> None:
    if not {"node_modules", ".venv", ".aws-sam"}.intersection(path.parts):
        assert problems.find(path.read_text(encoding="utf-8"), is_express=False) == []


def test_definition_without_states_is_told_as_recorded() -> None:
    assert told({"S": END}, States=None) == [
        "SCHEMA_VALIDATION_FAILED: The field 'States' must be an object of states at /States"
    ]
    [problem] = problems.find("{}", is_express=False)
    assert str(problem) == "SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /"
    [problem] = problems.find("", is_express=False)
    assert str(problem) == "SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object"
    [problem] = problems.find("{", is_express=False)
    assert problem.code == "INVALID_JSON_DESCRIPTION"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"Type": "Pass"}, "Exactly one of these fields is required: [Next, End] at /States/Try"),
        ({**END, "Next": "End"}, "Exactly one of these fields is required: [Next, End] at /States/Try"),
        ({**END, "_why": 1}, "Field '_why' is not supported at /States/Try"),
        ({**END, "Type": "Passs"}, ("The field 'Type' should have one of these values: "
         "[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/Try/Type")),
        ({"End": True}, "These fields are required: [Type] at /States/Try"),
        ({**END, "ResultPath": "$.x"}, ("The field 'ResultPath' is only supported for the query language JSONPath, but that "
         "of the state is JSONata at /States/Try")),
        ({**END, "QueryLanguage": "JSONPath"}, ("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state "
         "machine at /States/Try")),
        ({"Type": "Succeed", "End": True}, "Field 'End' is not supported at /States/Try"),
        ({"Type": "Task", "End": True}, "These fields are required: [Resource] at /States/Try"),
        ({**TASK, "Resource": "{% $arn %}"}, ("The resource provided {% $arn %} is not recognized. The value is not a valid "
         "resource ARN at /States/Try/Resource")),
        ({"Type": "Choice", "Choices": [], "Default": "End"}, ("The field 'Choices' must be an array with at least one rule "
         "at /States/Try/Choices")),
        ({"Type": "Choice", "Choices": [{"Next": "End"}]}, "These fields are required: [Condition] at /States/Try/Choices[0]"),
        ({"Type": "Choice", "Choices": [{"Next": "End", "Condition": "{% true %}", "Variable": "$.x"}]},
         "Field 'Variable' is not supported at /States/Try/Choices[0]"),
        ({"Type": "Wait", "Seconds": 1, "Timestamp": "2026-01-01T00:00:00Z", "End": True},
         "Exactly one of these fields is required: [Seconds, Timestamp, SecondsPath, TimestampPath] at /States/Try"),
        ({"Type": "Parallel", "Branches": [], "End": True}, ("The field 'Branches' must be an array with at least one branch "
         "at /States/Try/Branches")),
        ({"Type": "Parallel", "End": True}, "These fields are required: [Branches] at /States/Try"),
        ({"Type": "Map", "End": True}, "These fields are required: [ItemProcessor] at /States/Try"),
        ({**MAP, "Label": "two words"}, "The field 'Label' must not contain ' ' at /States/Try/Label"),
        ({**MAP, "Label": "x" * 41}, "The field 'Label' must have 1 to 40 characters at /States/Try/Label"),
        ({**MAP, "ItemProcessor": {**INNER, "ProcessorConfig": {"Mode": "DISTRIBUTED"}}}, ("The field 'ExecutionType' should "
         "have one of these values: [STANDARD, EXPRESS] at /States/Try/ItemProcessor/ProcessorConfig/ExecutionType")),
        ({**TASK, "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": "{% 3 %}"}]}, ("The field 'MaxAttempts' does not support "
         "expressions at /States/Try/Retry[0]/MaxAttempts")),
        ({**TASK, "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 0}]}, ("The field 'IntervalSeconds' must be an integer "
         "of at least 1 at /States/Try/Retry[0]/IntervalSeconds")),
        ({**TASK, "Retry": [{"MaxAttempts": 1}]}, "These fields are required: [ErrorEquals] at /States/Try/Retry[0]"),
        ({**TASK, "Catch": [{"ErrorEquals": ["E"]}]}, "These fields are required: [Next] at /States/Try/Catch[0]"),
        ({**TASK, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}]}, ("States.ALL must appear alone, and "
         "last at /States/Try/Retry[0]/ErrorEquals")),
    ],
)  # fmt: skip
def test_state_is_refused_with_its_place(state: dict[str, Any], message: str) -> None:
    assert one(state) == f"SCHEMA_VALIDATION_FAILED: {message}"


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({"A": {"Type": "Pass", "Next": "B"}}, "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /States/A/Next"),
        ({"A": {"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "E"}], "Default": "D"}, "E": END},
         "MISSING_TRANSITION_TARGET: Missing 'Default' target: D at /States/A/Default"),
        ({"A": {**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "C"}]}},
         "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Catch[0]/Next"),
        ({"A": END, "B": END}, 'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B'),
        ({"In": MAP}, "DUPLICATE_STATE_NAME: Duplicate State name: In at /States/In/ItemProcessor/States/In"),
        ({"A": {**MAP, "ItemProcessor": {**INNER, "StartAt": "A"}}},
         "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: A at /States/A/ItemProcessor/StartAt"),
    ],
)  # fmt: skip
def test_transition_that_leads_nowhere_is_refused(states: dict[str, Any], message: str) -> None:
    assert told(states) == [message]


def test_field_of_jsonata_is_refused_in_jsonpath() -> None:
    assert "only supported for the query language JSONata" in one({**TASK, "Arguments": {}}, QueryLanguage="JSONPath")
    assert told({"A": {**TASK, "QueryLanguage": "JSONata", "Arguments": {}}}, QueryLanguage="JSONPath") == []


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "'.waitForTaskToken' service integration "),
        ("arn:aws:states:::states:startExecution.sync:2", "'.sync' service integration"),
        ("arn:aws:states:us-east-1:123456789012:activity:work", "Activity ARN"),
    ],
)
def test_express_machine_cannot_wait(resource: str, words: str) -> None:
    state = {**TASK, "Resource": resource}
    assert told({"Try": state}) == []
    expected = f"SCHEMA_VALIDATION_FAILED: Express state machine does not support {words} at /States/Try/Resource"
    assert one(state, is_express=True) == expected


def test_name_that_stands_twice_is_refused() -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Fail"}}}'
    assert [str(problem) for problem in problems.find(text, is_express=False)] == [
        "INVALID_JSON_DESCRIPTION: Duplicate field 'A'"
    ]


def test_all_problems_are_told_at_once() -> None:
    assert len(told({"A": {"Type": "Pass", "Nxt": "B"}, "B": {"Type": "Wait", "End": True}})) == 4
