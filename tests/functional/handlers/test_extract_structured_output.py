import io
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.contract import Location, RowResult, RowStore
from batch_processor.errors import (
    AgentExecutionFailed,
    AgentInputTooLarge,
    SourceUnavailable,
    StorageUnavailable,
    StructuredOutputInvalid,
    StructuredOutputMissing,
)
from batch_processor.extraction.compiling import compile_rules
from batch_processor.handlers.extract_structured_output import handle
from batch_processor.logs import logger
from batch_processor.results import results_table, spill
from tests.functional.account import DATA, answering, keys
from tests.functional.tables import items
from tests.functional.targets import create_agent, run_agent
from tests.unit.configs import AGENT
from tests.unit.plans import PLAN, STORE

WORK: Location = {"bucket": DATA, "prefix": "work/night-1a2b3c4d/"}
INLINE: RowStore = {**STORE, "since": "1970-01-01T00:00:00Z", "compress": False}  # answers are dated by the real clock
IN_TABLE: RowStore = {**INLINE, "mode": "dynamodb"}
NAMES = ["category", "score"]


def event(answer: Any, **others: Any) -> dict[str, Any]:
    return {
        "batch": "run-1",
        "index": 7,
        "answer": answer,
        "answered_by": "",
        "input": None,
        "output": PLAN["output"],
        "store": INLINE,
        "work": WORK,
        "result_bytes": 1_000,
        "started_ms": time.time_ns() // 1_000_000,
        "log_level": "INFO",
        **others,
    }


def bare(result: RowResult) -> dict[str, Any]:
    """The result without time and duration, which it must have."""
    assert {"at", "ms"} <= result.keys()
    return {key: value for key, value in result.items() if key not in ("at", "ms")}


def answer_of(category: str) -> dict[str, Any]:
    return {"structured_output": {"category": category, "score": 3}, "messages": []}


def test_answer_becomes_the_rows_cells() -> None:
    result = handle(event(answer_of("billing")), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "cells": ["billing", "3"]}
    assert keys(DATA) == []


def fetching(execution_arn: str, **others: Any) -> dict[str, Any]:
    return event(None, answered_by=execution_arn, **others)


@pytest.fixture
def agent(account: None) -> None:
    """The agent whose executions have answers beyond a payload."""
    create_agent()


@pytest.mark.usefixtures("agent")
def test_answer_beyond_a_payload_is_fetched_from_the_execution_that_gave_it() -> None:
    arn = run_agent("night-7-1", output=json.dumps(answer_of("ü" * 200)))
    assert bare(handle(fetching(arn), None)) == {"index": 7, "status": "SUCCESS", "cells": ["ü" * 200, "3"]}
    assert handle(fetching(arn, store=IN_TABLE), None)["stored"]
    assert handle(fetching(arn, result_bytes=0), None)["spilled"]


def test_event_of_a_definition_that_did_not_say_who_answered_is_understood() -> None:
    old = event(answer_of("billing"))
    del old["answered_by"]
    assert handle(old, None)["cells"] == ["billing", "3"]


@pytest.mark.usefixtures("agent")
def test_answer_that_was_fetched_is_read_like_any_other() -> None:
    with pytest.raises(StructuredOutputMissing):
        handle(fetching(run_agent("night-7-1", output="null")), None)


@pytest.mark.usefixtures("agent")
def test_execution_that_never_began_had_too_large_an_input() -> None:
    arn = f"{AGENT.replace(':stateMachine:', ':execution:')}:night-7-1"
    with pytest.raises(AgentInputTooLarge, match=r"256 KiB .* was not called\. Map fewer columns"):
        handle(fetching(arn), None)


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    ("status", "details", "said"),
    [
        ("FAILED", {"error": "TriageFailed", "cause": "no model"}, "ended as FAILED. TriageFailed: no model"),
        ("FAILED", {"error": "TriageFailed"}, "ended as FAILED. TriageFailed"),
        ("TIMED_OUT", {}, "ended as TIMED_OUT."),
        ("ABORTED", {}, "ended as ABORTED."),
    ],
)
def test_agent_that_failed_is_told_from_one_that_never_ran(status: str, details: dict[str, str], said: str) -> None:
    with pytest.raises(AgentExecutionFailed) as caught:
        handle(fetching(run_agent("night-7-1", status, **details)), None)
    assert str(caught.value) == f"The agent's execution {said}"


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_end_of_an_execution_that_is_not_to_be_seen_yet_is_worth_another_look(status: str) -> None:
    with pytest.raises(StorageUnavailable, match="night-7-1 has not come to its end yet"):
        handle(fetching(run_agent("night-7-1", status)), None)


