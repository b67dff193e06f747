"""The four layers that must say the same: canonical schema, template, agent, and the batch's output mapping."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from batch_processor.document.json_path import MISSING, Step, follow
from batchctl.factory.canonical import Canonical
from batchctl.factory.differences import Difference, differences
from batchctl.factory.json_schema import pointer, query

Places = list[tuple[str, tuple[Step, ...], Any]]


def disagreements(folder: Path, canonical: Canonical) -> Iterator[tuple[str, str, Difference]]:
    """Yield (layer, file, difference) for whatever a generated folder says otherwise than the canonical schema."""
    for layer, places in _layers(canonical).items():
        for file, steps, expected in places:
            document = load(folder / file)
            if document is MISSING:
                continue  # that there is no such file, or none that can be read, is told elsewhere
            found = _follow(steps, document)
            yield from ((layer, file, one) for one in differences(expected, found, pointer(*steps)))
    yield from (("output mapping", "batch.config.json", one) for one in _columns(folder, canonical))


def load(path: Path) -> Any:
    """The document in a JSON or YAML file; MISSING where there is none, or no text."""
    try:
        return parsed(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return MISSING


def parsed(path: Path, text: str) -> Any:
    """The document that the text of a file is; MISSING where it is neither JSON nor YAML, or not valid."""
    try:
        if path.suffix == ".yaml":
            return yaml.safe_load(text)
        return json.loads(text) if path.suffix == ".json" else MISSING
    except (ValueError, RecursionError, yaml.YAMLError):
        return MISSING


def _layers(canonical: Canonical) -> dict[str, Places]:
    schema, fields = canonical.output_schema, canonical.output_fields
    extraction = len(canonical.shape.browser_config.steps or [None]) + 1
    browser: tuple[Step, ...] = ("template", "steps", extraction, "schema")
    agent: tuple[Step, ...] = ("structured_output", "schemas", canonical.names.module, "schema")
    entry: tuple[Step, ...] = ("Resources", "AgentRegistryEntry", "Properties", "Entry")
    registered: tuple[Step, ...] = ("Resources", "TemplateRegistryEntry", "Properties", "Entry")
    return {
        "canonical schema": [
            ("functions/canonical_schema.json", (key,), canonical.document[key])
            for key in ("input_schema", "output_schema")
        ],
        "template": [
            ("registry/template.json", ("entry", *browser), schema),
            ("functions/browser_template.json", browser, schema),
            ("template.yaml", (*registered, *browser), schema),
        ],
        "agent": [
            ("registry/agent.json", ("entry", *agent), schema),
            ("registry/agent.json", ("entry", "input_schema"), canonical.input_schema),
            ("registry/agent.json", ("entry", "structured_output", "output_fields"), fields),
            ("template.yaml", (*entry, *agent), schema),
            ("template.yaml", (*entry, "input_schema"), canonical.input_schema),
            ("template.yaml", (*entry, "structured_output", "output_fields"), fields),
            ("output_tool_spec.json", ("input_schema",), schema),
        ],
    }


def _columns(folder: Path, canonical: Canonical) -> Iterator[Difference]:
    """Yield output columns that the schema lacks, and fields of the schema without one."""
    mapping = follow(("output_mapping",), load(folder / "batch.config.json"))
    if not isinstance(mapping, dict):
        return
    at = pointer("output_mapping", "structured_output_fields")
    named = mapping.get("structured_output_fields", [])
    columns = mapping.get("columns")
    sources = [follow(("source",), column) for column in (columns if isinstance(columns, list) else [])]
    elsewhere = [name for name in canonical.output_fields if query("structured_output", name) in sources]
    yield from differences([name for name in canonical.output_fields if name not in elsewhere], named, at)


def _follow(steps: tuple[Step, ...], value: Any) -> Any:
    """What stands at the end of the steps, through texts that are JSON."""
    for step in steps:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return MISSING
        value = follow((step,), value)
    return value
