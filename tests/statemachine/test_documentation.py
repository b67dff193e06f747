"""docs/state-machine.md says what the definition has."""

import inspect
import re
from typing import Any

import pytest

from batch_processor import limits
from batch_processor.batch import work_folder
from tests.statemachine.definition import ROOT, Scope, load, targets
from tests.statemachine.history import (
    MACHINE,
    PIPELINE,
    events,
    most_execution_events,
    most_row_events,
    throttled_rounds,
)
from tests.statemachine.row_paths import PATHS
from tests.statemachine.states import BATCH_SCOPES, IN_ROW_BATCH, ROW_BATCH_SCOPES, STATES
from tests.statemachine.test_history import FAN_OUT, INLINE_RESERVE_EVENTS

PAGE = (ROOT / "docs" / "state-machine.md").read_text(encoding="utf-8")
# Those of a row and of a child are told once, as parts of the batch machine. A single state needs no picture.
SCOPES = {
    "batch": BATCH_SCOPES[0],
    **{scope.owner: scope for scope in BATCH_SCOPES[1:] if len(scope.states) > 1},
    "row batch": ROW_BATCH_SCOPES[0],
}
CHARTS = re.findall(r"```mermaid\n(.*?)```", PAGE, re.DOTALL)
EDGE = re.compile(r"^\s*(\w+)\S*.*?(?:--+>|\.->)\s*(\w+)")
BUDGETS = re.findall(r"^\| `(\w+)`, (by name|in a generic error) \| ([\d,]+) s \|", PAGE, re.MULTILINE)
_GENERIC = ("StepFunctions.AWSStepFunctionsException", "Sfn.SfnException", "Lambda.AWSLambdaException")
KINDS = ("agent", "tool")
# Named after rows or after a part, not after the folder alone.
ROW_KEYS = ("answer_key", "joined_key", "part_key", "tally_key", "unfinished_key", "unsettled_key", "unstored_key")


def test_the_table_lists_every_state_and_nothing_else() -> None:
    table = PAGE.split("## The states")[1].split("\n## ")[0]
    batch, row_batch = table.split("### Of a row batch")
    assert re.findall(r"^\| `(\w+)` \|", batch, re.MULTILINE) == _in_order()
    assert re.findall(r"^\| `(\w+)` \|", row_batch, re.MULTILINE) == list(SCOPES["row batch"].states)


def test_the_page_lists_all_that_the_functions_keep_in_the_work_folder() -> None:
    table = PAGE.split("### The work folder")[1].split("\n### ")[0]
    keys = [make for name, make in vars(work_folder).items() if name.endswith("_key") and name not in ROW_KEYS]
    # What a key takes besides the folder, the page has in angle brackets.
    others = [list(inspect.signature(key).parameters)[1:] for key in keys]
    names = {
        key({"bucket": "data", "prefix": ""}, *(f"<{other}>" for other in wanted))
        for key, wanted in zip(keys, others, strict=True)
    }
    assert [name for name in sorted(names) if f"`{name}`" not in table] == []


@pytest.mark.parametrize(("scope", "chart"), list(zip(SCOPES.values(), CHARTS, strict=True)), ids=SCOPES)
def test_the_picture_has_the_definitions_transitions(scope: Scope, chart: str) -> None:
    drawn = {match.groups() for line in chart.splitlines() if (match := EDGE.match(line))}
    assert drawn == {(name, target) for name, state in scope.states.items() for target in targets(state)}


def test_a_row_without_trouble_costs_what_the_page_says() -> None:
    costs = [events(PATHS[name].visited) for name in ("happy agent", "happy tool")]
    assert f"| no trouble | {costs[0]} | {costs[1]} |" in PAGE


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_the_page_has_the_figures_of_the_limits(attempts: int) -> None:
    for cost in (limits.worst_row_events, limits.most_row_events):
        agent, tool = (cost(kind, attempts) for kind in KINDS)
        assert re.search(rf"^\| {attempts} .*attempts?.* \| {agent} \| {tool} \|$", PAGE, re.MULTILINE)
    rows = [most(kind, attempts) for most in (limits.most_rows, limits.most_batch_rows) for kind in KINDS]
    assert f"\n| {attempts} | {' | '.join(f'{count:,}' for count in rows)} |\n" in PAGE


def test_the_page_has_what_a_batch_costs_besides_its_rows() -> None:
    besides = most_execution_events(MACHINE, FAN_OUT, retried=False)
    assert f"at most {besides} events besides its rows" in PAGE
    assert f"keeps {INLINE_RESERVE_EVENTS:,} or more for retries" in PAGE
    assert f"{most_row_events('agent', 3, meets_earlier=True)} events with 3 attempts" in PAGE


