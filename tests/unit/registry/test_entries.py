import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import InvalidEntry
from batch_processor.registry.entries import ENTRY_TYPES, parse_entry
from batch_processor.registry.entry import KINDS, Document, Kind
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry.parsed_entries import agent, problems
from tests.unit.registry_entries import OUTPUT, make_agent, make_schema, make_tool

ROOT = Path(__file__).parents[3]
MAKE: dict[str, Callable[..., Document]] = {"agent": make_agent, "tool": make_tool, "schema": make_schema}


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


WRONG: list[tuple[Kind, Document, str, str]] = [
    ("agent", make_agent(agent_name=None), "", "'agent_name' is missing: the agent's name"),
    ("agent", make_agent(name="a@b"), "/agent_name", "without @"),
    ("agent", make_agent(name="a\nb"), "/agent_name", "in one line"),
    ("agent", make_agent(name="a#b"), "/agent_name", "without @ and #"),
    ("tool", make_tool(name="a#b"), "/tool_name", "without @ and #"),
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
