"""Every expression of the definition in every situation, by each engine, with equal results."""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from batch_processor import limits
from batch_processor.results.failure import Failure, aborting_row, innermost
from tests.statemachine.batch_situations import batch_situations
from tests.statemachine.definition import expressions
from tests.statemachine.earlier_situations import earlier_situations
from tests.statemachine.engines import (
    Engine,
    Engines,
    JavaScriptEngine,
    JlensEngine,
    JsonataPythonEngine,
    QueryEvaluationError,
)
from tests.statemachine.express_situations import express_situations
from tests.statemachine.fan_out_situations import fan_out_situations
from tests.statemachine.json_text import canonical, size
from tests.statemachine.recorded import (
    CAUSE_CHARACTERS,
    UNREACHABLE_QUEUE,
    answers,
    child,
    failures,
    not_taken,
    unread,
)
from tests.statemachine.row_batch_situations import row_batch_situations
from tests.statemachine.row_situations import row_situations
from tests.statemachine.samples import LOADED, PLAN, QUOTING
from tests.statemachine.situation import EXPRESS_ROW_VARIABLES, ROW_VARIABLES, Situation
from tests.statemachine.states import STATES
from tests.statemachine.visit import Visit, visit

SITUATIONS = [
    *batch_situations(),
    *row_batch_situations(),
    *row_situations(),
    *earlier_situations(),
    *fan_out_situations(),
    *express_situations(),
]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
# What the digest looks for, in any order and cut anywhere.
PIECES = [
    '"Error": "',
    '"Cause":"',
    '"errorMessage": "',
    '"Input":',
    '"Status":"TIMED_OUT","StopDate"',
    '\\"',
    "\\n",
    "\\",
    "\u0001",
    '"',
    "é",
    "x",
]
# Each of one length in UTF-8 JSON, so that the cut is as near to the share as it gets.
UNIFORM = st.one_of(
    [
        st.text(st.characters(**characters), min_size=40, max_size=500)
        for characters in (
            {"min_codepoint": 0x20, "max_codepoint": 0x7E, "exclude_characters": "\\"},
            {"max_codepoint": 0x7F},
            {"min_codepoint": 0x5C, "max_codepoint": 0x5C},
            {"min_codepoint": 0x80, "max_codepoint": 0x7FF},
            {"min_codepoint": 0x7F0, "max_codepoint": 0x80F},
            {"min_codepoint": 0x10000},
        )
    ]
)
DOCUMENTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def go(situation: Situation, engine: Engine) -> Visit:
    """Visit the situation's state."""
    variables = situation.all_variables()
    return visit(STATES[situation.state], engine, variables, situation.data, situation.result, situation.error)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_every_engine_comes_to_what_is_expected(situation: Situation, engines: Engines) -> None:
    seen, *others = (go(situation, engine) for engine in engines)
    for other in others:
        assert canonical(seen.fields) == canonical(other.fields)
        assert canonical([seen.output, seen.assigned, seen.next]) == canonical(
            [other.output, other.assigned, other.next]
        )
    for place, value in situation.expected.items():
        assert canonical(_at(seen, place)) == canonical(value), place


def test_every_expression_has_a_situation() -> None:
    # By the quickest engine: by all of them states lead to the same places, says the test above.
    engine, met = JlensEngine(), set[tuple[str, str]]()
    for situation in SITUATIONS:
        met |= {(situation.state, place) for place in go(situation, engine).places}
    assert met == {(name, place) for name, state in STATES.items() for place in expressions(state)}


@pytest.mark.parametrize(
    "expression",
    [
        "$states.input.missing",
        "$missing",
        "{'a': 1}.b",
        "$states.result.Payload",
        "$filter([1], function($v) { $v > 1 })",
    ],
)
def test_an_undefined_result_is_an_error_in_every_engine(expression: str, engines: Engines) -> None:
    for engine in engines:
        with pytest.raises(QueryEvaluationError, match="undefined"):
            engine.evaluate(expression, {"states": {"input": {}}})


