"""Where a configuration asks for the Express tier and its target can never be run in it."""

from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.plan.deployed_target import Deployed
from batch_processor.plan.express_tier import express_problems
from tests.unit.configs import AGENT, TOOL, make_document

FUNCTION = Deployed(None, "1a2b", timeout_seconds=30)


def told(deployed: Deployed, tier: str = "express", **keys: Any) -> list[tuple[str, str]]:
    document = make_document(**{"execution_tier": tier, **keys})
    return [(problem.pointer, problem.message) for problem in express_problems(parse(document), document, deployed)]


def test_function_and_express_machine_are_taken() -> None:
    assert told(FUNCTION, target=TOOL) == []
    quick: dict[str, Any] = {"execution_config": {"timeout_seconds": 240}}
    assert told(Deployed(None, "1a2b", is_express=True), target=AGENT, **quick) == []


def test_standard_machine_is_refused() -> None:
    [(pointer, words), *_] = told(Deployed(None, "1a2b"), target=AGENT)
    assert pointer == "/execution_tier"
    assert "STANDARD state machine" in words
    assert "leave this key to auto" in words


def test_all_obstacles_are_told_at_once() -> None:
    target = {"arn": AGENT, "idempotent": False}
    assert len(told(Deployed(None, "1a2b"), target=target, execution_config={"timeout_seconds": 241})) == 3


@pytest.mark.parametrize("deployed", [Deployed("there is no such function"), Deployed(None)])
def test_target_that_nobody_has_seen_is_not_said_to_take_too_long(deployed: Deployed) -> None:
    assert told(deployed, target=TOOL, execution_config={"timeout_seconds": 300}) == []


@pytest.mark.parametrize("tier", ["auto", "standard"])
def test_nothing_is_refused_where_express_is_not_asked_for(tier: str) -> None:
    assert told(Deployed(None, "1a2b"), tier, target={"arn": AGENT, "idempotent": False}) == []


@pytest.mark.parametrize(
    ("timeout_seconds", "own", "refused"),
    [(300, 30, False), (300, 240, False), (300, 241, True), (240, 900, False), (241, 900, True), (300, None, True)],
)
def test_attempt_must_fit_an_express_execution(timeout_seconds: int, own: int | None, refused: bool) -> None:
    found = told(
        Deployed(None, "1a2b", timeout_seconds=own), target=TOOL, execution_config={"timeout_seconds": timeout_seconds}
    )
    assert [pointer for pointer, _ in found] == (["/execution_tier"] if refused else [])
    if refused:
        assert f"an attempt may take {timeout_seconds} s" in found[0][1]
        assert "lower timeout_seconds" in found[0][1]
