import json
import random
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batch_processor.errors import AnswerSchemaInvalid, StructuredOutputInvalid
from batch_processor.extraction.structured_output import check_answer
from batch_processor.json_schema import violations
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entries import parse_entry
from tests.unit.registry_entries import make_agent
from tests.unit.schema_cases import SECRET, Case, make_case

ANSWERS = 1_000
KINDS = ("type", "enum", "range", "required", "format", "pattern", "extra property", "nested", "array items")
TICKET = {
    "type": "object",
    "properties": {
        "category": {"type": "string"},
        "priority": {"type": "string", "enum": ["low", "medium", "high"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["category", "priority"],
}


def cases() -> list[Case]:
    """Half of them fit; the others are broken in one way each, every kind as often as the others."""
    rng = random.Random(20261121)
    wanted = [KINDS[number % len(KINDS)] if number % 2 else None for number in range(ANSWERS)]
    wanted = [None if kind is None else KINDS[number // 2 % len(KINDS)] for number, kind in enumerate(wanted)]
    found = []
    for kind in wanted:
        case = None
        while case is None:
            case = make_case(rng, kind)
        found.append(case)
    return found


def reason(answer: Any, schema: Any) -> str:
    """What is told of the answer, without the words around it; empty if it fits."""
    try:
        check_answer(answer, schema)
    except StructuredOutputInvalid as exc:
        told = re.fullmatch(r"The structured output is not what its schema says: (.*)\.", str(exc), re.DOTALL)
        assert told
        return told[1]
    return ""


def test_a_thousand_generated_answers_are_judged_right() -> None:
    judged: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for case in cases():
        refused = bool(reason(case.answer, case.schema))
        judged[case.violation.kind if case.violation else "none", refused] += 1
        if refused is not bool(case.violation):
            wrong.append(case)
    assert wrong == []
    assert judged["none", False] == ANSWERS // 2
    assert {kind: judged[kind, True] for kind in KINDS} == {
        kind: ANSWERS // 2 // len(KINDS) + (number < ANSWERS // 2 % len(KINDS)) for number, kind in enumerate(KINDS)
    }


def test_every_violation_is_told_with_its_place_and_without_the_answer() -> None:
    for case in cases():
        if case.violation:
            told = reason(case.answer, case.schema)
            assert SECRET not in told
            # A name that need not be a field's is not said, only where it is the schema's own.
            place = "/".join(step if re.fullmatch(r"\w*", step) else "(" for step in case.violation.pointer.split("/"))
            assert all(step in told for step in place.split("/"))


def test_generated_answers_that_fit_are_what_jsonschema_itself_takes() -> None:
    # It knows no \p, and its multiples of 0.01 are those of the binary fraction.
    for case in cases():
        if not case.violation and r"\p" not in (text := json.dumps(case.schema)) and "multipleOf" not in text:
            Draft202012Validator(case.schema).validate(case.answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"category": "x", "priority": "low"}, ""),
        ({"category": "x", "priority": "low", "confidence": 1, "more": None}, ""),
        ({"priority": "low"}, "the whole: 'category' is missing"),
        (
            {"category": 5, "priority": "now"},
            (
                "/category: expected a string, got a number; "
                '/priority: expected "low", "medium" or "high", got a string of 3 characters'
            ),
        ),
    ],
)
def test_the_ticket_schema_of_the_first_users(answer: Any, told: str) -> None:
    assert reason(answer, TICKET) == told


@pytest.mark.parametrize(
    ("schema", "value", "told"),
    [
        ({"type": ["string", "null"]}, 5, "expected a string or null, got a number"),
        ({"type": "array"}, {}, "expected an array, got an object"),
        ({"type": "boolean"}, None, "expected true or false, got null"),
        ({"const": {"a": 1}}, {"a": True}, 'expected {"a": 1}, got an object'),
        ({"enum": list(range(20))}, "x", "expected one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …, got a string of 1 characters"),
        ({"minimum": 3}, 2, "expected at least 3"),
        ({"exclusiveMinimum": 3}, 3, "expected more than 3"),
        ({"exclusiveMaximum": 3}, 3, "expected less than 3"),
        ({"multipleOf": 0.01}, 0.001, "expected a multiple of 0.01"),
        ({"minLength": 3}, "ab", "expected at least 3 characters, got 2"),
        ({"maxLength": 1}, "ab", "expected at most 1 characters, got 2"),
        ({"minItems": 2}, [1], "expected at least 2 items, got 1"),
        ({"maxItems": 0}, [1], "expected at most 0 items, got 1"),
        ({"minProperties": 1}, {}, "expected at least 1 properties, got 0"),
        ({"maxProperties": 1}, {"a": 1, "b": 2}, "expected at most 1 properties, got 2"),
        ({"uniqueItems": True}, [1, 1.0], "expected items that differ from each other"),
        ({"pattern": "^a+$"}, "b", "expected text that matches ^a+$, got a string of 1 characters"),
        ({"pattern": "a" * 300}, "b", f"expected text that matches {'a' * 200}…, got a string of 1 characters"),
        ({"format": "uri"}, "x", "expected the format uri, as https://example.com/page, got a string of 1 characters"),
        ({"format": "idn-email"}, "x", "expected the format idn-email, got a string of 1 characters"),
        ({"not": {"type": "string"}}, "x", "it is what the schema rules out"),
        ({"contains": {"const": 1}}, [2], "none of the items is of the kind that must be among them"),
        ({"contains": {"const": 1}, "minContains": 2}, [1], "too few of the items are of the kind that must be among them"),
        ({"contains": {"const": 1}, "maxContains": 1}, [1, 1], "too many of the items are of one kind"),
        ({"prefixItems": [True], "items": False}, [1, 2], "it has more items than are allowed"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "a property is missing that another one needs beside it"),
        ({"unevaluatedProperties": False}, {"a": 1}, "it has properties that are not allowed"),
        ({"unevaluatedItems": False}, [1], "it has items that are not allowed"),
        ({"additionalProperties": False}, {"oter": 1}, "'oter' is no property here"),
        ({"additionalProperties": False}, {"a@b.c": 1}, "a name of 5 characters is no property here"),
        ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "x", "it fits more than one of 2 alternatives, expected exactly one"),
        ({"anyOf": [{"type": "string"}, {"type": ["null", "string"]}]}, 5, "expected a string or null, got a number"),
        (
            {"anyOf": [{"type": "array"}, {"properties": {"n": {"type": "integer"}}, "required": ["n"]}]},
            {"n": True},
            "it fits none of 2 alternatives; nearest is the one where /value/n: expected an integer, got true or false",
        ),
        (
            {"oneOf": [{"required": ["a", "b"]}, {"required": ["c"]}]},
            {},
            "it fits none of 2 alternatives; nearest is the one where /value: 'c' is missing",
        ),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, "'b' is missing"),
        ({"$ref": "#/$defs/n", "$defs": {"n": {"type": "number"}}}, "x", None),
    ],
)  # fmt: skip
def test_every_keyword_is_told_in_words(schema: dict[str, Any], value: Any, told: str | None) -> None:
    whole = {"properties": {"value": schema, "other": True}, "$defs": schema.pop("$defs", {})}
    told = told or "expected a number, got a string of 1 characters"
    assert reason({"value": value, "other": 1}, whole) == f"/value: {told}"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"multipleOf": 0.01}, 19.99),
        ({"multipleOf": 0.1}, 4.35e2),
        ({"multipleOf": 3}, 1e20 * 3),
        ({"multipleOf": 0.01}, "text"),
        ({"pattern": "^[A-Z]+$"}, 5),
        ({"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": False}, {"x-a": "b"}),
        ({"patternProperties": {"^x-": {"type": "string"}}}, [1]),
        ({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}, {"a": "x", "b": 1}),
        ({"additionalProperties": False}, "text"),
        ({"required": ["a"]}, "text"),
        ({"type": "integer"}, 5.0),
        ({"enum": [1.0]}, 1),
        ({"format": "currency"}, "anything"),
        ({"format": "date"}, 5),
        ({"maxLength": 1}, "😀"),
    ],
)
def test_what_a_schema_allows_passes(schema: dict[str, Any], value: Any) -> None:
    check_answer({"value": value}, {"properties": {"value": schema}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"multipleOf": 0.01}, float("inf")),
        ({"patternProperties": {"^x-": {"type": "string"}}}, {"x-a": 1}),
        ({"additionalProperties": {"type": "integer"}}, {"a": "x"}),
        ({"enum": [1]}, True),
        ({"pattern": "^a$"}, "a\n"),
        ({"pattern": r"^\d$"}, "٣"),
        ({"properties": {"a": False}}, {"a": 1}),
        ({"patternProperties": {"^a": False}}, {"a": 1}),
        ({"additionalProperties": False}, {"a": 1}),
    ],
)
def test_what_a_schema_does_not_allow_is_refused(schema: Any, value: Any) -> None:
    assert reason({"value": value}, {"properties": {"value": schema}}).startswith("/value")


