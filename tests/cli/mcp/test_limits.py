"""No start goes beyond the limits, whatever an assistant gives."""

from typing import Any

import pytest

from batchctl.mcp.allowance import Allowance
from batchctl.mcp.calls import Calls, Outcome
from batchctl.mcp.stack import Stack
from batchctl.where import HERE
from tests.cli.mcp.fakes import ARN, CONFIG, FakeStack, estimate, operations, progress

ROWS = Allowance(allow_run=True, max_rows=20)
COST = Allowance(allow_run=True, max_cost_usd=0.5)
STARTING = ("rerun_failed_rows", "resume_batch", "rerun_dead_letters")


def start(allowance: Allowance, name: str = "execute_batch_processor", /, **given: Any) -> tuple[Outcome, list[str]]:
    stack: Stack = FakeStack(HERE)
    answers = {key: given.pop(key) for key in ("estimate_batch_cost", "monitor_batch_execution") if key in given}
    with operations(**answers, **{key: {"status": "RUNNING"} for key in STARTING}) as fake:
        return Calls(stack, allowance).call(name, given), fake.names()


@pytest.mark.parametrize(
    ("found", "config", "allowed"),
    [
        (estimate(20), {}, True),
        (estimate(21), {}, False),
        (estimate(5_000_000), {"max_rows": 20}, True),
        (estimate(5_000_000), {"max_rows": 21}, False),
        (estimate(10, rows_are_exact=False), {}, False),
        (estimate(10, rows_are_exact=False), {"max_rows": 20}, True),
        (estimate(21), {"max_rows": True}, False),
        (estimate(21), {"max_rows": "all"}, False),
        (estimate(21), {"max_rows": "20"}, False),
    ],
)
def test_rows_are_held_to_the_limit_if_they_are_known(
    found: dict[str, Any], config: dict[str, Any], allowed: bool
) -> None:
    outcome, called = start(ROWS, estimate_batch_cost=found, config={**CONFIG, **config})
    assert outcome.failed is not allowed
    assert ("execute_batch_processor" in called) is allowed
    if not allowed:
        assert outcome.document["error"] == "BEYOND_LIMITS"
        assert "max_rows" in outcome.document["suggestion"]


@pytest.mark.parametrize(
    ("found", "allowed"),
    [
        (estimate(high_usd=0.5), True),
        (estimate(high_usd=0.51), False),
        (estimate(high_usd=0.01, target_price="unknown"), False),
        (estimate(high_usd=0.01, rows_are_exact=False), False),
    ],
)
def test_cost_is_held_to_the_limit_by_its_upper_end_if_it_is_known(found: dict[str, Any], allowed: bool) -> None:
    outcome, called = start(COST, estimate_batch_cost=found, config=CONFIG)
    assert (outcome.failed, "execute_batch_processor" in called) == (not allowed, allowed)


def test_unknown_price_passes_where_rows_are_limited_too() -> None:
    both = Allowance(allow_run=True, max_rows=20, max_cost_usd=0.5)
    assert not start(both, estimate_batch_cost=estimate(20, target_price="unknown"), config=CONFIG)[0].failed
    assert start(both, estimate_batch_cost=estimate(20, high_usd=1), config=CONFIG)[0].failed


@pytest.mark.parametrize("name", STARTING)
@pytest.mark.parametrize(
    ("allowance", "found", "allowed"),
    [
        (ROWS, progress(total_rows=50, rows_succeeded=30), True),
        (ROWS, progress(total_rows=51, rows_succeeded=30), False),
        (ROWS, {key: value for key, value in progress().items() if key != "total_rows"}, False),
        (COST, progress(total_rows=80, rows_succeeded=30), True),
        (COST, progress(total_rows=81, rows_succeeded=30), False),
        (COST, progress(rows_processed=0), False),
        (COST, progress(cost_so_far={"usd": 0.1, "orchestration_usd": 0.1, "usage": {}, "priced_on": "x"}), False),
    ],
)
def test_running_rows_again_is_held_to_the_same_limits(
    name: str, allowance: Allowance, found: dict[str, Any], allowed: bool
) -> None:
    given = {"batch" if name == "rerun_dead_letters" else "execution_arn": ARN}
    outcome, called = start(allowance, name, monitor_batch_execution=found, **given)
    assert (outcome.failed, name in called) == (not allowed, allowed)


@pytest.mark.parametrize("config", [None, "text", [], {"a": 1}, 5])
def test_what_is_no_configuration_never_gets_past_the_estimate(config: Any) -> None:
    outcome, called = start(ROWS, estimate_batch_cost=estimate(21), config=config)
    assert outcome.failed
    assert "execute_batch_processor" not in called


def test_stopping_needs_no_estimate() -> None:
    with operations(cancel_batch={"status": "ABORTED"}) as fake:
        assert not Calls(FakeStack(HERE), ROWS).call("cancel_batch", {"execution_arn": ARN}).failed
    assert fake.names() == ["cancel_batch"]
