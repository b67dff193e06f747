"""Functions for which AWS throttles, fails, hangs and hangs up: no row is lost, no failure passes for a success."""

from collections.abc import Iterator
from typing import Any

import pytest

from batchctl.local.stack import LocalStack
from tests.batch_run import BatchRun
from tests.integration.batches import Batches, Rows, wait_until
from tests.integration.checks import check_rows, task_errors
from tests.integration.conftest import SEED
from tests.integration.faults import FaultProxy, Rule, functions_at

ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": 10, "retry_policy": {"max_attempts": 1}}}
LOST = {"response": {"abort_bytes": 0}}
BROKEN_OFF = {"response": {"abort_frac": 0.5}}


def _aws(probability: float, service: str, code: str, status: int) -> Rule:
    return {"service": service, "probability": probability, "error": {"code": code, "status": status}}


THROTTLED = [
    _aws(0.2, "s3", "SlowDown", 503),
    _aws(0.1, "dynamodb", "ProvisionedThroughputExceededException", 400),
    _aws(0.1, "dynamodb", "ThrottlingException", 400),
    _aws(0.2, "lambda", "TooManyRequestsException", 429),
    _aws(0.2, "states", "ThrottlingException", 400),
]
FAILING: dict[str, list[Rule]] = {
    "every twentieth call": [
        _aws(0.01, "*", "InternalError", 500),
        _aws(0.01, "*", "ServiceUnavailable", 503),
        {"service": "*", "probability": 0.01, "timeout_ms": 300},
        {"service": "*", "probability": 0.01, "reset": True},
        {"service": "*", "probability": 0.01, **LOST},
    ],
    "every fifth call": [
        _aws(0.04, "*", "InternalError", 500),
        _aws(0.03, "*", "ServiceUnavailable", 503),
        {"service": "*", "probability": 0.03, "timeout_ms": 300},
        {"service": "*", "probability": 0.04, "reset": True},
        {"service": "*", "probability": 0.04, **LOST},
        {"service": "*", "probability": 0.02, **BROKEN_OFF},
    ],
}


@pytest.fixture(scope="module")
def account(frail_stack: LocalStack) -> LocalStack:
    return frail_stack


@pytest.fixture(scope="module")
def proxy(frail_stack: LocalStack, proxy_host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultProxy]:
    """What the functions of the stack call AWS through."""
    log_path = tmp_path_factory.mktemp("proxy") / "microburst.log"
    environment = frail_stack.environment
    with FaultProxy(environment, proxy_host, SEED, log_path) as proxy, functions_at(frail_stack, proxy.url):
        yield proxy


def test_throttling_of_the_functions_calls_fails_no_row(batches: Batches, proxy: FaultProxy) -> None:
    rows = Rows(*["echo"] * 200)
    with proxy.injecting(*THROTTLED):
        outcome = batches.run(rows.csv, "tool", **ONCE)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    fired = proxy.fired()
    assert min(fired["dynamodb error:ThrottlingException"], fired["s3 error:SlowDown"]) >= 1, (SEED, fired)
    assert "Uploads" not in batches.s3.list_multipart_uploads(Bucket=batches.bucket)


@pytest.mark.parametrize("frequency", FAILING)
def test_failing_hanging_and_broken_calls_lose_no_row(batches: Batches, proxy: FaultProxy, frequency: str) -> None:
    rows = Rows(*["echo"] * 200)
    with proxy.injecting(*FAILING[frequency]):
        outcome = batches.run(rows.csv, "tool", **ONCE)
    statuses = check_rows(batches, outcome, rows)
    fired = proxy.fired()
    assert sum(fired.values()) >= 1, (SEED, fired)
    # Each call is made six times, and its function seven: with a fifth of them failing, none is left to fail.
    assert statuses == {"SUCCESS": len(rows.texts)}, (SEED, fired)


