import json
from typing import Any

import pytest

from batch_processor.contract import Output, OutputColumn
from batch_processor.document.json_path import MISSING
from batch_processor.errors import StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.extraction.compiling import compile_rules
from batch_processor.extraction.structured_output import RowAnswer, extract_cells, find, read_answer
from tests.unit.plans import make_plan

FOUND = {"category": "billing", "score": 3}
TOOL_ANSWER = {"type": "structured_output", "tool_use_id": "t-1", "content": FOUND, "schema": "ticket"}
ANSWERS = [
    {"structured_output": FOUND, "messages": []},
    {"Output": {"structured_output": FOUND}},
    {"Output": json.dumps({"structured_output": FOUND})},
    {"content": {"structured_output": FOUND}},
    {"content": json.dumps({"structured_output": FOUND})},
    TOOL_ANSWER,
    {**TOOL_ANSWER, "content": json.dumps(FOUND)},
]
IDS = ["direct", "Output", "Output as text", "content", "content as text", "tool", "tool with content as text"]


def extract(answer: Any, *columns: OutputColumn) -> list[str]:
    return extract_cells(answer, make_plan(output={"columns": list(columns)})["output"])


def field(name: str) -> OutputColumn:
    return {"name": name}


def legacy(*source: str | int, **options: Any) -> OutputColumn:
    column: Any = {"name": "c", "source": list(source), "legacy": True, **options}
    checked: OutputColumn = column
    return checked


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
def test_structured_output_is_found_wherever_it_may_stand(answer: Any) -> None:
    assert find(answer) == FOUND
    assert find(json.dumps(answer)) == FOUND
    assert extract(answer, field("score"), field("category")) == ["3", "billing"]


@pytest.mark.parametrize(
    "text", ['{"category": "billing", "score": 3}', '```json\n{"category": "billing", "score": 3}\n```']
)
@pytest.mark.parametrize("place", ["structured_output", "Output", "content", "tool"])
def test_json_text_is_read_at_every_place(text: str, place: str) -> None:
    answer = {
        "structured_output": {"structured_output": text},
        "Output": {"Output": {"structured_output": text}},
        "content": {"content": {"structured_output": text}},
        "tool": {"type": "structured_output", "content": text},
    }[place]
    assert find(answer) == FOUND


def test_null_at_one_place_does_not_hide_a_later_one() -> None:
    assert find({"structured_output": None, "Output": {"structured_output": FOUND}}) == FOUND
    assert find({"structured_output": None, "type": "structured_output", "content": json.dumps(FOUND)}) == FOUND
    # What is no object is no gap: it was meant to be the answer.
    with pytest.raises(StructuredOutputInvalid, match="a string of 5 characters"):
        find({"structured_output": "words", "Output": {"structured_output": FOUND}})


def test_fence_with_other_text_around_it_is_told() -> None:
    text = 'Here you are:\n```json\n{"category": "billing"}\n```\nGood luck!'
    with pytest.raises(StructuredOutputInvalid, match=r"with a markdown fence and other text .* fenced_json reads it"):
        find({"structured_output": text})
    rules = [{"method": "direct", "field_mappings": {"category": "structured_output | fenced_json | parse_text"}}]
    assert extract_cells({"structured_output": text}, output(field("category"), extraction=compile_rules(rules))) == [
        "billing"
    ]


def test_digits_that_a_float_has_no_room_for_arrive() -> None:
    text = '{"a": 123456789012345678901, "b": 0.12345678901234567890, "c": [1.50, 9007199254740993.25], "d": 1e-400}'
    columns = [field(name) for name in "abcd"]
    assert extract({"structured_output": text}, *columns) == [
        "123456789012345678901", "0.12345678901234567890", "[1.5, 9007199254740993.25]", "1E-400",
    ]  # fmt: skip
    schema = {"properties": {"b": {"type": "number", "maximum": 1, "multipleOf": 0.00000000000000000001}}}
    assert extract_cells({"structured_output": text}, output(field("b"), schema=schema)) == ["0.12345678901234567890"]
    rule = compile_rules([{"method": "direct", "field_mappings": {"b": "structured_output.b | to_number"}}])
    assert extract_cells({"structured_output": text}, output(field("b"), extraction=rule)) == ["0.12345678901234567890"]


