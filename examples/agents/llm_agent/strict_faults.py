"""Tells what of a JSON Schema no strict tool of Bedrock's can have, not even loosened."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tool_schema import ALTERNATIVES, DEFINITIONS, alternatives, is_object

Schema = Mapping[str, Any]

_SAYING = ("type", "enum", "const", "$ref", "properties", *ALTERNATIVES)
# Schemas for the same value, which may speak of properties too.
_BESIDE = ("allOf", *ALTERNATIVES, "if", "then", "else", "dependentSchemas")
_REFERENCE = re.compile(r"#/(\$defs|definitions)/([^/]+)")


def strict_faults(schema: Schema) -> Iterator[str]:
    """Yield each with its JSON pointer and what to write instead."""
    yield from _faults(schema, "")
    for key in DEFINITIONS:
        for name in schema.get(key, {}):
            if _leads_back(schema, (key, name)):
                yield f"/{key}/{name}: it refers to itself, which strict tools cannot; write out as many levels as are needed"


def _faults(schema: Any, at: str) -> Iterator[str]:
    if not isinstance(schema, Mapping) or not any(key in schema for key in _SAYING):
        yield f"{at}: say by type, enum, const, anyOf or $ref what may stand there"
        return
    yield from (f"{at or 'the schema'}: {fault}" for fault in (*_value_faults(schema), *_object_faults(schema)))
    for place, inner in _inner(schema):
        yield from _faults(inner, f"{at}/{place}")


def _value_faults(schema: Schema) -> Iterator[str]:
    if "$ref" in schema and not _REFERENCE.fullmatch(schema["$ref"]):
        yield f"it refers to {schema['$ref']!r}; put what is meant under $defs and write #/$defs/name"
    if any(isinstance(value, dict | list) for value in [*schema.get("enum", ()), schema.get("const")]):
        yield "it lists objects or arrays; list texts, numbers, true, false or null"


def _object_faults(schema: Schema) -> Iterator[str]:
    properties = schema.get("properties")
    if properties is None:
        if is_object(schema) and schema.get("additionalProperties") is not False:
            yield "an object of which the properties are not listed, and strict tools have no others; list them"
        return
    if "$ref" in schema:
        yield "it has properties beside its reference; put all of them in one place"
    known = {*schema.get("required", ()), *(name for key in _BESIDE for name in _named(schema.get(key)))}
    if strange := sorted(known - properties.keys()):
        yield f"{', '.join(map(repr, strange))} is not among its properties, and strict tools have no others; list it there"


def _named(schema: Any) -> Iterator[str]:
    """Yield the properties that schemas beside the properties speak of."""
    if isinstance(schema, list):
        for inner in schema:
            yield from _named(inner)
    elif isinstance(schema, Mapping):
        yield from schema.get("properties", ())
        yield from schema.get("required", ())
        for key in _BESIDE:
            yield from _named(schema.get(key))


def _inner(schema: Schema) -> Iterator[tuple[str, Any]]:
    """Yield the schemas inside that become part of the tool's, and where."""
    yield from ((f"properties/{name}", inner) for name, inner in schema.get("properties", {}).items())
    if isinstance(schema.get("items"), Mapping):
        yield "items", schema["items"]
    key = next((key for key in ALTERNATIVES if key in schema), "")
    yield from ((f"{key}/{index}", choice) for index, choice in enumerate(alternatives(schema)))
    for key in DEFINITIONS:
        yield from ((f"{key}/{name}", inner) for name, inner in schema.get(key, {}).items())


def _leads_back(schema: Schema, start: tuple[str, str]) -> bool:
    seen: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting:
        key, name = waiting.pop()
        for found in _references(schema.get(key, {}).get(name)):
            if found == start:
                return True
            if found not in seen:
                seen.add(found)
                waiting.append(found)
    return False


def _references(schema: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(schema, Mapping):
        return
    if found := _REFERENCE.fullmatch(str(schema.get("$ref", ""))):
        yield found[1], found[2]
    for _, inner in _inner(schema):
        yield from _references(inner)
