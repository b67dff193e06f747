import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor import limits
from tests.unit.plans import failure

MACHINE: Any = json.loads((Path(__file__).parents[2] / "statemachine/row_batch.asl.json").read_text())
ROW: dict[str, Any] = MACHINE["States"]["ProcessCSV"]["ItemProcessor"]["States"]
INVOKE = {"agent": "InvokeAgent", "tool": "InvokeTool", "express": "InvokeExpressAgent"}


def retries(state: dict[str, Any]) -> int:
    return sum(retrier["MaxAttempts"] for retrier in state["Retry"])


@pytest.mark.parametrize("target_type", list(INVOKE))
def test_worst_batches_fit_the_history(target_type: str) -> None:
    for attempts in range(1, 11):
        rows = limits.most_rows(target_type, attempts)
        assert rows * limits.worst_row_events(target_type, attempts) < limits.HISTORY_EVENTS
        assert (rows + 100) * limits.worst_row_events(target_type, attempts) > limits.HISTORY_EVENTS - 4_000


@pytest.mark.parametrize("target_type", list(INVOKE))
def test_worst_row_batches_fit_the_history_without_a_reserve(target_type: str) -> None:
    for attempts in range(1, 11):
        rows = limits.most_batch_rows(target_type, attempts)
        assert rows >= 20
        assert rows * limits.most_row_events(target_type, attempts) < limits.HISTORY_EVENTS - 50
        assert (rows + 1) * limits.most_row_events(target_type, attempts) > limits.HISTORY_EVENTS - 60


@pytest.mark.parametrize("count", [limits.worst_row_events, limits.most_row_events])
def test_another_attempt_costs_the_same_each_time(count: Any) -> None:
    costs = [count("tool", attempts) for attempts in (1, 2, 3)]
    assert costs[2] - costs[1] == costs[1] - costs[0] > 0


@pytest.mark.parametrize("target_type", list(INVOKE))
def test_every_retry_that_the_machine_makes_is_counted(target_type: str) -> None:
    def besides(attempts: int) -> int:
        return limits.most_row_events(target_type, attempts) - limits.worst_row_events(target_type, attempts)

    per_attempt = retries(ROW[INVOKE[target_type]]) + retries(ROW["ExtractStructuredOutput"])
    fetched = 7 if target_type == "agent" else 0  # JudgeFailure and ExtractStructuredOutput once more
    assert besides(2) - besides(1) == 3 * per_attempt + fetched
    # The invocation that was throttled with the retries of the service's base class, and three states of two events.
    generic = ROW[INVOKE[target_type]]["Retry"][-1]["MaxAttempts"]
    throttled = 8 * (limits._INVOKE_EVENTS[target_type] + 6 + 3 * generic)
    assert "$throttled < 8" in ROW["JudgeFailure"]["Choices"][0]["Condition"]
    earlier = 20 if target_type == "agent" else 0
    assert besides(1) == 3 * per_attempt + 3 * retries(ROW["SendToDeadLetterQueue"]) + throttled + earlier + fetched


def test_the_retries_of_a_row_batch_itself_are_counted() -> None:
    made = sum(retries(state) for state in MACHINE["States"].values() if "Retry" in state)
    assert 19 + 3 * made == limits._ROW_BATCH_EVENTS


@pytest.mark.parametrize("row_count", [1, 7, 500, 1_020])
def test_results_of_the_allowed_size_fit_the_payload_together(row_count: int) -> None:
    plan_bytes = 20_000
    result_bytes, message_bytes = limits.result_bytes(row_count, plan_bytes)
    stamp = {"at": "2026-11-21T09:34:44.123456789Z", "ms": 3_153_600_000_000}
    unread = {"unread": "10-5ca1ab1e"}
    answer = result_bytes + len(json.dumps(stamp, separators=(",", ":")))
    reason = {**failure(limits.MOST_ITEMS, "E" * 40, "m" * message_bytes, timeout=True), **unread, **stamp}
    failed = len(json.dumps(reason, separators=(",", ":")))
    for size in (answer, failed):
        assert plan_bytes + row_count * (size + 1) < limits.PAYLOAD_BYTES


def test_no_room_is_none_and_never_less() -> None:
    assert limits.result_bytes(1_000, limits.PAYLOAD_BYTES) == (0, 0)
    assert limits.batch_bytes(limits.PAYLOAD_BYTES) == limits.row_bytes(limits.PAYLOAD_BYTES) == 0


def test_an_empty_batch_has_all_the_room() -> None:
    assert limits.result_bytes(0, 0) == limits.result_bytes(1, 0)


@pytest.mark.parametrize("plan_bytes", [2_000, 60_000])
def test_rows_of_a_row_batch_fit_whether_or_not_the_plan_counts_as_theirs(plan_bytes: int) -> None:
    batch, row = limits.batch_bytes(plan_bytes), limits.row_bytes(plan_bytes)
    assert plan_bytes + batch < limits.PAYLOAD_BYTES
    assert plan_bytes + row < batch


@pytest.mark.parametrize(("message_bytes", "fits"), [(0, False), (108, False), (109, True)])
def test_a_message_needs_some_room(message_bytes: int, fits: bool) -> None:
    assert limits.messages_fit(message_bytes) is fits


@pytest.mark.parametrize(("result_bytes", "roomy"), [(16 * 1024 - 1, False), (16 * 1024, True)])
def test_answers_of_sixteen_kibibytes_are_roomy(result_bytes: int, roomy: bool) -> None:
    assert limits.results_are_roomy(result_bytes) is roomy
