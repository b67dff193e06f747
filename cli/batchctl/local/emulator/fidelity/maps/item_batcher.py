"""What each child of a Distributed Map gets: an item that the ItemSelector made, or a batch of them.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html. Made one by one when a child is
about to start. The bytes of a batch are those of the child's whole input.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota
from batchctl.local.emulator.fidelity.executions.execution_history import json_text
from batchctl.local.emulator.fidelity.expressions import templates
from batchctl.local.emulator.fidelity.maps.item_reader import Items

State = dict[str, Any]


class ChildInput(NamedTuple):
    """A child's input as JSON text, how many items are in it, and whether it is more than a child may get."""

    text: str
    item_count: int = 1
    is_too_large: bool = False


def child_inputs(state: State, items: Items, data: Any, context: dict[str, Any]) -> Iterator[ChildInput]:
    """The inputs of all children in the items' order."""
    texts = _selected(state, items, data, context)
    if "ItemBatcher" not in state:
        return (ChildInput(text, is_too_large=payload_quota.exceeds(text)) for text in texts)
    batcher = templates.field(state, "ItemBatcher", data, context)
    maximum_items = int(batcher.get("MaxItemsPerBatch", items.total or 1))
    maximum_bytes = min(
        int(batcher.get("MaxInputBytesPerBatch", payload_quota.MAXIMUM_BYTES)), payload_quota.MAXIMUM_BYTES
    )
    if maximum_items < 1 or maximum_bytes < 1:
        raise stepfunctions._ExecutionError("States.Runtime", "The limits of an ItemBatcher must be positive integers")
    beginning = (
        f'{{"BatchInput":{json_text(batcher["BatchInput"])},"Items":[' if "BatchInput" in batcher else '{"Items":['
    )
    return _batches(texts, beginning, maximum_items, maximum_bytes)


def _selected(state: State, items: Items, data: Any, context: dict[str, Any]) -> Iterator[str]:
    selector = state.get("ItemSelector")
    for index, value in enumerate(items.values):
        if selector is None:
            yield json_text(value)
        else:
            item = {"Index": index, "Value": value, "Source": items.source}
            yield json_text(templates.field(state, "ItemSelector", data, {**context, "Map": {"Item": item}}))


def _batches(texts: Iterator[str], beginning: str, maximum_items: int, maximum_bytes: int) -> Iterator[ChildInput]:
    empty = payload_quota.size(beginning) + len("]}")
    batch: list[str] = []
    used = empty
    for text in texts:
        size = payload_quota.size(text) + 1  # with its comma
        if batch and (len(batch) == maximum_items or used + size - 1 > maximum_bytes):
            yield _batch(beginning, batch, used - 1 > maximum_bytes)
            batch, used = [], empty
        batch.append(text)
        used += size
    if batch:
        yield _batch(beginning, batch, used - 1 > maximum_bytes)


def _batch(beginning: str, texts: list[str], is_too_large: bool) -> ChildInput:
    return ChildInput(f"{beginning}{','.join(texts)}]}}", len(texts), is_too_large)
