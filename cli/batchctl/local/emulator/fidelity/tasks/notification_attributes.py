"""An SNS task's MessageAttributes reach the subscribers, by which they filter.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html. MiniStack hands the task's arguments to a
function that expects the flat parameters of SNS's query protocol, and finds no attributes in them.
"""

from typing import Any


def flattened(arguments: dict[str, Any]) -> dict[str, Any]:
    """The task's arguments as SNS's query protocol has them."""
    flat = {name: value for name, value in arguments.items() if name != "MessageAttributes"}
    for number, (name, attribute) in enumerate(arguments.get("MessageAttributes", {}).items(), start=1):
        entry = f"MessageAttributes.entry.{number}"
        flat[f"{entry}.Name"] = name
        flat |= {f"{entry}.Value.{part}": value for part, value in attribute.items()}
    return flat
