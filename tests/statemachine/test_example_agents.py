"""The examples without functions of their own, walked through in each JSONata engine."""

import json
from typing import Any

import pytest

from tests.statemachine.definition import ROOT, Scope, scopes
from tests.statemachine.engines import Engine
from tests.statemachine.samples import PLAN
from tests.statemachine.visit import visit
from tests.statemachine.walk import Walk, walk


def machine(name: str) -> list[Scope]:
    path = ROOT / "examples" / "agents" / name / f"{name}.asl.json"
    return scopes(json.loads(path.read_text(encoding="utf-8")))


# --- line_checker ------------------------------------------------------------------------------------------


def ask(engine: Engine, text: Any) -> list[dict[str, Any]]:
    [scope] = machine("line_checker")
    messages: list[dict[str, Any]] = walk(engine=engine, scope=scope, variables={}, tasks={}, data={
        "messages": [{"role": "user", "content": text}], "input": {"prompt": text}
    }).end["messages"]  # fmt: skip
    return messages


def results(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for m in messages if m["role"] == "user" and isinstance(m["content"], list) for block in m["content"]]


def test_a_legacy_agent_answers_with_its_conversation(engine: Engine) -> None:
    messages = ask(engine, "Which broadband does 13 Albion Drive, E8 4LX get?")
    assert [message["role"] for message in messages] == ["user", "assistant", "user", "assistant"]
    assert messages[0]["content"] == "Which broadband does 13 Albion Drive, E8 4LX get?"
    call = messages[1]["content"][1]
    assert (call["name"], call["input"]) == ("browser_broadband", {"postcode": "E8 4LX"})
    assert results(messages) == [
        {
            "type": "tool_result",
            "tool_use_id": call["id"],
            "content": "Exchange: KINGSLAND GREEN\nCabinet: 9\nDownload Speed: 80 Mbps\nUpload Speed: 20 Mbps\nService: FTTC",
        }
    ]


def test_a_legacy_agent_reads_what_people_write(engine: Engine) -> None:
    assert "WHITEHALL" in json.dumps(ask(engine, 'at sw1a 2aa, O\'Connell & "Sons"\n{{x}}?'))


def test_a_tool_that_failed_once_leaves_an_error_before_its_result(engine: Engine) -> None:
    first, second = results(ask(engine, "1 Church View, DN12 1RH"))
    assert (first["is_error"], second.get("is_error")) == (True, None)
    assert second["content"][0]["text"].startswith("Exchange: DONCASTER CENTRAL\n")


def test_a_line_that_nobody_knows_is_an_error_of_the_tool(engine: Engine) -> None:
    [result] = results(ask(engine, "5 Nowhere Lane, ZZ99 9ZZ"))
    assert (result["is_error"], result["content"]) == (True, "No line found at ZZ99 9ZZ.")


@pytest.mark.parametrize("text", ["19 Unknown Street, ?", "", [{"type": "text", "text": "hello"}]])
def test_a_question_without_a_postcode_is_asked_back(engine: Engine, text: Any) -> None:
    messages = ask(engine, text)
    assert messages[-1]["content"] == [{"type": "text", "text": "Which postcode is it?"}]
    assert results(messages[1:]) == []


def test_no_question_at_all_is_asked_back(engine: Engine) -> None:
    [scope] = machine("line_checker")
    assert len(walk(scope, engine, {}, {}, {}).end["messages"]) == 2


# --- parcel_quote ------------------------------------------------------------------------------------------


def quote(engine: Engine, **parcel: Any) -> Walk:
    """The walk with the quotes that the Map's own state gives."""
    top, inside = machine("parcel_quote")
    call = {"name": "parcel_quote", "input": parcel, "id": "b-7-1"}
    variables: dict[str, Any] = {}
    data: Any = call
    way, name = Walk(), top.start
    while name:
        state = top.states[name]
        result = (
            [_price(inside, engine, variables, carrier) for carrier in data["carriers"]]
            if name == "AskCarriers"
            else None
        )
        seen = visit(state, engine, variables, data, result)
        way.visited.append(name)
        variables |= seen.assigned
        data = way.end = seen.fields if state["Type"] == "Fail" else seen.output
        name = seen.next or ""
    return way


def _price(inside: Scope, engine: Engine, variables: dict[str, Any], carrier: Any) -> Any:
    return visit(inside.states[inside.start], engine, variables, carrier).output


def test_a_tool_answers_with_its_content_and_the_id_of_the_call(engine: Engine) -> None:
    assert quote(engine, weight_kg="2.5", country="DE", express="no").end == {
        "type": "structured_output",
        "tool_use_id": "b-7-1",
        "content": {"carrier": "Postwagen", "price_eur": 5.55, "days": 3, "carriers_asked": 4},
        "schema": "parcel_quote_v1",
    }


