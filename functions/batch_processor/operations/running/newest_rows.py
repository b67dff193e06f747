"""Reads in the newest events of an execution how its rows stand; how many it takes does not grow with rows that are done.

An inline Map begins its iterations in the order of its rows, one as soon as another ends. So the last one that began tells
how many have begun; of these all are done but as many as run at once, less those that ended since.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batch_processor.results.causes import Cause, cause_of
from batch_processor.results.failure import innermost

Event = Mapping[str, Any]

THROTTLED, RETRIED = "WaitForThrottling", "WaitBeforeRetry"
# The states of the machines that are no row's.
CHECKING, LOADING = ("ReceiveInput", "ValidateInput"), ("LoadCSVData", "WaitForEarlierChildren", "ChooseMapMode")
EXPRESS, REST = "FanOutExpressRows", ("CollectUnfinishedRows", "ChooseRest")
RUNNING = ("ProcessCSV", "FanOutRowBatches", EXPRESS, *REST)
JOINING = (
    "AggregateResults", "CutOutput", "JoinParts", "JoinRange", "AggregateJoinedParts", "SalvageAnswers",
    "DescribeBatchFailure", "IsNotificationWanted", "PublishNotification", "EndBatch", "BatchSucceeded", "BatchFailed",
)  # fmt: skip
_OWN_EVENTS = ("Execution", "MapState", "MapRun")
_AT_REST = {"ReceiveRows", "RowsFailed"}
_FAILED = {"SendToDeadLetterQueue", "RecordRowFailure", "SendAbortingRowToDeadLetterQueue", "LeaveAnswer"}
_PAID_CALLS = ("InvokeAgent", "InvokeExpressAgent", "InvokeTool")
_CALLS = (*_PAID_CALLS, "DescribeEarlierExecution")
_SKIPPED, _ANSWER = "SkipRow", "ExtractStructuredOutput"
_BEGUN = "MapIterationStarted"
_END = "MapIterationSucceeded"  # whatever became of the row; others end with the batch, or are run again by a redrive
_OWN_STATES = {*CHECKING, *LOADING, *RUNNING, *JOINING, *_AT_REST}


@dataclass(frozen=True, slots=True)
class LatestFailure:
    """The row that failed last: `position` is its place among the Map's rows, from 0, None where its beginning is not known."""

    cause: Cause
    error: str
    message: str
    ended_at: datetime
    position: int | None = None


@dataclass(slots=True)
class _Row:
    """A row as far as the events that were read tell."""

    position: int | None = None
    calls: int = 0
    extractions: int = 0
    state: str = ""
    error: str = ""
    cause: str = ""
    called: bool = False
    answered: bool = False
    ended_at: datetime | None = None

    @property
    def begun(self) -> bool:
        """Whether its beginning is among the events, and so all that it has done."""
        return self.position is not None

    @property
    def why_failed(self) -> Cause | None:
        """Why it failed; None if the events that tell are older than those that were read."""
        if self.error:
            return cause_of(*innermost(self.error, self.cause))
        if self.called:
            return "target_error"
        # A row that was found unfit while loading asked nobody.
        return "bad_input" if self.begun else None


@dataclass(slots=True)
class NewestRows:
    """What the newest events tell.

    `length` is how many rows the Map has, if its beginning is among the events. `begun` counts rows that have begun,
    `ended_since` those that ended after the last of them began, and `answered` those on their way whose answer is stored.
    `statuses` and `causes` are of the rows whose end is among the events, `ended_at` when these ended, `waits` counts rows
    on their way by the state that they wait in. `done_whole` counts what rows have done that are told of from beginning to
    end: the `rows`, those `called`, `calls` and `extractions`; `on_way` the same of rows on their way, as far as they are
    told of. `latest` is the failure that was last. `since` is when the oldest of the events was. `stage` is the last state
    that is no row's, and `part_written_at` when AggregateResults had ended.
    """

    length: int | None = None
    begun: int = 0
    ended_since: int = 0
    answered: int = 0
    map_ended: bool = False
    since: datetime | None = None
    stage: str = ""
    part_written_at: datetime | None = None
    ended_at: list[datetime] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    done_whole: Counter[str] = field(default_factory=Counter)
    on_way: Counter[str] = field(default_factory=Counter)
    latest: LatestFailure | None = None

    def done(self, at_once: int) -> int:
        """How many of the Map's rows are done, of which `at_once` run at a time; one whose answer is stored is done."""
        if self.length is not None:
            return len(self.ended_at) + self.answered
        if self.map_ended:
            return self.begun
        return max(self.begun - at_once, 0) + self.ended_since + self.answered

    @property
    def known_of(self) -> int:
        """Of how many rows the statuses and causes are."""
        return self.statuses.total()