def test_null_is_a_result_in_every_engine(engines: Engines) -> None:
    for engine in engines:
        assert engine.evaluate("$states.input.a", {"states": {"input": {"a": None}}}) is None


def test_every_engine_has_the_functions_of_step_functions(engines: Engines) -> None:
    expression = "[$partition([1, 2, 3], 2), $range(1, 5, 2), $hash('a', 'SHA-256'), $parse('[1]'), $random(), $now()]"
    seen, *others = (engine.evaluate(expression, {}) for engine in engines)
    assert others == [seen, seen]


@pytest.mark.parametrize(
    "expression",
    ["$states.input ?? 1", "$states.input ?: 1", "$map([1], function($x)<n?:n> { $x }) ?: 2", "$match('a', /??/) ?? 1"],
)
def test_syntax_that_came_later_is_refused_as_on_aws(expression: str, engines: Engines) -> None:
    for engine in engines:
        with pytest.raises(QueryEvaluationError):
            engine.evaluate(expression, {"states": {"input": 0}})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'??' & \"?:\"", "???:"),
        ("/* ?? */ {'??': 1}.`??`", 1),
        ("$contains('b', /(?:a|b)/) ? 1 : 2", 1),
        ("$replace('a??', /\\?\\?/, '-')", "a-"),
        ("(function($x)<n?:n> { 4 / $x / 2 })(2)", 1),
    ],
)
def test_what_only_looks_like_later_syntax_is_not_refused(expression: str, value: Any, engines: Engines) -> None:
    for engine in engines:
        assert engine.evaluate(expression, {}) == value


def test_brackets_that_are_closed_before_they_open_are_refused(engines: Engines) -> None:
    for engine in engines:
        with pytest.raises(QueryEvaluationError):
            engine.evaluate("1) + (2", {})


def test_jsonata_python_loses_a_null_that_an_index_picks(javascript: JavaScriptEngine) -> None:
    # A jsonpath such as $[0] into [null] gives no field where there is no jlens, and a null on AWS. When this
    # fails, jsonata-python has learnt it: drop the test, and the exception in test_transform_input.
    expression = "($pick := function($list, $index) { $list[$index] }; $pick($states.input, 0))"
    variables = {"states": {"input": [None]}}
    assert javascript.evaluate(expression, variables) is None
    assert JlensEngine().evaluate(expression, variables) is None
    with pytest.raises(QueryEvaluationError, match="undefined"):
        JsonataPythonEngine().evaluate(expression, variables)


def test_the_text_of_an_object_has_its_characters(engines: Engines) -> None:
    # Where a 'messages' agent has no field 'prompt', and in a notification.
    for engine in engines:
        assert (
            engine.evaluate("$string({'a': 'é', 'b': [1, 0.5, null, true]})", {}) == '{"a":"é","b":[1,0.5,null,true]}'
        )


def test_every_answer_counts_as_unread_and_nothing_else_does(engines: Engines) -> None:
    for engine in engines:
        assert engine.evaluate("$count($keys($unread)) = 0", {"unread": {}}) is True
        for answer in answers().values():
            assert engine.evaluate("$count($keys($unread)) = 0", {"unread": unread(answer)}) is False


def test_an_unread_answer_is_measured_in_characters(engines: Engines) -> None:
    state, answer = STATES["ExtractStructuredOutput"], {"text": "é" * 50_000}
    error = {"Error": "StorageUnavailable"}
    assigned = [visit(state, engine, ROW_VARIABLES, answer, error=error).assigned["unread"] for engine in engines]
    assert assigned == [unread(answer)] * 3


