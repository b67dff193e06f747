import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.extraction.compiling import compile_rules
from batch_processor.extraction.methods import Extracted, NothingExtracted, extract
from tests.unit.extraction.answers import (
    FIELDS,
    PRINTED,
    TEXT,
    browsed,
    conversation,
    printed,
    said,
    tool_result,
    tool_use,
)

SPEC = yaml.safe_load((Path(__file__).parent / "spec_rules.yaml").read_text(encoding="utf-8"))
SECRET = "ssn 6789"


def found(answer: Any, rules: Any) -> tuple[dict[str, Any], str]:
    extracted = extract(answer, compile_rules(rules))
    assert isinstance(extracted, Extracted), extracted
    return extracted.fields, extracted.method


def reasons(answer: Any, rules: Any) -> tuple[str, ...]:
    extracted = extract(answer, compile_rules(rules))
    assert isinstance(extracted, NothingExtracted), extracted
    return extracted.reasons


def by(method: str, *paths: str, **others: Any) -> list[dict[str, Any]]:
    names = "abcdef"
    return [{"method": method, "field_mappings": dict(zip(names, paths, strict=False)), **others}]


@pytest.mark.parametrize(
    ("name", "answer", "fields", "method"),
    [
        ("generic output configuration", {"structured_output": PRINTED}, FIELDS, "structured_output (print_output)"),
        ("generic output configuration", printed(), FIELDS, "structured_output (print_output)"),
        ("generic output configuration", browsed(), FIELDS, "tool_result (browser_broadband)"),
        ("generic output configuration", conversation(said(TEXT)), {**FIELDS, "cabinet": "Direct Exchange"}, "jmespath"),
        ("web search", {"results": [{"title": "T", "url": "u"}, {}]}, {"title": "T", "url": "u"}, "results_array"),
        ("tool result parsing", browsed("Exchange: NEW CROSS"), {"exchange": "NEW CROSS"}, "tool_result (browser_broadband)"),
        ("jmespath extraction", conversation(said(TEXT)), {"exchange": "WHITEHALL"}, "jmespath"),
        ("direct mapping", {"category": "x", "confidence": 0.5}, {"category": "x", "confidence": 0.5}, "direct"),
        ("classification tool", {"type": "structured_output", "content": {"category": "x"}}, {"category": "x"}, "direct"),
        ("schema registry", {"structured_output": PRINTED}, FIELDS, "fields: structured_output"),
        ("schema registry", browsed("Exchange: A"), {"exchange": "A"}, "fields: tool_result (browser_broadband)"),
        (
            "schema registry",
            {**browsed("Exchange: A"), "structured_output": PRINTED},
            {"exchange": "A", "download_speed": "50-330 Mbps"},
            "fields: tool_result (browser_broadband), structured_output",
        ),
        ("generic output mapper", browsed("Exchange: A"), {"exchange": "A"}, "tool_result (browser_broadband)"),
        ("generic output mapper", printed({"cabinet": "9"}), {"cabinet": "9"}, "structured_output (print_output)"),
    ],
)  # fmt: skip
def test_rules_of_the_first_users_find_their_fields(name: str, answer: Any, fields: Any, method: str) -> None:
    assert found(answer, SPEC[name]) == (fields, method)
    assert found({"Output": json.dumps(answer)}, SPEC[name]) == (fields, method)


def test_first_method_that_finds_any_field_wins() -> None:
    rules = [*by("direct", "nothing", "here"), *by("direct", "x", "y"), *by("direct", "y")]
    assert found({"y": 2}, rules) == ({"b": 2}, "direct")


def test_methods_that_find_nothing_say_why_and_the_one_that_got_furthest_first() -> None:
    rules = [
        {"method": "structured_output", "tool_name": "print"},
        *by("tool_result", "$.content | parse('Exchange: (.+)')", tool_name="browser"),
        {"method": "jmespath", "paths": {"a": "messages[-1].x"}},
        *by("direct", "score | to_number", "nulled | trim", "nothing[0]"),
        {"fields": [{"name": "s", "type": "number", "extraction": [{"type": "direct", "path": "score"}]}]},
    ]
    answer = {**conversation(tool_use("browser", {}), tool_result(SECRET)), "score": SECRET, "nulled": None}
    no_number = "to_number: expected a number, got a string of 8 characters"
    assert reasons(answer, rules) == (
        "2. tool_result (browser): a: Exchange: (.+) is not found",
        f"4. direct: a: {no_number}; b: null stands there; c: nothing stands at $.nothing[0]",
        f"5. fields: s: direct: {no_number}",
        "1. structured_output (print): the answer has none that is an object; the messages have calls of browser",
        "3. jmespath: a: nothing stands at messages[-1].x",
    )


