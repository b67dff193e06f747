import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from batch_processor.errors import InvalidEntry
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.documents import parse_request
from batch_processor.registry.entries import ENTRY_TYPES, parse_entry
from batch_processor.registry.entry import KINDS, Document, Kind
from batch_processor.registry.schema_entry import SchemaEntry
from batch_processor.registry.template_entry import TemplateEntry
from batch_processor.registry.tool_entry import ToolEntry
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry_entries import INPUT, OUTPUT, make_agent, make_schema, make_tool

ROOT = Path(__file__).parents[3]
MAKE: dict[str, Callable[..., Document]] = {"agent": make_agent, "tool": make_tool, "schema": make_schema}


def agent(**changes: Any) -> AgentEntry:
    entry = parse_entry("agent", make_agent(**changes))
    assert isinstance(entry, AgentEntry)
    return entry


def tool(**changes: Any) -> ToolEntry:
    entry = parse_entry("tool", make_tool(**changes))
    assert isinstance(entry, ToolEntry)
    return entry


def problems(kind: str, document: object) -> dict[str, str]:
    with pytest.raises(InvalidEntry) as caught:
        parse_entry(kind, document)
    return {problem.pointer: problem.message for problem in caught.value.problems}


def test_agent_tells_what_a_batch_needs_to_know() -> None:
    entry = agent()
    assert (entry.id, entry.arn, entry.runs, entry.input_format) == (
        "agent/triage@1.0.0",
        AGENT,
        "state_machine",
        "structured",
    )
    assert (entry.input_schema, entry.output_schema) == (INPUT, OUTPUT)
    assert entry.output_fields == entry.known_outputs == ("category", "score")


def test_nested_values_may_be_json_text_at_every_level() -> None:
    texts = {
        "input_schema": json.dumps(INPUT),
        "structured_output": json.dumps(
            {
                "enabled": True,
                "schemas": json.dumps({"triage_v1": json.dumps({"schema": json.dumps(OUTPUT)})}),
                "output_fields": json.dumps(["score"]),
            }
        ),
        "tools": '["search"]',
        "metadata": '{"supports_batch_processing": true}',
        "parameters": '{"temperature": 0.2}',
        "template_config": '{"template_id": "t"}',
    }
    entry = agent(**texts)
    assert (entry.input_schema, entry.output_schema, entry.output_fields) == (INPUT, OUTPUT, ("score",))
    assert entry.document()["metadata"] == {"supports_batch_processing": True}
    assert entry.document()["structured_output"]["schemas"] == {"triage_v1": {"schema": OUTPUT}}


def test_text_that_is_broken_json_is_told_with_its_place() -> None:
    found = problems("agent", make_agent(structured_output={"schemas": {"a": {"schema": '{"type": }'}}}))
    assert found == {
        "/structured_output/schemas/a/schema": (
            "the text begins as JSON but is none: Expecting value: line 1 column 10 (char 9)"
        )
    }


def test_pointer_leads_into_json_text() -> None:
    found = problems("agent", make_agent(input_schema='{"properties": {"a/b": {"type": "strnig"}}}'))
    assert found == {
        "/input_schema/properties/a~1b/type": "\"strnig\" is no type of JSON; did you mean 'string'?",
    }


@pytest.mark.parametrize("kind", MAKE)
def test_keys_that_nobody_knows_are_kept(kind: str) -> None:
    document = MAKE[kind](owner="team a", limits={"n": [1, 2.5]})
    assert parse_entry(kind, document).document() == {"status": "active", **parse_entry(kind, document).document()}
    assert parse_entry(kind, document).document()["limits"] == {"n": [1, 2.5]}


@pytest.mark.parametrize("kind", MAKE)
def test_document_of_an_entry_is_an_entry_again(kind: str) -> None:
    document = parse_entry(kind, MAKE[kind]()).document()
    assert parse_entry(kind, document).document() == document


def test_reading_leaves_the_document_as_it_was() -> None:
    document = make_agent(structured_output='{"enabled": true}', description=None)
    before = json.dumps(document)
    parse_entry("agent", document)
    assert json.dumps(document) == before
    nested = make_agent(structured_output={"enabled": True, "schemas": '{"a": {"schema": {}}}'})
    before = json.dumps(nested)
    parse_entry("agent", nested)
    assert json.dumps(nested) == before


def test_null_of_another_program_is_taken_for_nothing() -> None:
    assert agent(description="").document() == {
        key: value for key, value in agent(description="").document().items() if value is not None
    }
    assert (
        parse_entry("agent", {**make_agent(), "input_schema": None}).document() == agent(input_schema=None).document()
    )


