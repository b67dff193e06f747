"""JSON Schemas in registry entries: that they are sound, and which properties they know."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from batch_processor.document.pointers import location
from batch_processor.document.shape import Finding, checked, expected
from batch_processor.document.wording import shown

# A schema with one of these keywords may have properties that it does not list itself.
_COMPOSED = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "patternProperties")
)


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
    kind = schema.get("type", "object") if isinstance(schema, dict) else "object"
    if not findings and kind != "object" and not (isinstance(kind, list) and "object" in kind):
        yield Finding(("type",), f"expected the schema of an object, got that of {shown(kind)}")


def known_properties(schema: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """The properties that an object may have, in the schema's order; None if it may have any."""
    if schema is None or not isinstance(schema.get("properties"), Mapping) or _COMPOSED & schema.keys():
        return None
    # Strictly taken a schema that says nothing of others allows them; whoever lists properties rarely means that.
    if schema.get("additionalProperties", False) is not False:
        return None
    return tuple(schema["properties"])


InputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(schema_findings)]
OutputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(object_findings)]
