"""Looks at the row batches of a large batch that run; of many, at some of them, and the others are taken to be alike.

A row batch is counted in the table of batches while its AggregateResults runs, and runs for a moment still.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from batch_processor.aws import executions
from batch_processor.aws.executions import Running
from batch_processor.batch.names import row_batch_prefixes
from batch_processor.contract import Batch, Loaded
from batch_processor.operations.running.newest_rows import (
    LatestFailure,
    NewestRows,
    read_newest,
    tell_how_many_began,
)
from batch_processor.operations.running.pace import Pace, pace_of

# Each takes a request or two, of 20 a second that Step Functions takes.
_MOST_LOOKED_INTO = 20
_AT_A_TIME = 8
# Few row batches are read as far back as they have events as a rule, so that all of their failures are known.
_FEW, _PAGES_OF_FEW = 6, 3
# Those up to the rows, however often what comes before them was tried.
_FIRST_EVENTS = 100
# What a row that is answered at once does once.
_ONCE = ("called", "calls", "extractions")
# Rows on their way may have events without end, though no history has more than 25,000.
MOST_PAGES = 25


@dataclass(frozen=True, slots=True)
class FailedLately:
    """The row that failed last; `row` is None where its number cannot be told."""

    failure: LatestFailure
    row: int | None


@dataclass(frozen=True, slots=True)
class RunningRows:
    """Rows of executions that run.

    `length` are those of their Maps, `done` those of them that are done; `statuses` and `causes` are of those known, as is
    `latest`, of the row that failed last. `paid` counts what rows have done that is paid for: those `called`, `calls`,
    `extractions`.
    """

    length: float = 0
    done: float = 0
    taken_over: float = 0
    in_flight: float = 0
    statuses: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)
    paid: Counter[str] = field(default_factory=Counter)
    latest: FailedLately | None = None

    def __add__(self, other: "RunningRows") -> "RunningRows":
        return RunningRows(
            self.length + other.length,
            self.done + other.done,
            self.taken_over + other.taken_over,
            self.in_flight + other.in_flight,
            self.statuses + other.statuses,
            self.causes + other.causes,
            self.waits + other.waits,
            self.pace + other.pace,
            self.paid + other.paid,
            max(filter(None, (self.latest, other.latest)), key=lambda latest: latest.failure.ended_at, default=None),
        )

    def times(self, factor: float) -> "RunningRows":
        """Those of so many times as many executions, as far as that can be taken from these; what is known stays."""
        return replace(
            self,
            length=self.length * factor,
            done=self.done * factor,
            taken_over=self.taken_over * factor,
            in_flight=self.in_flight * factor,
            waits=Counter({state: round(count * factor) for state, count in self.waits.items()}),
            pace=self.pace.times(factor),
            paid=Counter({name: round(count * factor) for name, count in self.paid.items()}),
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A row batch as it was looked at: its rows, how many its Map has, once it has begun, and how many it has in all."""

    rows: NewestRows
    length: int | None
    range_rows: int
    first_row: int = 1

    @property
    def is_being_counted(self) -> bool:
        """Whether nobody can tell if the table has counted it."""
        return self.rows.stage == "AggregateResults" and self.rows.part_written_at is None

    def was_counted_by(self, moment: datetime) -> bool:
        """Whether the table had counted it then."""
        return self.rows.part_written_at is not None and self.rows.part_written_at <= moment


def running_row_batches(batch: Batch, row_batch_machine_arn: str) -> list[Running]:
    """Those of the batch, by their first row."""
    prefixes = tuple(row_batch_prefixes(batch, row_batch_machine_arn))
    machines = {prefix.rpartition(":")[0].replace(":execution:", ":stateMachine:") for prefix in prefixes}
    found = [running for machine in machines for running in executions.running(machine)]
    return sorted(
        (each for each in found if each.arn.startswith(prefixes)), key=lambda each: _first_row(each.arn, batch)
    )


def looks_at(running: Sequence[Running], batch: Batch, loaded: Loaded, *, resumed: bool) -> list[Look]:
    """What some of them are about, evenly chosen."""
    chosen = list(_evenly(running, _MOST_LOOKED_INTO))
    pages = _PAGES_OF_FEW if len(chosen) <= _FEW else 1
    executions.connect()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(lambda each: _look(each.arn, batch, loaded, pages, resumed=resumed), chosen))


