"""Express children that outlive the batch that is resumed: the batch that goes on waits for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.aws.step_functions import State
from batch_processor.batch import manifest
from batch_processor.batch.work_folder import rest_key
from batch_processor.errors import BatchAtWork
from batch_processor.resumption.late_children import at_work_until
from tests.functional.account import DATA, put
from tests.functional.resumption.runs import end, load, run, set_status, validate
from tests.functional.targets import create_tool
from tests.unit.configs import TOOL, make_document
from tests.unit.plans import make_loaded

pytestmark = pytest.mark.usefixtures("stack")


def express(name: str, status: str, given: Any = None) -> Any:
    """A batch in the Express tier that has ended just now."""
    plan = run(name, given or make_document(target=TOOL), None)
    loaded = make_loaded(2, storage={**plan["storage"], "mode": "dynamodb"})
    manifest.write(plan, {**loaded, "tier": "express"})
    end(name, "RUNNING")
    if status != "RUNNING":
        arn = plan["batch"]["id"]
        client("stepfunctions").stop_execution(executionArn=arn)
        set_status(name, status)
    return plan


def test_rows_that_late_children_may_call_are_not_called_before_these_have_ended() -> None:
    create_tool()
    express("night", "ABORTED")
    plan = validate("morning", {"resume_from": "night"})
    assert 290 <= plan["earlier"]["wait_seconds"] <= 300
    with pytest.raises(BatchAtWork, match=r"Express children of the batch night .* in (29\d|300) s"):
        load(plan)
    del plan["earlier"]["wait_seconds"]  # as the machine does when it has waited
    plan["earlier"]["runs"] = []
    assert load(plan)["loaded"]["row_count"] == 1


def test_children_of_others_that_go_on_with_the_same_rows_are_waited_for() -> None:
    create_tool()
    run("night", make_document(target=TOOL))
    express("dawn", "ABORTED", {"resume_from": "night"})
    assert validate("morning", {"resume_from": "night"})["earlier"]["wait_seconds"] > 0


@pytest.mark.parametrize("status", ["SUCCEEDED", "RUNNING"])
def test_children_of_a_batch_that_was_not_cut_off_are_no_reason_to_wait(status: str) -> None:
    create_tool()
    run("night", make_document(target=TOOL))
    express("dawn", status, {"resume_from": "night"})
    assert "wait_seconds" not in validate("morning", {"resume_from": "night"})["earlier"]


def test_batch_that_was_through_with_its_children_is_not_waited_for() -> None:
    create_tool()
    night = express("night", "FAILED")
    put(rest_key(night["work"]), b"{}\n", DATA)
    assert "wait_seconds" not in validate("morning", {"resume_from": "night"})["earlier"]


def test_batch_all_of_whose_rows_have_parts_is_not_waited_for() -> None:
    create_tool()
    night = express("night", "FAILED")
    put(f"{night['work']['prefix']}parts/0000000001-0000000002.csv", b"Ana\n", DATA)
    assert "wait_seconds" not in validate("morning", {"resume_from": "night"})["earlier"]


def test_row_batches_of_the_standard_tier_are_no_express_children() -> None:
    run("night", make_document(), "ABORTED")
    assert "wait_seconds" not in validate("morning", {"resume_from": "night"})["earlier"]


@pytest.mark.parametrize(("minutes", "waits"), [(4.9, True), (5.1, False)])
def test_batch_that_ended_more_than_five_minutes_ago_is_not_waited_for(minutes: float, waits: bool) -> None:
    create_tool()
    night = express("night", "ABORTED")
    ended_at = datetime.now(UTC) - timedelta(minutes=minutes)
    until = at_work_until(night, make_loaded(2, tier="express"), State("ABORTED", ended_at))
    assert until == (ended_at + timedelta(minutes=5) if waits else None)
