"""Whether the fields that extraction rules find can fit the registered schema at all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from batch_processor.config.extraction import Rule, finds_others, named_fields
from batch_processor.contract.rules import FieldRules
from batch_processor.document.wording import choices, shown
from batch_processor.registry.json_schema import main_schema

# The transform that makes each of these types; other transforms, and patterns, leave text.
_TO_TYPE = {"number": "to_number", "integer": "to_integer", "boolean": "to_boolean"}
_TEXTS = ("to_text", "to_date", "trim", "collapse_spaces", "lower", "upper", "first_line", "last_line")


def misfits(rules: Sequence[Rule], schema: Mapping[str, Any]) -> Iterator[str]:
    """Why every answer would fail: a required field that no rule finds, a text where the schema wants another type."""
    schema = main_schema(schema)
    if not finds_others(rules):
        named = named_fields(rules)
        yield from (
            f"the registered schema requires {shown(name)}, which no extraction rule finds; add a rule for it"
            for name in schema.get("required", ())
            if name not in named
        )
    properties = schema.get("properties", {})
    for name in dict.fromkeys(_texts(rules)):
        wanted = _type_of(properties.get(name))
        if wanted and "string" not in wanted:
            advice = next((_TO_TYPE[kind] for kind in wanted if kind in _TO_TYPE), "parse_json")
            yield (
                f"the rules find {shown(name)} as text, and the registered schema wants {choices(wanted)}; write "
                f"| {advice} behind the path, or give the field that type"
            )


def _type_of(schema: Any) -> tuple[str, ...]:
    kind = schema.get("type", ()) if isinstance(schema, Mapping) else ()
    return (kind,) if isinstance(kind, str) else tuple(kind)


def _texts(rules: Sequence[Rule]) -> Iterator[str]:
    """The fields whose every place ends in a pattern, or in a transform that leaves text."""
    # Imported where it is used: most targets have no rules.
    from batch_processor.extraction.compiling import compile_rules

    for rule in compile_rules(list(rules)):
        if "field_ways" in rule:
            by_ways = cast("FieldRules", rule)["field_ways"]
            yield from (field["field"] for field in by_ways if all(map(_is_text, field["ways"])))
        else:
            yield from (field["field"] for field in rule.get("fields", []) if _is_text(field))


def _is_text(path: Mapping[str, Any]) -> bool:
    last = (path.get("treatments") or [{}])[-1]
    return "parse" in last or last.get("transform") in _TEXTS