def test_output_fields_are_listed_because_tables_forget_their_order() -> None:
    schema: Document = {"properties": {name: {} for name in ("zulu", "alpha", "mike")}}
    document = agent(structured_output={"enabled": True, "schemas": {"a": {"schema": schema}}}).document()
    assert document["structured_output"]["output_fields"] == ["zulu", "alpha", "mike"]
    assert tool(output_schema=schema).document()["output_fields"] == ["zulu", "alpha", "mike"]


def test_agent_without_structured_output_has_none() -> None:
    entry = agent(structured_output=None)
    assert (entry.structured_output_enabled, entry.output_schema, entry.output_fields) == (False, None, ())
    assert entry.known_outputs is None


def test_of_several_schemas_an_answer_may_have_any() -> None:
    schemas: dict[str, Document] = {
        "found": {"schema": {"$defs": {"x": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/x"}}}},
        "not found": {"schema": {"properties": {"reason": {}}}},
    }
    entry = agent(structured_output={"enabled": True, "schemas": schemas})
    validator = Draft202012Validator(entry.output_schema or {})
    assert entry.output_fields == entry.known_outputs == ("a", "reason")
    assert validator.is_valid({"a": "x"})
    assert (entry.output_schema or {})["anyOf"][1]["$id"] == "urn:schema:not%20found"
    for found in schemas.values():
        found["schema"]["required"] = list(found["schema"]["properties"])
    strict = Draft202012Validator(agent(structured_output={"schemas": schemas}).output_schema or {})
    assert strict.is_valid({"a": "x"})
    assert strict.is_valid({"reason": 1})
    assert not strict.is_valid({"a": 1})
    assert not strict.is_valid({})


def test_schema_that_is_chosen_by_name_is_the_only_one() -> None:
    schemas = {"v1": {"schema": {"properties": {"a": {}}}}, "v2": {"schema": OUTPUT}}
    assert agent(structured_output={"enabled": True, "schema": "v2", "schemas": schemas}).output_schema == OUTPUT
    # The first specification names a schema that is kept elsewhere.
    assert agent(structured_output={"enabled": True, "schema": "classification_v1"}).output_schema is None


@pytest.mark.parametrize("additional", [True, {"type": "string"}])
def test_schema_that_allows_other_fields_knows_not_all(additional: Any) -> None:
    entry = tool(output_schema={"properties": {"a": {}}, "additionalProperties": additional}, output_fields=["b"])
    assert (entry.output_fields, entry.known_outputs) == (("b",), None)


@pytest.mark.parametrize(
    ("arns", "arn", "runs"),
    [
        ({"lambda_arn": TOOL}, TOOL, "lambda"),
        ({"lambda_arn": None, "resource_arn": TOOL, "tool_type": "lambda"}, TOOL, "lambda"),
        ({"lambda_arn": None, "resource_arn": AGENT, "tool_type": "state_machine"}, AGENT, "state_machine"),
        ({"lambda_arn": None, "resource_arn": AGENT}, AGENT, "state_machine"),
        ({"lambda_arn": TOOL, "resource_arn": TOOL}, TOOL, "lambda"),
    ],
)
def test_tool_is_a_function_or_a_state_machine(arns: dict[str, Any], arn: str, runs: str) -> None:
    assert (tool(**arns).arn, tool(**arns).runs) == (arn, runs)


def test_rules_are_the_methods_and_then_the_fields() -> None:
    methods = [{"method": "jmespath", "paths": {"a": {"path": "x", "transform": "to_number"}}}]
    entry = parse_entry("schema", make_schema(extraction_methods=json.dumps(methods)))
    assert isinstance(entry, SchemaEntry)
    assert list(entry.rules()) == [*methods, {"method": "fields", "fields": make_schema()["fields"]}]


WRONG: list[tuple[Kind, Document, str, str]] = [
    ("agent", make_agent(agent_name=None), "", "'agent_name' is missing: the agent's name"),
    ("agent", make_agent(name="a@b"), "/agent_name", "without @"),
    ("agent", make_agent(name="a\nb"), "/agent_name", "in one line"),
    ("agent", make_agent(version="v1"), "/version", 'expected a semantic version, as 1.2.0, got "v1"'),
    ("agent", {**make_agent(), "version": 1}, "/version", "expected a string that is not empty, got 1"),
    ("agent", make_agent(state_machine_arn=TOOL), "/state_machine_arn", "expected the ARN of a state machine"),
    ("agent", make_agent(input_format="message"), "/input_format", "did you mean 'messages'?"),
    ("agent", make_agent(structured_output={"enabled": "true"}), "/structured_output/enabled", "without quotes: true"),
    ("agent", make_agent(structured_output="yes"), "/structured_output", "or the JSON text of one"),
    (
        "agent",
        make_agent(structured_output={"schemas": {"a": {}}}),
        "/structured_output/schemas/a",
        "'schema' is missing: the JSON Schema itself",
    ),
    (
        "agent",
        make_agent(structured_output={"schemas": {"a": {"schema": OUTPUT}}, "output_fields": ["category", "scores"]}),
        "/structured_output/output_fields/1",
        "the schema has no property \"scores\"; did you mean 'score'?",
    ),
    ("tool", make_tool(lambda_arn=None), "", "'lambda_arn' is missing, or for a state machine 'resource_arn'"),
    (
        "tool",
        make_tool(tool_type="state_machine"),
        "/lambda_arn",
        "a tool of tool_type state_machine needs arn:aws:states",
    ),
    ("tool", make_tool(resource_arn=AGENT), "/resource_arn", "it is not what lambda_arn says"),
    ("tool", make_tool(tool_type="function"), "/tool_type", "expected lambda or state_machine"),
    ("tool", make_tool(output_fields=["categry"]), "/output_fields/0", "did you mean 'category'?"),
    ("tool", make_tool(output_schema={"type": "array"}), "/output_schema/type", "expected the schema of an object"),
    ("template", {"template_id": "t", "version": "1.0.0"}, "", "'template' is missing: the template, as JSON"),
    (
        "template",
        {"template_id": "t", "version": "1.0.0", "template": "Hello {{name}}"},
        "/template",
        "expected an object {…} or a list […]",
    ),
    ("schema", make_schema(fields=None), "", "'fields' is missing, or 'extraction_methods'"),
    ("schema", make_schema(fields=[*make_schema()["fields"]] * 2), "/fields/1/name", '"exchange" is there already'),
    ("schema", make_schema(fields=[{"name": "a", "extraction": []}]), "/fields/0/extraction", "at least one entry"),
    (
        "schema",
        make_schema(fields=[{"name": "a", "extraction": [{"type": "tool_result"}]}]),
        "/fields/0/extraction/0",
        "'pattern' or 'path' is missing",
    ),
    (
        "schema",
        make_schema(extraction_methods=[{"method": "regex"}]),
        "/extraction_methods/0/method",
        "expected structured_output, tool_result",
    ),
    ("schema", make_schema(limits=[2**60]), "/limits/0", "beyond 2^53"),
]


@pytest.mark.parametrize(("kind", "document", "pointer", "message"), WRONG)
def test_problem_is_told_where_it_is(kind: Kind, document: Document, pointer: str, message: str) -> None:
    found = problems(kind, document)
    assert list(found) == [pointer]
    assert message in found[pointer]


def test_all_problems_are_told_at_once_and_the_entry_is_named() -> None:
    document = make_agent(version="x", state_machine_arn=7, input_schema={"type": 5}, structured_output={"enabled": 1})
    with pytest.raises(InvalidEntry, match=r"^The entry agent/triage@x has 4 problems:\n- /version: ") as caught:
        parse_entry("agent", document)
    assert len(caught.value.problems) == 4


def test_kind_that_is_none_is_told_with_the_likely_one() -> None:
    assert problems("agnet", {}) == {"/kind": "\"agnet\" is no kind; did you mean 'agent'?"}
    assert problems("agent", []) == {"": "expected an object {…}, got []"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["{", "[1]", "{}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted({str(key) for shape in ENTRY_TYPES.values() for key in shape._keys()} | {"other"})


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=3))
def test_any_document_is_an_entry_or_refused(kind: Kind, changes: Document) -> None:
    start = MAKE[kind]() if kind in MAKE else {"template_id": "t", "version": "1.0.0", "template": {}}
    try:
        entry = parse_entry(kind, {**start, **changes})
    except InvalidEntry:
        assert problems(kind, {**start, **changes})
    else:
        assert re.fullmatch(rf"{kind}/.+", entry.id)
        json.dumps(entry.document(), allow_nan=False)


def test_request_may_have_one_entry_or_several() -> None:
    agent_, tool_ = make_agent(), make_tool()
    for request in (
        {"kind": "agent", "entry": agent_},
        {"entry": agent_},
        agent_,
        {"kind": "agent", "entries": [agent_]},
        {"entries": [{"kind": "agent", "entry": agent_}]},
    ):
        assert [entry.id for entry in parse_request(request)] == ["agent/triage@1.0.0"]
    mixed = {"entries": [agent_, {"entry": tool_}, make_schema()]}
    assert [entry.id for entry in parse_request(mixed)] == ["agent/triage@1.0.0", "tool/enrich", "schema/triage@1.0"]


def test_request_tells_the_problems_of_all_entries() -> None:
    request = {"entries": [make_agent(version="x"), {"kind": "tool", "entry": make_tool(lambda_arn="y")}, {"a": 1}]}
    with pytest.raises(InvalidEntry) as caught:
        parse_request(request)
    assert [problem.pointer for problem in caught.value.problems] == [
        "/entries/0/version",
        "/entries/1/entry/lambda_arn",
        "/entries/2",
    ]


@pytest.mark.parametrize("request_", [None, [], {}, {"entries": []}, {"entries": 7}, {"kind": "agent"}])
def test_request_without_an_entry_is_refused(request_: object) -> None:
    with pytest.raises(InvalidEntry, match=r"\{kind, entry\}"):
        parse_request(request_)


@pytest.mark.parametrize(
    ("seed", "path", "schema"),
    [
        ("agents/ticket_triage", ("structured_output", "schemas", "ticket_triage_v1", "schema"), "ticket_agent"),
        ("tools/contact_enrichment", ("output_schema",), "contact_tool"),
    ],
)
def test_seeded_schema_is_that_of_the_example(seed: str, path: tuple[str, ...], schema: str) -> None:
    found = json.loads((ROOT / "registry" / f"{seed}.json").read_text())["entry"]
    for step in path:
        found = found[step]
    assert found == json.loads((ROOT / "examples" / schema / "output_schema.json").read_text())


@pytest.mark.parametrize(
    "variables", [None, {}, [], "[]", ["b"], {"b": {"required": True}}, {"b": "string"}, [{"x": 1}]]
)
def test_template_without_optional_variables_has_no_defaults(variables: Any) -> None:
    assert _template(variables).defaults == {}


@pytest.mark.parametrize(
    "variables",
    [
        {"b": {"type": "string", "required": False}, "c": {"default": 5}, "d": {"required": True}},
        [{"name": "b", "required": False}, {"name": "c", "default": 5, "required": True}, {"name": "d"}],
        '{"b": {"required": false}, "c": {"default": 5}}',
    ],
)
def test_optional_variables_of_a_template_have_their_defaults(variables: Any) -> None:
    assert _template(variables).defaults == {"b": "", "c": 5}


def _template(variables: Any) -> TemplateEntry:
    entry = parse_entry(
        "template", {"template_id": "t", "version": "1.0.0", "template": {"a": "{{b}}"}, "variables": variables}
    )
    assert isinstance(entry, TemplateEntry)
    return entry


def test_template_that_cannot_be_rendered_is_refused_with_all_places() -> None:
    template = {"a": [{"b": "{{x"}], "{{k}}": "v"}
    with pytest.raises(InvalidEntry) as caught:
        parse_entry("template", {"template_id": "t", "version": "1.0.0", "template": template})
    assert [(problem.pointer, problem.message) for problem in caught.value.problems] == [
        ("/template/a/0/b", "a tag is not closed: '{{x'"),
        ("/template/{{k}}", "only values are rendered; take the tag out of the key"),
    ]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"kind": "agnet", "entry": make_agent()}, "/kind"),
        ({"kind": "agnet", "entries": [make_agent()]}, "/kind"),
        ({"entries": [make_agent(), {"kind": "agnet", "entry": make_agent()}]}, "/entries/1/kind"),
        ({"kind": "agnet", "entries": [{"entry": make_agent()}]}, "/kind"),
    ],
)
def test_misspelt_kind_is_told_where_it_stands(document: Any, pointer: str) -> None:
    with pytest.raises(InvalidEntry) as caught:
        parse_request(document)
    [problem] = caught.value.problems
    assert (problem.pointer, problem.message) == (pointer, "\"agnet\" is no kind; did you mean 'agent'?")