def test_first_place_wins() -> None:
    assert find({"structured_output": FOUND, "Output": {"structured_output": {}}}) == FOUND


def test_field_that_the_answer_lacks_is_empty() -> None:
    assert extract({"structured_output": {"category": None, "score": 0}}, field("category"), field("score")) == [
        "",
        "0",
    ]
    assert extract({"structured_output": FOUND}, field("other"), field("score")) == ["", "3"]


def test_json_text_on_the_way_of_a_columns_path_is_read() -> None:
    inner = json.dumps({"measures": json.dumps([{"wing": 1.5}])})
    path: OutputColumn = {"name": "wing", "source": ["bird", "measures", 0, "wing"]}
    for answer in (
        {"structured_output": {"bird": inner}},
        {"structured_output": f"```json\n{json.dumps({'bird': inner})}\n```"},
    ):
        assert extract(answer, path) == extract(answer, {**path, "legacy": True}) == ["1.5"]
    whole = {"Status": "SUCCEEDED", "Output": json.dumps({"structured_output": {"wing": 2}})}
    assert extract(whole, {"name": "wing", "source": ["Output", "structured_output", "wing"], "legacy": True}) == ["2"]


@pytest.mark.parametrize(
    ("answer", "has"),
    [
        ({"result": 1, "error": "x"}, "the answer has the fields 'error', 'result'."),
        ({}, "the answer has no fields."),
        ([FOUND], "the answer has no fields, it is an array. Its outline: [1 × {category: text, score: number}]."),
        (None, "the answer has no fields, it is null."),
        ("plain words", "the answer has no fields, it is a string of 11 characters."),
        ("[" * 100_000, "the answer has no fields, it is a string of 100000 characters."),
        ({"Output": "plain words"}, "the answer has the fields 'Output'."),
        (
            {"type": "text", "content": FOUND},
            "the answer has the fields 'content', 'type'. Its outline: {type: text, content: {category: text, score: number}}.",
        ),
        (
            {"role": "assistant", "content": "words"},
            "'role'. It is a model's reply (Anthropic) that calls no tool and is no JSON object.",
        ),
        (
            {"choices": [{"message": {"tool_calls": [{"function": {"name": "judge", "arguments": "{}"}}]}}]},
            (
                "It is a model's reply (OpenAI chat) that calls judge. "
                "Name it: extraction_methods: [{method: structured_output, tool_name: judge}]."
            ),
        ),
        (
            {"messages": [{"role": "assistant", "content": "Done."}], "final": FOUND},
            (
                "It is a conversation that calls no tool and is no JSON object. The answer's outline: "
                "{messages: [1 × {role: text, content: text}], final: {category: text, score: number}}."
            ),
        ),
        ({"type": "structured_output"}, "the answer has the fields 'type'."),
    ],
)
def test_answer_without_structured_output_is_refused_with_what_it_has(answer: Any, has: str) -> None:
    assert find(answer) is MISSING
    with pytest.raises(StructuredOutputMissing) as caught:
        extract(answer, field("category"))
    assert str(caught.value).startswith("Agent did not return structured output: nothing at structured_output, ")
    assert str(caught.value).endswith(has)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"structured_output": "text"}, "a string of 4 characters"),
        ({"structured_output": None}, "null"),
        ({"Output": {"structured_output": [1]}}, "an array"),
        ({"type": "structured_output", "content": "words"}, "a string of 5 characters"),
    ],
)
def test_structured_output_that_is_no_object_is_refused(answer: Any, shown: str) -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        extract(answer, field("category"))
    assert str(caught.value) == f"The structured output is not an object but {shown}."


