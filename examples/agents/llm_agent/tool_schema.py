"""The part of a JSON Schema that Bedrock can hold a model to; the rest the model is told, and its answer checked for.

https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: no bounds, lengths or patterns, no references
but to `$defs`, and every object has `additionalProperties: false`. Anything else makes the whole request invalid. What
cannot be said so at all, `strict_faults` in strict_faults.py tells.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

_KEPT = ("type", "enum", "const", "$ref")
DEFINITIONS = ("$defs", "definitions")
ALTERNATIVES = ("anyOf", "oneOf")
# What says by itself what a value is; alternatives beside it only narrow it.
_WHOLE = ("properties", "items", "enum", "const", "$ref")
_FORMATS = frozenset(("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"))
_TOLD = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matching the regular expression {}",
    "format": "as {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "uniqueItems": "no item twice",
}


def strict_schema(schema: Any, without: Iterable[str] = ()) -> Schema:
    """The schema for a strict tool, without some properties; what it cannot say stands in its descriptions."""
    if not isinstance(schema, Mapping):
        return {}
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # what stands beside it only narrows it
    strict = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        strict["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        strict["minItems"] = schema["minItems"]
    if is_object(schema) or "properties" in schema:
        strict = {"type": "object", **strict} | _object(schema, set(without))
    if isinstance(schema.get("items"), Mapping):
        strict["items"] = strict_schema(schema["items"])
    if choices := alternatives(schema):
        strict = {key: value for key, value in strict.items() if key != "type"}
        strict["anyOf"] = [strict_schema(choice) for choice in choices]
    for key in DEFINITIONS:
        if key in schema:
            strict[key] = {name: strict_schema(inner) for name, inner in schema[key].items()}
    if described := " ".join(_description(schema, strict)):
        strict["description"] = described
    return strict


def is_object(schema: Mapping[str, Any]) -> bool:
    """Whether a value may be an object by what the schema itself says, not by its alternatives."""
    types = schema.get("type")
    may_be = types == "object" or (isinstance(types, list) and "object" in types)
    return may_be and "$ref" not in schema and not alternatives(schema)


def alternatives(schema: Mapping[str, Any]) -> list[Any]:
    """The alternatives that say what a value is, each with the type that stands beside them."""
    if any(key in schema for key in _WHOLE):
        return []
    key = next((key for key in ALTERNATIVES if key in schema), None)
    return [_typed(choice, schema) for choice in schema[key]] if key else []


def _typed(choice: Any, schema: Mapping[str, Any]) -> Any:
    if not isinstance(choice, Mapping) or "type" not in schema or any(key in choice for key in (*_KEPT, *ALTERNATIVES)):
        return choice
    return {"type": schema["type"], **choice}


def _object(schema: Mapping[str, Any], without: set[str]) -> Schema:
    required = [name for name in schema.get("required", ()) if name not in without]
    # A model fills them in as they come, and DynamoDB's maps have no order; the list of the required ones has.
    given = schema.get("properties", {})
    names = [*required, *(name for name in given if name not in without and name not in required)]
    properties = {name: strict_schema(given.get(name)) for name in names}
    return {"properties": properties, "required": required, "additionalProperties": False}


def _description(schema: Mapping[str, Any], strict: Schema) -> Iterator[str]:
    if text := schema.get("description"):
        yield text
    told = [
        words.format(schema[key])
        for key, words in _TOLD.items()
        if key in schema and key not in strict and schema[key] is not False
    ]
    if told:
        yield f"({', '.join(told)})"
