"""Finds what was registered in place of a schema: a provider's wrapper around it, or an example of an answer.

Unknown keywords are allowed in JSON Schema, so either would be a schema that takes whatever there is.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.json_value import parsed
from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import nearest
from batch_processor.json_schema.keywords import ANNOTATIONS, ASSERTIONS, TYPES

_DEEPEST = 6
_PROPERTIES_SHOWN = 3
# What is said of objects alone, without their properties: a wrapper may say it of itself.
_OF_ANY_OBJECT = frozenset(("type", "required", "additionalProperties", "unevaluatedProperties"))
# What is said of texts and numbers: beside keys that are no keywords, fields of an example.
_OF_SCALARS = frozenset((
    "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf",
))  # fmt: skip
_DEFINITIONS = ("$defs", "definitions")
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_PROPERTIES = '{"type": "object", "properties": {…}} with them in it'


def wrapper_problem(schema: Mapping[str, Any]) -> Problem | None:
    """That the schema says nothing of an answer's properties, although it has other keys; with what is meant."""
    foreign = _foreign(schema)
    saying = {key for key in schema if _says_something(schema, key)}
    if not foreign:
        return None if ASSERTIONS & schema.keys() else _definitions_problem(schema)
    inner = next(_inner_schemas(foreign, "", _DEEPEST), None)
    if not saying - _OF_SCALARS:
        return _nothing_said(schema, foreign, inner)
    if inner and saying <= _OF_ANY_OBJECT and schema.get("type", "object") == "object" and not _is_map(schema):
        told = "it has no properties, but a key that is no keyword of JSON Schema"
        return Problem("", f"{told}; did you mean what stands at {inner}? Register that as the schema")
    return None


def _foreign(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What stands under keys that are no keywords; `format` is none where an object stands there, as OpenAI writes it."""
    return {
        key: value
        for key, value in schema.items()
        if not (key in ASSERTIONS | ANNOTATIONS or key.startswith("x-"))
        or (key == "format" and isinstance(value, Mapping))
    }


def _is_map(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("additionalProperties"), Mapping)


def _nothing_said(schema: Mapping[str, Any], foreign: Mapping[str, Any], inner: str | None) -> Problem | None:
    told = "none of its keys is one of JSON Schema that says what an answer has, so that it would take any"
    if inner:
        return Problem("", f"{told}; did you mean what stands at {inner}? Register that as the schema")
    if isinstance(schema.get("type"), str) and nearest(schema["type"], TYPES):
        return None  # it is the type that is misspelt
    if all(map(_is_any_schema, foreign.values())):
        return Problem("", f"these are properties without a schema around them; write {_PROPERTIES}")
    return Problem("", f"{told}; {_as_example(schema)}")


def _definitions_problem(schema: Mapping[str, Any]) -> Problem | None:
    """That a schema only defines others, as generators write several models."""
    key = next((key for key in _DEFINITIONS if isinstance(schema.get(key), Mapping) and schema[key]), None)
    if key is None:
        return None
    # The one that no other refers to is the outermost.
    text = json.dumps(schema[key])
    names = sorted(schema[key], key=lambda name: json.dumps(f"#/{key}/{escaped(name)}") in text)
    reference = json.dumps(f"#/{key}/{escaped(names[0])}", ensure_ascii=False)
    return Problem(
        "", f'it only defines schemas, so that it would take any answer; write "$ref": {reference} beside {key}'
    )


def _says_something(schema: Mapping[str, Any], key: str) -> bool:
    if key == "type":
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return any(name in TYPES for name in types)
    # A field of an example may be called as a keyword is.
    wants_object = key in ("properties", "$ref", "items", "required", "anyOf", "allOf", "oneOf")
    return key in ASSERTIONS and not (wants_object and isinstance(schema[key], str) and not schema[key].startswith("#"))


def _inner_schemas(value: Any, at: str, levels: int) -> Iterator[str]:
    """Yield the JSON pointers of the schemas in a wrapper, those further outside first."""
    value = parsed(value)
    if not levels or not isinstance(value, Mapping | list):
        return
    steps = list(value.items() if isinstance(value, Mapping) else enumerate(value))
    located = [(f"{at}/{escaped(step)}", parsed(inner)) for step, inner in steps]
    yield from (pointer for pointer, inner in located if _is_schema(inner))
    for pointer, inner in located:
        yield from _inner_schemas(inner, pointer, levels - 1)


def _is_schema(value: Any) -> bool:
    """Whether it looks like the schema of an object, which is what answers are."""
    if not isinstance(value, Mapping):
        return False
    has_alternatives = any(isinstance(value.get(key), list) for key in _ALTERNATIVES)
    is_of_object = "object" in (value.get("type"), *_listed(value.get("type")))
    return (
        isinstance(value.get("properties"), Mapping)
        or isinstance(value.get("$ref"), str)
        or has_alternatives
        or is_of_object
    )


def _is_any_schema(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("type"), str | list) and _says_something(value, "type")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_example(example: Mapping[str, Any]) -> str:
    properties = {key: {"type": _type(inner)} for key, inner in list(example.items())[:_PROPERTIES_SHOWN]}
    text = json.dumps({"type": "object", "properties": properties}, ensure_ascii=False)
    more = ", …" if len(example) > _PROPERTIES_SHOWN else ""
    return f"if it is an example of an answer, write its schema: {text[:-2]}{more}}}}}"


def _type(value: Any) -> str:
    if isinstance(value, str):
        return value if value in TYPES else "string"
    names = {bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "null")
