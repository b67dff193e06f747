"""Brings what a batch of an older contract has left, in its work folder or in its history, to today's form.

Only those need it who come after the batch: SalvageAnswers, and a batch that resumes it. All others refuse what is older.
"""

from collections.abc import Callable, Mapping
from typing import Any

from batch_processor.contract.number import CONTRACT, number_of, resuming
from batch_processor.errors import StackUpdated

_Document = dict[str, Any]


def upgraded(document: Mapping[str, Any]) -> _Document:
    """The same with its `plan`, and with `loaded` if it is there, in today's form.

    StackUpdated if the plan is newer, as after a rollback, or so old that no step leads from it: nothing is guessed then.
    """
    made = dict(document)
    while "plan" in made and (number := number_of(made["plan"])) != CONTRACT:
        if number not in _STEPS:
            raise _unreadable(made["plan"], number)
        made = _STEPS[number](made)
        made["plan"] = {**made["plan"], "contract": number + 1}
    return made


def _to_1(document: _Document) -> _Document:
    """Plans that were made before a batch stored its rows by itself do not say whose rows they take: none are known."""
    plan = document["plan"]
    if "work" not in plan or "since" not in plan.get("storage", {}):
        raise _too_old(plan)
    if "earlier" not in plan:
        return document
    return {**document, "plan": {**plan, "earlier": {"rows": [], "runs": [], **plan["earlier"]}}}


def _to_2(document: _Document) -> _Document:
    """A batch that began before there were tiers has left nothing that is read otherwise: all of its rows ran in row batches."""
    return document


# From each number to the next one.
_STEPS: dict[int, Callable[[_Document], _Document]] = {0: _to_1, 1: _to_2}


def _too_old(plan: Mapping[str, Any]) -> StackUpdated:
    return StackUpdated(
        f"The batch {plan['batch']['name']} is of a build that is older than this one reads: it says neither where its work "
        "folder is nor since when its rows are stored. Nothing was read or written; run it as a new batch."
    )


def _unreadable(plan: Mapping[str, Any], number: int) -> StackUpdated:
    name = plan["batch"]["name"]
    return StackUpdated(
        f"The batch {name} is of contract {number}, and this build reads {min(_STEPS)} to {CONTRACT}. Nothing was read or "
        f"written, and every answer is kept: deploy a build that reads {number}, and start {resuming(name)}."
    )
