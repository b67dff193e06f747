from typing import Any

import pytest

from batch_processor.registry.rule_fit import misfits

SCHEMA = {
    "properties": {
        "exchange": {"type": "string"},
        "speed": {"type": "number"},
        "up": {"type": ["boolean", "null"]},
        "any": {},
    },
    "required": ["exchange", "speed"],
}
REQUIRED = 'the registered schema requires "speed", which no extraction rule finds; add a rule for it'


def method(**places: str) -> dict[str, Any]:
    return {"method": "tool_result", "field_mappings": places}


def field(name: str, *ways: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"method": "fields", "fields": [{"name": name, "extraction": list(ways), **others}]}


PATTERN = {"type": "tool_result", "pattern": "Speed: (.+)"}


@pytest.mark.parametrize(
    "rules",
    [
        [method(exchange="$.content", speed="$.content | parse('Speed: (.+)') | to_number")],
        [method(exchange="$.content"), method(speed="$.speed")],
        [{"method": "direct"}],
        [method(exchange="$.content | parse('(.+)')", any="$.x | trim", speed="$.speed | first_number")],
        [method(exchange="$.content"), field("speed", PATTERN, type="number")],
        [method(exchange="$.content"), field("speed", PATTERN, {"type": "direct", "path": "$.speed"})],
    ],
)
def test_rules_that_can_make_what_the_schema_wants_are_taken(rules: list[dict[str, Any]]) -> None:
    assert list(misfits(rules, SCHEMA)) == []


def test_required_field_that_no_rule_finds_is_told() -> None:
    assert list(misfits([method(exchange="$.content")], SCHEMA)) == [REQUIRED]


@pytest.mark.parametrize(
    ("rule", "wanted", "advice"),
    [
        (method(exchange="$.a", speed="$.content | parse('Speed: (.+)')"), "number", "to_number"),
        (
            method(exchange="$.a", speed="$.b | to_number", up="$.content | parse('Up: (.+)') | lower"),
            "boolean or null",
            "to_boolean",
        ),
    ],
)
def test_text_where_the_schema_wants_none_is_told_with_the_transform(
    rule: dict[str, Any], wanted: str, advice: str
) -> None:
    [told] = misfits([rule], SCHEMA)
    assert f"wants {wanted}; write | {advice} behind the path" in told


def test_ways_that_all_find_text_are_told() -> None:
    [told] = misfits([method(exchange="$.a"), field("speed", PATTERN, PATTERN)], SCHEMA)
    assert told.startswith('the rules find "speed" as text')
