"""Makes up one value that a JSON Schema allows, always the same: what a stack answers before anything is recorded."""

import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

import rstr

from batch_processor.document.json_path import MISSING, Missing
from batch_processor.json_schema.dialect import make_validator
from batchctl.factory.json_schema import resolved

_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/sample",
    "uri-reference": "/sample",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(schema: Mapping[str, Any]) -> Any | Missing:
    """A value of the schema, with all properties where that can be; MISSING where none is found."""
    return _Sampler(schema).value(dict(schema), frozenset())


class _Sampler:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._validator = make_validator(root)

    def value(self, schema: Any, inside: frozenset[str]) -> Any | Missing:
        """The first candidate that the schema allows; `inside` are the references that led here, which end there."""
        if schema is True:
            return "sample"
        try:
            flat, inside = self._flat(schema, inside)
        except RecursionError:
            return MISSING
        checker = self._validator.evolve(schema=schema)
        return next((found for found in self._candidates(flat, inside) if checker.is_valid(found)), MISSING)

    def _flat(self, schema: Any, inside: frozenset[str]) -> tuple[dict[str, Any], frozenset[str]]:
        """The schema with what it refers to, and all parts of its allOf, put together as far as that is one object."""
        if not isinstance(schema, dict):
            return {}, inside
        if reference := schema.get("$ref"):
            if reference in inside:
                raise RecursionError(reference)
            inside |= {reference}
            target = resolved({"$ref": reference}, self._root)
            others = {key: value for key, value in schema.items() if key != "$ref"}
            return self._flat({**others, "allOf": [target, *schema.get("allOf", [])]}, inside)
        flat = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema.get("allOf", []):
            part, inside = self._flat(part, inside)
            properties = {**part.get("properties", {}), **flat.get("properties", {})}
            required = [*flat.get("required", []), *part.get("required", [])]
            flat = {**part, **flat, "properties": properties, "required": required}
        return flat, inside

    def _candidates(self, schema: dict[str, Any], inside: frozenset[str]) -> Iterator[Any]:
        if "const" in schema:
            yield schema["const"]
        yield from schema.get("examples", [])
        if "default" in schema:
            yield schema["default"]
        yield from schema.get("enum", [])
        for branch in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
            rest = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf")}
            found = self.value({"allOf": [branch], **rest}, inside)
            if found is not MISSING:
                yield found
        types = schema.get("type", ["object" if schema.get("properties") else "string", "number", "object", "array"])
        for name in [types] if isinstance(types, str) else types:
            yield from self._of_type(name, schema, inside)

    def _of_type(self, name: str, schema: dict[str, Any], inside: frozenset[str]) -> Iterator[Any]:
        match name:
            case "string":
                yield from _texts(schema)
            case "integer" | "number":
                yield from _numbers(schema)
            case "boolean":
                yield from (True, False)
            case "null":
                yield None
            case "array":
                yield self._array(schema, inside)
            case "object":
                yield self._object(schema, list(schema.get("properties", {})), inside)
                yield self._object(schema, schema.get("required", []), inside)

    def _array(self, schema: dict[str, Any], inside: frozenset[str]) -> list[Any]:
        first = [self.value(item, inside) for item in schema.get("prefixItems", [])]
        count = max(schema.get("minItems", 0), 0 if schema.get("maxItems") == 0 else 1) - len(first)
        items = [self.value(schema.get("items", True), inside)] * max(count, 0)
        return [item for item in (*first, *items) if item is not MISSING]

    def _object(self, schema: dict[str, Any], names: list[str], inside: frozenset[str]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        values = {name: self.value(properties.get(name, True), inside) for name in names}
        return {name: value for name, value in values.items() if value is not MISSING}


def _texts(schema: Mapping[str, Any]) -> Iterator[str]:
    if "pattern" in schema:
        yield _matching(schema["pattern"])
    text = _TEXTS.get(schema.get("format", ""), "sample")
    yield text
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
    yield (text * (least // len(text) + 1))[: max(least, min(most, len(text)))]


def _matching(pattern: str) -> str:
    try:
        return str(rstr.Rstr(random.Random(0)).xeger(pattern))  # noqa: S311 # the same text every time
    except Exception:  # of a pattern that it cannot read, it raises this and that
        return ""


def _numbers(schema: Mapping[str, Any]) -> Iterator[float]:
    yield from (1, 0)
    step = schema.get("multipleOf", 1)
    for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if key in schema:
            bound = schema[key]
            near = math.floor(bound / step) * step
            yield from (bound, near, near + step, near - step, bound + 0.5, bound - 0.5)
    yield step
