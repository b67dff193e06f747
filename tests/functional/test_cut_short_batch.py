"""LoadCSVData of a batch that goes on with one that was cut short, whose answers its history has."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws import results_table, spill
from batch_processor.aws.client import client
from batch_processor.batch import batch_key
from batch_processor.contract import Plan
from batch_processor.errors import StorageUnavailable
from batch_processor.handlers.load_csv_data import handle
from tests.functional.batches import as_json, put_batch
from tests.functional.tables import items
from tests.unit.histories import AT, History
from tests.unit.plans import failure, make_loaded, make_plan, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\nDi,d@x.org\n"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev"
EVENING = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:evening"
ANSWER = {"structured_output": {"category": "billing", "score": 3}}


@pytest.fixture
def states(account: None) -> Iterator[Stubber]:
    """Step Functions, with a history for who asks; moto keeps none."""
    with Stubber(client("stepfunctions")) as states:
        yield states
        states.assert_no_pending_responses()


def running(states: Stubber, *names: str) -> None:
    """What runs of the machine at this moment."""
    executions = [
        {"name": name, "executionArn": name, "stateMachineArn": MACHINE, "status": "RUNNING", "startDate": AT}
        for name in names
    ]
    asked = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING"}
    states.add_response("list_executions", {"executions": executions}, asked)


def given(states: Stubber, history: History) -> None:
    running(states, "morning", "row-batch-night-1a2b3c4d-1")
    asked = {"executionArn": EVENING, "includeExecutionData": True, "maxResults": 200}
    states.add_response("get_execution_history", {"events": history.events}, asked)


def before() -> History:
    """The history of the batch that was cut short, up to its rows."""
    return History().prepared(make_plan(work={"prefix": "work/evening-5ca1ab1e/"}), make_loaded(4))


def resumed(**sections: Any) -> Plan:
    return put_batch(CONTENT, earlier={"batch": "evening", "only_failed": False, "cut_short": EVENING}, **sections)


def load(plan: Plan, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = as_json(handle(as_json({"plan": plan, "given": given}), None))
    return answer


def test_rows_that_only_the_history_has_answers_of_are_not_asked_for_again(states: Stubber) -> None:
    history = (
        before()
        .task("ExtractStructuredOutput", success(1, "sales", "1"), row=1)
        .task("InvokeTool", ANSWER, row=2)
        .task("SendToDeadLetterQueue", failure(3, "Busy", "no"), row=3)
        .entered("InvokeTool", row=4)
    )
    given(states, history.ended("ExecutionAborted"))
    rows = load(resumed())["rows"]
    assert [(row["index"], "run" in row) for row in rows] == [(3, True), (4, False)]
    stored = results_table.results(make_loaded(4)["storage"], ["category", "score"], {"first": 1, "last": 4})
    assert [(result["status"], result.get("cells")) for result in stored] == [
        ("SUCCESS", ["sales", "1"]),
        ("SUCCESS", ["billing", "3"]),
        ("FAILED", None),
    ]


def test_row_batches_find_them_too(states: Stubber) -> None:
    given(states, before().task("ExtractStructuredOutput", success(1, "a", "1"), row=1).ended("ExecutionTimedOut"))
    plan = resumed(map_mode="distributed")
    loaded = load(plan)["loaded"]
    rows = [{"index": index, "row": {"email": "y"}} for index in (1, 2)]
    assert [row["index"] for row in load(plan, rows=rows, loaded=loaded)["rows"]] == [2]


def test_answers_beyond_the_payload_are_found_where_they_are(states: Stubber) -> None:
    plan = make_plan(work={"prefix": "work/evening-5ca1ab1e/"})
    spill.put_cells(plan["work"], 1, ["large", "2"])
    spilled = {"index": 1, "status": "SUCCESS", "spilled": True}
    given(states, before().task("ExtractStructuredOutput", spilled, row=1).ended("ExecutionAborted"))
    assert [row["index"] for row in load(resumed())["rows"]] == [2, 3, 4]
    [item] = items().values()
    assert item["output_data"] == {"S": '{"category": "large", "score": "2"}'}


def test_what_the_table_has_of_later_stays(states: Stubber) -> None:
    store, at = make_loaded(4)["storage"], "2026-11-21T09:36:00.000Z"
    results_table.put_success(store, make_plan()["work"], 1, ["category", "score"], ["newer", "1"], None, at, 5)
    given(states, before().task("ExtractStructuredOutput", success(1, "a", "1"), row=1).ended("ExecutionAborted"))
    load(resumed())
    assert items()["triage#night", "row_0000000001"]["output_data"] == {"S": '{"category": "newer", "score": "1"}'}


@pytest.mark.parametrize("end", [None, "MapStateAborted"])
def test_history_without_its_end_is_worth_another_attempt(states: Stubber, end: str | None) -> None:
    history = before().task("ExtractStructuredOutput", success(1, "a", "1"), row=1)
    given(states, history.ended(end) if end else history)
    with pytest.raises(StorageUnavailable, match="does not have"):
        load(resumed())
    assert items() == {}


def test_batch_that_step_functions_has_forgotten_leaves_all_that_the_table_lacks(states: Stubber) -> None:
    running(states)
    states.add_client_error("get_execution_history", "ExecutionDoesNotExist")
    assert len(load(resumed())["rows"]) == 4


def test_row_batches_that_are_not_stopped_yet_are_waited_for(states: Stubber) -> None:
    """Step Functions stops them after the batch that started them, and does not warrant it."""
    running(states, "row-batch-night-1a2b3c4d-1", f"row-batch-{batch_key(EVENING)}-61")
    with pytest.raises(StorageUnavailable, match=r"still run, such as row-batch-evening-[0-9a-f]{8}-61\."):
        load(resumed(map_mode="distributed"))


def test_row_batches_have_stored_their_rows_themselves(states: Stubber) -> None:
    loaded = make_loaded(4, map_mode="distributed")
    given(states, History().prepared(make_plan(), loaded).ended("MapStateAborted").ended("ExecutionAborted"))
    load(resumed(map_mode="distributed"))
    assert items() == {}


def test_row_batch_leaves_all_that_to_its_batch(states: Stubber) -> None:
    rows = [{"index": 1, "row": {"email": "y"}}]
    assert load(resumed(map_mode="distributed"), rows=rows, loaded=make_loaded(1))["rows"] == rows
