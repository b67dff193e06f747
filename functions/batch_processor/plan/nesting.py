"""How deep a batch is nested in others: an agent that a batch runs may itself have started it.

Nothing but the input tells who started an execution: by AWS's convention a workflow that starts another one hands on the ARN
of its own execution in a key of that name, as `associateWithParent` of the CDK does.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.aws import step_functions
from batch_processor.batch import manifest
from batch_processor.document.problem import Problem
from batch_processor.plan.permissions import Permissions

STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"
_EXECUTION = re.compile(r"(?P<home>arn:[^:]+:states:[^:]+:\d+):execution:(?P<machine>[^:/]+)[^:]*:(?P<name>[^:]+)")
_EXPRESS_EXECUTION = re.compile(r"arn:[^:]+:states:[^:]+:\d+:express:[^:]+:(?P<name>[^:]+).*")
# Deeper than any stack allows: an Express execution cannot be looked at, nor what it was given.
UNTOLD = sys.maxsize
# The call of a row: its batch's key, whose end is a digest, then row and attempt, and digits if the row ran again.
_CALL = re.compile(r".+-(?:[0-9a-f]{8}|[0-9a-f]{32})-\d+-\d+(?:-[0-9a-f]+)?")


def without_parent(given: Any) -> tuple[Any, str | None]:
    """What an execution was given, without the key that tells who started it, and that execution's ARN."""
    if not isinstance(given, Mapping) or not isinstance(given.get(STARTED_BY), str):
        return given, None
    return {name: value for name, value in given.items() if name != STARTED_BY}, given[STARTED_BY]


def depth(started_by: str, permissions: Permissions) -> int:
    """In how many batches a batch is nested that this execution has started; 0 if that is no batch's business.

    UNTOLD if it is the call of an Express agent.
    """
    if (express := _EXPRESS_EXECUTION.fullmatch(started_by)) and _CALL.fullmatch(express["name"]):
        return UNTOLD
    found = _EXECUTION.fullmatch(started_by)
    if found is None:
        return 0
    machine = f"{found['home']}:stateMachine:{found['machine']}"
    if permissions.is_own_machine(machine):
        return 1 + _depth_of_batch(started_by, permissions)
    if not _CALL.fullmatch(found["name"]):
        return 0
    caller = _calling_batch(started_by) if permissions.may_run(machine) else None
    if caller is None:
        return 1
    executions = permissions.batch_machine_arn.replace(":stateMachine:", ":execution:")
    return 1 + _depth_of_batch(f"{executions}:{caller}", permissions)


def problems(started_by: str, depth: int, most: int) -> Iterator[Problem]:
    """The problem of a batch that is nested deeper than MostNestedBatches, which is `most`."""
    if depth == UNTOLD:
        yield Problem(
            "",
            f"{started_by}, which started this batch, is an Express agent's call for a row of another one: it cannot be looked "
            "at, so that nobody can tell in how many batches this one is nested; have a Standard state machine start it",
        )
    elif depth > most:
        yield Problem(
            "",
            f"{started_by}, which started this batch, works for a batch itself, so that this one is nested in {depth}; the "
            f"stack allows {most} (parameter MostNestedBatches), as a batch that starts batches may never end. If it is "
            f"meant so, ask whoever deploys the stack for MostNestedBatches={depth}",
        )


def _depth_of_batch(execution_arn: str, permissions: Permissions) -> int:
    """As the batch's plan has it; 0 if it has left none, as it began without nesting or its folder is gone."""
    left = manifest.read(permissions.data_bucket, execution_arn)
    return left["plan"]["batch"].get("depth", 0) if left else 0


def _calling_batch(execution_arn: str) -> str | None:
    """The name of the batch that a row's call is made for, as the call's input has it; None if it does not say."""
    given = json.loads(step_functions.input_of(execution_arn) or "null")
    context = given.get("batchContext") if isinstance(given, Mapping) else None
    name = context.get("executionId") if isinstance(context, Mapping) else None
    return name if isinstance(name, str) else None