def rows_of(looks: Sequence[Look], running: int, loaded: Loaded, counted_at: datetime, now: datetime) -> RunningRows:
    """The rows of so many row batches, without those that the table of batches had counted at `counted_at`."""
    if not looks:
        return RunningRows()
    own = [_rows(look, loaded, now) for look in looks if not look.was_counted_by(counted_at)]
    return sum(own, RunningRows()).times(running / len(looks))


def newest_rows(execution_arn: str, least_pages: int = 1) -> NewestRows:
    """What the newest events of an execution tell of its rows; more pages are read until they tell how many have begun."""
    events: list[executions.Event] = []
    for number, page in enumerate(islice(executions.newest_events(execution_arn), MOST_PAGES), 1):
        events += page
        if number >= least_pages and tell_how_many_began(events):
            break
    return read_newest(events)


def length_of_map(execution_arn: str) -> int | None:
    """How many rows the execution's Map has; None if it has not begun."""
    events = executions.first_events(execution_arn, _FIRST_EVENTS)
    started = (event.get("mapStateStartedEventDetails") for event in events)
    return next((details["length"] for details in started if details), None)


def _look(arn: str, batch: Batch, loaded: Loaded, pages: int, *, resumed: bool) -> Look:
    rows = newest_rows(arn, pages)
    length = rows.length
    if length is None and rows.begun:
        length = length_of_map(arn)
    return Look(rows, length, _range_rows(arn, batch, loaded, length, resumed=resumed), _first_row(arn, batch))


def _range_rows(arn: str, batch: Batch, loaded: Loaded, length: int | None, *, resumed: bool) -> int:
    """How many rows the row batch has, those among them that were answered before."""
    again = arn.rpartition(":")[2].rpartition(f"{batch['key']}-")[2].count("-")
    if length is not None and (resumed or again):
        execution = executions.describe(arn) or {}
        return len(json.loads(execution.get("input") or "{}").get("rows", []))
    most = loaded.get("fan_out", {}).get("batch_rows", loaded["row_count"])
    return most if length is None else length


def _rows(look: Look, loaded: Loaded, now: datetime) -> RunningRows:
    if look.length is None:
        return RunningRows()
    # Where some rows were taken over, those of the Map are not all that there are, and their places tell no numbers.
    first_row = look.first_row if look.range_rows == look.length else None
    return replace(
        rows_of_map(look.rows, look.length, loaded, now, first_row), taken_over=look.range_rows - look.length
    )


def rows_of_map(newest: NewestRows, length: int, loaded: Loaded, now: datetime, first_row: int | None) -> RunningRows:
    """The rows of one Map, of which so many were given to it; `first_row` is the number of its first, if they follow it."""
    at_once = min(loaded["rows_at_once"], length)
    done = min(newest.done(at_once), length)
    return RunningRows(
        length=length,
        done=done,
        in_flight=min(at_once, length - done),
        statuses=newest.statuses,
        causes=newest.causes,
        waits=newest.waits,
        pace=pace_of(newest.ended_at, newest.since, now, is_beginning=newest.length is not None),
        paid=_paid(newest, done),
        latest=_latest(newest.latest, first_row),
    )


def _paid(newest: NewestRows, done: int) -> Counter[str]:
    """What the rows have done: of those done, what those that are told of from beginning to end did on average."""
    whole = newest.done_whole
    each = (
        {name: count / whole["rows"] for name, count in whole.items()} if whole["rows"] else dict.fromkeys(_ONCE, 1.0)
    )
    # A row whose answer is stored is done, and on its way still.
    ended = max(done - newest.answered, 0)
    return Counter({name: round(each.get(name, 0) * ended) + newest.on_way[name] for name in _ONCE})


def _latest(latest: LatestFailure | None, first_row: int | None) -> FailedLately | None:
    if latest is None:
        return None
    is_told = first_row is not None and latest.position is not None
    return FailedLately(latest, first_row + latest.position if is_told else None)  # type: ignore[operator]


def _first_row(arn: str, batch: Batch) -> int:
    first = arn.rpartition(f"{batch['key']}-")[2].partition("-")[0]
    return int(first) if first.isdigit() else 0


def _evenly(running: Sequence[Running], most: int) -> Iterator[Running]:
    count = min(len(running), most)
    return (running[position * len(running) // count] for position in range(count))
