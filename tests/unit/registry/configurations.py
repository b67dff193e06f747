"""What is said of a configuration in view of what is registered, and what it comes to."""

from typing import Any

from batch_processor.config import BatchConfig, parse, request
from batch_processor.document.problem import Problem
from batch_processor.registry import compatibility
from batch_processor.registry.resolution import Resolved, resolve
from tests.unit.configs import make_document
from tests.unit.registry_entries import FakeRegistries, make_agent

LEGACY = make_agent("legacy", structured_output=None)
RULES = [{"method": "tool_result", "field_mappings": {"exchange": "$.content | parse('Exchange: (.+)')"}}]


def looked_at(registries: FakeRegistries, **keys: Any) -> tuple[list[Problem], BatchConfig, Resolved]:
    document = make_document(**{"target": "triage", **keys})
    document = {key: value for key, value in document.items() if value is not None}
    config = parse(document)
    resolved = resolve(request(document), registries)
    found = list(compatibility.problems(document, config, resolved, registries))
    return found, compatibility.completed(config, resolved), resolved


def told(registries: FakeRegistries | None = None, **keys: Any) -> list[tuple[str, str]]:
    found, _, _ = looked_at(registries or FakeRegistries(agent=[make_agent()]), **keys)
    return [(problem.pointer, problem.message) for problem in found]


def completed(registries: FakeRegistries | None = None, **keys: Any) -> BatchConfig:
    found, config, _ = looked_at(registries or FakeRegistries(agent=[make_agent()]), **keys)
    assert found == []
    return config


def agent(**changes: Any) -> FakeRegistries:
    return FakeRegistries(agent=[make_agent(**changes)])


def inputs(**mapping: Any) -> dict[str, Any]:
    return {"input_mapping": {"column_mappings": {"email": "contact"}, **mapping}}


def outputs(*fields: str, **mapping: Any) -> dict[str, Any]:
    return {"output_mapping": {"structured_output_fields": list(fields), **mapping}}
