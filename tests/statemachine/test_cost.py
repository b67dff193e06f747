"""The cost model counts the state transitions that the machines make."""

import pytest

from batch_processor.cost.counted import work_of
from batch_processor.cost.model import Work, usage_of
from batch_processor.results.tally import Tally
from tests.statemachine.history import MACHINE, ROW_BATCH
from tests.statemachine.row_paths import PATHS

COUNTED = (
    "happy agent", "happy tool", "retry then success", "timeout", "agent failure", "missing structured output", "no such tool",
    "unfit row", "nothing to send", "happy Express agent",
    "Express agent failed and then answered", "Express agent failed three times",
)  # fmt: skip


@pytest.mark.parametrize("name", COUNTED)
def test_a_row_takes_as_many_transitions_as_are_counted_of_its_result(name: str) -> None:
    path = PATHS[name]
    # A success has its calls from ExtractStructuredOutput, which is no part of the machine.
    calls = {"calls": sum(state.startswith("Invoke") for state in path.visited)} if "cells" in path.result else {}
    tally = Tally()
    tally.count({**path.outcome, **calls})  # type: ignore[typeddict-item]
    is_judged = "JudgeSyncExecution" in path.visited
    assert work_of(tally.statuses, tally.paid, 0, is_judged=is_judged).transitions == len(path.visited)


def test_a_batch_takes_its_states_besides_its_rows() -> None:
    way = ["ReceiveInput", "ValidateInput", "LoadCSVData", "ChooseMapMode", "ProcessCSV", "AggregateResults"]
    end = ["IsNotificationWanted", "PublishNotification", "EndBatch", "BatchSucceeded"]
    assert {*way, *end} <= MACHINE.states.keys()
    assert usage_of(Work())["state_transition"] == len(way + end)
    assert usage_of(Work(is_announced=False))["state_transition"] == len(way + end) - 1


def test_a_row_batch_takes_those_of_its_child_and_its_own() -> None:
    child = MACHINE.states["FanOutRowBatches"]["ItemProcessor"]["States"]
    ways = {"NameRowBatch", "RunRowBatch"}, {"ReceiveRows", "ProcessCSV", "AggregateResults"}
    assert ways[0] <= child.keys()
    assert ways[1] <= ROW_BATCH.states.keys()
    one = usage_of(Work(row_batches=1, batches=0, is_announced=False))
    assert one["state_transition"] == sum(map(len, ways))
    resumed = usage_of(Work(row_batches=1, batches=0, is_announced=False, is_resumed=True))
    assert resumed["state_transition"] == one["state_transition"] + len({"LoadCSVData"})
