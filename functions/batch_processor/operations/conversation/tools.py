"""What the model may call: the operations, as the ToolConfig of a Converse task has them."""

from typing import Any

from batch_processor.operations.catalogue import OPERATIONS, Operation
from batch_processor.operations.schemas import input_schema


def converse_tools() -> list[dict[str, Any]]:
    """Every operation as a ToolSpec; what a person confirms with is no model's to give."""
    return [
        {
            "ToolSpec": {
                "Name": name,
                "Description": operation.description,
                "InputSchema": {"Json": tool_schema(operation)},
            }
        }
        for name, operation in OPERATIONS.items()
    ]


def tool_schema(operation: Operation) -> dict[str, Any]:
    """What a model may give the operation, as JSON Schema."""
    schema = input_schema(operation)
    properties = {name: described for name, described in schema["properties"].items() if name != "confirmation"}
    return {
        "type": "object",
        "properties": properties,
        "required": schema.get("required", []),
        "additionalProperties": False,
    }
