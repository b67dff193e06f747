import io
import json
from typing import Any

import pytest

from batch_processor.aws import spill
from batch_processor.errors import StorageUnavailable, StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.handlers.extract_structured_output import handle
from batch_processor.logs import logger
from tests.functional.aws import DATA, answering, keys
from tests.unit.plans import PLAN


def event(answer: Any, *, result_bytes: int = 1_000, log_level: str = "INFO", index: int = 7) -> dict[str, Any]:
    return {
        "index": index,
        "answer": answer,
        "output": PLAN["output"],
        "result_bytes": result_bytes,
        "spill": PLAN["spill"],
        "batch": "run-1",
        "log_level": log_level,
    }


def answer_of(category: str) -> dict[str, Any]:
    return {"structured_output": {"category": category, "score": 3}, "messages": []}


def test_answer_becomes_the_rows_cells() -> None:
    assert handle(event(answer_of("billing")), None) == {"index": 7, "status": "SUCCESS", "cells": ["billing", "3"]}
    assert keys(DATA) == []


def test_answer_without_structured_output_is_an_error() -> None:
    with pytest.raises(StructuredOutputMissing, match="Agent did not return structured output"):
        handle(event({"messages": []}), None)


def test_answer_of_the_wrong_shape_is_an_error() -> None:
    with pytest.raises(StructuredOutputInvalid):
        handle(event({"structured_output": ["billing"]}), None)


def test_large_answer_goes_to_s3_and_can_be_fetched() -> None:
    assert handle(event(answer_of("ü" * 500)), None) == {"index": 7, "status": "SUCCESS", "spilled": True}
    assert spill.get_cells(PLAN["spill"], 7) == ["ü" * 500, "3"]


def test_answers_of_several_rows_do_not_meet() -> None:
    for index in (1, 11):
        handle(event(answer_of(f"row {index}"), result_bytes=0, index=index), None)
    assert [spill.get_cells(PLAN["spill"], index)[0] for index in (1, 11)] == ["row 1", "row 11"]


def test_repeated_attempt_replaces_the_spilled_answer() -> None:
    for category in ("first", "second"):
        handle(event(answer_of(category), result_bytes=0), None)
    assert spill.get_cells(PLAN["spill"], 7)[0] == "second"


def test_large_answer_that_s3_does_not_take_for_now_is_worth_another_attempt() -> None:
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable, match="SlowDown"):
        handle(event(answer_of("x"), result_bytes=0), None)


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
