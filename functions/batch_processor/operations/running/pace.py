"""How fast rows end of late, and how long the rest takes at that pace."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

# Of late: the last minute, or longer where few rows ended in it.
_LATE = timedelta(seconds=60)
_ENOUGH = 30
# The pace of the first ends is taken for that many times the mean since the beginning at most.
_MOST_TIMES = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """Rows a second of late, and how many ends of rows tell so; `unsure` is by how many rows a second it may be another.

    That is so at the beginning, besides what chance makes of few ends.
    """

    rows_per_second: float = 0.0
    ends: int = 0
    unsure: float = 0.0

    def __add__(self, other: "Pace") -> "Pace":
        return Pace(self.rows_per_second + other.rows_per_second, self.ends + other.ends, self.unsure + other.unsure)

    def times(self, factor: float) -> "Pace":
        """The pace of so many times as many executions; what it is known by stays."""
        return Pace(self.rows_per_second * factor, self.ends, self.unsure * factor)


def pace_of(ended_at: list[datetime], since: datetime | None, now: datetime, *, is_beginning: bool = False) -> Pace:
    """The pace of rows that ended at these times, all that did since that one: a long wait for the next one shows.

    With `is_beginning` rows began then: none could end before the first had taken its time, and functions had started.
    """
    if since is None or not ended_at:
        return Pace()
    now = max(now, ended_at[-1])  # by the clock of who asks, and by Step Functions'
    late = [end for end in ended_at if end >= now - _LATE]
    if len(late) >= _ENOUGH and since < now - _LATE:
        ended_at, since, is_beginning = late, now - _LATE, False
    count = len(ended_at)
    low = count / max((now - since).total_seconds(), 0.001)
    if not is_beginning or count < 2:
        return Pace(low, count)
    # Too fast where rows end in step, many at a time, as too slow is what counts the wait for the first of them.
    high = max((count - 1) / max((now - ended_at[0]).total_seconds(), 0.001), low)
    pace = math.sqrt(low * min(high, low * _MOST_TIMES))
    return Pace(pace, count, pace - low)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds, and the half width of what holds two times of three."""

    seconds: float
    error: float


def time_left(rows_left: int, rows_in_flight: int, pace: Pace) -> TimeLeft | None:
    """How long the rest takes; None if no row has ended of late.

    The pace is known but for 1/√n, as ends of rows are counted, and but for what it is unsure by. The last rows end by
    themselves, with ever fewer beside them: that takes up to as long as a row, which by Little's law is those in flight over
    the pace.
    """
    if not pace.ends or not pace.rows_per_second:
        return None
    seconds = rows_left / pace.rows_per_second
    tail = min(rows_in_flight, rows_left) / pace.rows_per_second / 2
    unsure = seconds * pace.unsure / pace.rows_per_second
    return TimeLeft(seconds, math.hypot(seconds / math.sqrt(pace.ends), unsure, tail))
