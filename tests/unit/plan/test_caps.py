import dataclasses
from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.plan.caps import Caps
from tests.unit.configs import make_document

NONE = Caps(
    most_concurrency=10_000,
    most_attempts=10,
    most_rows=100_000_000,
    most_days=30,
    most_nested_batches=0,
    work_folder_days=90,
    allow_debug_logs="true",
)
LOW = dataclasses.replace(
    NONE,
    most_concurrency=5,
    most_attempts=2,
    most_rows=1_000,
    most_days=1,
    work_folder_days=32,
    allow_debug_logs="false",
)


def refusals(caps: Caps, **keys: Any) -> dict[str, str]:
    document = make_document(**keys)
    return {found.pointer: found.message for found in caps.problems(caps.kept_to(parse(document), document), document)}


def test_what_asks_for_no_more_is_taken() -> None:
    assert refusals(NONE) == {}
    assert refusals(LOW) == {}
    policy = {"max_concurrency": 5, "timeout_seconds": 86_400, "retry_policy": {"max_attempts": 2}}
    assert refusals(LOW, execution_config=policy, ttl_days=32, max_rows=1_000) == {}


@pytest.mark.parametrize(
    ("keys", "pointer", "words"),
    [
        (
            {"execution_config": {"max_concurrency": 6}},
            "/execution_config/max_concurrency",
            "6 is more than this stack allows: 5 rows",
        ),
        (
            {"processing_config": {"max_concurrency": 6}},
            "/processing_config/max_concurrency",
            "(parameter MostConcurrency)",
        ),
        ({"defaults": {"max_concurrency": 6}}, "/defaults/max_concurrency", "raise MostConcurrency"),
        (
            {"execution_config": {"retry_policy": {"max_attempts": 3}}},
            "/execution_config/retry_policy/max_attempts",
            "raise MostAttempts",
        ),
        (
            {"processing_config": {"retry_strategy": {"max_attempts": 3}}},
            "/processing_config/retry_strategy/max_attempts",
            "2 attempts (parameter MostAttempts)",
        ),
        (
            {"execution_config": {"timeout_seconds": 86_401}},
            "/execution_config/timeout_seconds",
            "86,400 seconds (parameter MostDays)",
        ),
        ({"max_rows": 1_001}, "/max_rows", "1,001 is more than this stack allows: 1,000 rows (parameter MostRows)"),
        ({"ttl_days": 33}, "/ttl_days", "33 is more than this stack allows: 32 days (parameter WorkFolderDays)"),
        ({"execution_config": {"log_level": "DEBUG"}}, "/execution_config/log_level", "parameter AllowDebugLogs"),
        ({"execution_config": {"debug": True}}, "/execution_config/debug", "for AllowDebugLogs=true"),
        ({"processing_config": {"debug": True}}, "/processing_config/debug", "take it out"),
        ({"defaults": {"ttl_days": 33}}, "/defaults/ttl_days", "raise WorkFolderDays"),
    ],
)
def test_what_asks_for_more_is_told_where_and_by_which_parameter(
    keys: dict[str, Any], pointer: str, words: str
) -> None:
    found = refusals(LOW, **keys)
    assert list(found) == [pointer]
    assert words in found[pointer]


def test_debug_is_no_matter_where_another_level_is_given() -> None:
    assert refusals(LOW, execution_config={"debug": True, "log_level": "WARNING"}) == {}
    assert refusals(NONE, execution_config={"debug": True}) == {}


def test_all_that_is_too_much_is_told_at_once() -> None:
    policy = {"max_concurrency": 6, "timeout_seconds": 90_000, "retry_policy": {"max_attempts": 3}}
    assert len(refusals(LOW, execution_config=policy, ttl_days=33, max_rows=2_000)) == 5


def test_defaults_follow_the_caps_and_what_is_given_does_not() -> None:
    document = make_document()
    execution = LOW.kept_to(parse(document), document).execution
    assert (execution.max_concurrency, execution.max_attempts) == (5, 2)
    document = make_document(execution_config={"max_concurrency": 9, "retry_policy": {"max_attempts": 4}})
    execution = LOW.kept_to(parse(document), document).execution
    assert (execution.max_concurrency, execution.max_attempts) == (9, 4)
