"""ExtractStructuredOutput: a target's answer becomes the row's new cells; so do all answers of an Express child's rows."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from batch_processor.contract import ExpressBounds, RowResult
from batch_processor.contract.agent_input import is_of_row
from batch_processor.contract.number import ASKED_WITHOUT, go_on_with, number_of, refuse_unlike
from batch_processor.contract.results import time_text
from batch_processor.deadline import deadline_of
from batch_processor.errors import ForeignExecution
from batch_processor.extraction.answer_usage import usage_of
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.extraction.structured_output import RowAnswer, read_answer
from batch_processor.logs import logger, start_log

# What it takes to store what was read of a child's rows, and to write their part.
_WRITING_SECONDS = 20


def handle(event: dict[str, Any], context: object) -> Any:
    """Takes what is to be read of one row, or {contract, plan, loaded, results, started_ms} of a child's rows.

    Of rows it returns what output/express_rows.py says.
    """
    return _end_round(event, context) if "plan" in event else _extract(event)


def _end_round(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`started_ms` is when the child began, and `results` tell of its rows, of a row that was run again several times.

    They are {index} of rows that the table has, {index, left, attempt} of those that were not run for lack of time,
    {index, answer, attempt, at, ms} of answers that the table did not take, and RowResults of those that were skipped, or
    whose failure it did not take.
    """
    from batch_processor.output.express_rows import RoundClock, end_round

    plan, loaded = event["plan"], event["loaded"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    for number in (event["contract"], number_of(plan)):
        refuse_unlike(number, go_on_with(plan["batch"]["name"]))
    bounds: ExpressBounds = loaded["fan_out"]["express"]
    started_ms, deadline = event["started_ms"], deadline_of(context, "")

    def is_over() -> bool:
        ends_ms: int = started_ms + bounds["extracted_by_ms"]
        return _now_ms() >= ends_ms or deadline.remaining_seconds < _WRITING_SECONDS

    def has_time_for_calls() -> bool:
        last_start_ms: int = started_ms + bounds["last_start_ms"]
        return _now_ms() <= last_start_ms

    report = end_round(plan, loaded, event["results"], RoundClock(is_over, has_time_for_calls))
    logger.info("Ended a round", extra={"rows": report})
    return dict(report)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _extract(event: dict[str, Any]) -> RowResult:
    """Takes {contract, batch, index, answer, answered_by, sent, input, output, store, work, result_bytes, started_ms, log_level}.

    Returns the row's result. Its cells are in the table by then if results are kept there; else they are in the result,
    or in S3 if they are more than the row's share of the results payload. `input` is null if it had no room. So is an
    agent's answer, and `answered_by` is then the execution that has it; `sent` is what that must have been given, null if
    this batch itself has started it. `calls` is how often the row's target was called: the result has it where that was not
    once, and the tokens that the answer tells of.
    """
    start_log(event["batch"], event["log_level"])
    refuse_unlike(event.get("contract", ASKED_WITHOUT), go_on_with(event["batch"]))
    given = _answer(event)
    logger.debug("Extracting", extra={"row": event["index"], "answer": given})
    answer = read_answer(given, with_answer_rules(event["output"]))
    if answer.method:
        logger.debug("Extracted", extra={"row": event["index"], "method": answer.method})
    cells = answer.cells
    result = _paid(_success(event["index"], event["started_ms"]), event.get("calls", 1), given)
    if event["store"]["mode"] == "dynamodb":
        _store(event, result, answer)
        result["stored"] = True
    # Also beside what is stored: the table need not be read for it.
    if _result_bytes(event["index"], cells, result) <= event["result_bytes"]:
        return {**result, "cells": cells}
    if "stored" in result:
        return result
    _spill(event, cells)
    return {**result, "spilled": True}


def _success(index: int, started_ms: int) -> RowResult:
    now = datetime.now(UTC)
    at = time_text(now)
    # Step Functions noted the start by its own clock, which may be ahead of this one.
    return {"index": index, "status": "SUCCESS", "at": at, "ms": max(int(now.timestamp() * 1000) - started_ms, 0)}


def _paid(result: RowResult, calls: int, answer: Any) -> RowResult:
    """The result with the calls, where there was not one, and the tokens that the answer tells of."""
    if calls != 1:
        result["calls"] = calls
    if usage := usage_of(answer):
        result["usage"] = usage
    return result


def _result_bytes(index: int, cells: list[str], result: RowResult) -> int:
    # Without time, duration and what was paid for: the row's share of the payload has room for them besides.
    told = {"index": index, "status": "SUCCESS", "cells": cells, **({"stored": True} if "stored" in result else {})}
    return len(json.dumps(told, ensure_ascii=False).encode())


# The SDK is loaded only where a row needs it: this runs once for every row.


def _answer(event: dict[str, Any]) -> Any:
    # An execution that began under an older definition does not say who answered.
    if not (execution_arn := event.get("answered_by")):
        return event["answer"]
    from batch_processor.aws.step_functions import agent_execution

    execution = agent_execution(execution_arn)
    if (sent := event.get("sent")) is not None and not is_of_row(execution.given, sent):
        raise ForeignExecution(f"{execution_arn} was given something else than this row: its answer is not taken.")
    return execution.answer()


def _store(event: dict[str, Any], result: RowResult, answer: RowAnswer) -> None:
    from batch_processor.results.results_table import put_success
    from batch_processor.results.stored_row import paid_of

    names = [column["name"] for column in event["output"]["columns"]]
    row, at, ms, paid = result["index"], result["at"], result["ms"], paid_of(result)
    put_success(event["store"], event["work"], row, names, answer.cells, event["input"], at, ms, answer.method, paid)


def _spill(event: dict[str, Any], cells: list[str]) -> None:
    from batch_processor.results import spill

    spill.put_cells(event["work"], event["index"], cells)