@pytest.mark.parametrize(
    ("parameters", "pointer", "message"),
    [
        ({"x": "y" * 400_000}, "", "DynamoDB at most 390,000"),
        ({"a": [{"x": 1e300}]}, "/parameters/a/0/x", "only those from 1e-130 to 9.9e125"),
        ({"x": 1e-200}, "/parameters/x", "only those from 1e-130 to 9.9e125"),
    ],
)
def test_what_dynamodb_does_not_take_is_told(parameters: Any, pointer: str, message: str) -> None:
    with pytest.raises(InvalidEntry) as caught:
        agent(parameters=parameters)
    [problem] = caught.value.problems
    assert problem.pointer == pointer
    assert message in problem.message


def test_value_that_dynamodb_nests_too_deeply_is_told_with_the_way_out() -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"a": deep}
    with pytest.raises(InvalidEntry, match=r"/parameters(/a){30}: DynamoDB nests at most 30 levels; make it flatter"):
        agent(parameters=deep)


def test_schema_that_is_chosen_must_be_there() -> None:
    structured = {"enabled": True, "schemas": {"one": {"schema": {}}, "two": {"schema": {}}}, "schema": "tow"}
    with pytest.raises(
        InvalidEntry, match=r"/structured_output/schema: there is no schema .tow. among schemas; did you mean 'two'"
    ):
        agent(structured_output=structured)
