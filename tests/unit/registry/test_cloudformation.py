import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import InvalidEntry
from batch_processor.registry.cloudformation import NOT_REGISTERED, RegisteredId, entry_of, owner_of, registered_id
from batch_processor.registry.entry import KINDS, Kind, entry_id
from tests.unit.registry_entries import make_agent, make_tool

names = st.from_regex(r"[^@\x00-\x1f\x7f]{1,40}", fullmatch=True)
versions = st.none() | st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}(-rc\.1)?", fullmatch=True)


def as_text(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with JSON text for all that is nested, as a template writes it."""
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in entry.items()}


def problems(properties: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidEntry) as caught:
        entry_of(properties)
    return {problem.pointer: problem.message for problem in caught.value.problems}


@given(st.sampled_from(KINDS), names, versions)
def test_physical_id_leads_back_to_the_entry(kind: Kind, name: str, version: str | None) -> None:
    assert registered_id(entry_id(kind, name, version)) == RegisteredId(kind, name, version)


@pytest.mark.parametrize("physical_id", [f"{NOT_REGISTERED}/1", "2026/11/21/[$LATEST]abc", "agents/x@1.0.0", ""])
def test_other_physical_ids_are_no_entries(physical_id: str) -> None:
    assert registered_id(physical_id) is None


def test_entry_may_be_an_object_with_json_text_or_json_text_as_a_whole() -> None:
    entry = make_agent()
    for given_ in (as_text(entry), json.dumps(entry)):
        assert (
            entry_of({"Kind": "agent", "Entry": given_}).document()
            == entry_of({"Kind": "agent", "Entry": json.dumps(entry)}).document()
        )


def test_value_that_cloudformation_has_made_text_of_is_refused() -> None:
    tool = make_tool(input_schema={"properties": {"a": {"minimum": "0"}}}, output_schema='{"properties": {}}')
    assert list(problems({"Kind": "tool", "Entry": tool})) == ["/Entry/input_schema"]
    agent = {**as_text(make_agent()), "structured_output": {"enabled": "true"}, "tags": ["a", "b"]}
    found = problems({"Kind": "agent", "Entry": agent})
    assert list(found) == ["/Entry/structured_output"]
    assert "write the value as JSON text" in found["/Entry/structured_output"]


@pytest.mark.parametrize(
    ("properties", "pointer", "message"),
    [
        ({}, "/Kind", "null is no kind; use agent, tool, template or schema"),
        ({"Kind": "agent"}, "/Entry", "expected an object {…}, got null"),
        ({"Kind": "agent", "Entry": "{"}, "/Entry", "the text is no JSON: Expecting property name"),
        ({"Kind": "agent", "Entry": as_text(make_agent(version="x"))}, "/Entry/version", "expected a semantic version"),
    ],
)
def test_properties_that_are_no_entry_are_refused(properties: dict[str, Any], pointer: str, message: str) -> None:
    found = problems(properties)
    assert list(found) == [pointer]
    assert message in found[pointer]


def test_owner_is_the_resource_in_its_stack() -> None:
    assert owner_of({"StackId": "arn:…:stack/a/1", "LogicalResourceId": "Triage"}) == "arn:…:stack/a/1/Triage"


def test_what_cloudformation_has_lost_is_told_beside_all_other_problems() -> None:
    agent = {**make_agent(version="x", state_machine_arn="y"), "parameters": {"limit": "5"}}
    assert list(problems({"Kind": "agent", "Entry": agent})) == [
        "/Entry/parameters", "/Entry/version", "/Entry/state_machine_arn",
    ]  # fmt: skip
