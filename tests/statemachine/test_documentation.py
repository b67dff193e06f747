"""docs/state-machine.md says what the definition has."""

import re

import pytest

from batch_processor import limits

from .definition import ROOT, Scope, load, scopes, targets
from .test_row_paths import PATHS, events

SCOPES = scopes(load())
PAGE = (ROOT / "docs" / "state-machine.md").read_text(encoding="utf-8")
CHARTS = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
EDGE = re.compile(r"^\s*(\w+)\S*.*?(?:--+>|\.->)\s*(\w+)")


def test_the_table_lists_every_state_and_nothing_else() -> None:
    table = PAGE.split("## The states")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == _in_order()


@pytest.mark.parametrize(("scope", "chart"), list(zip(SCOPES, CHARTS, strict=True)), ids=["machine", "row"])
def test_the_picture_has_the_definitions_transitions(scope: Scope, chart: str) -> None:
    drawn = {match.groups() for line in chart.splitlines() if (match := EDGE.match(line))}
    assert drawn == {(name, target) for name, state in scope.states.items() for target in targets(state)}


def test_a_row_without_trouble_costs_what_the_page_says() -> None:
    costs = [events(PATHS[name]) for name in ("happy agent", "happy tool")]
    assert f"| no trouble | {costs[0]} | {costs[1]} |" in PAGE


def test_the_worst_row_costs_what_the_limits_count() -> None:
    assert events(PATHS["missing structured output"]) == limits.worst_row_events("agent", 3)


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_the_page_has_the_figures_of_the_limits(attempts: int) -> None:
    worst = [limits.worst_row_events(kind, attempts) for kind in ("agent", "tool")]
    rows = [limits.most_rows(kind, attempts) for kind in ("agent", "tool")]
    assert re.search(rf"^\| {attempts} .*attempts?.* \| {worst[0]} \| {worst[1]} \|$", PAGE, re.MULTILINE)
    assert re.search(rf"^\| {attempts} \| {rows[0]:,} \| {rows[1]:,} \|$", PAGE, re.MULTILINE)


def test_the_page_has_the_days_that_a_batch_may_take() -> None:
    machine, batch = (seconds / 86_400 for seconds in (load()["TimeoutSeconds"], limits.LONGEST_BATCH_SECONDS))
    assert f"times out after {machine:g} days" in PAGE
    assert f"could take longer than {batch:g} days" in PAGE


def _in_order() -> list[str]:
    """The states as the definition has them, a Map's after the Map."""
    top, inside = SCOPES
    names = list(top.states)
    after = names.index(inside.owner or "") + 1
    return [*names[:after], *inside.states, *names[after:]]
