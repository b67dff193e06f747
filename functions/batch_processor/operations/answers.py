"""Runs an operation for a front end: checks what was given, and puts errors into the words that every front end shows."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from batch_processor.document.problem import Problem
from batch_processor.document.shape import problems_of
from batch_processor.document.wording import shown, suggestion
from batch_processor.errors import BatchProcessorError, InvalidArguments, UnknownOperation, WorthAnotherAttempt
from batch_processor.operations.catalogue import OPERATIONS, Operation
from batch_processor.operations.deployment import Deployment

_WHERE_CSV = ("s3_uri", "csv_uri")
_NEXT_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def answered(
    name: str, arguments: Mapping[str, Any], deployment: Deployment, *, local_files: bool = False
) -> dict[str, Any]:
    """What the operation answers; where it fails {error, message, suggestion?, problems?, compatible_agents?}."""
    try:
        return run(name, arguments, deployment, local_files=local_files)
    except BatchProcessorError as exc:
        return failure(exc)


def run(
    name: str, arguments: Mapping[str, Any], deployment: Deployment, *, local_files: bool = False
) -> dict[str, Any]:
    """What the operation answers; UnknownOperation or InvalidArguments before anything happened, else its own errors.

    With `local_files` a CSV may be a path of the machine that this runs on: only where that is the user's own.
    """
    operation = OPERATIONS.get(name)
    if operation is None:
        raise UnknownOperation(f"There is no operation {shown(name)}; {suggestion(name, OPERATIONS)}")
    return run_operation(operation, arguments, deployment, local_files=local_files)


def run_operation(
    operation: Operation, arguments: Mapping[str, Any], deployment: Deployment, *, local_files: bool = False
) -> dict[str, Any]:
    """As `run`, of an operation that has been looked up."""
    result: dict[str, Any] = operation.run(checked(operation, arguments, local_files=local_files), deployment)
    return result


def checked(operation: Operation, arguments: Mapping[str, Any], *, local_files: bool = False) -> dict[str, Any]:
    """The arguments that were given, as they may be; InvalidArguments has all that is wrong with them."""
    if not isinstance(arguments, dict):
        raise InvalidArguments(operation.name, [Problem("", f"expected an object {{…}}, got {shown(arguments)}")])
    problems = [] if local_files else _paths(arguments)
    try:
        model = operation.arguments.model_validate(arguments)
    except ValidationError as exc:
        problems = [*problems_of(exc, arguments), *problems]
    if problems:
        raise InvalidArguments(operation.name, problems)
    return model.model_dump(exclude_unset=True)


def failure(exc: BatchProcessorError) -> dict[str, Any]:
    """The error as an answer; `error` is its class's name in capitals, as INCOMPATIBLE_AGENT."""
    told: dict[str, Any] = {"error": _NEXT_WORD.sub("_", type(exc).__name__).upper(), "message": str(exc)}
    if hint := getattr(exc, "suggestion", None) or _hint(exc):
        told["suggestion"] = hint
    if problems := [problem for problem in getattr(exc, "problems", ()) if isinstance(problem, Problem)]:
        told["problems"] = [{"at": problem.pointer, "message": problem.message} for problem in problems]
    if agents := getattr(exc, "compatible_agents", None):
        told["compatible_agents"] = list(agents)
    return told


def _hint(exc: BatchProcessorError) -> str | None:
    return "Nothing is wrong with the call: try it again in a minute." if isinstance(exc, WorthAnotherAttempt) else None


def _paths(given: dict[str, Any]) -> list[Problem]:
    return [
        Problem(f"/{key}", f"expected s3://bucket/key, got {shown(given[key])}: upload the file first")
        for key in _WHERE_CSV
        if isinstance(given.get(key), str) and not given[key].startswith("s3://")
    ]
