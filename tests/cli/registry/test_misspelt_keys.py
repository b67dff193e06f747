"""Unknown keys of entries are kept; those that are nearly known ones are told."""

import pytest

from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Document, Kind
from batchctl.registry.misspelt_keys import misspelt_keys
from tests.unit.registry_entries import make_agent, make_tool


def told(kind: Kind, document: Document) -> dict[str, str]:
    found = misspelt_keys(parse_entry(kind, document))
    return {problem.pointer: problem.message.partition("did you mean ")[2] for problem in found}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("structured_ouput", "structured_output"),
        ("input_shema", "input_schema"),
        ("inputSchema", "input_schema"),
        ("stauts", "status"),
        ("tag", "tags"),
        ("Metadata", "metadata"),
    ],
)
def test_key_that_is_nearly_a_known_one_is_told(wrong: str, right: str) -> None:
    changes: Document = {"structured_output": None, "input_schema": None, "status": None, wrong: "x"}
    assert told("agent", make_agent(**changes)) == {f"/{wrong}": f"'{right}'?"}


@pytest.mark.parametrize(
    "key", ["owner", "created_at", "template_id", "output_schema", "registered_by", "parameters", ""]
)
def test_key_of_its_own_is_not(key: str) -> None:
    assert told("agent", make_agent(**{key: "x"})) == {}


def test_key_beside_the_one_that_it_is_like_was_not_meant_to_be_that() -> None:
    assert told("agent", make_agent(statuses=["draft"], tag="x", tags=["x"])) == {}


def test_parts_of_entries_are_looked_into() -> None:
    entry = make_agent(
        structured_output={"enabeld": True, "schemas": {"a/b": {"schema": {}, "canonical_schma_id": "x"}}}
    )
    assert told("agent", entry) == {
        "/structured_output/enabeld": "'enabled'?",
        "/structured_output/schemas/a~1b/canonical_schma_id": "'canonical_schema_id'?",
    }
    assert told("tool", make_tool(output_feilds=["category"])) == {"/output_feilds": "'output_fields'?"}