@pytest.mark.express
def test_rows_of_express_children_keep_their_reasons_though_the_dead_letter_queue_fails(
    batches: Batches, proxy: FaultProxy
) -> None:
    rows = Rows(*["echo", "fail"] * 20)
    with proxy.injecting(_aws(1, "sqs", "InternalError", 500)):
        outcome = batches.run(rows.csv, "tool", **ONCE)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": 20, "FAILED": 20}
    reasons = [row["_error_message"] for row in outcome.rows if row["_status"] == "FAILED"]
    assert all("ToolBroke" in reason and "could not handle" in reason for reason in reasons)
    assert all("The dead letter queue did not take the row" in reason for reason in reasons), reasons


@pytest.mark.inline
def test_function_that_waits_too_long_for_the_table_is_called_again(
    batches: Batches, proxy: FaultProxy, frail_stack: LocalStack
) -> None:
    rows = Rows(*["echo"] * 40)
    functions, extract = frail_stack.client("lambda"), batches.function("ExtractStructured")
    timeout_seconds = functions.get_function_configuration(FunctionName=extract)["Timeout"]
    # Time enough for a cold start beside others, on a busy machine too.
    functions.update_function_configuration(FunctionName=extract, Timeout=8)
    try:
        with proxy.injecting({"service": "dynamodb", "operation": "PutItem", "timeout_ms": 16_000, "times": 4}):
            run = batches.start(batches.config(rows.csv, **ONCE))
            outcome = batches.outcome(run.wait())
    finally:
        functions.update_function_configuration(FunctionName=extract, Timeout=timeout_seconds)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    assert task_errors(batches, run)["Sandbox.Timedout"] >= 1


# In an Express child the machine itself stores the answers: test_express_faults.py.
@pytest.mark.inline
@pytest.mark.distributed
@pytest.mark.parametrize("way", ["resumed", "redriven"])
def test_answers_that_the_table_had_not_taken_when_the_batch_was_stopped_are_not_paid_for_again(
    batches: Batches, proxy: FaultProxy, way: str
) -> None:
    rows, at_once = Rows(*["counted"] * 40), 4
    execution = {"max_concurrency": at_once, "retry_policy": {"max_attempts": 1}}

    def answered() -> int:
        """How many rows are with ExtractStructuredOutput."""
        runs = [run, *(BatchRun(batches.account, found["executionArn"]) for found in batches.row_batches(run))]
        entered = (event.get("stateEnteredEventDetails", {}) for found in runs for event in batches.events(found))
        return sum(details.get("name") == "ExtractStructuredOutput" for details in entered)

    with proxy.injecting({**_aws(1, "dynamodb", "InternalServerError", 500), "operation": "PutItem"}):
        run = batches.start(batches.config(rows.csv, storage_mode="dynamodb", execution_config=execution))
        wait_until(lambda: answered() == at_once)
        batches.states.stop_execution(executionArn=run.execution_arn)
    if way == "resumed":
        run = batches.start({"resume_from": run.name})
    else:
        batches.states.redrive_execution(executionArn=run.execution_arn)
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == rows.texts
    assert rows.calls(batches) == [1] * len(rows.texts)


PUBLISHING = {"service": "s3", "headers": {"if-none-match": ""}}
BEGINNING = {"service": "s3", "operation": "CreateMultipartUpload"}


@pytest.mark.distributed
@pytest.mark.parametrize(
    ("call", "times", "behaviour"),
    [
        pytest.param(PUBLISHING, 1, "echo", id="of one piece"),
        pytest.param(BEGINNING, 1, "large", id="of the beginning in parts"),
        pytest.param(PUBLISHING, 1, "large", id="of parts"),
        pytest.param(PUBLISHING, 7, "large", id="of parts, to all attempts of an invocation and one of the next"),
    ],
)
def test_output_is_published_once_though_answers_are_lost(
    batches: Batches, proxy: FaultProxy, call: Rule, times: int, behaviour: str
) -> None:
    rows = Rows(*[behaviour] * 90)
    with proxy.injecting({**call, "times": times, **LOST}):
        outcome = batches.run(rows.csv, "tool", **ONCE)
    assert sum(proxy.fired().values()) == times
    assert check_rows(batches, outcome, rows, lambda text: text * (4000 if behaviour == "large" else 1)) == {
        "SUCCESS": 90
    }