def test_expression_that_fails_on_the_answer_is_told_without_it() -> None:
    rules = [{"method": "jmespath", "paths": {"a": "abs(score)"}}]
    assert reasons({"score": SECRET}, rules) == ("1. jmespath: a: abs(score) fails on this answer (JMESPathTypeError)",)


def test_long_list_of_reasons_is_cut() -> None:
    rules = [{"method": "direct", "field_mappings": {f"field_{number}": "x" for number in range(500)}}]
    [reason] = reasons({}, rules)
    assert len(reason) < 400
    assert reason.endswith("…")


def test_nulls_alone_are_no_fields() -> None:
    assert reasons({"x": None}, by("direct", "x")) == ("1. direct: a: null stands there",)
    assert found({"x": None, "y": 0}, by("direct", "x", "y"))[0] == {"a": None, "b": 0}


def test_empty_capture_is_none_and_spaces_around_it_go() -> None:
    assert found(
        browsed("A: \r\nB: x \r\n"), by("tool_result", "content | parse('A:(.*)')", "content | parse('B:(.*)')")
    )[0] == {"b": "x"}


def test_treatments_follow_each_other() -> None:
    path = r"$.content | parse('Speed: ([\d.]+)') | to_number"
    assert found(browsed("Speed: 67.5 Mbps"), by("tool_result", path))[0] == {"a": 67.5}


def test_pattern_reads_json_as_text() -> None:
    assert found({"x": {"speed": 5}}, by("direct", "x | parse('speed.: ([0-9]+)')"))[0] == {"a": "5"}


class TestStructuredOutput:
    RULE = [{"method": "structured_output", "tool_name": "print_output"}]  # noqa: RUF012

    def test_its_usual_places_come_first(self) -> None:
        assert found({**printed({"a": 1}), "structured_output": {"a": 2}}, self.RULE)[0] == {"a": 2}
        assert found({"content": {"structured_output": {"a": 3}}}, self.RULE)[0] == {"a": 3}

    def test_last_call_counts(self) -> None:
        answer = conversation(tool_use("print_output", {"a": 1}), tool_use("print_output", {"a": 2}, id="t2"))
        assert found(answer, self.RULE)[0] == {"a": 2}

    def test_call_that_the_tool_refused_does_not_count(self) -> None:
        refused = [tool_use("print_output", {"a": 2}, id="t2"), tool_result("no", id="t2", is_error=True)]
        assert found(conversation(tool_use("print_output", {"a": 1}), *refused), self.RULE)[0] == {"a": 1}
        assert reasons(conversation(*refused), self.RULE) == (
            "1. structured_output (print_output): the tool refused what it was given",
        )

    @pytest.mark.parametrize(
        "content",
        [{"a": 1}, '{"a": 1}', {"structured_output": {"a": 1}}, {"type": "structured_output", "content": {"a": 1}}],
    )
    def test_result_of_the_tool_counts_where_its_call_is_not_there(self, content: Any) -> None:
        answer = conversation(tool_result(content, name="print_output"))
        assert found(answer, self.RULE)[0] == {"a": 1}

    def test_other_tools_and_texts_do_not_count(self) -> None:
        answer = conversation(tool_use("other", {"a": 1}), tool_result("ok", id="t5", name="print_output"))
        assert reasons(answer, self.RULE) == (
            "1. structured_output (print_output): the answer has none that is an object; the messages have calls of other",
        )

    def test_last_call_that_cannot_be_read_does_not_give_way_to_an_older_one(self) -> None:
        answer = conversation(tool_use("print_output", {"a": 1}), tool_use("print_output", '{"a": 2', id="t2"))
        assert reasons(answer, self.RULE) == (
            "1. structured_output (print_output): its last call has no object as its input but a string of 7 characters",
        )

    def test_last_call_without_fields_does_not_give_way_to_an_older_one(self) -> None:
        answer = conversation(tool_use("print_output", {"a": 1}), tool_use("print_output", {}, id="t2"))
        assert reasons(answer, self.RULE) == ("1. structured_output (print_output): it has no fields",)

    def test_last_word_that_is_an_object_counts_where_no_tool_was_called(self) -> None:
        for text in ('{"a": 4}', '```json\n{"a": 4}\n```'):
            assert found(conversation(said(text)), self.RULE)[0] == {"a": 4}
        answer = conversation(tool_use("print_output", {"a": 1}), said('{"a": 4}'))
        assert found(answer, self.RULE)[0] == {"a": 1}

    def test_text_beside_a_call_is_no_last_word(self) -> None:
        both = {
            "role": "assistant",
            "content": [{"type": "text", "text": '{"a": 4}'}, {"type": "tool_use", "name": "x"}],
        }
        assert reasons(conversation(both), self.RULE)

    def test_null_at_one_place_does_not_hide_the_next(self) -> None:
        answer = {"structured_output": None, "Output": {"structured_output": '{"a": 5}'}}
        assert found(answer, self.RULE)[0] == {"a": 5}

    def test_without_a_tool_only_the_usual_places_count(self) -> None:
        assert reasons(printed(), [{"method": "structured_output"}]) == (
            (
                "1. structured_output: the answer has none that is an object; the messages have calls of print_output; "
                "name the tool as tool_name"
            ),
        )
        assert found({"structured_output": {"a": 1}}, [{"method": "structured_output"}]) == (
            {"a": 1},
            "structured_output",
        )

    def test_empty_one_has_no_fields(self) -> None:
        assert reasons({"structured_output": {}}, [{"method": "structured_output"}]) == (
            "1. structured_output: it has no fields",
        )

    def test_mappings_choose_and_rename(self) -> None:
        rule = by("structured_output", "$.speeds.download")
        assert found({"structured_output": PRINTED}, rule)[0] == {"a": "50-330 Mbps"}


