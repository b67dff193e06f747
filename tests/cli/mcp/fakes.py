"""Operations in memory behind the real server, whose answers fit the published schemas."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from batchctl.mcp import calls as calling
from batchctl.mcp.allowance import Allowance
from batchctl.mcp.calls import Calls
from batchctl.mcp.serving import build
from batchctl.mcp.stack import Stack
from batchctl.where import HERE

CONFIG = {"csv_s3_uri": "s3://bucket/inputs/tickets.csv", "target": "ticket-classifier"}
TOKEN = "the-token-of-a-person"
ARN = "arn:aws:states:eu-west-1:123456789012:execution:batches:tickets-1"
LIMITED = Allowance(allow_run=True, max_rows=100)
_COST = {"usd": 0.5, "orchestration_usd": 0.2, "target_usd": 0.3, "usage": {}, "priced_on": "2026-11-01"}


def estimate(rows: int = 10, **changes: Any) -> dict[str, Any]:
    return {
        "rows": rows, "rows_are_exact": True, "map_mode": "inline", "expected": _COST, "low_usd": 0.4, "high_usd": 0.6,
        "target_price": "registered", "binds": "max_concurrency", "assumptions": [], "confirmation_required": False,
        "allowed": True, "reasons": [], **changes,
    }  # fmt: skip


def progress(**changes: Any) -> dict[str, Any]:
    return {
        "batch": "tickets-1", "execution_arn": ARN, "status": "FAILED", "stage": "ended", "rows_processed": 40,
        "total_rows": 120, "rows_succeeded": 30, "rows_failed": 10, "rows_taken_over": 0, "rows_in_flight": 0,
        "failures": [], "failures_known_of": 40, "start_time": "2026-12-01T08:00:00Z", "elapsed_seconds": 9.0,
        "looked_at": "2026-12-01T08:00:09Z", "cost_so_far": {**_COST, "usd": 0.4}, **changes,
    }  # fmt: skip


STARTED = {
    "execution_arn": ARN, "batch": "tickets-1", "status": "RUNNING", "start_time": "2026-12-01T08:00:00Z",
    "already": False, "next_steps": ["batchctl watch tickets-1"],
}  # fmt: skip


def needs_confirmation(**changes: Any) -> dict[str, Any]:
    return {
        "status": "CONFIRMATION_REQUIRED", "message": "The batch has more rows than start without a person.",
        "reasons": ["50 rows, and 20 start without a person"], "estimate": estimate(50), "confirmation": TOKEN,
        "expires_at": "2026-12-01T09:00:00Z", **changes,
    }  # fmt: skip


@dataclass
class FakeOperations:
    """Answers by name, each fixed, made of the arguments, or raised; `called` has what arrived."""

    answers: dict[str, Any] = field(default_factory=dict)
    called: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def run(self, name: str, arguments: Mapping[str, Any], _deployment: Any, **_: Any) -> dict[str, Any]:
        self.called.append((name, dict(arguments)))
        answer = self.answers[name]
        if isinstance(answer, BaseException):
            raise answer
        found: dict[str, Any] = answer(arguments) if callable(answer) else answer
        return found

    def names(self) -> list[str]:
        return [name for name, _ in self.called]


class FakeStack(Stack):
    """Finds a stack that nobody asks anything."""

    deployment: Any = None


def executes(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Starts only what a person confirmed."""
    return STARTED if arguments.get("confirmation") == TOKEN else needs_confirmation()


ANSWERS: dict[str, Any] = {
    "list_batches": {"batches": []},
    "estimate_batch_cost": estimate(),
    "execute_batch_processor": STARTED,
    "monitor_batch_execution": progress(),
}


@contextmanager
def operations(**answers: Any) -> Iterator[FakeOperations]:
    """Within it the server's operations are these."""
    fake = FakeOperations({**ANSWERS, **answers})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "run", fake.run)
        yield fake


def server(allowance: Allowance = LIMITED) -> Any:
    return build(Calls(FakeStack(HERE), allowance))