@pytest.mark.parametrize(
    ("parcel", "carrier", "asked"),
    [
        ({"weight_kg": "2.5", "country": "DE", "express": "YES"}, "Swiftline", 2),
        ({"weight_kg": "3", "country": "ch", "express": "yes"}, "Aerobote", 1),
        ({"weight_kg": " 45 ", "country": " de "}, "Kontor Freight", 1),
        ({"weight_kg": 12, "country": "FR", "express": ""}, "Postwagen", 4),
        ({"weight_kg": "31.5", "country": "IT", "express": "no"}, "Kontor Freight", 3),
    ],
)
def test_the_cheapest_of_those_that_can_is_taken(engine: Engine, parcel: Any, carrier: str, asked: int) -> None:
    content = quote(engine, **parcel).end["content"]
    assert (content["carrier"], content["carriers_asked"]) == (carrier, asked)


@pytest.mark.parametrize(
    ("parcel", "reason"),
    [
        ({"weight_kg": "1,5", "country": "DE"}, "The weight '1,5' is not a number of kilograms, as 1.5 is."),
        ({"weight_kg": "", "country": "DE"}, "The weight '' is not a number of kilograms, as 1.5 is."),
        ({"weight_kg": "1e3", "country": "DE"}, "The weight '1e3' is not a number of kilograms, as 1.5 is."),
        ({}, "The weight '' is not a number of kilograms, as 1.5 is."),
        ({"weight_kg": "2", "country": "US"}, "No carrier delivers to 'US'."),
        ({"weight_kg": "2"}, "No carrier delivers to ''."),
        ({"weight_kg": "45", "country": "gb", "express": "yes"}, "No carrier takes 45 kg to GB by express."),
        ({"weight_kg": "61", "country": "DE"}, "No carrier takes 61 kg to DE."),
    ],
)
def test_a_parcel_that_nobody_takes_is_refused_with_the_reason(engine: Engine, parcel: Any, reason: str) -> None:
    assert quote(engine, **parcel).end == {"Error": "InvalidParcel", "Cause": reason}


# --- batch_orchestrator ------------------------------------------------------------------------------------

MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:batch-processor-dev"
REQUEST = {
    "csv_uri": "s3://bucket/a.csv",
    "target_config": {"type": "agent", "name": "a"},
    "mapping_config": {"column_mappings": {"x": "y"}},
}
TOOL = {"tool_name": {"S": "batch_processor"}, "tool_type": {"S": "state_machine"}, "resource_arn": {"S": MACHINE_ARN}}
SUMMARY = {"csv_location": "s3://bucket/out.csv", "row_count": 20, "execution_time_ms": 4711, "status": "SUCCEEDED"}


def orchestrate(engine: Engine, item: Any, *runs: Any, **request: Any) -> Walk:
    [scope] = machine("batch_orchestrator")
    found = {} if item is None else {"Item": item}
    tasks = {"FindBatchProcessor": [found], "RunBatchProcessor": list(runs)}
    return walk(scope, engine, {}, {"input": {**REQUEST, **request}}, tasks)


@pytest.mark.parametrize("status", [{}, {"status": {"S": "active"}}])
def test_the_batch_processor_is_called_where_the_registry_says(engine: Engine, status: Any) -> None:
    way = orchestrate(engine, {**TOOL, **status}, {"Output": SUMMARY})
    [arguments] = way.arguments("RunBatchProcessor")
    assert arguments["StateMachineArn"] == MACHINE_ARN
    assert arguments["Input"] == {
        "csv_s3_uri": "s3://bucket/a.csv",
        "target": REQUEST["target_config"],
        "input_mapping": REQUEST["mapping_config"],
        # By which the batch processor counts how deep batches run in batches.
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": PLAN["batch"]["id"],
    }
    assert len(arguments["Name"]) <= 80
    assert way.end == {
        "structured_output": {"output_csv": "s3://bucket/out.csv", "processed_rows": 20, "execution_time": 4711},
        "success": True,
    }


def test_what_else_the_request_has_goes_along(engine: Engine) -> None:
    output = {"structured_output_fields": ["y"]}
    way = orchestrate(engine, TOOL, {"Output": SUMMARY}, output_config=output, execution_config={"max_concurrency": 2})
    [arguments] = way.arguments("RunBatchProcessor")
    assert arguments["Input"]["output_mapping"] == output
    assert arguments["Input"]["execution_config"] == {"max_concurrency": 2}


@pytest.mark.parametrize(
    "item", [None, {**TOOL, "tool_type": {"S": "lambda"}}, {**TOOL, "status": {"S": "deprecated"}}]
)
def test_without_an_entry_in_use_nothing_is_started(engine: Engine, item: Any) -> None:
    way = orchestrate(engine, item)
    assert way.end["Error"] == "ToolNotRegistered"
    assert "RunBatchProcessor" not in way.visited


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ({"Status": "FAILED", "Error": "Batch.InvalidCsv", "Cause": "no"}, "FAILED: Batch.InvalidCsv: no"),
        ({"Status": "TIMED_OUT"}, "TIMED_OUT"),
    ],
)
def test_a_failed_batch_says_its_own_reason(engine: Engine, cause: Any, reason: str) -> None:
    error = {"Error": "States.TaskFailed", "Cause": json.dumps(cause)}
    assert orchestrate(engine, TOOL, error).end == {"Error": "BatchFailed", "Cause": reason}


def test_a_failure_that_is_no_batchs_is_handed_on(engine: Engine) -> None:
    error = {"Error": "StepFunctions.AWSStepFunctionsException", "Cause": "not authorized"}
    assert orchestrate(engine, TOOL, error).end == error