class TestToolResult:
    def test_last_result_with_any_field_counts(self) -> None:
        results = [tool_result("Exchange: A"), tool_result("Exchange: B", id="t2"), tool_result("nothing", id="t3")]
        assert found(conversation(*results), by("tool_result", "content | parse('Exchange: (.+)')"))[0] == {"a": "B"}

    def test_errors_and_other_tools_do_not_count(self) -> None:
        rule = by("tool_result", "content | parse('Exchange: (.+)')", tool_name="browser_broadband")
        for answer in (browsed(is_error=True), browsed(name="other"), conversation(said(TEXT)), {}):
            assert reasons(answer, rule) == (
                "1. tool_result (browser_broadband): the answer has none that is no error",
            )

    @pytest.mark.parametrize("path", ["$.content.speeds[0]", "$.speeds[0]", "speeds[0]"])
    @pytest.mark.parametrize(
        "content", [{"speeds": [5]}, '{"speeds": [5]}', [{"type": "text", "text": '{"speeds": [5]}'}]]
    )
    def test_paths_lead_into_json(self, content: Any, path: str) -> None:
        assert found(browsed(content), by("tool_result", path))[0] == {"a": 5}


class TestDirect:
    @pytest.mark.parametrize(
        "answer",
        [
            {"x": 1},
            {"Output": {"x": 1}},
            {"Output": '{"x": 1}'},
            {"content": {"x": 1}},
            {"Output": {"content": '{"x": 1}'}},
            {"structured_output": {"x": 1}},
            {"Output": {"structured_output": {"x": 1}}},
        ],
    )
    def test_field_is_found_in_what_wraps_it(self, answer: Any) -> None:
        for given_answer in (answer, json.dumps(answer)):
            assert found(given_answer, by("direct", "$.x"))[0] == {"a": 1}

    def test_all_fields_are_those_of_the_innermost(self) -> None:
        rule = [{"method": "direct"}]
        assert found({"x": 1}, rule) == ({"x": 1}, "direct")
        assert found({"type": "structured_output", "tool_use_id": "t", "content": {"x": 1}}, rule)[0] == {"x": 1}
        assert found({"ExecutionArn": "…", "Output": '{"x": 1}'}, rule)[0] == {"x": 1}
        assert reasons("words", rule) == ("1. direct: it is no object",)