def test_schema_that_allows_nothing_says_so() -> None:
    assert reason({"value": 1}, {"properties": {"value": False}}) == "the whole: 'value' is no property here"
    assert reason({"value": [1]}, {"properties": {"value": {"items": {"allOf": [False]}}}}).endswith(
        "nothing is allowed here"
    )


def test_property_names_are_judged_without_being_said() -> None:
    schema = {"properties": {"value": {"propertyNames": {"maxLength": 3}}}}
    assert reason({"value": {"a@b.example": 1}}, schema) == "/value: expected at most 3 characters, got 11"


def test_keyword_without_words_of_its_own_is_named() -> None:
    schema = {
        "properties": {"value": {"$dynamicRef": "#/$defs/x"}},
        "$defs": {"x": {"dependentRequired": {"a": ["b"]}}},
    }
    assert reason({"value": {"a": 1}}, schema).startswith("/value: ")


def test_places_name_only_what_may_be_a_field() -> None:
    inner = {"additionalProperties": {"type": "integer"}}
    answer = {"people": {"a@b.example": "x", "count": "y"}}
    assert reason(answer, {"properties": {"people": inner}}) == (
        "/people/(a name of 11 characters): expected an integer, got a string of 1 characters; "
        "/people/count: expected an integer, got a string of 1 characters"
    )