def test_structured_output_without_any_configured_field_is_refused() -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        extract({"structured_output": {"b": 1, "a": 2}}, field("category"), field("score"))
    assert str(caught.value) == (
        "None of the configured fields is in the structured output; it has the fields 'a', 'b'."
    )


def test_cell_of_the_wrong_type_is_refused_with_its_column() -> None:
    with pytest.raises(
        StructuredOutputInvalid, match=r"^Column 'c': expected a number, got a string of 7 characters\.$"
    ):
        extract({"structured_output": FOUND}, legacy("category", type="number"))


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
@pytest.mark.parametrize("path", [("category",), ("structured_output", "category")])
def test_legacy_path_holds_wherever_the_structured_output_stands(answer: Any, path: tuple[str, ...]) -> None:
    assert extract(answer, legacy(*path)) == ["billing"]
    assert extract(json.dumps(answer), legacy(*path)) == ["billing"]
    assert extract(answer, legacy("agent_output", *path)) == ["billing"]


def test_legacy_path_reaches_the_whole_answer() -> None:
    answer = {"usage": {"tokens": [7, 9]}}
    assert extract(answer, legacy("usage", "tokens", -1)) == ["9"]
    assert extract(json.dumps(answer), legacy("agent_output", "usage", "tokens", 0)) == ["7"]


def test_path_looks_into_the_structured_output_first() -> None:
    assert extract({"score": 1, "structured_output": {"score": 2}}, legacy("score")) == ["2"]
    assert extract({"score": 1, "structured_output": {"score": None}}, legacy("score", default="-")) == ["-"]
    assert extract({"score": 1, "structured_output": {"category": "x"}}, legacy("score")) == ["1"]


@pytest.mark.parametrize("key", ["type", "schema", "tool_use_id", "status"])
def test_envelope_stands_for_no_field_of_the_answer(key: str) -> None:
    envelope = {"type": "structured_output", "tool_use_id": "x", "schema": "s_v1", "status": "success"}
    assert extract({**envelope, "content": {key: "mine", "a": 1}}, legacy(key)) == ["mine"]
    # Nor where the answer lacks the field: only the path of the whole answer leads to it.
    assert extract({**envelope, "content": {"a": 1}}, legacy("a"), legacy(key)) == ["1", ""]
    assert extract({**envelope, "content": {"a": 1}}, legacy("agent_output", key)) == [envelope[key]]


def test_execution_and_reply_stand_for_no_field_of_the_answer() -> None:
    execution = {"ExecutionArn": "arn", "Name": "run", "Status": "SUCCEEDED", "Output": {"structured_output": {"a": 1}}}
    assert extract(execution, legacy("a"), legacy("Status")) == ["1", ""]
    said = {"type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": '{"a": 1}'}]}
    assert extract(said, legacy("a"), legacy("type"), legacy("model")) == ["1", "", "m"]


def test_legacy_path_through_a_field_named_agent_output_is_followed() -> None:
    assert extract({"agent_output": {"score": 1}, "score": 2}, legacy("agent_output", "score")) == ["1"]


@pytest.mark.parametrize(
    ("options", "cell"),
    [
        ({}, ""),
        ({"default": "N/A"}, "N/A"),
        ({"default": "N/A", "type": "number", "format": "%.2f"}, "N/A"),
        ({"default": 0, "type": "number", "format": "%.2f"}, "0.00"),
        ({"default": False, "type": "boolean"}, "false"),
        ({"default": []}, "[]"),
        ({"default": None, "type": "json_string"}, ""),
    ],
)
@pytest.mark.parametrize(
    "answer", [{"structured_output": {"score": 1}}, {"structured_output": {"score": 1, "x": None}}]
)
def test_default_stands_for_what_is_missing_or_null(answer: Any, options: dict[str, Any], cell: str) -> None:
    assert extract(answer, field("score"), legacy("x", **options)) == ["1", cell]