@pytest.mark.parametrize("answer", [0.1 + 0.2, {"score": 0.8734512345678912}, [{"id": 9007199254740991}]])
def test_an_answer_is_stored_as_text_only_with_all_of_its_digits(answer: Any, engines: Engines) -> None:
    # AWS's $string rounds all of these, jlens's some, and jsonata-python's none. What is rounded is refused.
    refusals = [_refusal_to_store(answer, engine) for engine in engines]
    assert "digits" in refusals[0]
    assert not refusals[1] or "digits" in refusals[1]
    assert not refusals[2]


def _refusal_to_store(answer: Any, engine: Engine) -> str:
    """In the engine's words; none if the answer is stored as it is."""
    try:
        item = visit(STATES["StoreAnswer"], engine, EXPRESS_ROW_VARIABLES, answer, {}).fields["Arguments"]["Item"]
    except QueryEvaluationError as exc:
        return str(exc)
    assert json.loads(item["answer"]["S"]) == {"answer": answer}
    return ""


@pytest.mark.parametrize("message_bytes", [40, 41, 200, 2_300])
@pytest.mark.parametrize("case", failures())
def test_a_failure_message_fits_its_share(case: str, message_bytes: int, engines: Engines) -> None:
    _check_failure(failures()[case], message_bytes, engines)


@settings(max_examples=150, deadline=None)
@given(error=TEXT, cause=st.one_of(TEXT, DOCUMENTS, UNIFORM), message_bytes=st.integers(40, 400))
def test_any_error_makes_the_same_fitting_failure_everywhere(
    error: str, cause: str, message_bytes: int, engines: Engines
) -> None:
    _check_failure({"Error": error, "Cause": cause}, message_bytes, engines)


@settings(max_examples=100, deadline=None)
@given(reason=st.one_of(TEXT, DOCUMENTS))
@example(reason="\f")
@example(reason="end\b")
@example(reason="\\u12")
def test_the_reason_of_an_agent_stays_readable(reason: str, engines: Engines) -> None:
    # As it was said, whatever JSON is around it: only quotes become single and control characters spaces; C:\new stays.
    # The functions find the same as the machine, also where the reason is JSON with a reason of its own, or looks so.
    error = child("FAILED", "E", reason)
    told = [part for part in innermost(error["Error"], error["Cause"]) if part and part != error["Error"]]
    said = _CONTROLS.sub(" ", ": ".join(told)).replace('"', "'")
    if not reason.startswith("{"):
        assert said == _CONTROLS.sub(" ", f"E: {reason}" if reason else "E").replace('"', "'")
    variables = {**ROW_VARIABLES, "loaded": {**LOADED, "message_bytes": 40_000}}
    for engine in engines:
        message = visit(STATES["SendToDeadLetterQueue"], engine, variables, error, {}).output["message"]
        assert message == said
        kept = visit(STATES["SendAbortingRowToDeadLetterQueue"], engine, variables, error, {}).output
        cause = visit(STATES["AbortBatch"], engine, {**variables, "plan": QUOTING}, kept).fields["Cause"]
        assert cause == f"Row 2 failed and continue_on_error is false. States.TaskFailed: {said}"
        assert reason not in visit(STATES["AbortBatch"], engine, variables, kept).fields["Cause"] or len(reason) < 40


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@settings(max_examples=100, deadline=None)
@given(queue_error=TEXT, cause=TEXT, message_bytes=st.integers(0, 400))
def test_a_row_that_the_queue_did_not_take_keeps_both_reasons(
    queue_error: str, cause: str, message_bytes: int, engines: Engines
) -> None:
    data = {"Error": "E", "Cause": cause, "QueueError": queue_error}
    told = [part for part in innermost("E", cause) if part and part != "E"]
    words = f"The dead letter queue did not take the row ({queue_error}). {': '.join(told)}"
    words = _CONTROLS.sub(" ", words).replace('"', "'")
    variables = {**ROW_VARIABLES, "loaded": {**LOADED, "message_bytes": message_bytes}}
    for engine in engines:
        message = visit(STATES["RecordRowFailure"], engine, variables, data).output["message"]
        kept = message.removesuffix(" ... (cut)")
        assert message == words or (words.startswith(kept) and kept != message) or message_bytes < 40