def test_first_violations_are_told_and_the_others_counted() -> None:
    told = reason({"items": ["x"] * 9}, {"properties": {"items": {"items": {"type": "integer"}}}})
    assert told.count("expected an integer") == 5
    assert told.startswith("/items/0: ")
    assert told.endswith("; and 4 more")


def test_schema_s_own_version_changes_nothing() -> None:
    for dialect in ("https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#"):
        schema = {"$schema": dialect, "properties": {"price": {"multipleOf": 0.01}, "next": {"$ref": "#"}}}
        check_answer({"price": 19.99, "next": {"price": 19.99}}, schema)
        assert reason({"next": {"price": 0.001}}, schema) == "/next/price: expected a multiple of 0.01"


def test_pattern_that_would_backtrack_for_ages_takes_no_time() -> None:
    # With re this takes longer than the universe has.
    assert reason({"value": "a" * 50_000 + "!"}, {"properties": {"value": {"pattern": "^(a+)+$"}}})


def test_answer_nested_beyond_what_can_be_checked_is_refused() -> None:
    answer: dict[str, Any] = {}
    for _ in range(5_000):
        answer = {"next": answer}
    with pytest.raises(StructuredOutputInvalid, match="nested too deeply"):
        check_answer(answer, {"properties": {"next": {"$ref": "#"}}})


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"type": "strng"}}},
        {"properties": {"a": {"$ref": "#/$defs/nowhere"}}},
        {"properties": {"a": {"$ref": "https://example.com/schema.json"}}},
        {"properties": {"a": {"pattern": "("}}},
        {"properties": {"a": {"minLength": "x"}}},
    ],
)
def test_schema_that_is_none_is_not_the_answer_s_fault(schema: Any) -> None:
    with pytest.raises(AnswerSchemaInvalid) as caught:
        check_answer({"a": SECRET}, schema)
    assert str(caught.value).endswith("Register it again to see what is wrong.")
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


def test_schema_is_compiled_once_while_it_is_in_use() -> None:
    violations._validator.cache_clear()
    for _ in range(3):
        check_answer({}, json.loads('{"type": "object"}'))
    assert violations._validator.cache_info()[:2] == (2, 1)
    for number in range(50):
        check_answer({}, {"maxProperties": number})
    info = violations._validator.cache_info()
    assert info.currsize == info.maxsize == 16


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(answer=st.dictionaries(st.sampled_from(["category", "score", "when", "x"]), JSON), seed=st.integers(0, 300))
def test_any_answer_either_fits_or_is_refused_with_a_reason(answer: Any, seed: int) -> None:
    case = make_case(random.Random(seed), None)
    assert case
    reason(answer, case.schema)  # which asserts the form of the message


def test_number_beyond_floats_is_a_multiple_or_not() -> None:
    check_answer({"n": 10**400}, {"properties": {"n": {"multipleOf": 10}}})
    with pytest.raises(StructuredOutputInvalid, match="/n: "):
        check_answer({"n": 10**400 + 1}, {"properties": {"n": {"multipleOf": 10}}})


def test_one_of_several_registered_schemas_is_read_as_any_other() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {"p": {"multipleOf": 0.01}, "s": {"pattern": "^(a+)+$"}},
        "required": ["p"],
    }
    schemas = {"one": {"schema": schema}, "two": {"schema": {**schema, "required": ["q"]}}}
    entry = parse_entry("agent", make_agent(structured_output={"enabled": True, "schemas": schemas}))
    assert isinstance(entry, AgentEntry)
    assert entry.output_schema
    check_answer({"p": 19.99}, entry.output_schema)
    with pytest.raises(StructuredOutputInvalid):
        check_answer({"p": 19.99, "s": "a" * 200_000 + "!"}, entry.output_schema)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan"), 1e400])
def test_number_that_json_does_not_have_is_no_number(number: float) -> None:
    with pytest.raises(
        StructuredOutputInvalid, match=r"/n/0: expected a number, got a number beyond those that JSON has"
    ):
        check_answer({"n": [number]}, {"properties": {"n": {"items": {"type": "number"}}}})
    with pytest.raises(StructuredOutputInvalid, match="beyond those that JSON has"):
        check_answer({"free": number}, {})
