"""JSON Schemas in registry entries: that they are sound, and which properties they know."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import unquote

from batch_processor.document.json_path import follow
from batch_processor.document.pointers import location
from batch_processor.document.shape import Finding, checked, expected
from batch_processor.document.wording import shown

# A schema with one of these keywords may have properties that it does not list itself.
_COMPOSED = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "patternProperties")
)


# What may stand beside a reference without saying more of the value than it does.
_BESIDE_REFERENCE = frozenset(("$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "type"))


def schema_findings(schema: Any) -> Iterator[Finding]:
    """Yield what keeps values from being checked against the schema."""
    # Imported where it is used: a handler that meets no schema does not pay for it.
    from batch_processor.json_schema.problems import schema_problems

    # A schema that is no object is reported by the type of its field.
    for problem in schema_problems(schema) if isinstance(schema, dict) else ():
        yield Finding(location(schema, problem.pointer), problem.message)


def object_findings(schema: Any) -> Iterator[Finding]:
    """Yield what keeps values from being checked against the schema, and a schema that is not of an object."""
    findings = list(schema_findings(schema))
    yield from findings
    kind = main_schema(schema).get("type", "object") if isinstance(schema, dict) else "object"
    if not findings and kind != "object" and not (isinstance(kind, list) and "object" in kind):
        yield Finding(("type",), f"expected the schema of an object, got that of {shown(kind)}")


def main_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a schema's own `$ref` leads to, as generators write it: {$ref: "#/$defs/Lead", $defs}; else itself.

    An `allOf` with nothing but that reference in it is one too.
    """
    found, followed = schema, set[str]()
    while isinstance(reference := _reference(found), str) and reference.startswith("#/") and reference not in followed:
        followed.add(reference)
        inner = follow(location(schema, unquote(reference[1:])), schema)
        if not isinstance(inner, Mapping):
            break
        found = inner
    return found


def _reference(schema: Mapping[str, Any]) -> Any:
    if not schema.keys() <= {"$ref", "allOf", *_BESIDE_REFERENCE}:
        return None
    match schema.get("allOf"):
        case [{"$ref": reference}] if "$ref" not in schema:
            return reference
        case None:
            return schema.get("$ref")
    return None


def known_properties(schema: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """The properties that an object may have, in the schema's order; None if it may have any."""
    schema = None if schema is None else main_schema(schema)
    if schema is None or not isinstance(schema.get("properties"), Mapping) or _COMPOSED & schema.keys():
        return None
    # Strictly taken a schema that says nothing of others allows them; whoever lists properties rarely means that.
    if schema.get("additionalProperties", False) is not False:
        return None
    return tuple(schema["properties"])


InputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(schema_findings)]
OutputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(object_findings)]
