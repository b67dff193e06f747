"""A child execution of a Distributed Map, as its ResultWriter describes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypedDict

from batch_processor.document.json_path import MISSING
from batch_processor.document.json_value import kind

_BATCH = {"BatchInput", "Items"}


class Stamp(TypedDict, total=False):
    """When a row's result came about, and how long it took."""

    at: str
    ms: int


@dataclass(frozen=True, slots=True)
class Child:
    """A child as Transformation NONE writes it, and every Transformation if it has failed or was not started."""

    record: Mapping[str, Any]

    @classmethod
    def of(cls, record: Any, group: str) -> Self:
        """The child of a record in a file of that group; ValueError if it describes none."""
        if not _is_described(record):
            raise ValueError(f"expected child executions in a file of {group} ones, got {kind(record)}")
        return cls({"Status": group, **record})

    @property
    def status(self) -> str:
        return str(self.record["Status"])

    @property
    def name(self) -> str:
        """Its execution's name; one that was not started has none."""
        return str(self.record.get("Name", "not started"))

    @property
    def output(self) -> Any:
        """Its output as JSON text, MISSING if Step Functions left it out."""
        return self._text("Output")

    def items(self) -> tuple[list[Any], bool]:
        """The items of the child's input, and whether an ItemBatcher made them; a single MISSING if there is no input.

        Numbers stay the texts that they are in the input, so that a cell keeps its digits.
        """
        given = parsed(self._text("Input"), parse_int=str, parse_float=str)
        if isinstance(given, dict) and given.keys() <= _BATCH and isinstance(given.get("Items"), list):
            return given["Items"], True
        return [given], False

    def stamp(self, *, alone: bool) -> Stamp:
        """When the child stopped, and how long it took; the latter only if it had one row `alone`."""
        started, stopped = self.record.get("StartDate"), self.record.get("StopDate")
        if not isinstance(stopped, str):
            return {}
        # After a redrive, StartDate is still the first start, and the time since then means nothing.
        if not alone or self.record.get("RedriveCount") or not isinstance(started, str):
            return {"at": stopped}
        seconds = (datetime.fromisoformat(stopped) - datetime.fromisoformat(started)).total_seconds()
        return {"at": stopped, "ms": round(seconds * 1000)}

    def _text(self, name: str) -> Any:
        details = self.record.get(f"{name}Details")
        is_left_out = isinstance(details, dict) and details.get("Included") is False
        return MISSING if is_left_out else self.record.get(name, MISSING)


def is_child(record: Any) -> bool:
    """Whether a record is a child, and not a child's output, which may itself describe an agent's execution.

    Only children of a Distributed Map have a slash in their execution's ARN, MACHINE/LABEL.
    """
    return _is_described(record) and "/" in str(record.get("ExecutionArn")) and isinstance(record.get("Status"), str)


def _is_described(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("InputDetails"), dict)


def parsed(text: Any, **numbers: Any) -> Any:
    """The value in a JSON text; anything else as it is."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text, **numbers)
    except (ValueError, RecursionError):
        return text
