"""LoadCSVData of a batch that resumes a run whose histories have answers that the table lacks."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.batch.names import batch_key
from batch_processor.contract import Loaded, Plan, RowStore
from batch_processor.deadline import Deadline
from batch_processor.errors import StorageUnavailable
from batch_processor.extraction import stored_rules
from batch_processor.handlers import salvage_answers
from batch_processor.handlers.load_csv_data import handle
from batch_processor.results import results_table, spill
from batch_processor.resumption.fingerprint import fingerprint
from batch_processor.resumption.last_run import salvage_runs
from tests.functional.account import DATA, keys
from tests.functional.batches import as_json, put_batch
from tests.functional.conftest import NOW
from tests.functional.tables import items
from tests.unit.histories import BEGAN, History
from tests.unit.plans import STORE, failure, make_loaded, make_plan, output_of, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\nDi,d@x.org\n"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev"
ROWS_MACHINE = MACHINE.replace("-dev", "-rows-dev")
EXECUTIONS = MACHINE.replace(":stateMachine:", ":execution:")
EVENING = f"{EXECUTIONS}:evening"
KEY = "evening-5ca1ab1e"
DAWN = f"{EXECUTIONS}:dawn"
ANSWER = {"structured_output": {"category": "billing", "score": 3}}
# Where the batch that was cut short stored its rows.
BEFORE: RowStore = {
    **make_loaded(4)["storage"],
    "batch_id": "triage#evening",
    "since": "2026-11-20T18:00:00.000Z",
    "fingerprint": fingerprint(make_plan()),
}
ROW_BATCHES = ROWS_MACHINE.replace(":stateMachine:", ":execution:")
ROW_BATCH = f"{ROW_BATCHES}:{KEY}"
# As it was called while row batches were executions of the batch machine.
FORMER = f"{EXECUTIONS}:row-batch-{KEY}"


@pytest.fixture
def states(account: None) -> Iterator[Stubber]:
    """Step Functions, with a history for who asks; moto keeps none."""
    with Stubber(client("stepfunctions")) as states:
        yield states
        states.assert_no_pending_responses()


def has_history(states: Stubber, history: History, execution: str = EVENING) -> None:
    asked = {"executionArn": execution, "includeExecutionData": True, "maxResults": 200}
    states.add_response("get_execution_history", {"events": history.events}, asked)


def has_executions(states: Stubber, status: str, *arns: str, began: timedelta = timedelta(0)) -> None:
    """What Step Functions lists of that status, newest first: of the row batch machine, then of the batch machine."""
    for machine in (ROWS_MACHINE, MACHINE):
        executions = [
            {"name": "-", "executionArn": arn, "stateMachineArn": machine, "status": status, "startDate": BEGAN + began}
            for arn in arns
            if arn.startswith(f"{machine.replace(':stateMachine:', ':execution:')}:")
        ]
        asked = {"stateMachineArn": machine, "statusFilter": status, "maxResults": 1_000}
        states.add_response("list_executions", {"executions": executions}, asked)


def evening(**sections: Any) -> Plan:
    """The plan of the batch that was cut short."""
    batch = {"id": EVENING, "name": "evening", "key": KEY, "started_at": "2026-11-21T09:34:44.123Z"}
    return make_plan(batch=batch, work={"bucket": DATA, "prefix": f"work/{KEY}/"}, **sections)


def small(plan: Plan | None = None) -> History:
    """The history of a small batch that was cut short, up to its rows."""
    return History().prepared(plan or evening(), make_loaded(4))


def large() -> History:
    """The whole history of a large batch that was stopped."""
    return History().prepared(evening(), distributed()).ended("MapStateAborted").ended("ExecutionAborted")


def distributed() -> Loaded:
    return make_loaded(4, map_mode="distributed", storage={**make_loaded(4)["storage"], "mode": "dynamodb"})


def row_batch(first: int, last: int) -> History:
    """The history of a row batch, up to its rows."""
    rows = [{"index": row, "row": {}} for row in range(first, last + 1)]
    return History({"plan": evening(), "loaded": distributed(), "rows": rows}, first=first)


def resumed(*others: str, **sections: Any) -> Plan:
    """The plan of the batch that goes on with it, and looks into the histories of others too."""
    made_by = [fingerprint(evening())]
    shelf = {"batch_id": "triage#evening", "since": BEFORE["since"], "ttl_seconds": 86_400, "fingerprints": made_by}
    earlier = {"batch": "evening", "only_failed": False, "rows": [shelf], "runs": [EVENING, *others]}
    return put_batch(CONTENT, earlier=earlier, **sections)


def load(plan: Plan, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = as_json(handle(as_json({"plan": plan, "given": given}), None))
    return answer


def asked_for(plan: Plan, **given: Any) -> list[int]:
    return [row["index"] for row in load(plan, **given)["rows"]]


def stored(store: RowStore = STORE) -> dict[int, Any]:
    """What the table has, by row: the cells or the error."""
    found = results_table.results(store, output_of(["category", "score"]), {"first": 1, "last": 4})
    return {result["index"]: result.get("cells") or result["error"] for result in found}


# --- Small batches -----------------------------------------------------------------------------------------------


def test_rows_that_only_the_history_has_answers_of_are_not_asked_for_again(states: Stubber) -> None:
    history = (
        small()
        .task("ExtractStructuredOutput", success(1, "sales", "1"), row=1)
        .task("InvokeTool", ANSWER, row=2)
        .task("SendToDeadLetterQueue", failure(3, "Busy", "no"), row=3)
        .entered("InvokeTool", row=4)
    )
    has_history(states, history.ended("ExecutionAborted"))
    rows = load(resumed())["rows"]
    assert [(row["index"], "run" in row) for row in rows] == [(3, True), (4, False)]
    assert stored() == {1: ["sales", "1"], 2: ["billing", "3"], 3: "Busy"}


def test_row_batches_find_them_too(states: Stubber) -> None:
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionTimedOut"))
    plan = resumed(map_mode="distributed")
    loaded = load(plan)["loaded"]
    rows = [{"index": index, "row": {"email": "y"}} for index in (1, 2)]
    assert asked_for(plan, rows=rows, loaded=loaded) == [2]


def test_answers_beyond_the_payload_are_found_where_they_are_or_were(states: Stubber) -> None:
    spill.put_cells(evening()["work"], 2, ["large", "2"])
    history = small()
    for row in (1, 2):
        history.task("ExtractStructuredOutput", {"index": row, "status": "SUCCESS", "spilled": True}, row=row)
    has_history(states, history.ended("ExecutionAborted"))
    assert asked_for(resumed()) == [1, 3, 4]
    assert stored() == {2: ["large", "2"]}


def test_answers_are_read_by_rules_that_are_in_s3(states: Stubber) -> None:
    required = {"type": "object", "required": ["reason"], "description": "x" * 20_000}
    plan = stored_rules.hand_over(evening(output={"schema": required}))
    assert "answer" in plan["output"]
    has_history(states, small(plan).task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    load(resumed())
    assert stored() == {1: "StructuredOutputInvalid"}


def test_newer_answer_stays(states: Stubber) -> None:
    store, at = make_loaded(4)["storage"], "2026-11-21T09:36:00.000Z"
    results_table.put_success(store, evening()["work"], 1, ["category", "score"], ["newer", "1"], None, at, 5)
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    load(resumed())
    assert stored() == {1: ["newer", "1"]}


def test_failure_that_ended_a_batch_does_not_hide_what_a_later_one_knows(states: Stubber) -> None:
    """The agent has answered the later one, and its answer is found by this word."""
    cause = "Row 2 failed and continue_on_error is false. Busy: no"
    at = "2026-11-21T10:00:00.000Z"
    unread: Any = {**failure(2, "StorageUnavailable", "S3 failed"), "unread": "1-5ca1ab1e", "at": at}
    results_table.put_failures(make_loaded(4)["storage"], [unread])
    history = small().task("InvokeTool", ANSWER, row=1).ended().ended("ExecutionFailed", error="E", cause=cause)
    has_history(states, history)
    [second, *_] = load(resumed())["rows"]
    assert (second["index"], second["attempt"], second["run"]) == (2, 1, "-5ca1ab1e")


def test_answers_are_kept_as_long_as_those_of_the_batch_that_takes_them_over(states: Stubber) -> None:
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    load(resumed(storage={"ttl_seconds": 30 * 86_400}))
    [item] = items().values()
    assert item["ttl"] == {"N": str(int(NOW.timestamp()) + 30 * 86_400)}


@pytest.mark.parametrize("end", [None, "MapStateAborted"])
def test_history_without_its_end_is_worth_another_attempt(states: Stubber, end: str | None) -> None:
    history = small().task("InvokeTool", ANSWER, row=1)
    has_history(states, history.ended(end) if end else history)
    with pytest.raises(StorageUnavailable, match="does not have"):
        load(resumed())
    assert items() == {}


def test_batch_that_step_functions_has_forgotten_leaves_all_that_the_table_lacks(states: Stubber) -> None:
    states.add_client_error("get_execution_history", "ExecutionDoesNotExist")
    assert len(load(resumed())["rows"]) == 4


# --- Large batches -----------------------------------------------------------------------------------------------


def test_row_batches_that_are_not_stopped_yet_are_waited_for(states: Stubber) -> None:
    """Step Functions stops them after the batch that started them, and does not warrant it."""
    has_history(states, large())
    has_executions(states, "RUNNING", f"{ROW_BATCHES}:night-1a2b3c4d-1", f"{FORMER}-61")
    with pytest.raises(StorageUnavailable, match=rf"evening still run, such as {FORMER}-61\. Wait"):
        load(resumed(map_mode="distributed"))


def test_batch_that_somebody_calls_like_a_row_batch_is_not_waited_for(states: Stubber) -> None:
    """Only of batches from before they had a machine are row batches looked for among batches."""
    key = batch_key(EVENING)
    plan: Plan = {**evening(), "batch": {**evening()["batch"], "key": key}}
    has_history(states, History().prepared(plan, distributed()).ended("MapStateAborted").ended("ExecutionAborted"))
    for status in ("RUNNING", "ABORTED", "FAILED", "TIMED_OUT"):
        asked = {"stateMachineArn": ROWS_MACHINE, "statusFilter": status, "maxResults": 1_000}
        states.add_response("list_executions", {"executions": []}, asked)
    assert len(load(resumed())["rows"]) == 4


def test_row_batches_that_did_not_get_to_their_end_are_taken_over_once(states: Stubber) -> None:
    first = row_batch(1, 2).task("SendToDeadLetterQueue", failure(1, "Busy", "no"), row=1).entered("InvokeTool", row=2)
    again = row_batch(4, 4).task("InvokeTool", ANSWER, row=4)
    first.ended("ExecutionTimedOut")
    again.ended("ExecutionAborted")
    plan = resumed(map_mode="distributed")
    store: Any = None
    for histories in ({f"{ROW_BATCH}-4-5ca1ab": again, f"{ROW_BATCH}-1": first}, {}):
        has_history(states, large())
        has_executions(states, "RUNNING", f"{EXECUTIONS}:morning")
        has_executions(states, "ABORTED", f"{ROW_BATCH}-4-5ca1ab", f"{ROW_BATCHES}:night-1a2b3c4d-1")
        has_executions(states, "FAILED")
        has_executions(states, "TIMED_OUT", f"{ROW_BATCH}-1")
        for arn, history in histories.items():
            has_history(states, history, arn)
        store = load(plan)["loaded"]["storage"]
    assert stored(store) == {1: "Busy", 4: ["billing", "3"]}


def test_histories_that_take_too_long_are_gone_on_with_at_the_next_attempt(states: Stubber) -> None:
    histories = {
        f"{ROW_BATCH}-{row}": row_batch(row, row).task("InvokeTool", ANSWER, row=row).ended("ExecutionAborted")
        for row in (3, 1)
    }
    plan = resumed(map_mode="distributed")
    clock = [900_000, 30_000]  # milliseconds left, at the first row batch and at the second
    has_history(states, large())
    for status, arns in {"RUNNING": [], "ABORTED": list(histories), "FAILED": [], "TIMED_OUT": []}.items():
        has_executions(states, status, *arns)
    has_history(states, histories[f"{ROW_BATCH}-3"], f"{ROW_BATCH}-3")
    salvaging = Deadline(lambda: clock.pop(0) / 1_000, "")
    store = load({**plan, "earlier": {**plan["earlier"], "runs": []}})["loaded"]["storage"]
    with pytest.raises(StorageUnavailable, match=f"The histories of {EVENING} take longer to read"):
        salvage_runs(plan, store, ROWS_MACHINE, salvaging)
    assert stored(store) == {3: ["billing", "3"]}
    has_history(states, large())
    for status, arns in {"RUNNING": [], "ABORTED": list(histories), "FAILED": [], "TIMED_OUT": []}.items():
        has_executions(states, status, *arns)
    has_history(states, histories[f"{ROW_BATCH}-1"], f"{ROW_BATCH}-1")
    load(plan)
    assert stored(store) == {1: ["billing", "3"], 3: ["billing", "3"]}


def test_row_batch_that_was_salvaged_is_not_read_again(states: Stubber) -> None:
    """Of a batch in which all of them failed that would take too long."""
    failed = f"{ROW_BATCH}-1"
    has_history(states, row_batch(1, 2).task("InvokeTool", ANSWER, row=1).ended("ExecutionFailed"), failed)
    put_batch(CONTENT)
    write_rows_of(evening())
    loaded: Any = {**distributed(), "row_batch": {"first": 1, "last": 2}}
    salvage_answers.handle(
        {"detail": {"executionArn": failed, "status": "FAILED"}, "plan": evening(), "loaded": loaded}, None
    )
    has_history(states, large())
    for status, arns in {"RUNNING": [], "ABORTED": [], "FAILED": [failed], "TIMED_OUT": []}.items():
        has_executions(states, status, *arns)
    load(resumed(map_mode="distributed"))
    assert stored() == {1: ["billing", "3"]}, "where the batch that was cut short keeps them, and nowhere else"


def test_row_batches_of_a_batch_from_before_they_had_a_machine_are_taken_over_too(states: Stubber) -> None:
    has_history(states, large())
    for status, arns in {"RUNNING": [], "ABORTED": [f"{FORMER}-1"], "FAILED": [], "TIMED_OUT": []}.items():
        has_executions(states, status, *arns)
    has_history(states, row_batch(1, 2).task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"), f"{FORMER}-1")
    store = load(resumed(map_mode="distributed"))["loaded"]["storage"]
    assert stored(store) == {1: ["billing", "3"]}


def test_plan_that_somebody_gave_an_execution_of_that_name_is_not_relied_on(states: Stubber) -> None:
    """Whoever may start batches may give one the name of an older batch's row batch, and any input."""
    forged = {
        "plan": make_plan(
            batch={**evening()["batch"], "name": "victim"}, work={"bucket": DATA, "prefix": "work/victim/"}
        ),
        "loaded": make_loaded(4, storage={**make_loaded(4)["storage"], "batch_id": "victim"}),
        "rows": [{"index": 1, "row": {}}],
    }
    cause = "Row 1 failed and continue_on_error is false. Busy: no"
    history = History(forged).failed_task("ValidateInput").ended("ExecutionAborted", error="E", cause=cause)
    has_history(states, large())
    for status, arns in {"RUNNING": [], "ABORTED": [f"{FORMER}-1"], "FAILED": [], "TIMED_OUT": []}.items():
        has_executions(states, status, *arns)
    has_history(states, history, f"{FORMER}-1")
    load(resumed(map_mode="distributed"))
    assert items() == {}
    assert [key for key in keys(DATA) if "victim" in key] == []


