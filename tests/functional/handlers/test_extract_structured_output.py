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

from batch_processor.errors import (
    StructuredOutputInvalid,
    StructuredOutputMissing,
)
from batch_processor.extraction.compiling import compile_rules
from batch_processor.handlers.extract_structured_output import handle
from batch_processor.logs import logger
from batch_processor.results import results_table
from tests.functional.account import DATA, keys
from tests.functional.answers import IN_TABLE, NAMES, answer_of, bare, event
from tests.functional.tables import items
from tests.unit.plans import PLAN, output_of


def test_answer_becomes_the_rows_cells() -> None:
    result = handle(event(answer_of("billing")), None)
    assert bare(result) == {"index": 7, "status": "SUCCESS", "cells": ["billing", "3"]}
    assert keys(DATA) == []


def test_event_of_a_definition_that_did_not_say_who_answered_is_understood() -> None:
    old = event(answer_of("billing"))
    del old["answered_by"]
    assert handle(old, None)["cells"] == ["billing", "3"]


def test_answer_without_structured_output_is_an_error() -> None:
    with pytest.raises(StructuredOutputMissing, match="Agent did not return structured output"):
        handle(event({"messages": []}), None)


def test_answer_of_the_wrong_shape_is_an_error() -> None:
    with pytest.raises(StructuredOutputInvalid):
        handle(event({"structured_output": ["billing"]}), None)


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
    [stored] = results_table.results(IN_TABLE, output_of(NAMES), {"first": 7, "last": 7})
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
from tests.unit.plans import output_of
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
