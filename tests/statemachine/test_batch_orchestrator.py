"""BatchOrchestrator, walked through in each JSONata engine with what its tasks would give."""

import json
from typing import Any

import pytest

from tests.statemachine.definition import ROOT, scopes
from tests.statemachine.engines import Engine
from tests.statemachine.visit import CONTEXT
from tests.statemachine.walk import Walk, walk

_PATH = ROOT / "statemachine" / "batch_orchestrator.asl.json"
[MACHINE] = scopes(json.loads(_PATH.read_text(encoding="utf-8")))
CSV = "s3://bucket/tickets.csv"
CONFIG = {"csv_s3_uri": CSV, "target": "triage", "input_mapping": {"column_mappings": {"text": "ticket"}}}
MAPPING = [{"field": "ticket", "column": "text", "how": "synonym", "confidence": 0.9}]
ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:orchestrated-1"
RESULTS = {"status": "COMPLETED_WITH_ERRORS", "rows_processed": 20, "rows_failed": 2, "message": "2 of 20 rows failed."}
FAILED = {"Error": "StorageUnavailable", "Cause": "S3 throttled"}


def answered(content: Any, *, is_error: bool = False, **more: Any) -> dict[str, Any]:
    return {"Payload": {"content": content, "is_error": is_error, **more}}


SOUND = answered({"columns": ["text"], "problems": [{"message": "a", "suggestion": "b", "blocks": False}]})
COMPATIBLE = answered({"compatible": True, "agent_name": "triage"})
GENERATED = answered({"config": CONFIG, "mapping": MAPPING, "missing_required": [], "warnings": ["w"], "questions": []})
AUTHORIZED = answered({"status": "AUTHORIZED"})
ENDED = {"ExecutionArn": ARN, "Output": {}}
REFUSAL = {"error": "INCOMPATIBLE_AGENT", "message": "'x' has no structured output.", "suggestion": "Use 'triage'."}


def orchestrate(engine: Engine, request: Any, **tasks: list[Any]) -> Walk:
    return walk(MACHINE, engine, {}, {"csv_uri": CSV, **request}, tasks)


def whole(**more: list[Any]) -> dict[str, list[Any]]:
    usual = {
        "ValidateInput": [SOUND],
        "ValidateAgent": [COMPATIBLE],
        "ConfigureMapping": [GENERATED],
        "AskForConfirmation": [AUTHORIZED],
        "ExecuteBatch": [ENDED],
        "ProcessResults": [answered(RESULTS)],
    }
    return {**usual, **more}


def until(last: str, result: Any) -> dict[str, list[Any]]:
    """All tasks of the usual way up to that one, which gives the result."""
    names = list(whole())
    return {**{name: whole()[name] for name in names[: names.index(last)]}, last: [result]}


