import json
from pathlib import Path

import pytest

from batch_processor.contract.number import (
    CONTRACT,
    START_ONCE_MORE,
    go_on_with,
    number_of,
    refuse_left,
    refuse_unlike,
)
from batch_processor.errors import StackUpdated
from tests import contract_shapes
from tests.unit.plans import PLAN, failure, success


def test_plan_of_before_there_were_numbers_has_none() -> None:
    assert number_of(PLAN) == CONTRACT
    assert number_of({key: value for key, value in PLAN.items() if key != "contract"}) == 0


@pytest.mark.parametrize("number", [0, CONTRACT + 1])
def test_unlike_number_is_refused_with_both_and_what_to_do(number: int) -> None:
    refuse_unlike(CONTRACT, START_ONCE_MORE)
    with pytest.raises(StackUpdated) as caught:
        refuse_unlike(number, START_ONCE_MORE)
    assert f"began with contract {number}, and now there is {CONTRACT}. Nothing was called" in str(caught.value)


def test_what_is_to_be_typed_is_an_input() -> None:
    told = go_on_with("night")
    assert json.loads(told[told.index("{") : told.index("}") + 1]) == {"resume_from": "night"}


def test_answer_that_was_left_in_the_history_keeps_the_output_from_being_written() -> None:
    failed = [failure(2, "StorageUnavailable", "no"), failure(3, "StackUpdated", "in words of the target's own")]
    refuse_left([success(1, "billing", "1"), *failed], "night")
    with pytest.raises(StackUpdated, match=r'row 2 was left in the history.*\{"resume_from": "night"\}'):
        refuse_left([success(1, "billing", "1"), {"index": 2, "status": "FAILED", "error": "StackUpdated"}], "night")


def test_shapes_are_those_that_the_number_was_given_to() -> None:
    number, was = contract_shapes.pinned()
    changed = contract_shapes.unlike(was, contract_shapes.shapes())
    assert number == CONTRACT, "write the shapes down: python -m tests.contract_shapes"
    assert not changed, contract_shapes.told(changed)


def test_shapes_that_mislead_nobody_are_written_down_too() -> None:
    assert contract_shapes.pinned()[1] == contract_shapes.shapes(), "python -m tests.contract_shapes"


@pytest.mark.parametrize(
    ("was", "is_now", "unlike"),
    [
        ({"Plan.a": "str"}, {"Plan.a": "str", "Plan.b": "NotRequired[int]"}, []),
        ({"Plan.a": "str"}, {"Plan.a": "str", "Plan.b": "int"}, ["Plan.b"]),
        ({"Plan.a": "str"}, {"Plan.a": "int"}, ["Plan.a"]),
        ({"Plan.a": "str"}, {"Plan.a": "NotRequired[str]"}, ["Plan.a"]),
        ({"Plan.a": "NotRequired[str]"}, {}, ["Plan.a"]),
        ({}, {"row_batch/ReceiveRows.Output.more": ""}, ["row_batch/ReceiveRows.Output.more"]),
    ],
)
def test_only_a_new_key_that_may_be_absent_misleads_nobody(
    was: dict[str, str], is_now: dict[str, str], unlike: list[str]
) -> None:
    assert contract_shapes.unlike(was, is_now) == unlike


def test_shapes_cover_what_is_handed_on_and_what_is_stored() -> None:
    paths = contract_shapes.shapes()
    assert paths.keys() >= {
        "Plan.contract",
        "RowResult.unread",
        "Rule.by",
        "batch_processor/ProcessCSV/ExtractStructuredOutput.Arguments.Payload.result_bytes",
        "batch_processor/FanOutRowBatches.ItemBatcher.BatchInput.plan",
        "row_batch/AggregateResults.Arguments.Payload.results",
        "stored/manifest_key",
        "stored/execution",
    }


@pytest.mark.parametrize(
    ("alike", "number", "refused"), [(False, CONTRACT, True), (True, CONTRACT, False), (False, 0, False)]
)
def test_unlike_shapes_are_written_down_with_a_new_number_or_a_word_alone(
    alike: bool, number: int, refused: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = tmp_path / "shapes.json"
    there.write_text(json.dumps({"contract": number, "shapes": {**contract_shapes.shapes(), "Plan.gone": "str"}}))
    monkeypatch.setattr(contract_shapes, "PINNED", there)
    told = contract_shapes.write(alike)
    assert (told is not None and "- Plan.gone" in told) == refused
    assert (json.loads(there.read_text())["shapes"] == contract_shapes.shapes()) != refused
