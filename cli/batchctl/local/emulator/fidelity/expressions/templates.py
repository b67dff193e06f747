"""Objects and lists with expressions in them, and fields that are one: what fails is told with its place.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions.evaluation_failures import EvaluationFailed, unexpected_type

State = dict[str, Any]


def evaluate(value: Any, data: Any, context: Any = None, result: Any = None, error_output: Any = None) -> Any:
    """The value with its expressions evaluated."""
    if isinstance(value, str) and value.startswith("{%") and value.endswith("%}"):
        return stepfunctions._evaluate_jsonata(value[2:-2].strip(), data, context, result, error_output)
    if isinstance(value, dict):
        return {name: _part(name, inner, data, context, result, error_output) for name, inner in value.items()}
    if isinstance(value, list):
        return [_part(f"[{i}]", inner, data, context, result, error_output) for i, inner in enumerate(value)]
    return value


def _part(field: str, value: Any, *scope: Any) -> Any:
    try:
        return evaluate(value, *scope)
    except EvaluationFailed as exc:
        exc.within(field)
        raise


def field(state: State, name: str, *scope: Any) -> Any:
    """The value of a state's field; the scope is its input, the context, its result and the error output."""
    return _part(name, state[name], *scope)


def _arguments(state: State, data: Any, context: Any = None) -> Any:
    return field(state, "Arguments", data, context) if "Arguments" in state else data


def _output(
    state: State, data: Any, context: Any = None, result: Any = None, error_output: Any = None, default: Any = None
) -> Any:
    return field(state, "Output", data, context, result, error_output) if "Output" in state else default


def typed_field(state: State, name: str, expected: str, data: Any, context: Any) -> Any:
    """The value of a state's field, which must be of a type of JSON."""
    value = field(state, name, data, context)
    if stepfunctions._json_type(value) != expected:
        text = str(state[name])
        expression = text[2:-2].strip() if text.startswith("{%") else text
        raise unexpected_type(expression, name, expected, value)
    return value


def apply() -> None:
    """Replace the evaluation of fields."""
    stepfunctions._apply_jsonata_template = evaluate
    stepfunctions._apply_jsonata_arguments = _arguments
    stepfunctions._apply_jsonata_output = _output
    stepfunctions._jsonata_state_field = typed_field
