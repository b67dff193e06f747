"""Machines with a Distributed Map whose children are Express executions, and what their calls leave behind."""

import tempfile
from pathlib import Path
from typing import Any

from tests.emulator.local_aws import Definition
from tests.emulator.maps.distributed import distributed

# The body of a function that leaves the event's mark in a file and then takes its time.
MARK = """with open(event['path'], 'a') as marks:
        marks.write(event['mark'])
    time.sleep(event['seconds'])"""


class Marks:
    """What calls of such a function leave behind."""

    def __init__(self) -> None:
        self._path = Path(tempfile.mkdtemp()) / "marks"

    def given(self, *, mark: str = "x", seconds: int = 0) -> dict[str, Any]:
        """The event of a call that leaves this mark and then takes so long."""
        return {"path": str(self._path), "mark": mark, "seconds": seconds}

    def text(self) -> str:
        """All marks so far."""
        return self._path.read_text() if self._path.exists() else ""


def express(states: Definition, **fields: Any) -> Definition:
    """A machine's states: one Distributed Map with Express children over the input's `items`."""
    machine = distributed(states, **fields)
    machine["Map"]["ItemProcessor"]["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    return machine
