"""All the files of an extraction, in memory."""

import json
from typing import Any

from batchctl.factory.agent_functions import function_sources, recorded_answers, requirements, shared_sources
from batchctl.factory.agent_machine import agent_machine
from batchctl.factory.agent_stack import agent_stack_yaml
from batchctl.factory.batch_mapping import batch_mapping, refuse_unusable
from batchctl.factory.browser_template import browser_template
from batchctl.factory.canonical import Canonical
from batchctl.factory.readme import readme
from batchctl.factory.registry_entries import placeholders, registry_entries
from batchctl.factory.tool_specs import output_tool_spec, tool_spec


def generate(canonical: Canonical) -> dict[str, str]:
    """The text of every file by its path; the same schema gives the same texts."""
    refuse_unusable(canonical)
    documents: dict[str, Any] = {
        "agent.asl.json": agent_machine(canonical),
        "batch.config.json": batch_mapping(canonical),
        "tool_spec.json": tool_spec(canonical),
        "output_tool_spec.json": output_tool_spec(canonical),
        "functions/browser_template.json": browser_template(canonical),
        "functions/canonical_schema.json": canonical.document,
        "functions/recorded_answers.json": recorded_answers(canonical),
    }
    for name, (kind, entry) in registry_entries(canonical, placeholders(canonical)).items():
        documents[f"registry/{name}.json"] = {"kind": kind, "entry": entry}
    sources = {f"functions/{name}": source for name, source in function_sources(canonical).items()}
    texts = {"template.yaml": agent_stack_yaml(canonical), "functions/requirements.txt": requirements(), **sources}
    return {
        **{path: f"{_header(canonical)}{text}" for path, text in texts.items()},
        **{f"functions/batch_processor/{path}": text for path, text in shared_sources().items()},
        **{path: _json(document) for path, document in documents.items()},
        "README.md": readme(canonical),
    }


def _header(canonical: Canonical) -> str:
    return (
        f"# Made by `batchctl factory generate` from the canonical schema of {canonical.names.module} "
        f"{canonical.shape.version}\n# (sha256 {canonical.digest[:16]}): change that, not this file.\n"
    )


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