def test_a_csv_and_an_agent_become_results(engine: Engine) -> None:
    way = orchestrate(engine, {"agent_name": "triage"}, **whole())
    assert way.end == {**RESULTS, "agent_name": "triage", "mapping": MAPPING, "warnings": ["w"]}
    [started] = way.arguments("ExecuteBatch")
    assert started["Input"] == {**CONFIG, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": CONTEXT["Execution"]["Id"]}
    assert len(started["Name"]) <= 80
    assert way.arguments("ProcessResults")[0]["Payload"]["input"] == {"execution_arn": ARN}
    assert way.visited[-1] == "Success"


def test_what_was_asked_for_reaches_the_operations(engine: Engine) -> None:
    request = {"agent_name": "triage", "mappings": {"text": "ticket"}, "max_rows": 5, "confirm": "t0ken"}
    way = orchestrate(engine, request, **whole())
    assert way.arguments("ConfigureMapping")[0]["Payload"]["input"] == {
        "csv_uri": CSV,
        "agent_name": "triage",
        "mappings": {"text": "ticket"},
    }
    asked = way.arguments("AskForConfirmation")[0]["Payload"]
    assert (asked["confirmation"], asked["input"]) == ("t0ken", {"config": {**CONFIG, "max_rows": 5}})
    assert way.arguments("ExecuteBatch")[0]["Input"]["max_rows"] == 5


def test_an_agent_is_found_by_the_goal(engine: Engine) -> None:
    tasks = whole(RecommendAgent=[answered({"status": "AGENT_CHOSEN", "agent_name": "triage", "candidates": []})])
    del tasks["ValidateAgent"]
    way = orchestrate(engine, {"goal": "classify tickets"}, **tasks)
    assert way.arguments("RecommendAgent")[0]["Payload"]["input"] == {"s3_uri": CSV, "goal": "classify tickets"}
    assert way.end["agent_name"] == "triage"


def test_where_no_agent_is_ahead_somebody_is_asked(engine: Engine) -> None:
    told = {"status": "AGENT_NOT_CHOSEN", "message": "Which one?", "candidates": [{"agent_name": "a"}]}
    way = orchestrate(engine, {}, ValidateInput=[SOUND], RecommendAgent=[answered(told)])
    assert (way.end, way.visited[-1]) == (told, "AskFirst")
    assert way.arguments("RecommendAgent")[0]["Payload"]["input"] == {"s3_uri": CSV}


def test_a_required_input_without_a_column_is_asked_about(engine: Engine) -> None:
    asked = {
        "config": CONFIG,
        "mapping": [],
        "missing_required": ["ticket"],
        "warnings": [],
        "questions": [{"field": "ticket"}],
    }
    way = orchestrate(engine, {"agent_name": "triage"}, **until("ConfigureMapping", answered(asked)))
    assert (way.end["status"], way.visited[-1]) == ("MAPPING_REQUIRED", "AskFirst")
    assert way.end["questions"] == [{"field": "ticket"}]
    assert "ticket" in way.end["message"]


def test_a_large_batch_starts_only_once_somebody_has_confirmed_it(engine: Engine) -> None:
    told = {"status": "CONFIRMATION_REQUIRED", "message": "5,000 rows", "estimate": {"rows": 5000}, "reasons": ["rows"]}
    pending = {"token": "t0ken", "expires_at": "2026-11-30T10:00:00Z", "message": "5,000 rows", "estimate": {}}
    answer = answered(told, confirmation=pending)
    way = orchestrate(engine, {"agent_name": "triage"}, **until("AskForConfirmation", answer))
    assert way.visited[-1] == "AskFirst"
    assert way.end == {**told, "confirm": "t0ken", "config": CONFIG, "mapping": MAPPING}
    assert "confirmation" not in way.arguments("AskForConfirmation")[0]["Payload"]


def test_a_csv_that_no_batch_takes_ends_with_all_that_is_wrong(engine: Engine) -> None:
    problems = [
        {"message": "It is a workbook", "suggestion": "save it as CSV", "blocks": True},
        {"message": "Blanks", "suggestion": "none", "blocks": False},
    ]
    way = orchestrate(engine, {"agent_name": "a"}, ValidateInput=[answered({"problems": problems})])
    assert way.end == {"Error": "INVALID_CSV", "Cause": "It is a workbook; save it as CSV"}


@pytest.mark.parametrize(
    "task", ["ValidateInput", "ValidateAgent", "ConfigureMapping", "AskForConfirmation", "ProcessResults"]
)
def test_an_error_of_an_operation_is_told_with_what_helps(engine: Engine, task: str) -> None:
    way = orchestrate(engine, {"agent_name": "triage"}, **until(task, answered(REFUSAL, is_error=True)))
    assert way.end == {"Error": "INCOMPATIBLE_AGENT", "Cause": "'x' has no structured output. Use 'triage'."}


def test_an_agent_that_no_batch_can_use_is_refused_with_those_that_fit(engine: Engine) -> None:
    way = orchestrate(engine, {"agent_name": "x"}, **until("ValidateAgent", answered({"compatible": False, **REFUSAL})))
    assert way.end["Error"] == "INCOMPATIBLE_AGENT"


@pytest.mark.parametrize(
    "task",
    ["ValidateInput", "ValidateAgent", "ConfigureMapping", "AskForConfirmation", "ExecuteBatch", "ProcessResults"],
)
def test_a_task_that_fails_is_told(engine: Engine, task: str) -> None:
    assert orchestrate(engine, {"agent_name": "triage"}, **until(task, FAILED)).end == FAILED


def test_a_recommendation_that_fails_is_told(engine: Engine) -> None:
    assert orchestrate(engine, {}, ValidateInput=[SOUND], RecommendAgent=[FAILED]).end == FAILED
    refused = answered(REFUSAL, is_error=True)
    assert orchestrate(engine, {}, ValidateInput=[SOUND], RecommendAgent=[refused]).end["Error"] == REFUSAL["error"]


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (
            json.dumps({"Error": "Batch.InvalidCsv", "Cause": "Line 3", "Status": "FAILED"}),
            "FAILED: Batch.InvalidCsv: Line 3",
        ),
        (json.dumps({"Status": "TIMED_OUT"}), "TIMED_OUT"),
        ("The name is taken", "The name is taken"),
    ],
)
def test_a_batch_that_fails_ends_with_its_own_reason(engine: Engine, cause: str, told: str) -> None:
    failure = {"Error": "States.TaskFailed", "Cause": cause}
    way = orchestrate(engine, {"agent_name": "triage"}, **until("ExecuteBatch", failure))
    assert way.end == {"Error": "BATCH_FAILED", "Cause": told}


@pytest.mark.parametrize("request_", [{"csv_uri": 3}, {"csv_uri": None}])
def test_without_a_csv_nothing_begins(engine: Engine, request_: Any) -> None:
    assert orchestrate(engine, request_).end["Error"] == "INVALID_INPUT"


def test_an_empty_request_is_told_what_is_missing(engine: Engine) -> None:
    assert "csv_uri" in walk(MACHINE, engine, {}, {}, {}).end["Cause"]
