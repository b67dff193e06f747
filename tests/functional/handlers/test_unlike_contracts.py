"""Plans of another contract: refused before anything is read or written, and salvaged and resumed if they are older."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.contract.number import CONTRACT
from batch_processor.errors import StackUpdated
from batch_processor.handlers import (
    aggregate_results,
    extract_structured_output,
    load_csv_data,
    salvage_answers,
    validate_input,
)
from tests.functional.account import DATA, TOPIC, get, keys
from tests.functional.answers import answer_of, event
from tests.functional.batches import put_batch
from tests.functional.large_batches import LargeBatch
from tests.unit.configs import make_document
from tests.unit.histories import History
from tests.unit.plans import PLAN, failure, make_loaded, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\n"
ARN = PLAN["batch"]["id"]
REFUSED = {
    "executionArn": ARN,
    "status": "FAILED",
    "error": "StackUpdated",
    "cause": "The stack was updated while this batch ran",
}
ANSWER = {"structured_output": {"category": "billing", "score": 1}}


def numbered(plan: Any, number: int) -> Any:
    """The plan as a build of that contract makes it; before there were numbers, without one."""
    kept = {key: value for key, value in plan.items() if key != "contract"}
    return {**kept, "contract": number} if number else kept


@pytest.fixture
def has_history(account: None) -> Iterator[Callable[[History], None]]:
    with Stubber(client("stepfunctions")) as states:

        def has(history: History) -> None:
            asked = {"executionArn": ARN, "includeExecutionData": True, "maxResults": 200}
            states.add_response("get_execution_history", {"events": history.events}, asked)

        yield has
        states.assert_no_pending_responses()


@pytest.mark.parametrize("number", [{}, {"contract": CONTRACT + 1}], ids=["before there were numbers", "newer"])
@pytest.mark.usefixtures("account")
def test_definition_of_another_contract_gets_no_plan(number: dict[str, int]) -> None:
    execution = {"id": ARN, "name": "night", "started_at": "2026-11-22T09:34:44.123Z"}
    before = keys(DATA)
    with pytest.raises(
        StackUpdated, match="Nothing was called, and nothing is owed: start it once more, with the same"
    ):
        validate_input.handle({**number, "input": make_document(), "execution": execution}, None)
    assert keys(DATA) == before


@pytest.mark.parametrize("number", [0, CONTRACT + 1])
def test_plan_of_another_contract_is_not_loaded(number: int, account: None) -> None:
    plan = numbered(put_batch(CONTENT), number)
    before = keys(DATA)
    with pytest.raises(StackUpdated, match="start it once more, with the same input"):
        load_csv_data.handle({"plan": plan, "given": {}}, None)
    given = {"rows": [{"index": 1, "row": {}}], "loaded": make_loaded(3)}
    with pytest.raises(StackUpdated, match=r'Start \{"resume_from": "night"\} to go on with it'):
        load_csv_data.handle({"plan": plan, "given": given}, None)
    assert keys(DATA) == before


@pytest.mark.parametrize("number", [0, CONTRACT + 1])
@pytest.mark.parametrize("more", [{}, {"cut": True}, {"range": {"first": 1, "last": 2}}])
def test_nothing_is_written_of_another_contract(more: dict[str, Any], number: int, account: None) -> None:
    plan = numbered(put_batch(CONTENT), number)
    before = keys(DATA)
    for loaded in (make_loaded(3), {**make_loaded(3), "row_batch": {"first": 1, "last": 3}}):
        with pytest.raises(StackUpdated, match=r'Every answer is kept. Start \{"resume_from": "night"\}'):
            aggregate_results.handle({"plan": plan, "loaded": loaded, "results": [], **more}, None)
    assert keys(DATA) == before


def test_answer_that_another_build_left_keeps_the_output_from_being_written(account: None) -> None:
    plan = put_batch(CONTENT)
    before = keys(DATA)
    left = {"index": 2, "status": "FAILED", "error": "StackUpdated", "unread": "1"}
    with pytest.raises(StackUpdated, match="the answer of row 2 was left in the history"):
        aggregate_results.handle({"plan": plan, "loaded": make_loaded(3), "results": [left]}, None)
    assert keys(DATA) == before


def test_answer_for_another_contract_is_not_read(account: None) -> None:
    with pytest.raises(StackUpdated, match="Every answer is kept"):
        extract_structured_output.handle(event(answer_of("billing"), contract=CONTRACT + 1), None)
    assert keys(DATA) == []


def test_definition_from_before_there_were_numbers_asks_as_the_first_number_does() -> None:
    asked = event(answer_of("billing"))
    del asked["contract"]
    with pytest.raises(StackUpdated, match="Every answer is kept"):
        extract_structured_output.handle(asked, None)


def test_target_may_call_an_error_as_it_likes(account: None) -> None:
    plan = put_batch(CONTENT)
    failed = failure(2, "StackUpdated", "the stack of plates")
    results = [success(1, "billing", "1"), failed, success(3, "sales", "2")]
    summary = aggregate_results.handle({"plan": plan, "loaded": make_loaded(3), "results": results}, None)
    assert (summary["status"], summary["rows_failed"]) == ("COMPLETED_WITH_ERRORS", 1)


def test_plan_from_before_there_were_work_folders_is_left_alone_and_told(
    has_history: Callable[[History], None],
) -> None:
    older = numbered(put_batch(CONTENT), 0)
    del older["work"], older["storage"]
    before = keys(DATA)
    has_history(History().prepared(older, make_loaded(3)).task("InvokeAgent", ANSWER, row=1).ended())
    salvaged = salvage_answers.handle({"detail": REFUSED}, None)
    assert keys(DATA) == before
    assert "The batch night is of a build that is older than this one reads" in salvaged["cause"]


def test_answers_of_an_older_contract_are_salvaged(has_history: Callable[[History], None]) -> None:
    older = numbered(put_batch(CONTENT), 0)
    older["earlier"] = {"batch": "evening", "only_failed": False}  # as it was before a batch stored its rows by itself
    history = (
        History()
        .prepared(older, make_loaded(3))
        .task("InvokeAgent", ANSWER, row=1)
        .task("ExtractStructuredOutput", success(1, "billing", "1"), row=1)
        .task("InvokeAgent", {"structured_output": {"category": "sales", "score": 2}}, row=2)
        .failed_task("ExtractStructuredOutput", row=2)
        .passed("LeaveAnswer", {"index": 2, "status": "FAILED", "error": "StackUpdated", "unread": "1"}, row=2)
        .ended()
    )
    has_history(history)
    salvaged = salvage_answers.handle({"detail": REFUSED}, None)
    assert (salvaged["rows"], salvaged["summary"]["status"]) == (2, "PARTIAL")
    assert [
        line.split(",")[2:5]
        for line in get(salvaged["summary"]["csv_location"].removeprefix(f"s3://{DATA}/")).decode().splitlines()[1:]
    ] == [
        ["billing", "1", "SUCCESS"],
        ["sales", "2", "SUCCESS"],
        ["", "", "NOT_RUN"],
    ]


def test_row_batch_that_a_redrive_starts_after_an_update_keeps_what_was_answered_before() -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 3, [success(1, "billing", "1"), failure(2, "Busy", "no")])
    older = numbered(batch.plan, 0)
    given = {"plan": older, "loaded": batch.loaded, "rows": [{"index": 1}, {"index": 3}], "again": "night-1"}
    refused = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-rows-dev:night-1-abcdef"
    words = {"error": "StackUpdated", "cause": "these rows were not called"}
    with Stubber(client("stepfunctions")) as states:
        asked = {"executionArn": refused, "includeExecutionData": True, "maxResults": 200}
        events = History(given).ended("ExecutionFailed", **words).events
        states.add_response("get_execution_history", {"events": events}, asked)
        detail = {"executionArn": refused, "status": "FAILED", **words}
        event = {"detail": detail, "plan": older, "loaded": batch.row_batch(1, 3)}
        assert salvage_answers.handle(event, None) == {"rows": 1}
    rows = [line.split(",") for line in batch.part(1, 3).decode().splitlines()]
    assert [row[2:6] for row in rows] == [
        ["billing", "1", "SUCCESS", ""],
        ["", "", "FAILED", "Busy: no"],
        ["", "", "NOT_RUN", "StackUpdated: these rows were not called"],
    ]


@pytest.mark.parametrize("by", ["machine", "aws.states"])
def test_batch_of_a_newer_contract_is_left_alone_and_told(
    by: str, has_history: Callable[[History], None], topic: list[dict[str, Any]]
) -> None:
    newer = numbered(put_batch(CONTENT), CONTRACT + 1)
    before = keys(DATA)
    has_history(History().prepared(newer, make_loaded(3)).task("InvokeAgent", ANSWER, row=1).ended())
    salvaged = salvage_answers.handle({"source": by, "detail": REFUSED}, None)
    assert keys(DATA) == before
    assert salvaged.keys() == {"error", "cause"}
    assert salvaged["error"] == "StackUpdated"
    assert f'deploy a build that reads {CONTRACT + 1}, and start {{"resume_from": "night"}}' in salvaged["cause"]
    assert [call["TopicArn"] for call in topic] == ([TOPIC] if by == "aws.states" else [])
