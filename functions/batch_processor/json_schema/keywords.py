"""The keywords of JSON Schema 2020-12, and how they hold schemas within a schema."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from batch_processor.document.pointers import escaped

TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
# The keywords whose value is a schema, a list of schemas, or schemas by name.
_HOLDS_SCHEMA = (
    "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
_HOLDS_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
_HOLDS_NAMED_SCHEMAS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
# Those that say nothing of any value.
ANNOTATIONS: Final = frozenset((
    "$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "$defs", "definitions", "title", "description",
    "default", "deprecated", "readOnly", "writeOnly", "examples", "contentEncoding", "contentMediaType", "contentSchema",
))  # fmt: skip
ASSERTIONS: Final = frozenset((
    *_HOLDS_SCHEMA, *_HOLDS_SCHEMAS, "dependentSchemas", "patternProperties", "properties", "$ref", "$dynamicRef", "type",
    "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength",
    "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties",
    "required", "dependentRequired", "format",
)) - ANNOTATIONS  # fmt: skip
Located = tuple[str, Mapping[str, Any]]  # JSON pointer and schema


def subschemas(schema: Mapping[str, Any], pointer: str = "") -> Iterator[Located]:
    """Yield the schema and all schemas within it, outermost first, each with its JSON pointer."""
    yield pointer, schema
    for at, inner in children(schema, pointer):
        yield from subschemas(inner, at)


def children(schema: Mapping[str, Any], pointer: str) -> Iterator[Located]:
    """(JSON pointer, schema) of each schema directly within the schema that is an object, not true or false."""
    schemas = [(keyword, schema[keyword]) for keyword in _HOLDS_SCHEMA if keyword in schema]
    lists = [(key, schema[key]) for key in _HOLDS_SCHEMAS if isinstance(schema.get(key), list)]
    schemas += [(f"{key}/{at}", inner) for key, inners in lists for at, inner in enumerate(inners)]
    schemas += [
        (f"{key}/{escaped(name)}", inner)
        for key in _HOLDS_NAMED_SCHEMAS
        for name, inner in members(schema, key).items()
    ]
    return ((f"{pointer}/{at}", inner) for at, inner in schemas if isinstance(inner, dict))


def members(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The schemas by name under a keyword; none if something else stands there."""
    found = schema.get(key)
    return found if isinstance(found, dict) else {}