def test_the_page_has_the_days_that_a_batch_may_take() -> None:
    machine, batch = (seconds / 86_400 for seconds in (load()["TimeoutSeconds"], limits.LONGEST_BATCH_SECONDS))
    assert f"times out after {machine:g} days" in PAGE
    assert f"could take longer than {batch:g} days" in PAGE


def test_the_page_has_how_many_row_batches_can_be_joined() -> None:
    rows = [limits.MOST_ROW_BATCHES * limits.most_batch_rows(kind, 3) for kind in KINDS]
    assert f"at most {limits.MOST_ROW_BATCHES:,} row batches" in PAGE
    assert f"{rows[0] / 1e6:.0f} million rows of an agent or {rows[1] / 1e6:.0f} million of a tool" in PAGE


@pytest.mark.parametrize(("name", "how", "seconds"), BUDGETS, ids=[" ".join(budget[:2]) for budget in BUDGETS])
def test_a_throttled_call_waits_as_long_as_the_page_says(name: str, how: str, seconds: str) -> None:
    retrier = STATES[name]["Retry"][-1 if how == "in a generic error" else 0]
    # A retrier that names no base class meets no generic error.
    met = how == "by name" or set(_GENERIC) & set(retrier["ErrorEquals"])
    waits = _longest_waits(retrier) if met else 0
    if _may_be_called_again(STATES[name]):
        # One time more than there are rounds, each with its retries.
        waits = waits * (throttled_rounds() + 1) + _longest_rounds()
    assert int(seconds.replace(",", "")) == waits


def test_the_page_has_a_budget_for_every_call_that_may_be_throttled() -> None:
    told = {name for name, _, _ in BUDGETS}
    alike = {
        "ValidateInput",
        "SalvageAnswers",
        "SalvageRowBatch",
        "CutOutput",
        "JoinRange",
        "AggregateJoinedParts",
        "CollectUnfinishedRows",
        "LeaveOutAnswered",
        "ExtractAnswerInChild",
        "StoreFailure",
        "RunRowBatchAgain",
        "SendAbortingRowToDeadLetterQueue",
        f"{IN_ROW_BATCH}LoadCSVData",
        f"{IN_ROW_BATCH}AggregateResults",
    }
    assert told | alike == {name for name, state in STATES.items() if state["Type"] == "Task" and "Retry" in state}
    assert {waits for name in alike for waits in _all_waits(name)} <= {
        waits for name in told for waits in _all_waits(name)
    }
    generic = {name for name, how, _ in BUDGETS if how == "in a generic error"}
    assert generic == {name for name in told if name in PIPELINE.states and _may_be_called_again(STATES[name])}


def _may_be_called_again(state: dict[str, Any]) -> bool:
    looked_for = re.findall(r"'(\w+\.\w+)'", STATES["JudgeFailure"]["Choices"][0]["Condition"])
    to_judgement = any(catcher["Next"] == "JudgeFailure" for catcher in state["Catch"])
    # ExtractStructuredOutput keeps its answer unread then, which is not asked for again.
    kept = any("unread" in catcher.get("Assign", {}) for catcher in state["Catch"])
    named = {name for retrier in state["Retry"] for name in retrier["ErrorEquals"]}
    return to_judgement and not kept and not named.isdisjoint(looked_for)


def _all_waits(name: str) -> list[tuple[int, ...]]:
    return [
        tuple(value for key, value in retrier.items() if key not in ("ErrorEquals", "JitterStrategy"))
        for retrier in STATES[name]["Retry"]
    ]


def _longest_waits(retrier: dict[str, Any]) -> int:
    first, rate = retrier["IntervalSeconds"], retrier["BackoffRate"]
    return sum(min(retrier["MaxDelaySeconds"], first * rate**retry) for retry in range(retrier["MaxAttempts"]))


def _longest_rounds() -> int:
    """WaitForThrottling's waits; test_waits holds its expression against these."""
    return sum(min(120, 5 * 2**done) for done in range(throttled_rounds()))


def _in_order() -> list[str]:
    """The states as the definition has them, a Map's after the Map."""
    inside = {scope.owner: list(scope.states) for scope in BATCH_SCOPES}

    def with_inside(name: str) -> list[str]:
        return [name, *(inner for state in inside.get(name, []) for inner in with_inside(state))]

    return [name for outer in inside[""] for name in with_inside(outer)]
