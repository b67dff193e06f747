from typing import Any

import pytest

from batch_processor.config import ExecutionOptions, NotificationOptions, StorageOptions, parse
from batch_processor.csv_file.csv_format import CsvFormat
from tests.unit.config.changes import Build


def test_nothing_optional_given_means_the_documented_defaults(document: Build) -> None:
    config = parse(document())
    assert config.execution == ExecutionOptions(
        max_concurrency=10,
        timeout_seconds=300,
        max_attempts=3,
        backoff_rate=2.0,
        interval_seconds=2,
        max_delay_seconds=300,
        continue_on_error=True,
        log_level="INFO",
        debug=False,
    )
    assert config.notification == NotificationOptions(True, True, True, None)
    assert config.csv_format == CsvFormat("auto", "auto")
    assert config.output_prefix is None
    assert (config.map_mode, config.storage) == ("auto", StorageOptions("auto", 7, True))
    assert (config.max_rows, config.resumption) == (None, None)
    assert (config.output.include_original, config.output.add_metadata, config.output.escape_formulas) == (
        True,
        True,
        True,
    )


def test_schema_key_for_editors_is_ignored(document: Build) -> None:
    assert parse({"$schema": "./batch-config.schema.json", **document()}) == parse(document())


def test_notifications_can_be_switched_off_one_by_one(document: Build) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:results"
    given = {
        "enabled": True,
        "success_notification": False,
        "failure_notification": True,
        "sns_topic_arn": topic,
    }
    assert parse(document(notification_config=given)).notification == NotificationOptions(True, False, True, topic)


def test_storage_and_map_mode_are_read(document: Build) -> None:
    config = parse(document(map_mode="distributed", storage_mode="dynamodb", ttl_days=365.0, enable_compression=False))
    assert (config.map_mode, config.storage) == ("distributed", StorageOptions("dynamodb", 365, False))


@pytest.mark.parametrize(("given", "max_rows"), [(1, 1), (10.0, 10), ("all", None)])
def test_trial_run_is_one_on_so_many_rows(document: Build, given: Any, max_rows: int | None) -> None:
    assert parse(document(max_rows=given)).max_rows == max_rows
