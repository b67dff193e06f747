from datetime import UTC, datetime, timedelta

import pytest

from batch_processor.operations.running.pace import Pace, pace_of, time_left

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def ends(*seconds_ago: float) -> list[datetime]:
    return sorted(NOW - timedelta(seconds=ago) for ago in seconds_ago)


def test_pace_is_of_the_time_that_was_looked_at() -> None:
    assert pace_of(ends(1, 5, 9), NOW - timedelta(seconds=10), NOW) == Pace(0.3, 3)


def test_long_wait_for_the_next_row_slows_the_pace() -> None:
    quick = pace_of(ends(1, 2, 3), NOW - timedelta(seconds=4), NOW)
    stalled = pace_of(ends(1, 2, 3), NOW - timedelta(seconds=4), NOW + timedelta(seconds=60))
    assert stalled.rows_per_second < quick.rows_per_second / 10


def test_of_much_that_is_long_past_only_the_last_minute_counts() -> None:
    recent, old = [float(second) for second in range(1, 60)], [float(second) for second in range(1_000, 1_010)]
    assert pace_of(ends(*recent, *old), NOW - timedelta(seconds=2_000), NOW) == Pace(59 / 60, 59)


def test_without_ends_nothing_is_known() -> None:
    assert pace_of([], NOW, NOW) == Pace()
    assert time_left(10, 5, Pace()) is None


def test_time_left_is_the_surer_the_more_rows_have_ended() -> None:
    few, many = time_left(1_000, 10, Pace(10.0, 4)), time_left(1_000, 10, Pace(10.0, 400))
    assert few is not None
    assert many is not None
    assert few.seconds == many.seconds == 100
    assert few.error == pytest.approx(50, rel=0.01)
    assert many.error == pytest.approx(5, rel=0.01)


def test_the_last_rows_are_told_with_the_time_that_a_row_takes() -> None:
    left = time_left(10, 10, Pace(1.0, 10_000))
    assert left is not None
    assert left.error == pytest.approx(5, rel=0.01)


def test_paces_of_executions_add_up_and_stand_for_others() -> None:
    assert (Pace(1.0, 10) + Pace(2.0, 5)).times(3) == Pace(9.0, 15)


@pytest.mark.parametrize("at_once", [1, 10])
@pytest.mark.parametrize("delay", [0.0, 2.0, 8.0])
def test_pace_at_the_beginning_is_told_as_sure_as_it_is(at_once: int, delay: float) -> None:
    # Rows take a second each, `at_once` of them in step; the first functions take longer to start.
    began = NOW - timedelta(seconds=60)
    for looked_after in (1.5, 3.5, 10.5, 30.5):
        now = began + timedelta(seconds=delay + looked_after)
        ended_at = [
            began + timedelta(seconds=delay + 1 + number // at_once) for number in range(int(looked_after) * at_once)
        ]
        pace = pace_of(ended_at, began, now, is_beginning=True)
        left = time_left(1_000, at_once, pace)
        assert left is not None
        assert abs(left.seconds - 1_000 / at_once) <= 2.5 * left.error