def test_legacy_value_is_coerced_and_formatted() -> None:
    answer = {"structured_output": {"score": "0.98765", "tags": ["a"]}}
    columns = [legacy("score", type="number", format="%.2f"), legacy("tags", type="json_string")]
    assert extract(answer, *columns) == ["0.99", '["a"]']


def test_legacy_columns_that_find_nothing_at_all_are_a_missing_answer() -> None:
    with pytest.raises(StructuredOutputMissing):
        extract({"other": 1}, legacy("x", default="N/A"))
    with pytest.raises(StructuredOutputInvalid):
        extract({"structured_output": {"other": 1}}, legacy("x"))


def test_column_with_a_default_saves_a_row_whose_other_fields_are_missing() -> None:
    answer = {"structured_output": {"other": 1}}
    assert extract(answer, field("category"), legacy("x", default="N/A")) == ["", "N/A"]
    assert extract({"structured_output": {}}, legacy("x", default=None), field("score")) == ["", ""]


def test_default_does_not_make_up_for_a_structured_output_that_is_not_there() -> None:
    with pytest.raises(StructuredOutputMissing):
        extract({"result": 1}, field("category"), legacy("x", default="N/A"))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_text_with_what_json_does_not_have_is_no_json(constant: str) -> None:
    text = f'{{"structured_output": {{"category": "billing", "score": {constant}}}}}'
    for answer in (text, {"Output": text}, {"content": text}):
        assert find(answer) is MISSING
        with pytest.raises(StructuredOutputMissing):
            extract(answer, field("category"))


@pytest.mark.parametrize(
    ("answer", "column"),
    [
        ("ssn 6789", field("a")),
        ({"structured_output": "ssn 6789"}, field("a")),
        ({"structured_output": ["ssn 6789"]}, field("a")),
        ({"structured_output": {"b": "ssn 6789"}}, field("a")),
        ({"structured_output": {"a": "ssn 6789"}}, legacy("a", type="number")),
        ({"structured_output": {"a": "ssn 6789"}}, legacy("a", type="integer", format="%d")),
        ({"structured_output": {"a": {"b": "ssn 6789"}}}, legacy("a", type="boolean")),
    ],
)
def test_no_message_has_content_of_the_answer(answer: Any, column: OutputColumn) -> None:
    with pytest.raises((StructuredOutputMissing, StructuredOutputInvalid)) as caught:
        extract(answer, column)
    assert "6789" not in str(caught.value)


SCHEMA = {
    "type": "object",
    "properties": {"category": {"type": "string"}, "score": {"type": "integer", "minimum": 0}},
    "required": ["category"],
    "additionalProperties": False,
}
RULES = [
    {
        "method": "tool_result",
        "tool_name": "triage",
        "field_mappings": {
            "category": "$.content | parse('Category: (.+)')",
            "score": "$.content | parse('Score: (.+)') | to_number",
        },
    },
    {"method": "jmespath", "paths": {"category": "result.kind"}},
]
LEGACY_ANSWER = {
    "messages": [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "triage", "input": {}}]},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "Category: billing\nScore: 3"}],
        },
    ]
}


def output(*columns: OutputColumn, **rules: Any) -> Output:
    return make_plan(output={"columns": list(columns or (field("category"), field("score"))), **rules})["output"]


def test_structured_output_is_checked_by_its_schema_wherever_it_stands() -> None:
    for answer in ANSWERS:
        assert extract_cells(answer, output(schema=SCHEMA)) == ["billing", "3"]
        wrong = json.loads(json.dumps(answer).replace("3", "-3"))
        with pytest.raises(StructuredOutputInvalid, match=r"/score: expected at least 0\.$"):
            extract_cells(wrong, output(schema=SCHEMA))


def test_schema_counts_also_for_fields_that_are_no_columns() -> None:
    with pytest.raises(StructuredOutputInvalid, match=r"the whole: 'category' is missing\.$"):
        extract_cells({"structured_output": {"score": 3}}, output(field("score"), schema=SCHEMA))


