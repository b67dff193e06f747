"""The record of a Map Run, as ListMapRuns and DescribeMapRun show it; MiniStack's own functions do the showing.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html
"""

import threading
from typing import Any, NamedTuple

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions

_COUNTS = (
    "pending", "running", "succeeded", "failed", "timedOut", "aborted", "total",
    "resultsWritten", "failuresNotRedrivable", "pendingRedrive",
)  # fmt: skip
_COUNTED_AS = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
    "PENDING_REDRIVE": "pendingRedrive",
}


class Tolerance(NamedTuple):
    """How many items may fail; None where the state does not say."""

    percentage: float | None
    number: int | None

    def is_exceeded(self, failed: int, total: int) -> bool:
        """Whether the Map Run fails with this many failed items."""
        if self.percentage is None and self.number is None:
            return failed > 0
        too_many = self.number is not None and failed > self.number
        return too_many or (self.percentage is not None and failed * 100 > self.percentage * total)


class MapRunRecord:
    """The counts and the status of one Map Run."""

    def __init__(
        self,
        execution: dict[str, Any],
        label: str,
        child_type: str,
        item_count: int,
        concurrency: int,
        tolerance: Tolerance,
    ) -> None:
        machine = execution["stateMachineArn"]
        self.child_machine_arn = f"{machine}/{label}"
        self.uuid = new_uuid()
        self.arn = f"{self.child_machine_arn.replace(':stateMachine:', ':mapRun:')}:{self.uuid}"
        self._tolerance = tolerance
        self._lock = threading.Lock()
        self.items = {**dict.fromkeys(_COUNTS, 0), "total": item_count, "pending": item_count}
        self.executions = dict.fromkeys(_COUNTS, 0)
        self.fields: dict[str, Any] = {
            "mapRunArn": self.arn,
            "executionArn": execution["executionArn"],
            "status": "RUNNING",
            "startDate": now_iso(),
            "maxConcurrency": concurrency,
            "toleratedFailurePercentage": tolerance.percentage or 0,
            "toleratedFailureCount": tolerance.number or 0,
            "itemCounts": self.items,
            "executionCounts": self.executions,
            "redriveCount": 0,
            "_stateMachineArn": self.child_machine_arn,
            "_childType": child_type,
        }
        stepfunctions._map_runs[self.arn] = self.fields

    def found(self, item_count: int) -> None:
        """The ItemReader found so many items."""
        with self._lock:
            self.items["total"] = self.items["pending"] = item_count

    def started(self, item_count: int) -> None:
        """A new child runs."""
        with self._lock:
            self.items["pending"] -= item_count
            self.items["running"] += item_count
            self.executions["total"] += 1
            self.executions["running"] += 1

    def changed(self, item_count: int, before: str, after: str) -> None:
        """A child's status changed."""
        with self._lock:
            for counts, number in ((self.items, item_count), (self.executions, 1)):
                counts[_COUNTED_AS[before]] -= number
                counts[_COUNTED_AS[after]] += number

    def has_too_many_failures(self) -> bool:
        """Whether more items failed than are tolerated; aborted ones do not count."""
        return self._tolerance.is_exceeded(self.items["failed"] + self.items["timedOut"], self.items["total"])

    def results_written(self) -> None:
        """All results are in S3."""
        for counts in (self.items, self.executions):
            counts["resultsWritten"] = sum(counts[name] for name in ("succeeded", "failed", "timedOut", "aborted"))

    def redriven(self) -> None:
        """The Map Run goes on."""
        self.fields.pop("stopDate")
        self.fields.update(status="RUNNING", redriveCount=self.fields["redriveCount"] + 1, redriveDate=now_iso())

    def end(self, status: str) -> None:
        """The Map Run is over."""
        self.fields.update(status=status, stopDate=now_iso())