def _check_failure(error: dict[str, str], message_bytes: int, engines: Engines) -> None:
    """Whether the queue took the row or not: equal results of every engine, within the row's share."""
    variables = {**ROW_VARIABLES, "loaded": {**LOADED, "message_bytes": message_bytes}}
    sent = [visit(STATES["SendToDeadLetterQueue"], engine, variables, error, {}).output for engine in engines]
    kept = not_taken(error, UNREACHABLE_QUEUE)
    recorded = [visit(STATES["RecordRowFailure"], engine, variables, kept).output for engine in engines]
    for seen, *others in (sent, recorded):
        assert [canonical(other) for other in others] == [canonical(seen)] * 2
        assert size(seen["message"]) <= message_bytes + 2
        assert size(seen["error"]) <= 40 + 2
    assert recorded[0]["status"] == sent[0]["status"]


@pytest.mark.parametrize("rows", [1, 40, 500, 977])
def test_the_results_of_rows_that_all_fail_fit_one_payload(rows: int, javascript: JavaScriptEngine) -> None:
    plan_bytes = size(PLAN)
    message_bytes = limits.result_bytes(rows, plan_bytes)[1]
    longest = 0
    for state in ("SendToDeadLetterQueue", "RecordRowFailure"):
        for error in failures().values():
            data = not_taken(error, {"Error": "SQS.RequestThrottledException"})
            loaded = {**LOADED, "message_bytes": message_bytes}
            result = visit(STATES[state], javascript, {**ROW_VARIABLES, "loaded": loaded}, data, {}).output
            # The clock of AWS gives nanoseconds at most; a row number has eight digits at most.
            unread = {"unread": "10-5ca1ab1e"}
            stamped = {**result, **unread, "index": 99_999_999, "at": "2026-11-21T09:34:44.123456789Z"}
            longest = max(longest, size(stamped))
    assert plan_bytes + rows * (longest + 1) + 2 <= limits.PAYLOAD_BYTES


@pytest.mark.parametrize("case", failures())
def test_an_aborted_batch_says_why_within_the_limit_of_a_cause(case: str, javascript: JavaScriptEngine) -> None:
    quoting = {**ROW_VARIABLES, "plan": QUOTING}
    kept = visit(STATES["SendAbortingRowToDeadLetterQueue"], javascript, quoting, failures()[case], {}).output
    fields = visit(STATES["AbortBatch"], javascript, quoting, kept).fields
    assert len(fields["Cause"]) <= CAUSE_CHARACTERS
    assert fields["Cause"].startswith("Row 2 failed")


@pytest.mark.parametrize("case", [case for case in failures() if case != "hostile name"])
def test_the_row_that_ended_a_batch_is_salvaged_as_what_it_was(case: str, javascript: JavaScriptEngine) -> None:
    error = failures()[case]
    kept = visit(STATES["SendAbortingRowToDeadLetterQueue"], javascript, ROW_VARIABLES, error, {}).output
    fields = visit(STATES["AbortBatch"], javascript, ROW_VARIABLES, kept).fields
    failure = Failure.of({"status": "FAILED", "error": fields["Error"], "cause": fields["Cause"]})
    row = aborting_row(failure, {2: kept["reason"]})
    assert row
    assert row["message"] == kept["reason"]
    letter = visit(STATES["SendToDeadLetterQueue"], javascript, ROW_VARIABLES, error, {}).output
    assert (row["index"], row["status"], row["error"]) == (letter["index"], letter["status"], error["Error"])


def _at(seen: Visit, place: str) -> Any:
    first, *steps = place.split(".")
    value = getattr(seen, first)
    for step in steps:
        value = (json.loads(value) if isinstance(value, str) else value)[step]
    return value
