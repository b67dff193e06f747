import random
from collections import Counter

import pytest

from batch_processor.operations.running.newest_rows import read_newest, tell_how_many_began
from tests.unit.operations.running.inline_maps import ENDS, InlineMap

PAGE = 1_000
KINDS = [*["answered"] * 10, *ENDS]


def dice(count: int, seed: int = 5) -> list[str]:
    return random.Random(seed).choices(KINDS, k=count)


@pytest.mark.parametrize(("rows", "at_once"), [(400, 40), (400, 7), (30, 40), (1, 1)])
def test_rows_done_are_told_by_one_page_of_events_at_any_moment(rows: int, at_once: int) -> None:
    history = InlineMap(dice(rows), at_once)
    for count in random.Random(2).sample(range(6, len(history.events)), k=min(150, len(history.events) - 6)):
        newest = read_newest(history.until(count, PAGE))
        done = newest.done(min(at_once, rows))
        # Rows whose answer is stored are done a few events before their iteration ends.
        assert history.done_after[count - 1] <= done <= history.done_after[count - 1] + newest.answered
        if tell_how_many_began(history.until(count, 100)):
            # Of a row that has long waited for its answer to be stored fewer events tell less.
            few = read_newest(history.until(count, 100)).done(min(at_once, rows))
            assert history.done_after[count - 1] <= few <= done


def test_what_became_of_rows_is_counted_by_cause() -> None:
    ends = ["answered", "failed", "slow", "retried", "skipped", "unfit"]
    history = InlineMap(ends, at_once=2)
    newest = read_newest(history.until(len(history.events)))
    assert newest.statuses == Counter(SUCCESS=2, FAILED=2, TIMEOUT=1, SKIPPED=1)
    assert newest.causes == Counter(target_error=1, timeout=1, bad_input=1)
    assert (newest.map_ended, newest.length, newest.known_of) == (True, 6, 6)


def test_rows_whose_end_alone_is_seen_are_done_but_nothing_is_said_of_them() -> None:
    history = InlineMap(dice(100), at_once=10)
    newest = read_newest(history.until(len(history.events) // 2, 60))
    assert newest.length is None
    assert newest.known_of <= len(newest.ended_at)
    assert set(newest.statuses) <= {"SUCCESS", "FAILED", "TIMEOUT", "SKIPPED"}


def test_waiting_rows_are_counted_by_the_state_that_they_wait_in() -> None:
    history = InlineMap(["retried"] * 4, at_once=4)
    counts = {read_newest(history.until(count)).waits["WaitBeforeRetry"] for count in range(1, len(history.events))}
    assert {1} <= counts <= {0, 1, 2, 3, 4}
    assert not read_newest(history.until(len(history.events))).waits


def test_before_the_rows_nothing_has_begun() -> None:
    history = InlineMap(["answered"], at_once=1)
    newest = read_newest(history.until(3))
    assert (newest.stage, newest.begun, newest.length, newest.done(1)) == ("ReceiveInput", 0, None, 0)
    assert not tell_how_many_began(history.until(3))
    assert read_newest([]).since is None


def test_after_the_rows_the_stage_is_told_and_all_are_done() -> None:
    history = InlineMap(dice(50), at_once=5)
    more = len(history.events)
    joining = {"id": more + 1, "previousEventId": more, "type": "TaskStateEntered", "timestamp": history.events[-1]["timestamp"],
               "stateEnteredEventDetails": {"name": "AggregateResults"}}  # fmt: skip
    written = {"id": more + 2, "previousEventId": more + 1, "type": "TaskSucceeded", "timestamp": joining["timestamp"],
               "taskSucceededEventDetails": {}}  # fmt: skip
    newest = read_newest([written, joining, *history.until(more, 200)])
    assert (newest.stage, newest.map_ended, newest.part_written_at) == ("AggregateResults", True, joining["timestamp"])
    assert newest.done(5) == 50
    assert read_newest([joining, *history.until(more, 200)]).part_written_at is None


def test_what_rows_have_done_is_counted_of_those_that_are_told_of_as_a_whole() -> None:
    ends = ["answered", "failed", "retried", "skipped", "unfit"]
    history = InlineMap(ends, at_once=2)
    newest = read_newest(history.until(len(history.events)))
    assert newest.done_whole == Counter(rows=5, called=3, calls=4, extractions=2)
    assert not newest.on_way


def test_failure_that_was_last_is_told_with_the_place_of_its_row() -> None:
    history = InlineMap(["answered", "failed", "slow", "answered", "answered"], at_once=1)
    latest = read_newest(history.until(len(history.events))).latest
    assert latest is not None
    assert (latest.cause, latest.error, latest.position) == ("timeout", "States.Timeout", 2)
    assert read_newest(InlineMap(["answered"], 1).events[::-1]).latest is None
