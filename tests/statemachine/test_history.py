"""The limits count what rows and batches may leave in the history of an execution, by the definition."""

import pytest

from batch_processor import limits
from tests.statemachine.history import MACHINE, ROW_BATCH, events, most_execution_events, most_row_events
from tests.statemachine.row_paths import PATHS

KINDS = pytest.mark.parametrize("kind", ["agent", "tool"])
ATTEMPTS = pytest.mark.parametrize("attempts", range(1, 11))
# What no inline batch goes through.
FAN_OUT = ["FanOutExpressRows", "FanOutRowBatches", "CutOutput"]
# Kept for retries in an inline batch; docs/state-machine.md.
INLINE_RESERVE_EVENTS = 1_490


def test_the_worst_row_without_retries_costs_what_the_limits_count() -> None:
    assert events(PATHS["missing structured output"].visited) == limits.worst_row_events("agent", 3)


def test_an_answer_that_is_fetched_after_extraction_could_not_be_handed_it_costs_what_the_limits_count() -> None:
    fetched = events(PATHS["answer too large for extraction, fetched"].visited)
    assert fetched - events(PATHS["happy agent"].visited) == limits._FETCH_EVENTS["agent"]
    assert events(PATHS["answer too large beside its input, fetched"].visited) == events(PATHS["happy agent"].visited)


@KINDS
@ATTEMPTS
def test_a_row_with_every_retry_costs_no_more_than_the_limits_count(kind: str, attempts: int) -> None:
    counted, costliest = limits.most_row_events(kind, attempts), most_row_events(kind, attempts)
    assert costliest <= counted <= 1.12 * costliest


@KINDS
@ATTEMPTS
def test_a_full_row_batch_fits_its_history_whatever_happens_to_its_rows(kind: str, attempts: int) -> None:
    rows = limits.most_batch_rows(kind, attempts) * most_row_events(kind, attempts)
    besides = most_execution_events(ROW_BATCH, [], retried=True)
    assert rows + besides <= limits.HISTORY_EVENTS


@KINDS
@ATTEMPTS
def test_a_full_inline_batch_fits_its_history_with_a_reserve_for_retries(kind: str, attempts: int) -> None:
    rows = limits.most_rows(kind, attempts) * limits.worst_row_events(kind, attempts)
    besides = most_execution_events(MACHINE, FAN_OUT, retried=False)
    assert rows + besides + INLINE_RESERVE_EVENTS <= limits.HISTORY_EVENTS


def test_a_fan_out_alone_is_far_from_the_limit() -> None:
    assert most_execution_events(MACHINE, ["ProcessCSV"], retried=True) < 250
