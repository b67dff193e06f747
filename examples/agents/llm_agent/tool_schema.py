"""The part of a JSON Schema that Bedrock can hold a model to; the rest the model is told, and its answer checked for.

https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: no bounds, lengths or patterns, and objects
have `additionalProperties: false`. Anything else makes the whole request invalid.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = dict[str, Any]

_KEPT = ("type", "enum", "const", "$ref")
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
    strict = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        strict["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        strict["minItems"] = schema["minItems"]
    if "properties" in schema:
        strict |= _object(schema, set(without))
    if "items" in schema:
        strict["items"] = strict_schema(schema["items"])
    for key, taken in (("anyOf", "anyOf"), ("oneOf", "anyOf")):
        if key in schema:
            strict[taken] = [strict_schema(choice) for choice in schema[key]]
    if "$defs" in schema:
        strict["$defs"] = {name: strict_schema(inner) for name, inner in schema["$defs"].items()}
    if described := " ".join(_description(schema, strict)):
        strict["description"] = described
    return strict


def _object(schema: Mapping[str, Any], without: set[str]) -> Schema:
    required = [name for name in schema.get("required", ()) if name not in without]
    # A model fills them in as they come, and DynamoDB's maps have no order; the list of the required ones has.
    names = [*required, *(name for name in schema["properties"] if name not in without and name not in required)]
    properties = {name: strict_schema(schema["properties"].get(name)) for name in names}
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
