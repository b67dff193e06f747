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


def wrapper_problem(schema: Mapping[str, Any]) -> Problem | None:
    """That no keyword of the schema says anything of an answer, although it has other keys; with what is meant."""
    foreign = [key for key in schema if key not in ASSERTIONS | ANNOTATIONS and not key.startswith("x-")]
    if not foreign or any(_says_something(schema, key) for key in schema):
        return None
    inner = next(_inner_schemas({key: schema[key] for key in foreign}, "", _DEEPEST), None)
    if not inner and isinstance(schema.get("type"), str) and nearest(schema["type"], TYPES):
        return None  # it is the type that is misspelt
    told = "none of its keys is one of JSON Schema that says what an answer has, so that it would take any"
    if inner:
        return Problem("", f"{told}; did you mean what stands at {inner}? Register that as the schema")
    return Problem("", f"{told}; {_as_example(schema)}")


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
    if not isinstance(value, Mapping):
        return False
    has_type = isinstance(value.get("type"), str | list) and _says_something(value, "type")
    return isinstance(value.get("properties"), Mapping) or isinstance(value.get("$ref"), str) or has_type


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
