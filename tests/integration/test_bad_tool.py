"""A tool that fails, hangs and answers what it should not, in one large batch."""

import random
from collections import Counter

import pytest

from tests.integration.batches import Batches, behaviours
from tests.integration.conftest import SEED

REASONS = {
    "echo": ("SUCCESS", ""),
    "fail": ("FAILED", "ToolBroke: could not handle 'text {}' at all"),
    "hang": ("TIMEOUT", "Execution timeout after 8 s"),
    "huge": ("FAILED", "States.DataLimitExceeded"),
    "garbled": ("FAILED", "StructuredOutputInvalid: The structured output is not an object"),
    "cut_off": ("FAILED", "StructuredOutputMissing: Agent did not return structured output"),
    "raw": ("FAILED", "StructuredOutputMissing: "),  # bytes are text to the runtime
    "mute": ("FAILED", "StructuredOutputMissing: Agent did not return structured output"),
    "exit": ("FAILED", "Runtime.ExitError: RequestId: "),
}


@pytest.mark.distributed
@pytest.mark.express
def test_every_row_of_a_bad_tool_has_its_own_status_and_reason(batches: Batches) -> None:
    """A third of the rows fails at random; others hang, answer 300 KB, answer invalid JSON, or end the process."""
    dice = random.Random(SEED)
    rare = [name for name in REASONS if name not in ("echo", "fail", "hang")]
    rows = ["hang"] * 3 + rare * 4
    rows += [("fail" if dice.random() < 0.3 else "echo") for _ in range(240 - len(rows))]
    dice.shuffle(rows)
    policy = {"execution_config": {"max_concurrency": 20, "timeout_seconds": 8, "retry_policy": {"max_attempts": 1}}}
    outcome = batches.run(behaviours(*rows), "tool", **policy)
    assert outcome.column("behaviour") == rows
    for number, (behaviour, row) in enumerate(zip(rows, outcome.rows, strict=True), start=1):
        status, reason = REASONS[behaviour]
        assert (row["id"], row["_status"]) == (f"{number:03}", status), row
        assert row["_error_message"].startswith(reason.format(number)), row
        assert row["echo"] == (f"text {number}" if status == "SUCCESS" else ""), row
    expected = Counter(REASONS[row][0] for row in rows)
    assert outcome.summary["rows_succeeded"] == expected["SUCCESS"]
    assert outcome.summary["rows_failed"] == expected["FAILED"] + expected["TIMEOUT"]
    assert outcome.summary["rows_timed_out"] == expected["TIMEOUT"]