def write_rows_of(plan: Plan) -> None:
    """The original rows, as the batch's own LoadCSVData has written them."""
    load({**put_batch(CONTENT, map_mode="distributed"), "work": plan["work"]})


def test_row_batches_of_another_batch_whose_name_begins_alike_are_none_of_this_one(states: Stubber) -> None:
    has_history(states, large())
    alike = f"{ROW_BATCH}-retry-0ddba115-1"
    for status in ("RUNNING", "ABORTED", "FAILED", "TIMED_OUT"):
        has_executions(states, status, alike)
    load(resumed(map_mode="distributed"))


def test_executions_from_before_the_batch_are_not_looked_at(states: Stubber) -> None:
    has_history(states, large())
    for status in ("RUNNING", "ABORTED", "FAILED", "TIMED_OUT"):
        has_executions(states, status, f"{ROW_BATCH}-1", began=timedelta(days=-1))
    load(resumed(map_mode="distributed"))
    assert items() == {}


def test_row_batch_leaves_all_that_to_its_batch(states: Stubber) -> None:
    rows = [{"index": 1, "row": {"email": "y"}}]
    assert asked_for(resumed(map_mode="distributed"), rows=rows, loaded=make_loaded(1)) == [1]


# --- Redriven ones -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["ExecutionAborted", "ExecutionSucceeded"])
def test_row_batch_that_runs_again_takes_over_its_own_first_run(states: Stubber, end: str) -> None:
    history = row_batch(1, 2).task("InvokeTool", ANSWER, row=1).ended("MapStateAborted").ended(end)
    has_history(states, history, f"{ROW_BATCH}-1")
    assert run_again(f"{ROW_BATCH}-1") == ([2] if end == "ExecutionAborted" else [1, 2])


