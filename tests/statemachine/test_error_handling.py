"""What the definition repeats, catches and lets fail."""

import inspect
import re

import pytest

from batch_processor import errors
from tests.statemachine import cloudformation
from tests.statemachine.definition import ROOT, expressions, targets
from tests.statemachine.error_names import DOCUMENTED
from tests.statemachine.states import IN_ROW_BATCH, STATES, TASKS, error_names

_BASE_CLASSES = {"InvokeAgent": "StepFunctions.AWSStepFunctionsException", "InvokeTool": "Lambda.AWSLambdaException"}
ANSWERED = [
    "ProcessCSV", "FanOutExpressRows", "CollectUnfinishedRows", "FanOutRowBatches", "CutOutput", "JoinParts",
    "AggregateJoinedParts",
]  # fmt: skip
_PERHAPS_OF_THE_TARGET = {"Lambda.Unknown", "Runtime.ExitError", "Sandbox.Timedout", "States.Timeout"}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_ends_in_time_retries_by_name_and_catches(name: str) -> None:
    task = STATES[name]
    assert task["TimeoutSeconds"]
    # What may not wait without a bound has none: JudgeFailureInChild sees to that call.
    assert ("Retry" in task) == (name != "InvokeToolInChild")
    assert all(retrier["JitterStrategy"] == "FULL" for retrier in task.get("Retry", []))
    assert not {"States.ALL", "States.TaskFailed"} & set(error_names(task.get("Retry", [])))
    # A range that cannot be joined fails them all; their Map catches that.
    assert STATES["JoinParts" if name == "JoinRange" else name]["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


@pytest.mark.parametrize("name", [name for name in TASKS if name not in ("PublishNotification", "JoinRange")])
def test_every_task_that_data_can_be_too_large_for_catches_that(name: str) -> None:
    # PublishNotification sends less than its own input, which fitted, and keeps that as its output.
    assert "States.DataLimitExceeded" in error_names(STATES[name]["Catch"])


@pytest.mark.parametrize("name", ["InvokeAgent", "InvokeTool"])
def test_a_call_of_the_target_is_repeated_only_if_the_service_failed(name: str) -> None:
    # Each call may cost: whatever the target itself may have done takes one of the row's attempts.
    service, base = STATES[name]["Retry"]
    assert not _PERHAPS_OF_THE_TARGET & set(error_names([service, base]))
    # The base class stands for refusals too.
    assert base["ErrorEquals"] == [_BASE_CLASSES[name]]
    assert base["MaxAttempts"] == 2


def test_a_function_of_our_own_whose_process_died_is_called_again() -> None:
    functions = [STATES[name] for name in TASKS if str(STATES[name]["Arguments"].get("FunctionName")).startswith("${")]
    assert len(functions) == 15
    assert all("Runtime.ExitError" in error_names(state["Retry"]) for state in functions)


def test_a_function_that_took_all_of_its_15_minutes_is_not_called_again() -> None:
    """What AWS calls that is recorded nowhere: if Lambda.Unknown, the function has stopped before, with OutOfTime."""
    template = cloudformation.load(ROOT / "template.yaml")["Resources"]
    longest = [name for name, resource in template.items() if resource.get("Properties", {}).get("Timeout") == 900]
    long = [name for name in TASKS if str(STATES[name]["Arguments"].get("FunctionName")).endswith("FunctionArn}")]
    called = {name: STATES[name]["Arguments"]["FunctionName"].strip("${}").removesuffix("Arn") for name in long}
    names = [name for name, function in called.items() if function in longest]
    assert {name.removeprefix(IN_ROW_BATCH) for name in names} == {
        "LoadCSVData", "LeaveOutAnswered", "CollectUnfinishedRows", "AggregateResults", "CutOutput", "JoinRange",
        "AggregateJoinedParts", "SalvageAnswers", "SalvageRowBatch",
    }  # fmt: skip
    # A child has five minutes in all.
    names.remove("LeaveOutAnswered")
    for name in names:
        assert not {"Sandbox.Timedout", "OutOfTime", "States.Timeout"} & set(error_names(STATES[name]["Retry"]))
        assert STATES[name]["TimeoutSeconds"] > 900


def test_the_tool_is_called_again_after_errors_of_lambda() -> None:
    assert [(retrier["ErrorEquals"], retrier["MaxAttempts"]) for retrier in STATES["InvokeTool"]["Retry"]] == [
        (
            [
                "Lambda.TooManyRequestsException",
                "Lambda.ServiceException",
                "Lambda.SdkClientException",
                "Lambda.ClientExecutionTimeoutException",
            ],
            2,
        ),
        (["Lambda.AWSLambdaException"], 2),
    ]


def test_only_an_answer_that_was_read_may_be_bought_again() -> None:
    state = STATES["ExtractStructuredOutput"]
    read, updated, foreign, *unread = state["Catch"]
    no_answer = ["AgentExecutionFailed", "AgentInputTooLarge"]
    assert read["ErrorEquals"] == ["StructuredOutputMissing", "StructuredOutputInvalid", *no_answer]
    assert "Assign" not in read
    assert (updated["ErrorEquals"], updated["Next"]) == (["StackUpdated"], "LeaveAnswer")
    assert targets(STATES["LeaveAnswer"]) == []
    assert (foreign["ErrorEquals"], foreign["Next"]) == (["ForeignExecution"], "JudgeEarlierExecution")
    assert not set(foreign["ErrorEquals"]) & set(error_names(state["Retry"]))
    assert not set(read["ErrorEquals"]) & set(error_names(state["Retry"]))
    assert error_names(unread) == ["States.DataLimitExceeded", "States.ALL"]
    first, second = (catcher["Assign"] for catcher in unread)
    assert first == second
    assert first.keys() == {"unread"}
    assert first["unread"].keys() == {"answer"}


def test_an_agents_answer_beyond_a_payload_is_fetched_and_a_tools_cannot_be() -> None:
    for name, found in (("InvokeAgent", False), ("DescribeEarlierExecution", True)):
        [catcher] = [c for c in STATES[name]["Catch"] if c["ErrorEquals"] == ["States.DataLimitExceeded"]]
        assert (catcher["Assign"], catcher["Next"]) == ({"fetch": True, "found": found}, "ExtractStructuredOutput")
    assert "ExtractStructuredOutput" not in [catcher["Next"] for catcher in STATES["InvokeTool"]["Catch"]]


@pytest.mark.parametrize("name", ANSWERED)
def test_answers_are_salvaged_wherever_there_are_some(name: str) -> None:
    assert {catcher["Next"] for catcher in STATES[name]["Catch"]} == {"SalvageAnswers"}


def test_only_an_output_too_large_for_one_call_is_not_salvaged() -> None:
    too_large, *others = STATES["AggregateResults"]["Catch"]
    assert (too_large["ErrorEquals"], too_large["Next"]) == (["JoinedInRanges"], "CutOutput")
    assert {catcher["Next"] for catcher in others} == {"SalvageAnswers"}


@pytest.mark.parametrize("name", ["ProcessCSV", "FanOutExpressRows", "CallRows", "FanOutRowBatches", "JoinParts"])
def test_a_failing_map_is_caught_and_never_begun_again(name: str) -> None:
    # A Retry would start over on all rows, those that have been paid for among them.
    assert "Retry" not in STATES[name]
    assert "Retry" not in STATES[f"{IN_ROW_BATCH}ProcessCSV"]
    assert error_names(STATES[name]["Catch"]) == ["States.DataLimitExceeded", "States.ALL"]


def test_a_failed_row_batch_ends_in_a_failure_on_every_way() -> None:
    failed = {target for name in ("RunRowBatch", "RunRowBatchAgain") for target in targets(STATES[name])}
    assert failed == {"RunRowBatchAgain", "SalvageRowBatch"}
    assert set(targets(STATES["SalvageRowBatch"])) == {"JudgeRowBatch"}
    # An update of the stack fails no row, and must not stop those of others.
    assert set(targets(STATES["JudgeRowBatch"])) == {"RowBatchRefused", "RowBatchFailed"}
    assert STATES["RowBatchFailed"]["Type"] == "Fail"


def test_every_error_name_is_documented_or_one_of_ours() -> None:
    ours = {name for name, member in vars(errors).items() if inspect.isclass(member) and issubclass(member, Exception)}
    used = {name for state in STATES.values() for key in ("Retry", "Catch") for name in error_names(state.get(key, []))}
    compared = {
        name
        for state in STATES.values()
        for expression in expressions(state).values()
        for name in re.findall(
            r"'((?:States|Lambda|Sandbox|StepFunctions|Sfn|SQS|SNS|DynamoDB|DynamoDb)\.\w+)'", expression
        )
    }
    assert (used | compared) - ours == DOCUMENTED.keys()
