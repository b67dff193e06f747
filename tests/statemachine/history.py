"""What rows and batches leave in the history of an execution, at most, as the definition stands.

A state visited costs the events of its type, a retry three more, and `.sync` one more where the start succeeded:
docs/state-machine.md. tests/integration compares that with a real history.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from tests.statemachine.definition import ROW_BATCH_DEFINITION, Scope, inside, load, scopes, targets

STATE_EVENTS = {"Pass": 2, "Choice": 2, "Wait": 2, "Succeed": 2, "Task": 5, "Fail": 1}
RETRY_EVENTS = 3
# MapIterationStarted and MapIterationSucceeded.
_ITERATION_EVENTS = 2
_INVOCATIONS = {"agent": "InvokeAgent", "tool": "InvokeTool", "express": "InvokeExpressAgent"}
# As often as WaitForEarlierExecution says.
_MOST_POLLS = 5
PIPELINE = inside("ProcessCSV", load())
MACHINE, ROW_BATCH = scopes(load())[0], scopes(load(ROW_BATCH_DEFINITION))[0]
# MapStateEntered, MapStateStarted, MapStateSucceeded or MapStateFailed, MapStateExited.
_MAP_EVENTS = 4
# ExecutionStarted, and one for its end.
_EXECUTION_EVENTS = 2


def events(visited: Iterable[str]) -> int:
    """The events of an iteration in which each call succeeds, or fails once it has been started."""
    return _ITERATION_EVENTS + sum(_state_events(name) for name in visited)


def _state_events(name: str) -> int:
    return STATE_EVENTS[PIPELINE.states[name]["Type"]] + (name == "InvokeAgent")


@dataclass(frozen=True)
class _Row:
    """What a row may do, and what it has done of that.

    `generic` if its last error may hide throttling, `too_large` if its answer could not be handed on for extraction,
    `found` if it is to be fetched from an execution that was there before.
    """

    kind: str
    attempts: int
    attempt: int = 1
    rounds: int = 0
    polls: int = 0
    fresh: bool = False
    generic: bool = False
    too_large: bool = False
    fetched: bool = False
    found: bool = False
    meets_earlier: bool = False


def most_row_events(kind: str, attempts: int, *, meets_earlier: bool = False) -> int:
    """The costliest way of a row through the pipeline, every error retried as often as the definition says.

    A visit to a state is taken to meet one kind of error. With `meets_earlier`, the agent may have run on the row before
    at every attempt; the name of a fresh run is taken to be free.
    """
    return _ITERATION_EVENTS + _most(PIPELINE.start, _Row(kind, attempts, meets_earlier=meets_earlier))


@cache
def _most(name: str, row: _Row) -> int:
    return _state_events(name) + max(_ways_on(name, row))


def _ways_on(name: str, row: _Row) -> Iterator[int]:
    state = PIPELINE.states[name]
    retries = [retrier["MaxAttempts"] for retrier in state.get("Retry", [])]
    yield RETRY_EVENTS * max(retries, default=0) if "Next" not in state and "Default" not in state else 0
    for target in targets(state):
        if after := _after(name, target, row):
            yield RETRY_EVENTS * max(retries, default=0) + _most(target, after)
    if name in (_INVOCATIONS[row.kind], "DescribeEarlierExecution"):
        # The retrier of the service's base class, which alone may hide throttling, is the last one.
        yield RETRY_EVENTS * retries[-1] + _most("JudgeFailure", replace(row, generic=True))
    if name == "ExtractStructuredOutput" and row.kind == "agent" and not row.fetched:
        # Nothing has been called then, and no retrier has States.DataLimitExceeded.
        yield _most("JudgeFailure", replace(row, too_large=True))


def _after(name: str, target: str, row: _Row) -> _Row | None:
    """The row as it gets there, or None where it cannot."""
    match name, target:
        case (("TransformInput" | "SelectTarget"), _) if target in _INVOCATIONS.values():
            return row if target == _INVOCATIONS[row.kind] else None
        case "InvokeAgent", "DescribeEarlierExecution":
            return row if row.meets_earlier and not row.fresh else None
        case "DescribeEarlierExecution", "ExtractStructuredOutput":
            return replace(row, found=True, fetched=True)
        case "ExtractStructuredOutput", "JudgeEarlierExecution":
            # It is somebody else's: no answer, and nothing to wait for.
            return replace(row, found=False, fetched=False, polls=_MOST_POLLS) if row.found else None
        case "JudgeEarlierExecution", "InvokeAgent":
            return None if row.fresh else replace(row, fresh=True)
        case "JudgeEarlierExecution", "WaitForEarlierExecution":
            return replace(row, polls=row.polls + 1) if row.polls < _MOST_POLLS else None
        case "JudgeFailure", "WaitForThrottling":
            again = row.generic and row.rounds < throttled_rounds()
            return replace(row, rounds=row.rounds + 1, generic=False) if again else None
        case "JudgeFailure", "ExtractStructuredOutput":
            return replace(row, too_large=False, fetched=True) if row.too_large else None
        case "JudgeFailure", "WaitBeforeRetry":
            again = row.attempt < row.attempts
            after = replace(row, attempt=row.attempt + 1, generic=False, fetched=False, found=False)
            return after if again else None
    return row


def most_execution_events(machine: Scope, without: Collection[str], *, retried: bool) -> int:
    """The costliest way through a machine, besides its rows and without some of its states; nobody waits in it."""

    def most(name: str) -> int:
        state = machine.states[name]
        retries = [retrier["MaxAttempts"] for retrier in state.get("Retry", [])] if retried else []
        own = _MAP_EVENTS if state["Type"] == "Map" else STATE_EVENTS[state["Type"]]
        # It is passed once: a batch that has waited has nothing to wait for.
        onward = (most(target) for target in targets(state) if target not in (*without, "WaitForEarlierChildren"))
        return own + RETRY_EVENTS * max(retries, default=0) + max(onward, default=0)

    return _EXECUTION_EVENTS + most(machine.start)


def throttled_rounds() -> int:
    """How often a call is made again that AWS throttled under a generic name."""
    found = re.search(r"\$throttled < (\d+) and ", PIPELINE.states["JudgeFailure"]["Choices"][0]["Condition"])
    assert found
    return int(found[1])