def test_row_batch_that_runs_for_the_third_time_takes_over_both_runs(states: Stubber) -> None:
    second = History(
        {
            "plan": evening(),
            "loaded": distributed(),
            "rows": [{"index": row, "row": {}} for row in (1, 2)],
            "again": f"{ROW_BATCH}-1",
        }
    )
    has_history(states, second.ended("ExecutionAborted"), f"{ROW_BATCH}-1-5ca1ab")
    first = row_batch(1, 2).task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted")
    has_history(states, first, f"{ROW_BATCH}-1")
    assert run_again(f"{ROW_BATCH}-1-5ca1ab") == [2]


def run_again(ended: str) -> list[int]:
    """The rows 1 and 2 that a row batch asks for which runs again after `ended`."""
    rows = [{"index": row, "row": {"email": "y"}} for row in (1, 2)]
    plan = put_batch(CONTENT, map_mode="distributed", batch=evening()["batch"])
    return asked_for(plan, rows=rows, loaded=distributed(), again=ended)


# --- Whose they are ----------------------------------------------------------------------------------------------


def test_answers_are_stored_as_this_batch_s_own_with_the_fingerprint_of_what_made_them(states: Stubber) -> None:
    made_otherwise = evening(input={"constants": {"tone": "rude"}})
    has_history(states, small(made_otherwise).task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    plan = resumed()
    load(plan)
    [item] = items().values()
    assert item["batch_id"] == {"S": plan["storage"]["batch_id"]}
    assert item["fingerprint"] == {"S": fingerprint(made_otherwise)}


def test_large_answer_of_an_earlier_batch_is_copied_into_this_one_s_folder(states: Stubber) -> None:
    large = "".join(random.Random(1).choices("0123456789abcdef", k=900_000))
    spill.put_cells(evening()["work"], 2, [large, "2"])
    history = small().task("ExtractStructuredOutput", {"index": 2, "status": "SUCCESS", "spilled": True}, row=2)
    has_history(states, history.ended("ExecutionAborted"))
    plan = resumed()
    load(plan)
    [item] = items().values()
    assert item["output_ref"] == {"S": f"s3://{DATA}/{plan['work']['prefix']}answers/2.json"}
    assert stored() == {2: [large, "2"]}


def test_what_the_earlier_batch_stored_is_taken_where_it_was_made_alike(states: Stubber) -> None:
    has_history(states, small().ended("ExecutionAborted"))
    at, names = "2026-11-20T19:00:00.000Z", ["category", "score"]
    for row, made_by in enumerate((BEFORE["fingerprint"], "0" * 32, ""), start=1):
        results_table.put_success(
            {**BEFORE, "fingerprint": made_by}, evening()["work"], row, names, ["a", "1"], None, at, 5
        )
    assert asked_for(resumed()) == [2, 3, 4]


def test_other_batch_whose_row_batches_still_run_is_not_waited_for(states: Stubber) -> None:
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    dawn: Plan = {**evening(), "batch": {**evening()["batch"], "id": DAWN, "name": "dawn", "key": "dawn-1"}}
    has_history(
        states, History().prepared(dawn, distributed()).ended("MapStateAborted").ended("ExecutionAborted"), DAWN
    )
    has_executions(states, "RUNNING", f"{EXECUTIONS}:row-batch-dawn-1-1")
    assert asked_for(resumed(DAWN)) == [2, 3, 4]


def dawn_with(**sections: Any) -> Plan:
    """The plan of another batch that goes on with the same one."""
    plan = evening(**sections)
    return {**plan, "batch": {**plan["batch"], "id": DAWN, "name": "dawn", "key": "dawn-1"}}


def test_other_batch_whose_history_cannot_be_read_fails_nobody(states: Stubber) -> None:
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    lost = dawn_with()
    lost["output"]["answer"] = {"uri": f"s3://{DATA}/work/dawn-1/answer.json", "extraction_digest": "0"}
    has_history(states, History().prepared(lost, make_loaded(4)).ended().ended("ExecutionAborted"), DAWN)
    assert asked_for(resumed(DAWN)) == [2, 3, 4]


def test_other_batches_take_no_time_that_a_function_has_not(states: Stubber) -> None:
    has_history(states, small().task("InvokeTool", ANSWER, row=1).ended("ExecutionAborted"))
    salvage_runs(resumed(DAWN), BEFORE, ROWS_MACHINE, Deadline(lambda: 30, ""))
    assert stored(BEFORE) == {1: ["billing", "3"]}
