"""The registries of a stack, as operations read them."""

from batch_processor.operations.deployment import Deployment
from batch_processor.registry.tables import DynamoDbRegistries

# What operations are registered with, so that nobody takes one for a tool that rows are sent to.
OPERATION_TAG = "batch-operation"


def registries_of(deployment: Deployment) -> DynamoDbRegistries:
    """The registries by the names of their tables."""
    return DynamoDbRegistries(
        {
            "agent": deployment.agent_registry,
            "tool": deployment.tool_registry,
            "template": deployment.template_registry,
            "schema": deployment.schema_registry,
        }
    )
