import json

import pytest

from tests.functional.account import put
from tests.functional.map_results import CHILD_INPUT, CSV, JOINED, MAPPING, put_results, table
from tests.unit.map_runs import aborted, answer, batch, failed, pending, succeeded, ticket, timed_out, transformed


def test_input_that_is_a_flat_object_is_the_row() -> None:
    given = {"blank": "", "id": "007", "text": '=1+1 "quoted", \\ and\r\nbroken', "n": 1.10, "yes": True, "none": None}
    record = succeeded(given, answer(1))
    record["Input"] = record["Input"].replace("1.1", "1.10")
    put_results(successes=[record])
    assert table()[1][:8] == ["", "007", '=1+1 "quoted", \\ and\r\nbroken', "1.10", "true", "", "c1", "10"]


def test_failures_are_told_in_the_words_of_the_processor() -> None:
    nested = {"Cause": "no such user", "Error": "NotFound", "Status": "FAILED", "StopDate": 1790204286000}
    slow = {"Status": "TIMED_OUT", "StopDate": 1790204286000}
    python = json.dumps({"errorMessage": 'bad\n"input"', "errorType": "ValueError"})
    records = [
        failed(ticket(0), "States.TaskFailed", json.dumps(nested)),
        failed(ticket(1), "States.TaskFailed", json.dumps(slow)),
        failed(ticket(2), "ValueError", python),
        failed(ticket(3), "States.Timeout", ""),
        timed_out(ticket(4)),
        aborted(ticket(5), Cause="stopped by hand"),
        failed(ticket(6), "States.TaskFailed", json.dumps({"Status": "ABORTED", "StopDate": 1})),
    ]  # fmt: skip
    put_results(failures=records)
    assert [row[4:6] for row in table(child_input={"row": "$.row"})[1:]] == [
        ["FAILED", "NotFound: no such user"],
        ["TIMEOUT", "Execution timeout in the agent itself"],
        ["FAILED", "ValueError: bad 'input'"],
        ["TIMEOUT", "Execution timeout"],
        ["TIMEOUT", "Execution timeout"],
        ["FAILED", "Execution aborted: stopped by hand"],
        ["FAILED", "Execution aborted"],
    ]


def test_answer_without_structured_output_is_a_failed_row() -> None:
    put_results(successes=[succeeded({"a": "1"}, "sorry"), succeeded({"a": "2"}, {"structured_output": {}})])
    assert [row[4] for row in table()[1:]] == [
        (
            "StructuredOutputMissing: Agent did not return structured output: nothing at structured_output, "
            "Output.structured_output, content.structured_output, and content of a tool's answer; the answer has no fields, "
            "it is a string of 5 characters."
        ),
        "StructuredOutputInvalid: None of the configured fields is in the structured output; it has no fields.",
    ]


def test_answer_may_stand_anywhere_in_the_output() -> None:
    output = {
        "id": "1",
        "agent": {"ExecutionArn": "arn:…:execution:triage:1", "Output": answer(7), "Status": "SUCCEEDED"},
    }
    put_results(successes=[succeeded({"id": "1"}, output), succeeded({"id": "2"}, {})])
    rows = table(child_output={"answer": "$.agent"})
    assert [row[1] for row in rows[1:]] == ["c7", ""]
    assert rows[2][4] == "StructuredOutputMissing: The output has nothing at the path of child_output.answer."


def test_output_that_describes_an_agents_execution_is_no_child() -> None:
    described = {
        "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:execution:triage:r-1",
        "Input": {"text": "a"}, "InputDetails": {"Included": True}, "Name": "r-1", "Output": answer(5),
        "OutputDetails": {"Included": True}, "StartDate": 1790204286000, "Status": "SUCCEEDED", "StopDate": 1790204286001,
    }  # fmt: skip
    put_results(successes=[described])
    assert table(output_mapping={**MAPPING, "include_original": False})[1] == ["c5", "50", "SUCCESS", "", "", ""]


@pytest.mark.parametrize("kind", ["JSON", "JSONL"])
@pytest.mark.parametrize("transformation", ["NONE", "COMPACT", "FLATTEN"])
def test_items_of_batches_are_rows(transformation: str, kind: str) -> None:
    put("inputs/tickets.csv", CSV)
    children = [
        succeeded(batch(ticket(2), ticket(3)), [answer(2), answer(3)]),
        succeeded(batch(ticket(0)), [answer(0)]),
    ]
    put_results(
        successes=transformed(children, transformation), failures=[failed(batch(ticket(1)), "E", "c")], kind=kind
    )
    rows = table(**JOINED, child_output={"index": "$.index"})
    assert [row[2] for row in rows[1:]] == ["c0", "", "c2", "c3"]
    # The time of a batch is not the time of a row.
    assert [row[7] for row in rows[1:]] == (
        ["1250", "1250", "", ""] if transformation == "NONE" else ["", "1250", "", ""]
    )


def test_answers_of_a_batch_are_its_items_in_their_order() -> None:
    put_results(
        successes=[
            succeeded(batch(ticket(1), ticket(0)), [answer(1), answer(0)]),
            succeeded(batch(ticket(2)), answer(2)),
        ]
    )
    assert [row[:3] for row in table(child_input=CHILD_INPUT)[1:]] == [
        ["000", "ticket 0", "c0"],
        ["001", "ticket 1", "c1"],
        ["002", "ticket 2", "c2"],
    ]


def test_batch_with_fewer_answers_than_items_is_not_guessed_at() -> None:
    put_results(successes=[succeeded(batch(ticket(0), ticket(1)), [answer(1)])])
    assert [row[4:6] for row in table(child_input=CHILD_INPUT)[1:]] == [
        ["FAILED", "OutputMismatch: The child's output has 1 answers for the 2 items of its batch."]
    ] * 2


def test_batch_with_fewer_answers_than_items_is_read_by_the_answers_own_index() -> None:
    put_results(successes=[succeeded(batch(ticket(0), ticket(1)), [answer(1)])])
    rows = table(
        child_input={"index": "$.index"},
        child_output={"index": "$.index"},
        output_mapping={**MAPPING, "include_original": False},
    )
    assert [row[:4] for row in rows[1:]] == [
        ["", "", "FAILED", "OutputMissing: The child succeeded, but its output has no answer for this item."],
        ["c1", "10", "SUCCESS", ""],
    ]


def test_batch_that_was_not_started_has_a_row_for_each_item() -> None:
    put_results(successes=[succeeded(ticket(2), answer(2))], waiting=[pending(batch(ticket(0), ticket(1)))])
    assert [row[4] for row in table(child_input=CHILD_INPUT)[1:]] == ["NOT_RUN", "NOT_RUN", "SUCCESS"]
