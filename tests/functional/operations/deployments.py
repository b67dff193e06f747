"""The deployment that functional tests have, and registries with the examples' agents and tools."""

import json
from pathlib import Path
from typing import Any

from batch_processor.operations.deployment import Deployment
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Kind
from batch_processor.registry.tables import DynamoDbRegistries
from tests.functional.account import DATA
from tests.functional.conftest import ENVIRONMENT
from tests.functional.tables import REGISTRIES, TABLE
from tests.unit.configs import AGENT, TOOL

EXAMPLES = Path(__file__).parents[3] / "registry"
DEPLOYMENT = Deployment(
    machine_arn=ENVIRONMENT["STATE_MACHINE_ARN"],
    row_batch_machine_arn=ENVIRONMENT["ROW_BATCH_MACHINE_ARN"],
    data_bucket=DATA,
    results_table=TABLE,
    batches_table="batches",
    agent_registry=REGISTRIES["agent"],
    tool_registry=REGISTRIES["tool"],
    template_registry=REGISTRIES["template"],
    schema_registry=REGISTRIES["schema"],
    dead_letter_queue_url="https://dead",
    undelivered_event_queue_url="https://undelivered",
)


def register(kind: Kind, entry: dict[str, Any]) -> None:
    """Registers the entry."""
    DynamoDbRegistries(REGISTRIES).put(parse_entry(kind, entry))


def register_examples() -> None:
    """Registers all that is in registry/, with ARNs that are none of a deployment."""
    for path in sorted(EXAMPLES.glob("*/*.json")):
        document = json.loads(path.read_text())
        entry = document["entry"]
        entry |= {key: arn for key, arn in _ARNS.items() if key in entry}
        register(document["kind"], entry)


_ARNS = {"state_machine_arn": AGENT, "lambda_arn": TOOL, "resource_arn": AGENT}
