"""What must hold for a JSON Schema that describes the input or output of an agent."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown, suggestion
from batch_processor.json_schema.dialect import DIALECT
from batch_processor.json_schema.problems import schema_problems

_SHORTHAND = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NAMED_SCHEMAS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = ("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else",
            "unevaluatedItems", "unevaluatedProperties")  # fmt: skip


def pointer(*steps: str | int) -> str:
    """The JSON pointer of the steps."""
    return "".join(f"/{escaped(step)}" for step in steps)


def query(*names: str) -> str:
    """The JSONPath (RFC 9535) of a member inside a member."""
    return "$" + "".join(f".{name}" if _SHORTHAND.match(name) else f"[{json.dumps(name)}]" for name in names)


def with_listed_required(schema: Any) -> Any:
    """The schema with `"required": true` of a property, which draft 3 had, as the object's list of required names."""
    if not isinstance(schema, dict):
        return schema
    schema = {key: _rewritten(key, value) for key, value in schema.items()}
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return schema
    flags = {name: inner["required"] for name, inner in properties.items() if _has_flag(inner)}
    if not flags:
        return schema
    schema["properties"] = {name: _without_flag(inner) for name, inner in properties.items()}
    listed = schema.get("required", [])
    if isinstance(listed, list):
        schema["required"] = [*listed, *(name for name, flag in flags.items() if flag and name not in listed)]
    return schema


def object_problems(schema: Mapping[str, Any], at: str) -> Iterator[Problem]:
    """Yield all that is wrong with the schema of an input or an output, which stands at the pointer `at`."""
    yield from (Problem(at + problem.pointer, problem.message) for problem in schema_problems(schema))
    if schema.get("type") != "object":
        yield Problem(f"{at}/type" if "type" in schema else at, 'expected an object schema: write "type": "object"')
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not properties:
        yield Problem(f"{at}/properties" if "properties" in schema else at, "expected at least one property")
        return
    for index, name in enumerate(required if isinstance(required, list) else []):
        if isinstance(name, str) and name not in properties:
            yield Problem(at + pointer("required", index),
                          f"{shown(name)} is not a property; {suggestion(name, properties)}")  # fmt: skip


def resolved(schema: Any, root: Mapping[str, Any]) -> Any:
    """The schema that a schema's `$ref` leads to, itself where it has none; only for schemas without problems."""
    registry: Registry[Any] = Registry()
    resolver = registry.resolver_with_root(DRAFT202012.create_resource({**root, "$schema": DIALECT}))
    seen = set[str]()
    while isinstance(schema, dict) and "$ref" in schema and schema["$ref"] not in seen:
        seen.add(schema["$ref"])
        schema = resolver.lookup(schema["$ref"]).contents
    return schema


def main_type(schema: Any, root: Mapping[str, Any]) -> str | None:
    """The one type that values of the schema have besides null, None where that cannot be told."""
    schema = resolved(schema, root)
    if not isinstance(schema, dict):
        return None
    said = schema.get("type")
    if said is None:
        values = [schema["const"]] if "const" in schema else schema.get("enum", [])
        said = list(dict.fromkeys(_type_of(value) for value in values))
    types = [name for name in ([said] if isinstance(said, str) else said) if name != "null"]
    return types[0] if len(types) == 1 else None


def _rewritten(key: str, value: Any) -> Any:
    if key in _NAMED_SCHEMAS and isinstance(value, dict):
        return {name: with_listed_required(inner) for name, inner in value.items()}
    if key in _SCHEMA_LISTS and isinstance(value, list):
        return [with_listed_required(inner) for inner in value]
    return with_listed_required(value) if key in _SCHEMAS else value


def _has_flag(schema: Any) -> bool:
    return isinstance(schema, dict) and isinstance(schema.get("required"), bool)


def _without_flag(schema: Any) -> Any:
    return {key: value for key, value in schema.items() if key != "required"} if _has_flag(schema) else schema


def _type_of(value: Any) -> str:
    names = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}
    return names.get(type(value), "null")
