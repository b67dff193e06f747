import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws import spill
from batch_processor.aws.client import client
from batch_processor.contract import Plan
from batch_processor.errors import StorageUnavailable
from batch_processor.handlers.salvage_answers import handle
from tests.functional.aws import RESULTS, get, keys
from tests.functional.batches import put_batch
from tests.unit.plans import failure, make_loaded, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\nDi,d@x.org\n"
FAILURE = {"Error": "RowFailed", "Cause": "Row 3 failed and continue_on_error is false. ToolBroke: no"}


class History:
    """The history of the failed execution, page by page; moto keeps none."""

    def __init__(self, states: Stubber) -> None:
        self._states = states

    def is_of(self, plan: Plan, *pages: list[tuple[str, Any]]) -> None:
        for number, page in enumerate(pages):
            more = {"nextToken": f"page {number + 1}"} if number + 1 < len(pages) else {}
            asked = {"executionArn": plan["batch"]["id"], "includeExecutionData": True, "maxResults": 1000}
            self._states.add_response(
                "get_execution_history",
                {"events": [self._event(*exited) for exited in page], **more},
                {**asked, **({"nextToken": f"page {number}"} if number else {})},
            )

    def is_throttled(self) -> None:
        self._states.add_client_error("get_execution_history", "ThrottlingException")

    def _event(self, state: str, output: Any) -> dict[str, Any]:
        details = {"name": state, "output": json.dumps(output)}
        return {"timestamp": 0, "type": "TaskStateExited", "id": 1, "stateExitedEventDetails": details}


@pytest.fixture
def history(account: None) -> Iterator[History]:
    with Stubber(client("stepfunctions")) as states:
        yield History(states)
        states.assert_no_pending_responses()


def salvage(plan: Plan) -> dict[str, Any]:
    return handle({"plan": plan, "loaded": make_loaded(4), "failure": FAILURE}, None)


def test_answers_of_a_failed_batch_are_written_under_another_name(history: History) -> None:
    plan = put_batch(CONTENT)
    spill.put_cells(plan["spill"], 2, ["large", "2"])
    history.is_of(
        plan,
        [("ExtractStructuredOutput", success(1, "billing", "1"))],
        [("ExtractStructuredOutput", {"index": 2, "status": "SUCCESS", "spilled": True})],
    )
    key = plan["output"]["key"].replace(".csv", ".partial.csv")
    assert salvage(plan) == {"rows": 2, "csv_location": f"s3://results/{key}"}
    table = list(csv.reader(io.StringIO(get(key, RESULTS).decode(), newline=""), strict=True))
    assert [row[0] for row in table[1:]] == ["Ana", "Bo", "Cy", "Di"]
    assert [row[2:6] for row in table[1:]] == [
        ["billing", "1", "SUCCESS", ""],
        ["large", "2", "SUCCESS", ""],
        ["", "", "FAILED", "ToolBroke: no"],
        ["", "", "FAILED", "RowNotProcessed: The batch has no result for this row."],
    ]
    summary = json.loads(get(key.replace(".csv", ".summary.json"), RESULTS))
    assert (summary["status"], summary["failure"], summary["rows_succeeded"]) == ("FAILED", FAILURE, 2)
    assert plan["output"]["key"] not in keys(RESULTS)


def test_batch_without_an_answer_leaves_nothing(history: History) -> None:
    plan = put_batch(CONTENT)
    history.is_of(plan, [("SendToDeadLetterQueue", failure(1, "Busy", "no"))])
    assert salvage(plan) == {"rows": 0}
    assert keys(RESULTS) == []


def test_throttling_is_worth_another_attempt(history: History) -> None:
    plan = put_batch(CONTENT)
    history.is_throttled()
    with pytest.raises(StorageUnavailable, match="Reading the history of"):
        salvage(plan)
