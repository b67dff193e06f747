"""The agent's state machine: what goes in and what comes out are validated, between them stands the executor."""

from pathlib import Path
from string import Template
from typing import Any

from batchctl.definition.machine import machine_of
from batchctl.factory.canonical import Canonical

_SOURCE = Path(__file__).with_name("agent_machine.asl.yaml")
# Validation and waiting for it, besides what the extraction itself may take.
_SPARE_SECONDS = 60


class _Source(Template):
    """JSONata has `$` for itself."""

    delimiter = "@"


def agent_machine(canonical: Canonical) -> dict[str, Any]:
    """The definition, with the functions' ARNs as substitutions."""
    names = canonical.names
    source = _Source(_SOURCE.read_text(encoding="utf-8")).substitute(
        agent=names.agent,
        version=canonical.shape.version,
        template=names.module,
        output_tool=names.output_tool,
        extraction_seconds=canonical.shape.browser_config.timeout,
        agent_seconds=agent_seconds(canonical),
    )
    return machine_of(source, _SOURCE)


def agent_seconds(canonical: Canonical) -> int:
    """How long the whole agent may take; a batch must give a row at least that."""
    return canonical.shape.browser_config.timeout + _SPARE_SECONDS
