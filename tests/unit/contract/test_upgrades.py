from typing import Any

import pytest

from batch_processor.contract.number import CONTRACT
from batch_processor.contract.upgrades import upgraded
from batch_processor.errors import StackUpdated
from batch_processor.resumption.fingerprint import fingerprint
from tests.unit.plans import PLAN, make_loaded, make_plan

# As plans were before there were numbers.
OLD: dict[str, Any] = {key: value for key, value in PLAN.items() if key != "contract"}


def test_what_is_of_today_stays_as_it_is() -> None:
    left = {"plan": PLAN, "loaded": make_loaded(3)}
    assert upgraded(left) == left


def test_document_without_a_plan_stays_as_it_is() -> None:
    assert upgraded({"detail": {"status": "FAILED"}}) == {"detail": {"status": "FAILED"}}


def test_plan_without_a_number_is_brought_to_todays_form_with_all_beside_it() -> None:
    left = {"plan": OLD, "loaded": make_loaded(3), "rows": [1]}
    assert upgraded(left) == {**left, "plan": PLAN}
    assert "contract" not in left["plan"]


def test_plan_that_does_not_say_whose_rows_it_takes_takes_none() -> None:
    earlier = {"batch": "evening", "only_failed": True}
    [plan] = upgraded({"plan": {**OLD, "earlier": earlier}}).values()
    assert plan["earlier"] == {**earlier, "rows": [], "runs": []}


def test_plan_that_says_whose_rows_it_takes_keeps_them() -> None:
    earlier = {"batch": "evening", "only_failed": False, "rows": [{"batch_id": "a"}], "runs": ["b"]}
    assert upgraded({"plan": {**OLD, "earlier": earlier}})["plan"]["earlier"] == earlier


def test_plan_of_a_newer_build_is_refused_with_what_to_do() -> None:
    newer = {**PLAN, "contract": CONTRACT + 1}
    with pytest.raises(StackUpdated) as caught:
        upgraded({"plan": newer})
    assert str(caught.value) == (
        f"The batch night is of contract {CONTRACT + 1}, and this build reads 0 to {CONTRACT}. Nothing was read or written, and "
        f'every answer is kept: deploy a build that reads {CONTRACT + 1}, and start {{"resume_from": "night"}}.'
    )


@pytest.mark.parametrize(
    "lacking",
    [{"work"}, {"work", "storage"}, {"storage"}],
    ids=["no work folder", "neither", "no store"],
)
def test_plan_that_is_older_than_any_step_reads_is_refused(lacking: set[str]) -> None:
    oldest = {key: value for key, value in OLD.items() if key not in lacking}
    with pytest.raises(StackUpdated, match="The batch night is of a build that is older than this one reads"):
        upgraded({"plan": oldest})


def test_plan_that_does_not_say_since_when_it_stores_is_refused() -> None:
    storage = {key: value for key, value in OLD["storage"].items() if key != "since"}
    with pytest.raises(StackUpdated, match="run it as a new batch"):
        upgraded({"plan": {**OLD, "storage": storage}})


def test_rows_are_made_alike_whatever_the_number() -> None:
    newer = {**make_plan(), "contract": CONTRACT + 1}
    assert fingerprint(newer) == fingerprint(OLD) == fingerprint(PLAN)  # type: ignore[arg-type] # plans of other builds
