"""The table of operations: what every front end offers, under the same names.

A front end looks an operation up by its name, hands on what it was given, and shows what comes back. `arguments` are what a
caller may give, checked before anything happens; texts are written for a model: what it does, when not to use it, what to
call next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.operations.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its name, its texts, the shapes of what it takes and answers, and what it does."""

    name: str
    description: str
    arguments: Any  # a TypedDict
    result: Any  # a TypedDict, or a union of them
    run: Callable[[Mapping[str, Any], Deployment], Any]
    reads_only: bool = True
    destructive: bool = False
    idempotent: bool = True


OPERATIONS: dict[str, Operation] = {}