@pytest.mark.parametrize(
    ("code", "error"), [("ThrottlingException", StorageUnavailable), ("AccessDeniedException", SourceUnavailable)]
)
def test_execution_that_cannot_be_looked_at_says_nothing_of_the_agent(code: str, error: type[Exception]) -> None:
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_client_error("describe_execution", code, "no", 400)
        with pytest.raises(error, match=r"^Fetching the answer of "):
            handle(fetching(f"{AGENT.replace(':stateMachine:', ':execution:')}:night-7-1"), None)


def test_answer_without_structured_output_is_an_error() -> None:
    with pytest.raises(StructuredOutputMissing, match="Agent did not return structured output"):
        handle(event({"messages": []}), None)


def test_answer_of_the_wrong_shape_is_an_error() -> None:
    with pytest.raises(StructuredOutputInvalid):
        handle(event({"structured_output": ["billing"]}), None)


def test_large_answer_goes_to_s3_and_can_be_fetched() -> None:
    assert bare(handle(event(answer_of("ü" * 500)), None)) == {"index": 7, "status": "SUCCESS", "spilled": True}
    assert spill.get_cells(WORK, 7) == ["ü" * 500, "3"]


def test_answers_of_several_rows_do_not_meet() -> None:
    for index in (1, 11):
        handle(event(answer_of(f"row {index}"), result_bytes=0, index=index), None)
    assert [spill.get_cells(WORK, index)[0] for index in (1, 11)] == ["row 1", "row 11"]


def test_repeated_attempt_replaces_the_spilled_answer() -> None:
    for category in ("first", "second"):
        handle(event(answer_of(category), result_bytes=0), None)
    assert spill.get_cells(WORK, 7)[0] == "second"


def test_large_answer_that_s3_does_not_take_for_now_is_worth_another_attempt() -> None:
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable, match="SlowDown"):
        handle(event(answer_of("x"), result_bytes=0), None)


def test_answer_to_be_kept_in_the_table_is_there_and_not_in_the_result() -> None:
    result = handle(event(answer_of("billing"), store=IN_TABLE, input={"ticket": "refund"}), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "stored": True}
    [stored] = results_table.results(IN_TABLE, NAMES, {"first": 1, "last": 9})
    assert stored == {
        "index": 7, "status": "SUCCESS", "cells": ["billing", "3"], "at": result["at"], "ms": result["ms"]
    }  # fmt: skip
    [item] = items().values()
    assert json.loads(item["input_data"]["S"]) == {"ticket": "refund"}
    assert keys(DATA) == []


def test_input_that_had_no_room_in_the_payload_is_not_stored() -> None:
    handle(event(answer_of("billing"), store=IN_TABLE, input=None), None)
    [item] = items().values()
    assert "input_data" not in item


def test_row_s_share_of_the_payload_says_nothing_about_the_table() -> None:
    handle(event(answer_of("x" * 5_000), store=IN_TABLE, result_bytes=0), None)
    assert keys(DATA) == []


def test_answer_too_large_for_the_table_is_referred_to() -> None:
    result = handle(event(answer_of("x" * 500_000), store=IN_TABLE), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "stored": True}
    [stored] = results_table.results(IN_TABLE, NAMES, {"first": 7, "last": 7})
    assert stored["cells"] == ["x" * 500_000, "3"]
    assert keys(DATA) == ["work/night-1a2b3c4d/answers/7.json"]


def test_answer_that_cannot_be_read_is_not_stored() -> None:
    with pytest.raises(StructuredOutputMissing):
        handle(event({"messages": []}, store=IN_TABLE), None)
    assert items() == {}


def test_answer_that_the_table_does_not_take_for_now_is_worth_another_attempt() -> None:
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("put_item", "ProvisionedThroughputExceededException", http_status_code=400)
        with pytest.raises(StorageUnavailable, match="ProvisionedThroughputExceededException"):
            handle(event(answer_of("x"), store=IN_TABLE), None)


@pytest.mark.parametrize("options", [{}, {"result_bytes": 0}, {"store": IN_TABLE}])
def test_result_says_when_and_how_long_since_the_start(options: dict[str, Any]) -> None:
    before = datetime.now(UTC)
    started_ms = int(before.timestamp() * 1000) - 90_000
    result = handle(event(answer_of("x"), started_ms=started_ms, **options), None)
    seconds = (datetime.now(UTC) - before).total_seconds()
    assert 90_000 <= result["ms"] <= 90_001 + seconds * 1000
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", result["at"])
    assert abs((datetime.fromisoformat(result["at"]) - before).total_seconds()) <= seconds + 0.001


def test_clock_behind_that_of_step_functions_makes_no_negative_duration() -> None:
    started_ms = time.time_ns() // 1_000_000 + 60_000
    assert handle(event(answer_of("x"), started_ms=started_ms), None)["ms"] == 0


def test_time_and_duration_do_not_count_in_the_row_s_share() -> None:
    cells = json.dumps({"index": 7, "status": "SUCCESS", "cells": ["x", "3"]}).encode()
    assert "cells" in handle(event(answer_of("x"), result_bytes=len(cells)), None)
    assert "spilled" in handle(event(answer_of("x"), result_bytes=len(cells) - 1), None)


