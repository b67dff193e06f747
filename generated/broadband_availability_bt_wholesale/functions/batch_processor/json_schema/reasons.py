# Copied by `batchctl factory generate` from functions/batch_processor/json_schema/reasons.py:
# change that, not this file.
"""Says why a value does not fit its schema, without the value itself: no row's content may get into a log."""

import json
from collections.abc import Callable
from typing import Any, Final

from jsonschema import ValidationError

from batch_processor.document.json_value import kind
from batch_processor.json_schema.dialect import SafeViolation, shown_name
from batch_processor.json_schema.formats import EXAMPLES

_CHOICES, _LONGEST = 12, 200
_WITH_OFFSET = ("date-time", "time")
_TYPES: Final = {
    "array": "an array",
    "boolean": "true or false",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def described(error: ValidationError) -> str:
    """The violation as `<JSON pointer>: <reason>`, with "the whole" for the root."""
    return f"{_pointer(error) or 'the whole'}: {reason(error)}"


def reason(error: ValidationError) -> str:
    """Why the value at the violation's place does not fit; nothing of the value itself."""
    if isinstance(error, SafeViolation):
        return error.message
    say = _REASONS.get(str(error.validator))
    return say(error.validator_value, error.instance, error) if say else _general_reason(error)


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{_step(step)}" for step in error.absolute_path)


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return str(step)
    return step if shown_name(step) == repr(step) else f"({shown_name(step)})"


def _general_reason(error: ValidationError) -> str:
    return f"it is not as {error.validator!r} wants it" if error.validator else "nothing is allowed here"


def _type(types: Any, instance: Any, _: ValidationError) -> str:
    wanted = _either([_TYPES.get(name, name) for name in ([types] if isinstance(types, str) else types)])
    return f"expected {wanted}, got {kind(instance)}"


def _enum(values: list[Any], instance: Any, _: ValidationError) -> str:
    shown = [_json(value) for value in values[:_CHOICES]]
    wanted = _either(shown) if len(values) <= _CHOICES else f"one of {', '.join(shown)}, …"
    return f"expected {wanted}, got {kind(instance)}"


def _format(name: str, instance: Any, _: ValidationError) -> str:
    example = f", as {EXAMPLES[name]}" if name in EXAMPLES else ""
    offset = " (with Z or an offset as +01:00)" if name in _WITH_OFFSET else ""
    return f"expected the format {name}{example}{offset}, got {kind(instance)}"


def _alternatives(alternatives: list[Any], instance: Any, error: ValidationError) -> str:
    if not error.context:  # of oneOf
        return f"it fits more than one of {len(alternatives)} alternatives, expected exactly one"
    nearest = _nearest(error.context)
    if all(not inner.relative_path and inner.validator == "type" for inner in error.context):
        types = [name for inner in error.context for name in _listed(inner.validator_value)]
        return _type(list(dict.fromkeys(types)), instance, error)
    return f"it fits none of {len(alternatives)} alternatives; nearest is the one where {described(nearest)}"


def _nearest(errors: list[ValidationError]) -> ValidationError:
    """The deepest error of the alternative with the fewest errors; alternatives of another type come last."""
    by_alternative: dict[Any, list[ValidationError]] = {}
    for error in errors:
        by_alternative.setdefault(error.relative_schema_path[0], []).append(error)
    nearest_errors = min(by_alternative.values(), key=lambda group: (any(map(_is_wrong_type, group)), len(group)))
    return max(nearest_errors, key=lambda error: len(error.relative_path))


def _is_wrong_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _bound(words: str) -> Callable[[Any, Any, ValidationError], str]:
    return lambda limit, _instance, _error: f"expected {words} {_json(limit)}"


def _size(words: str, unit: str) -> Callable[[Any, Any, ValidationError], str]:
    return lambda limit, instance, _error: f"expected {words} {_json(limit)} {unit}, got {len(instance)}"


def _fixed(sentence: str) -> Callable[[Any, Any, ValidationError], str]:
    return lambda _value, _instance, _error: sentence


_REASONS: Final[dict[str, Callable[[Any, Any, ValidationError], str]]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda value, instance, _: f"expected {_json(value)}, got {kind(instance)}",
    "format": _format,
    "pattern": lambda pattern, instance, _: f"expected text that matches {_cut(pattern)}, got {kind(instance)}",
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "exclusiveMaximum": _bound("less than"),
    "multipleOf": _bound("a multiple of"),
    "minLength": _size("at least", "characters"),
    "maxLength": _size("at most", "characters"),
    "minItems": _size("at least", "items"),
    "maxItems": _size("at most", "items"),
    "minProperties": _size("at least", "properties"),
    "maxProperties": _size("at most", "properties"),
    "uniqueItems": _fixed("expected items that differ from each other"),
    "items": _fixed("it has more items than are allowed"),
    "contains": _fixed("none of the items is of the kind that must be among them"),
    "minContains": _fixed("too few of the items are of the kind that must be among them"),
    "maxContains": _fixed("too many of the items are of one kind"),
    "dependentRequired": _fixed("a property is missing that another one needs beside it"),
    "unevaluatedProperties": _fixed("it has properties that are not allowed"),
    "unevaluatedItems": _fixed("it has items that are not allowed"),
    "not": _fixed("it is what the schema rules out"),
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}  # fmt: skip


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _either(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _json(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
