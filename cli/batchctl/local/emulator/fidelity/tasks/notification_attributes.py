"""An SNS task's MessageAttributes reach the subscribers, by which they filter.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html. MiniStack hands the task's arguments to a
function that expects the flat parameters of SNS's query protocol, and finds no attributes in them.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions


def _flattened(arguments: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in arguments.items() if name != "MessageAttributes"}
    for number, (name, attribute) in enumerate(arguments.get("MessageAttributes", {}).items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        flat[f"{entry}.Name"] = name
        flat |= {f"{entry}.Value.{part}": value for part, value in attribute.items()}
    return flat


def apply() -> None:
    """Flatten the arguments on their way to SNS."""
    publish: Callable[[str, Any], Any] = stepfunctions._invoke_sns_publish

    def publish_with_attributes(resource: str, arguments: dict[str, Any]) -> Any:
        return publish(resource, _flattened(arguments))

    stepfunctions._invoke_sns_publish = publish_with_attributes
    for prefix, handler in list(stepfunctions._SERVICE_DISPATCH.items()):
        if handler is publish:
            stepfunctions._SERVICE_DISPATCH[prefix] = publish_with_attributes