def test_answer_without_structured_output_cannot_be_as_its_schema_says() -> None:
    column = legacy("usage", "tokens")
    assert extract_cells({"usage": {"tokens": 7}}, output(column)) == ["7"]
    with pytest.raises(StructuredOutputMissing):
        extract_cells({"usage": {"tokens": 7}}, output(column, schema=SCHEMA))


def test_rules_make_a_legacy_answer_usable() -> None:
    answered = read_answer(LEGACY_ANSWER, output(extraction=compile_rules(RULES), schema=SCHEMA))
    assert answered == RowAnswer(["billing", "3"], "tool_result (triage)")
    assert read_answer(json.dumps(LEGACY_ANSWER), output(extraction=compile_rules(RULES))) == answered


def test_rules_come_before_the_structured_output() -> None:
    answer = {**LEGACY_ANSWER, "structured_output": {"category": "other"}}
    assert extract_cells(answer, output(extraction=compile_rules(RULES))) == ["billing", "3"]


def test_structured_output_counts_where_no_rule_finds_a_field() -> None:
    answered = read_answer({"structured_output": FOUND}, output(extraction=compile_rules(RULES)))
    assert answered == RowAnswer(["billing", "3"], "structured_output, by none of the rules")


def test_extracted_fields_are_checked_by_the_schema() -> None:
    answer = json.loads(json.dumps(LEGACY_ANSWER).replace("Score: 3", "Score: -3"))
    with pytest.raises(StructuredOutputInvalid, match="/score: expected at least 0"):
        extract_cells(answer, output(extraction=compile_rules(RULES), schema=SCHEMA))


def test_extracted_fields_are_what_columns_with_paths_are_taken_from() -> None:
    columns = [legacy("structured_output", "score", type="number", format="%.1f"), legacy("category")]
    assert extract_cells(LEGACY_ANSWER, output(*columns, extraction=compile_rules(RULES))) == ["3.0", "billing"]


@pytest.mark.parametrize("columns", [(), (legacy("usage", "tokens"),)])
def test_answer_in_which_no_rule_finds_a_field_is_refused_with_the_methods_tried(columns: Any) -> None:
    answer = {"messages": [{"role": "assistant", "content": "ssn 6789"}], "usage": {"tokens": 7}}
    with pytest.raises(StructuredOutputMissing) as caught:
        extract_cells(answer, output(*columns, extraction=compile_rules(RULES)))
    assert str(caught.value) == (
        "Agent did not return structured output: nothing at structured_output, Output.structured_output, "
        "content.structured_output, and content of a tool's answer; the answer has the fields 'messages', 'usage'. "
        "No extraction rule found a field: 2. jmespath: category: nothing stands at result.kind. "
        "1. tool_result (triage): the answer has none that is no error. "
        "It is a conversation that calls no tool and is no JSON object. The answer's outline: "
        "{messages: [1 × {role: text, content: text}], usage: {tokens: number}}."
    )


def test_answer_without_rules_says_nothing_of_a_method() -> None:
    assert read_answer({"structured_output": FOUND}, output()).method is None
    assert read_answer({"structured_output": FOUND}, output(extraction=[])).method is None


def test_rules_that_are_not_in_normal_form_are_no_rules() -> None:
    with pytest.raises(KeyError, match="by"):
        extract_cells(LEGACY_ANSWER, output(extraction=RULES))


def test_structured_output_of_the_answer_itself_is_what_the_schema_is_about() -> None:
    fields = [{"name": "category", "type": "string", "extraction": [{"type": "structured", "path": "$.category"}]}]
    rules = compile_rules({"fields": fields})
    wrong = {"structured_output": {"category": {"evil": 1}, "score": 3}}
    with pytest.raises(StructuredOutputInvalid, match="/category: expected"):
        extract_cells(wrong, output(field("category"), extraction=rules, schema=SCHEMA))
    # What rules leave out of it is no violation.
    right = {"structured_output": FOUND}
    assert extract_cells(right, output(field("category"), extraction=rules, schema=SCHEMA)) == ["billing"]