def tell_how_many_began(events: Iterable[Event]) -> bool:
    """Whether these events are enough to tell how many rows have begun."""
    return any(event["type"] in (_BEGUN, "MapStateStarted") for event in events)


def read_newest(newest_first: Iterable[Event]) -> NewestRows:
    """What those events tell."""
    events = sorted(newest_first, key=lambda event: int(event["id"]))
    found = NewestRows(since=events[0]["timestamp"] if events else None)
    rows: dict[int, _Row | None] = {}  # by the event that they came to; None is no row
    for event in events:
        rows[event["id"]] = _take_event(event, rows, found)
    for row in {id(row): row for row in rows.values() if row}.values():
        _count(row, found)
    found.ended_at.sort()
    return found


def _take_event(event: Event, rows: Mapping[int, _Row | None], found: NewestRows) -> _Row | None:
    """Takes the event in; the row that it is of, None if it is no row's."""
    previous = event.get("previousEventId", 0)
    if event["type"] == _BEGUN:
        position = event["mapIterationStartedEventDetails"]["index"]
        found.begun, found.ended_since = max(found.begun, position + 1), 0
        return _Row(position)
    if event["type"] != _END and (_is_own(event) or (previous in rows and rows[previous] is None)):
        _take_own(event, found)
        return None
    row = rows.get(previous) or _Row()
    if event["type"] == _END:
        found.ended_since += 1
        row.ended_at = event["timestamp"]
    else:
        _take(event, row)
    return row


def _is_own(event: Event) -> bool:
    return event["type"].startswith(_OWN_EVENTS) or _state_of(event) in _OWN_STATES


def _state_of(event: Event) -> str:
    details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails") or {}
    return str(details.get("name", ""))


def _take_own(event: Event, found: NewestRows) -> None:
    if "stateEnteredEventDetails" in event:
        found.stage = _state_of(event)
    elif event["type"] == "MapStateStarted" and found.stage not in JOINING:
        found.length, found.since = event["mapStateStartedEventDetails"].get("length"), event["timestamp"]
    elif event["type"] == "MapStateSucceeded":
        found.map_ended = True
    elif event["type"] == "TaskSucceeded" and found.stage == "AggregateResults":
        found.part_written_at = event["timestamp"]


def _take(event: Event, row: _Row) -> None:
    if "stateEnteredEventDetails" in event:
        row.state = _state_of(event)
        row.called = row.called or row.state in _CALLS
        row.calls += row.state in _PAID_CALLS
        row.extractions += row.state == _ANSWER
    elif event["type"] == "TaskSucceeded":
        row.answered = row.state == _ANSWER
    elif row.state not in _FAILED and (told := _failure(event)):
        row.error, row.cause = told.get("error", ""), told.get("cause", "")


def _failure(event: Event) -> Mapping[str, str] | None:
    details = (value for name, value in event.items() if name.endswith("EventDetails") and isinstance(value, dict))
    return next((told for told in details if "error" in told), None)


def _count(row: _Row, found: NewestRows) -> None:
    if row.ended_at is None:
        found.answered += row.answered
        found.waits[row.state] += 1
        found.on_way.update(_done_by(row))
        return
    found.ended_at.append(row.ended_at)
    if row.begun:
        found.done_whole.update(_done_by(row))
    if row.state in _FAILED:
        if cause := row.why_failed:
            found.statuses["TIMEOUT" if cause == "timeout" else "FAILED"] += 1
            found.causes[cause] += 1
            _keep_latest(row, row.ended_at, cause, found)
    elif row.state:
        found.statuses["SKIPPED" if row.state == _SKIPPED else "SUCCESS"] += 1


def _done_by(row: _Row) -> dict[str, int]:
    return {"rows": 1, "called": bool(row.calls), "calls": row.calls, "extractions": row.extractions}


def _keep_latest(row: _Row, ended_at: datetime, cause: Cause, found: NewestRows) -> None:
    if found.latest is None or found.latest.ended_at <= ended_at:
        found.latest = LatestFailure(cause, *innermost(row.error, row.cause), ended_at, row.position)
