import json

import pytest

from batch_processor import limits
from tests.unit.plans import failure


@pytest.mark.parametrize("target_type", ["agent", "tool"])
def test_worst_batches_fit_the_history(target_type: str) -> None:
    for attempts in range(1, 11):
        rows = limits.most_rows(target_type, attempts)
        assert rows * limits.worst_row_events(target_type, attempts) < limits.HISTORY_EVENTS
        assert (rows + 100) * limits.worst_row_events(target_type, attempts) > limits.HISTORY_EVENTS - 4_000


def test_another_attempt_costs_the_same_each_time() -> None:
    costs = [limits.worst_row_events("tool", attempts) for attempts in (1, 2, 3)]
    assert costs[2] - costs[1] == costs[1] - costs[0] > 0


def test_attempts_shrink_with_the_row_count_and_end_at_none() -> None:
    counts = [limits.most_rows("agent", attempts) for attempts in (3, 2, 1)]
    assert [limits.attempts_that_fit("agent", count) for count in counts] == [3, 2, 1]
    assert [limits.attempts_that_fit("agent", count + 1) for count in counts] == [2, 1, 0]


@pytest.mark.parametrize("row_count", [1, 7, 500, 1_400])
def test_results_of_the_allowed_size_fit_the_payload_together(row_count: int) -> None:
    plan_bytes = 20_000
    result_bytes, message_bytes = limits.result_bytes(row_count, plan_bytes)
    stamp = {"at": "2026-11-21T09:34:44.123456789Z", "ms": 3_153_600_000_000}
    answer = result_bytes + len(json.dumps(stamp, separators=(",", ":")))
    reason = {**failure(row_count, "E" * 40, "m" * message_bytes, timeout=True), **stamp}
    failed = len(json.dumps(reason, separators=(",", ":")))
    for size in (answer, failed):
        assert plan_bytes + row_count * (size + 1) < limits.PAYLOAD_BYTES


def test_no_room_is_none_and_never_less() -> None:
    assert limits.result_bytes(1_000, limits.PAYLOAD_BYTES) == (0, 0)


def test_an_empty_batch_has_all_the_room() -> None:
    assert limits.result_bytes(0, 0) == limits.result_bytes(1, 0)


@pytest.mark.parametrize(("message_bytes", "fits"), [(0, False), (39, False), (40, True)])
def test_a_message_needs_some_room(message_bytes: int, fits: bool) -> None:
    assert limits.messages_fit(message_bytes) is fits
