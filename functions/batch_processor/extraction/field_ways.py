"""Reads the fields of a SchemaRegistry's entry, each with ways of its own: `{name, type, extraction: [{type, …}]}`."""

from collections.abc import Mapping
from typing import Any, Final, cast

from batch_processor.contract.rules import METHODS, FieldRules, FieldWays, MethodName, Path, Treatment, Way
from batch_processor.extraction.pipelines import read_pattern, read_transform
from batch_processor.extraction.reading import Reading

_FIELD_KEYS = ("name", "type", "extraction", "description")
_WAY_KEYS = ("type", "tool", "tool_name", "path", "pattern", "transform")
_SHORT_NAMES: Final[dict[str, MethodName]] = {"structured": "structured_output"}
_BY_TYPE: Final[dict[str, Treatment | None]] = {
    "string": {"transform": "to_text"},
    "number": {"transform": "to_number"},
    "integer": {"transform": "to_integer"},
    "boolean": {"transform": "to_boolean"},
    "object": None,
    "array": None,
}


def read_field_rules(reading: Reading, fields: Any, at: str) -> FieldRules:
    """The one rule for these fields; their problems are added to `reading`."""
    form = "{name, type, extraction}"
    return FieldRules(field_ways=reading.list(fields, at, lambda given, at: _field(reading, given, at), form))


def _field(reading: Reading, given: Mapping[str, Any], at: str) -> FieldWays:
    reading.check_keys(given, _FIELD_KEYS, at)
    name = reading.text(given["name"], f"{at}/name", str) if "name" in given else None
    if "name" not in given:
        reading.tell(at, "'name' is missing: what the field is called")
    kind = reading.choice(given, "type", _BY_TYPE, at) if "type" in given else None
    treatment = _BY_TYPE[kind] if kind else None
    ways = reading.list(
        given.get("extraction"), f"{at}/extraction", lambda given, at: _way(reading, given, at, treatment), "{type, …}"
    )
    return FieldWays(field=name or "", ways=ways)


def _way(reading: Reading, given: Mapping[str, Any], at: str, treatment: Treatment | None) -> Way:
    reading.check_keys(given, _WAY_KEYS, at)
    name = reading.choice(given, "type", (*_SHORT_NAMES, *METHODS), at)
    if name is None:
        return Way(by="direct")
    method = _SHORT_NAMES.get(name) or cast("MethodName", name)
    treatments = [*_treatments(reading, given, at), *([treatment] if treatment else [])]
    path = _path(reading, given, at, method)
    if treatments:
        path["treatments"] = [*path.get("treatments", []), *treatments]
    way = cast("Way", {"by": method, **path})
    for key in ("tool", "tool_name"):
        if tool_name := reading.tool_name(given, key, method, at):
            way["tool_name"] = tool_name
    return way


def _path(reading: Reading, given: Mapping[str, Any], at: str, method: MethodName) -> Path:
    if "path" in given:
        return reading.path(given["path"], f"{at}/path", method)
    if method != "tool_result":
        reading.tell(at, f"'path' is missing: where {method} finds the field")
    elif "pattern" not in given:
        reading.tell(at, "'pattern' or 'path' is missing: where tool_result finds the field")
    return Path(steps=["content"])


def _treatments(reading: Reading, given: Mapping[str, Any], at: str) -> list[Treatment]:
    treatments = [
        reading.text(given[key], f"{at}/{key}", read)
        for key, read in (("pattern", read_pattern), ("transform", read_transform))
        if key in given
    ]
    return [treatment for treatment in treatments if treatment]
