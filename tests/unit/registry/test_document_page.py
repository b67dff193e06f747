"""docs/registries.md names every attribute, and its example is an entry."""

import re
from pathlib import Path

import yaml

from batch_processor.document.shape import Shape
from batch_processor.registry.agent_entry import StructuredOutput
from batch_processor.registry.cloudformation import entry_of
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.schema_entry import FieldEntry, FieldSource

PAGE = (Path(__file__).parents[3] / "docs" / "registries.md").read_text()


def test_page_names_every_attribute() -> None:
    shapes: list[type[Shape]] = [*ENTRY_TYPES.values(), StructuredOutput, FieldEntry, FieldSource]
    assert {key for shape in shapes for key in shape._keys() if f"`{key}`" not in PAGE} == set()


def test_page_names_every_registry_and_its_key() -> None:
    for kind, shape in ENTRY_TYPES.items():
        key = ", ".join(f"`{name}`" for name in shape.key)
        assert f"| {kind}s | `{kind.title()}Registry-<Environment>` | {key} |" in PAGE


def test_example_is_an_entry() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:triage"
    document = yaml.safe_load(example.replace("!Ref TriageStateMachine", arn).replace("!Ref ", ""))
    (resource,) = document.values()
    assert entry_of(resource["Properties"]).id == "agent/triage@1.0.0"
