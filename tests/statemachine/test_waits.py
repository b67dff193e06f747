"""How long the machine waits before it calls again."""

import math
from typing import Any

import pytest

from tests.statemachine.definition import all_states, load
from tests.statemachine.engines import Engine, Engines
from tests.statemachine.history import throttled_rounds
from tests.statemachine.samples import plan
from tests.statemachine.situation import ROW_VARIABLES
from tests.statemachine.visit import visit

STATES = all_states(load())


@pytest.mark.parametrize("luck", [0.0, 0.5, 0.999999999])
@pytest.mark.parametrize(
    "policy",
    [
        {"interval_seconds": 1, "backoff_rate": 1.0, "max_delay_seconds": 1},
        {"interval_seconds": 2, "backoff_rate": 2.0, "max_delay_seconds": 300},
        {"interval_seconds": 3, "backoff_rate": 1.37, "max_delay_seconds": 3600},
        {"interval_seconds": 3600, "backoff_rate": 100.0, "max_delay_seconds": 3600},
    ],
    ids=str,
)
def test_a_wait_is_a_whole_number_within_the_policy(policy: dict[str, float], luck: float, engines: Engines) -> None:
    for attempt in range(1, 11):
        delay = min(policy["max_delay_seconds"], policy["interval_seconds"] * policy["backoff_rate"] ** (attempt - 1))
        waits = [_wait(policy, attempt, engine, luck) for engine in engines]
        assert waits == [int(waits[0])] * 3
        assert math.floor(delay / 2) <= waits[0] <= min(math.ceil(delay), policy["max_delay_seconds"])


@pytest.mark.parametrize("luck", [0.0, 0.5, 0.999999999])
def test_a_wait_for_throttling_doubles_up_to_two_minutes(luck: float, engines: Engines) -> None:
    for done in range(throttled_rounds()):
        longest = min(120, 5 * 2**done)
        waits = [_seconds("WaitForThrottling", {"throttled": done}, engine, luck) for engine in engines]
        assert waits == [int(waits[0])] * 3
        assert longest / 2 <= waits[0] <= longest


def _wait(policy: dict[str, float], attempt: int, engine: Engine, luck: float) -> Any:
    return _seconds("WaitBeforeRetry", {"plan": plan(execution=policy), "attempt": attempt}, engine, luck)


def _seconds(state: str, variables: dict[str, Any], engine: Engine, luck: float) -> Any:
    engine.random = luck
    try:
        return visit(STATES[state], engine, {**ROW_VARIABLES, **variables}, {"Error": "E"}).fields["Seconds"]
    finally:
        engine.random = 0.5
