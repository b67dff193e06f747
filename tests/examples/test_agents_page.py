"""docs/agents.md: what it shows can be used as it stands there, and it names every example."""

import json
import re
from typing import Any

from batch_processor.config import parse
from batch_processor.extraction.places import PLACES
from batch_processor.registry.documents import parse_request
from tests.examples.batch_inputs import EXAMPLES

PAGE = (EXAMPLES.parent / "docs" / "agents.md").read_text(encoding="utf-8")
DOCUMENTS: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.S)]


def test_entries_and_configurations_are_valid() -> None:
    entries = [entry for document in DOCUMENTS if "kind" in document for entry in parse_request(document)]
    assert [entry.id for entry in entries] == ["agent/ticket_classifier@1.0.0", "schema/line_checker@1.0.0"]
    [config] = [document for document in DOCUMENTS if "csv_s3_uri" in document]
    assert parse(config).target.name == "ticket_classifier"


def test_example_of_an_agent_answers_with_structured_output() -> None:
    [machine] = [document for document in DOCUMENTS if "StartAt" in document]
    [state] = machine["States"].values()
    assert machine["QueryLanguage"] == "JSONata"
    assert state["Output"].keys() == {"structured_output"}


def test_every_example_and_every_place_is_named() -> None:
    commands = set(re.findall(r"batchctl demo --example (\w+)", PAGE)) | {"tickets"}  # the one that needs no name
    assert commands == {path.name.removesuffix(".config.json") for path in EXAMPLES.glob("*.config.json")}
    for place in re.findall(r"[\w.]*structured_output", PLACES):
        assert f"| `{place}` |" in PAGE