@pytest.mark.parametrize(("log_level", "told"), [("DEBUG", True), ("INFO", False), ("WARNING", False)])
def test_answer_is_logged_at_debug_only(log_level: str, told: bool) -> None:
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        handle(event(answer_of("secret"), log_level=log_level), None)
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    assert ("secret" in written.getvalue()) is told
    if told:
        line = json.loads(written.getvalue())
        assert (line["batch"], line["row"]) == ("run-1", 7)


def test_log_lines_carry_the_batch_of_their_own_event() -> None:
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        for batch in ("run-1", "run-2"):
            handle({**event(answer_of("x"), log_level="DEBUG"), "batch": batch}, None)
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    assert [json.loads(line)["batch"] for line in written.getvalue().splitlines()] == ["run-1", "run-2"]


@pytest.mark.parametrize(
    "answer", ["secret", {"structured_output": "secret"}, {"structured_output": {"other": "secret"}}]
)
def test_no_error_has_content_of_the_answer_as_the_runtime_logs_it(answer: Any) -> None:
    with pytest.raises((StructuredOutputMissing, StructuredOutputInvalid)) as caught:
        handle(event(answer), None)
    assert "secret" not in str(caught.value)


RULES = compile_rules([{"method": "direct", "field_mappings": {"category": "result | parse('Category: (.+)')"}}])


def test_method_that_found_the_answer_is_told_at_debug_and_kept_with_the_row() -> None:
    output = {**PLAN["output"], "extraction": RULES}
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        for log_level in ("INFO", "DEBUG"):
            handle(
                event({"result": "Category: secret"}, output=output, store=IN_TABLE, input=None, log_level=log_level),
                None,
            )
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    assert [json.loads(line).get("method") for line in written.getvalue().splitlines()] == [None, "direct"]
    [item] = items().values()
    assert item["extraction_method"] == {"S": "direct"}
    [stored] = results_table.results(IN_TABLE, NAMES, {"first": 7, "last": 7})
    assert stored["cells"] == ["secret", ""]


def test_row_without_rules_keeps_no_method() -> None:
    handle(event(answer_of("x"), store=IN_TABLE), None)
    [item] = items().values()
    assert "extraction_method" not in item


def test_answer_that_violates_its_schema_is_an_error_without_its_content() -> None:
    schema = {"properties": {"category": {"enum": ["billing"]}}, "additionalProperties": False}
    output = {**PLAN["output"], "schema": schema}
    with pytest.raises(StructuredOutputInvalid) as caught:
        handle(event(answer_of("secret"), output=output), None)
    assert str(caught.value) == (
        'The structured output is not what its schema says: /category: expected "billing", got a string of 6 characters; '
        "the whole: 'score' is no property here."
    )


def test_message_of_rules_that_find_nothing_has_no_content() -> None:
    with pytest.raises(StructuredOutputMissing, match=r"1\. direct: category: Category: ") as caught:
        handle(event({"result": "secret"}, output={**PLAN["output"], "extraction": RULES}), None)
    assert "secret" not in str(caught.value)


def test_neither_schemas_nor_rules_are_loaded_for_rows_without_them() -> None:
    script = """
import sys
from batch_processor.extraction.structured_output import extract_cells
extract_cells({"structured_output": {"a": 1}}, {"columns": [{"name": "a"}]})
print(*{"jsonschema", "jmespath", "re2", "pydantic", "batch_processor.extraction.methods"} & sys.modules.keys())
extract_cells({"a": 1}, {"columns": [{"name": "a"}], "extraction": [{"by": "direct"}], "schema": {}})
print(*sorted({"jsonschema", "jmespath", "pydantic", "boto3", "batch_processor.extraction.methods"} & sys.modules.keys()))
"""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3] / "functions")}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "batch_processor.extraction.methods jsonschema"]


EVENTS = Path(__file__).parents[3] / "events"


def sample(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"extract_structured_output_{name}.json").read_text(encoding="utf-8"))
    return loaded


def test_sample_answers_in_messages_and_of_a_schema_become_cells() -> None:
    assert handle(sample("messages"), None)["cells"] == ["WHITEHALL", "Direct Exchange", "330"]
    assert handle(sample("schema"), None)["cells"][:2] == ["billing", "high"]


def test_sample_answers_that_are_refused_say_why() -> None:
    with pytest.raises(StructuredOutputInvalid) as violated:
        handle(sample("schema_violation"), None)
    assert str(violated.value) == (
        "The structured output is not what its schema says: "
        '/priority: expected "low", "medium" or "high", got a string of 6 characters; /confidence: expected at most 1; '
        "the whole: 'category' is missing; the whole: 'team' is no property here."
    )
    with pytest.raises(StructuredOutputMissing, match=r"2\. tool_result \(browser_broadband\): the answer has none"):
        handle(sample("no_rule_applies"), None)
