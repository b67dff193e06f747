"""An agent's call of an operation as a tool: `{name, input, id}` in, structured output with the same id back."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown, suggestion
from batch_processor.errors import BatchProcessorError, InvalidArguments, UnknownOperation
from batch_processor.operations.answers import failure, run_operation
from batch_processor.operations.catalogue import FOR_MACHINES, OPERATIONS, Operation
from batch_processor.operations.deployment import Deployment

_CONFIRMATION = "confirmation"
_NOT_OF_MODELS = Problem(
    f"/{_CONFIRMATION}",
    "leave it out: a person confirms, and what they confirm with comes beside the call, not in its input",
)


class PendingConfirmation(TypedDict):
    """What a person may agree with: `token` goes back beside the call that was asked about, and never through a model."""

    token: str
    expires_at: str
    message: str
    estimate: Any


class ToolAnswer(TypedDict):
    """The contract of docs/agents.md. `content` is what a model may read; `confirmation` is for people alone."""

    type: str
    tool_use_id: str
    schema: str
    content: dict[str, Any]
    is_error: bool
    confirmation: NotRequired[PendingConfirmation]


def answer_call(event: Mapping[str, Any], deployment: Deployment, *, prefix: str, reads_only: bool) -> ToolAnswer:
    """The answer to {name, input, id, confirmation?}, of the operations that only read, or of the others.

    `prefix` is what the stack's tools are registered with before their names.
    """
    name = str(event.get("name", "")).removeprefix(prefix)
    try:
        content, is_error = _run(name, event, deployment, reads_only=reads_only), False
    except BatchProcessorError as exc:
        content, is_error = failure(exc), True
    answer = ToolAnswer(
        type="structured_output",
        tool_use_id=str(event.get("id", "")),
        schema=name,
        content={key: value for key, value in content.items() if key != _CONFIRMATION},
        is_error=is_error,
    )
    return {**answer, "confirmation": _pending(content)} if _CONFIRMATION in content else answer


def offered(*, reads_only: bool) -> list[str]:
    """The names of the operations that one of the two functions serves."""
    return [name for name, operation in OPERATIONS.items() if operation.reads_only is reads_only]


def _run(name: str, event: Mapping[str, Any], deployment: Deployment, *, reads_only: bool) -> dict[str, Any]:
    operation, arguments = _served(name, reads_only=reads_only), event.get("input")
    if _CONFIRMATION in operation.arguments.model_fields and isinstance(arguments, dict):
        if _CONFIRMATION in arguments:
            raise InvalidArguments(name, [_NOT_OF_MODELS])
        if confirmed := event.get(_CONFIRMATION):
            arguments = {**arguments, _CONFIRMATION: confirmed}
    return run_operation(operation, {} if arguments is None else arguments, deployment)


def _served(name: str, *, reads_only: bool) -> Operation:
    names = offered(reads_only=reads_only)
    if name in names:
        return OPERATIONS[name]
    if not reads_only and name in FOR_MACHINES:
        return FOR_MACHINES[name]
    raise UnknownOperation(f"This function has no operation {shown(name)}; {suggestion(name, names)}")


def _pending(content: Mapping[str, Any]) -> PendingConfirmation:
    return PendingConfirmation(
        token=content[_CONFIRMATION],
        expires_at=content["expires_at"],
        message=content["message"],
        estimate=content["estimate"],
    )