class TestParseText:
    RULE = [{"method": "direct", "field_mappings": {"exchange": "text | parse_text"}}]  # noqa: RUF012

    def test_other_fields_of_the_text_come_along(self) -> None:
        assert found({"text": TEXT}, self.RULE)[0] == {**FIELDS, "cabinet": "Direct Exchange"}

    def test_fields_with_paths_of_their_own_keep_theirs(self) -> None:
        mappings = {"exchange": "text | parse_text", "cabinet": "cabinet"}
        assert found({"text": TEXT, "cabinet": 9}, by("direct", field_mappings=mappings))[0] == {**FIELDS, "cabinet": 9}

    def test_first_text_counts_where_two_have_a_field(self) -> None:
        mappings = {"a": "x | parse_text", "b": "y | parse_text"}
        answer = {"x": "A: 1\nMore: x", "y": "B: 2\nMore: y\nC: 3"}
        assert found(answer, by("direct", field_mappings=mappings))[0] == {"a": "1", "b": "2", "more": "x", "c": "3"}

    def test_text_without_the_field_does_not_make_one(self) -> None:
        assert reasons({"text": "Cabinet: 9"}, self.RULE) == (
            "1. direct: exchange: the text has no line that begins with 'exchange' and a colon",
        )

    def test_transform_after_it_is_for_the_field(self) -> None:
        rule = [{"method": "direct", "field_mappings": {"speed": "text | parse_text | to_number"}}]
        assert found({"text": "Speed: 5\nUnit: Mbps"}, rule)[0] == {"speed": 5}

    def test_field_of_a_schema_registry_is_that_one_only(self) -> None:
        ways = [{"type": "direct", "path": "text", "transform": "parse_text"}]
        rule = [{"fields": [{"name": "exchange", "extraction": ways}]}]
        assert found({"text": TEXT}, rule)[0] == {"exchange": "WHITEHALL"}
        assert reasons({"text": "words"}, rule) == (
            "1. fields: exchange: direct: parse_text: the text has no lines of the form 'Label: value'",
        )


def test_next_way_is_tried_where_the_type_does_not_fit() -> None:
    ways = [{"type": "direct", "path": "a"}, {"type": "direct", "path": "n"}, {"type": "direct", "path": "b"}]
    rule = {"fields": [{"name": "x", "type": "integer", "extraction": ways}]}
    assert found({"a": "many", "n": None, "b": "7"}, rule) == ({"x": 7}, "fields: direct")
    assert found({"n": None, "b": 7}, {"fields": [{"name": "x", "extraction": ways}]})[0] == {"x": 7}


def test_field_that_is_null_everywhere_is_told() -> None:
    rule = {"fields": [{"name": "x", "extraction": [{"type": "direct", "path": "a"}]}]}
    assert reasons({"a": None}, rule) == ("1. fields: x: direct: null stands there",)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just(TEXT)
    | st.just(json.dumps(browsed())),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "content", "Output", "structured_output", "type", "results", "x", "exchange"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


@given(answer=JSON, name=st.sampled_from(sorted(SPEC)))
def test_any_answer_has_fields_or_reasons(answer: Any, name: str) -> None:
    extracted = extract(answer, compile_rules(SPEC[name]))
    if isinstance(extracted, Extracted):
        assert any(value is not None for value in extracted.fields.values())
    else:
        assert len(extracted.reasons) == len(compile_rules(SPEC[name]))


def test_null_is_the_value_of_a_field_unless_a_later_way_finds_more() -> None:
    ways = [{"type": "structured", "path": "$.x"}, {"type": "direct", "path": "$.other"}]
    fields = [
        {"name": "x", "type": "string", "extraction": ways},
        {"name": "y", "extraction": [{"type": "structured", "path": "$.y"}]},
    ]
    rules = compile_rules({"fields": fields})

    def found(answer: dict[str, Any]) -> Any:
        result = extract(answer, rules)
        return result.fields if isinstance(result, Extracted) else None

    assert found({"structured_output": {"x": None, "y": 1}}) == {"x": None, "y": 1}
    assert found({"structured_output": {"x": None, "y": 1}, "other": "more"}) == {"x": "more", "y": 1}
    assert found({"structured_output": {"x": None, "y": None}}) is None
