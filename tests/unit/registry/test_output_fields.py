from typing import Any

import pytest

from batch_processor.registry.entry import Document
from tests.unit.registry.parsed_entries import agent, tool


def test_output_fields_are_listed_because_tables_forget_their_order() -> None:
    schema: Document = {"properties": {name: {} for name in ("zulu", "alpha", "mike")}}
    document = agent(structured_output={"enabled": True, "schemas": {"a": {"schema": schema}}}).document()
    assert document["structured_output"]["output_fields"] == ["zulu", "alpha", "mike"]
    assert tool(output_schema=schema).document()["output_fields"] == ["zulu", "alpha", "mike"]


@pytest.mark.parametrize("additional", [True, {"type": "string"}])
def test_schema_that_allows_other_fields_knows_not_all(additional: Any) -> None:
    entry = tool(output_schema={"properties": {"a": {}}, "additionalProperties": additional}, output_fields=["b"])
    assert (entry.output_fields, entry.known_outputs) == (("b",), None)
