"""State machines whose own calls are throttled, or lose their answers: no row fails of it, none is paid for twice."""

from threading import Timer
from typing import Any

import pytest

from batchctl.local.stack import LocalStack
from tests.batch_run import BatchRun
from tests.integration.batches import Batches, Rows, is_call_of
from tests.integration.checks import check_rows, task_errors
from tests.integration.conftest import SEED
from tests.integration.faults import Rule, TaskFaults

ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": 10, "retry_policy": {"max_attempts": 1}}}


def _task(resource: str, error: str, cause: str, probability: float, **more: Any) -> Rule:
    return {"resource": resource, "error": error, "cause": cause, "probability": probability, **more}


def _rate_exceeded(service: str) -> str:
    return f"Rate exceeded (Service: {service}; Status Code: 400; Error Code: ThrottlingException; Proxy: null)"


# As AWS reports them: by a name of their own, or by the cause of the service's base error.
THROTTLED_TASKS = [
    _task("lambda:invoke", "Lambda.TooManyRequestsException", "Rate Exceeded.", 0.1),
    _task("lambda:invoke", "Lambda.AWSLambdaException", _rate_exceeded("AWSLambda"), 0.1),
    _task("states:startExecution", "StepFunctions.AWSStepFunctionsException", _rate_exceeded("AWSStepFunctions"), 0.2),
    _task("aws-sdk:sfn", "Sfn.SfnException", _rate_exceeded("Sfn"), 0.2),
    _task("sns:publish", "SNS.ThrottledException", "Rate exceeded", 0.5),
]


@pytest.fixture(scope="module")
def account(frail_stack: LocalStack) -> LocalStack:
    return frail_stack


@pytest.mark.parametrize("target", ["tool", "agent"])
def test_throttling_of_the_state_machines_calls_fails_no_row(
    batches: Batches, task_faults: TaskFaults, target: str
) -> None:
    rows = Rows(*["echo"] * 100)
    with task_faults.injecting(*THROTTLED_TASKS):
        run = batches.start(batches.config(rows.csv, target, **ONCE))
        outcome = batches.outcome(run.wait())
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    fired = task_faults.fired()
    assert min(fired["Lambda.TooManyRequestsException"], fired["Lambda.AWSLambdaException"]) >= 1, (SEED, fired)
    if target == "agent":
        assert fired["StepFunctions.AWSStepFunctionsException"], (SEED, fired)
        assert len(_agents(batches, run)) == len(rows.texts)


def _agents(batches: Batches, run: BatchRun) -> list[str]:
    """The executions of the agent for the rows of a batch."""
    pages = batches.states.get_paginator("list_executions").paginate(
        stateMachineArn=batches.account.outputs["TestAgentArn"]
    )
    names: list[str] = [found["name"] for page in pages for found in page["executions"]]
    return [name for name in names if is_call_of(name, run.name)]


def test_agent_runs_once_for_a_row_though_answers_of_step_functions_are_lost(
    batches: Batches, task_faults: TaskFaults
) -> None:
    rows = Rows(*["echo"] * 100)
    no_answer = "Unable to execute HTTP request: Read timed out"
    lost = [
        _task("startExecution", "StepFunctions.SdkClientException", no_answer, 0.2, answer_lost=True),
        _task("lambda:invoke", "Lambda.SdkClientException", no_answer, 0.2, answer_lost=True),
    ]
    with task_faults.injecting(*lost):
        run = batches.start(batches.config(rows.csv, "agent", **ONCE))
        outcome = batches.outcome(run.wait())
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    fired = task_faults.fired()
    assert min(fired["StepFunctions.SdkClientException"], fired["Lambda.SdkClientException"]) >= 1, (SEED, fired)
    assert len(_agents(batches, run)) == len(rows.texts)


# Letters of Express children are sent by a function: test_faults.py.
@pytest.mark.inline
@pytest.mark.distributed
def test_rows_keep_their_reasons_though_the_dead_letter_queue_fails(batches: Batches, task_faults: TaskFaults) -> None:
    rows = Rows(*["echo", "fail"] * 20)
    with task_faults.injecting(_task("sqs:sendMessage", "SQS.AmazonSQSException", "Internal error", 0.8)):
        outcome = batches.run(rows.csv, "tool", **ONCE)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": 20, "FAILED": 20}
    reasons = [row["_error_message"] for row in outcome.rows if row["_status"] == "FAILED"]
    assert all("ToolBroke" in reason and "could not handle" in reason for reason in reasons)
    assert any("The dead letter queue did not take the row" in reason for reason in reasons), (SEED, reasons)


@pytest.mark.inline
def test_functions_with_too_few_places_are_waited_for(batches: Batches, frail_stack: LocalStack) -> None:
    functions = frail_stack.client("lambda")
    tool, extract = batches.account.outputs["TestToolArn"].rpartition(":")[2], batches.function("ExtractStructured")

    def places(function: str, count: int) -> None:
        functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=count)

    rows = Rows(*["echo"] * 100)
    places(extract, 2)
    places(tool, 0)
    opening = Timer(3, places, (tool, 2))
    opening.start()
    try:
        run = batches.start(batches.config(rows.csv, execution_config={"max_concurrency": 20}))
        outcome = batches.outcome(run.wait())
    finally:
        opening.join()
        for function in (tool, extract):
            functions.delete_function_concurrency(FunctionName=function)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    assert task_errors(batches, run)["Lambda.TooManyRequestsException"] >= 10
