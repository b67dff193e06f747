"""Objects and lists with expressions in them, and fields that are one: what fails is told with its place.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. All expressions of a field are evaluated at
once; if one of them fails, they are evaluated again, one by one, to tell which.
"""

import itertools
from typing import Any, NamedTuple

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import jsonata_evaluation
from batchctl.local.emulator.fidelity.expressions.evaluation_failures import EvaluationFailed, unexpected_type
from batchctl.local.emulator.fidelity.expressions.jsonata_evaluation import Bindings

State = dict[str, Any]

_MOST_TEMPLATES = 4096


class _Place(NamedTuple):
    """Where a value goes."""

    number: int


class _Expression(NamedTuple):
    """An expression: its names if it is a path, else its number among those that one evaluation does, as text."""

    text: str
    names: tuple[str, ...] | None
    number: str


class _Template(NamedTuple):
    """A field read once: its shape with places in it, and its expressions in the order of their places."""

    source: Any
    shape: Any
    expressions: tuple[_Expression, ...]
    computed: tuple[str, ...]


# By the identity of the field in its definition, which the template keeps alive.
_templates: dict[int, _Template] = {}


def _template(source: Any) -> _Template:
    known = _templates.get(id(source))
    if known is None:
        texts: list[str] = []
        shape = _shape(source, texts)
        computed = tuple(text for text in texts if jsonata_evaluation.path(text) is None)
        numbers = itertools.count()
        expressions = tuple(
            _Expression(text, names, "" if names else str(next(numbers)))
            for text, names in zip(texts, map(jsonata_evaluation.path, texts), strict=True)
        )
        if len(_templates) >= _MOST_TEMPLATES:
            _templates.clear()
        known = _templates[id(source)] = _Template(source, shape, expressions, computed)
    return known


def _expression(value: Any) -> str | None:
    is_one = isinstance(value, str) and value.startswith("{%") and value.endswith("%}")
    return value[2:-2].strip() if is_one else None


def _shape(value: Any, expressions: list[str]) -> Any:
    text = _expression(value)
    if text is not None:
        expressions.append(text)
        return _Place(len(expressions) - 1)
    if isinstance(value, dict):
        return {name: _shape(inner, expressions) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner, expressions) for inner in value]
    return value


def _filled(shape: Any, values: list[Any]) -> Any:
    kind = type(shape)
    if kind is _Place:
        return values[shape.number]
    if kind is dict:
        return {name: _filled(inner, values) for name, inner in shape.items()}
    if kind is list:
        return [_filled(inner, values) for inner in shape]
    return shape


def _values(template: _Template, bindings: Bindings) -> list[Any]:
    found = jsonata_evaluation.engine(template.computed, bindings) if template.computed else {}
    return [
        _looked_up(names, text, bindings) if names else found[number] for text, names, number in template.expressions
    ]


def _looked_up(names: tuple[str, ...], text: str, bindings: Bindings) -> Any:
    value = jsonata_evaluation.at(names, bindings)
    return jsonata_evaluation.value_of(text, bindings) if value is None else value


def _one_by_one(value: Any, bindings: Bindings) -> Any:
    text = _expression(value)
    if text is not None:
        return jsonata_evaluation.value_of(text, bindings)
    if isinstance(value, dict):
        return {name: _part(name, inner, bindings) for name, inner in value.items()}
    if isinstance(value, list):
        return [_part(f"[{i}]", inner, bindings) for i, inner in enumerate(value)]
    return value


def _part(field: str, value: Any, bindings: Bindings) -> Any:
    try:
        return _one_by_one(value, bindings)
    except EvaluationFailed as exc:
        exc.within(field)
        raise


def evaluate(value: Any, data: Any, context: Any = None, result: Any = None, error_output: Any = None) -> Any:
    """The value with its expressions evaluated."""
    template = _template(value)
    if not template.expressions:
        return _filled(template.shape, [])
    bindings = jsonata_evaluation.bindings_of(data, context, result, error_output)
    try:
        values = _values(template, bindings)
    except Exception:  # an expression has no value: told with its place
        return _one_by_one(value, bindings)
    return _filled(template.shape, values)


def field(state: State, name: str, *scope: Any) -> Any:
    """The value of a state's field; the scope is its input, the context, its result and the error output."""
    try:
        return evaluate(state[name], *scope)
    except EvaluationFailed as exc:
        exc.within(name)
        raise


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
