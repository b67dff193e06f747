from typing import Any

import pytest

from batch_processor.config import ExecutionOptions, parse
from tests.unit.config.changes import Build


@pytest.mark.parametrize("key", ["execution_config", "processing_config"])
@pytest.mark.parametrize("retry", ["retry_policy", "retry_strategy"])
def test_execution_options_are_read_under_either_name(document: Build, key: str, retry: str) -> None:
    given = {
        "max_concurrency": 40.0,
        "timeout_seconds": 1,
        retry: {"max_attempts": 1, "backoff_rate": 1, "interval_seconds": 3, "max_delay_seconds": 3},
        "continue_on_error": False,
        "log_level": "ERROR",
        "debug": True,
        "enable_xray": False,
    }
    assert parse(document(**{key: given})).execution == ExecutionOptions(40, 1, 1, 1.0, 3, 3, False, "ERROR", True)


@pytest.mark.parametrize(
    "keys",
    [
        {"execution_tier": "express"},
        *({key: {"execution_tier": "express"}} for key in ("execution_config", "processing_config")),
    ],
)
def test_tier_is_read_in_each_of_its_places(document: Build, keys: dict[str, Any]) -> None:
    assert parse(document(**keys)).execution.tier == "express"
    assert parse(document()).execution.tier == "auto"


def test_longest_wait_is_never_shorter_than_the_first(document: Build) -> None:
    retry = {"retry_policy": {"interval_seconds": 600}}
    assert parse(document(execution_config=retry)).execution.max_delay_seconds == 600


def test_debug_lowers_the_log_level_where_none_is_given(document: Build) -> None:
    assert parse(document(execution_config={"debug": True})).execution.log_level == "DEBUG"


def test_inline_batch_may_be_asked_for_where_its_own_concurrency_fits(document: Build) -> None:
    keys = {"execution_config": {"max_concurrency": 40}, "defaults": {"max_concurrency": 41}}
    assert parse(document(map_mode="inline", **keys)).execution.max_concurrency == 40
