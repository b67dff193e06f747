"""A path through the row pipeline, and what most of them are made of: steps, and what the tasks give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.statemachine.definition import inside, load
from tests.statemachine.engines import Engine
from tests.statemachine.recorded import WRAPPED_THROTTLING, child, function_result, python_error
from tests.statemachine.samples import LOADED, PLAN, RESULT
from tests.statemachine.walk import Walk, walk

PIPELINE = inside("ProcessCSV", load())
LOADED_ROW = {"index": 2, "row": {"subject": "Charged twice", "email#2": "ana@example.com"}}
MADE_INPUT = {"subject": "Charged twice", "mail": "ana@example.com", "level": "full"}
SUCCESS = RESULT
MISSING = python_error("StructuredOutputMissing", "Nothing at 'structured_output'.")
AGENT_FAILED = child("FAILED", "TriageFailed", "the model gave no answer")
AGENT_TIMED_OUT = child("TIMED_OUT")
AGENT_THROTTLED, TOOL_THROTTLED = (WRAPPED_THROTTLING[f"{kind} throttled"] for kind in ("agent", "tool"))
LOOK_THROTTLED = WRAPPED_THROTTLING["look at an earlier run throttled"]
NEVER_RAN = python_error("AgentInputTooLarge", "The row's input is too large.")
NO_ANSWER = python_error("AgentExecutionFailed", "The agent's execution ended as FAILED.")
NO_S3 = python_error("StorageUnavailable", "S3 failed")
NOT_TAKEN = "The dead letter queue did not take the row (SQS.SdkClientException). "
EXTRACTED = function_result(SUCCESS)
# A retry goes through SelectTarget again.
AGENT = ["SelectTarget", "InvokeAgent"]
RETRY = ["JudgeFailure", "WaitBeforeRetry"]
THROTTLING = ["JudgeFailure", "WaitForThrottling"]
EARLIER = ["DescribeEarlierExecution", "JudgeEarlierExecution"]
DEAD = ["JudgeFailure", "SendToDeadLetterQueue"]
ABORT = ["JudgeFailure", "SendAbortingRowToDeadLetterQueue", "AbortBatch"]


@dataclass(frozen=True)
class Path:
    """`tasks` gives each task's results in turn; an object with Error is an error."""

    visited: list[str]
    tasks: Mapping[str, list[Any]]
    result: Mapping[str, Any]
    loaded_row: Mapping[str, Any] = field(default_factory=lambda: LOADED_ROW)
    plan: Mapping[str, Any] = field(default_factory=lambda: PLAN)

    @property
    def outcome(self) -> Mapping[str, Any]:
        """The result, of a row that failed with how often its target was called for it."""
        if self.visited[-1] not in ("SendToDeadLetterQueue", "RecordRowFailure"):
            return self.result
        attempts = self.visited.count("WaitBeforeRetry") + 1
        return {**self.result, "calls": 0 if "problem" in self.loaded_row else attempts}

    def take(self, engine: Engine) -> Walk:
        """The walk of this row."""
        return walk(PIPELINE, engine, {"plan": self.plan, "loaded": LOADED}, self.loaded_row, self.tasks)


def failed(error: str, message: str, status: str = "FAILED", unread: str = "") -> dict[str, Any]:
    """The row result of a failure; `unread` ends the name of the agent's execution whose answer nobody could read."""
    stamps = {"at": SUCCESS["at"], "ms": 0}
    return {"index": 2, "status": status, "error": error, "message": message, "unread": unread, **stamps}
