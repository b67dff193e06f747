"""JSON Schemas in registry entries: that they are sound, and which properties they know."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from ..config.shape import Finding, Location, checked, expected
from ..config.wording import shown, suggestion

# Imported where it is used: a handler that meets no schema does not pay for it.

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
# What stands in these is no schema, whatever it looks like.
_VALUES = ("const", "default", "enum", "examples")
# With one of these, properties come from elsewhere too.
_COMPOSED = frozenset(
    ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "patternProperties")
)


def schema_findings(schema: Any) -> Iterator[Finding]:
    """Yield what keeps answers from being checked against the schema, in the dialect that it names, else 2020-12."""
    if not isinstance(schema, dict):
        return
    if not isinstance(schema.get("$schema", ""), str):
        yield Finding(("$schema",), f"expected the URI of a dialect, got {shown(schema['$schema'])}")
        return
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    dialect = validator_for(schema, default=Draft202012Validator)
    faults = dialect(dialect.META_SCHEMA, format_checker=dialect.FORMAT_CHECKER).iter_errors(schema)
    found = dict.fromkeys(Finding(tuple(error.absolute_path), _told(error)) for error in faults)
    yield from found
    if not found:
        yield from _dangling(schema)


def object_findings(schema: Any) -> Iterator[Finding]:
    """Yield the same, and that what a target takes or answers is an object."""
    found = list(schema_findings(schema))
    yield from found
    kind = schema.get("type", "object") if isinstance(schema, dict) else "object"
    if not found and kind != "object" and not (isinstance(kind, list) and "object" in kind):
        yield Finding(("type",), f"expected the schema of an object, got that of {shown(kind)}")


def known_properties(schema: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """The properties that an object may have, in the schema's order; None if it may have any."""
    if schema is None or not isinstance(schema.get("properties"), Mapping) or _COMPOSED & schema.keys():
        return None
    # Strictly taken a schema that says nothing of others allows them; whoever lists properties rarely means that.
    if schema.get("additionalProperties", False) is not False:
        return None
    return tuple(schema["properties"])


def _told(error: Any) -> str:
    if error.absolute_path and error.absolute_path[-1] == "type":
        return f"{shown(error.instance)} is no type of JSON; {suggestion(error.instance, _TYPES)}"
    if error.validator == "format" and error.validator_value == "regex":
        return f"{shown(error.instance)} is no regular expression: {error.cause}"
    return str(error.message)


def _dangling(schema: dict[str, Any]) -> Iterator[Finding]:
    import referencing
    import referencing.exceptions
    from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

    resource = referencing.Resource.from_contents(schema, default_specification=DRAFT202012)
    resolver = EMPTY_REGISTRY.resolver_with_root(resource)
    for location, reference in _references(schema, ()):
        try:
            resolver.lookup(reference)
        except (referencing.exceptions.Unresolvable, referencing.exceptions.NoSuchResource, ValueError):
            yield Finding(
                location, f"{shown(reference)} leads nowhere; a schema may refer to its own parts, as #/$defs/name"
            )


def _references(value: Any, at: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(child, (*at, index))
    if not isinstance(value, dict) or ("$id" in value and at):
        return  # an inner $id begins another document
    for key, child in value.items():
        if key in ("$ref", "$dynamicRef") and isinstance(child, str):
            yield (*at, key), child
        elif key not in _VALUES:
            yield from _references(child, (*at, key))


InputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(schema_findings)]
OutputSchema = Annotated[dict[str, Any], expected("a JSON Schema, an object {…}"), checked(object_findings)]
