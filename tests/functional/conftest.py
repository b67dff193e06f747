"""An account in memory with the stack's buckets and table, and the environment that the template gives the functions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.endpoint
import botocore.session
import pytest
from moto import mock_aws

from batch_processor import settings
from batch_processor.aws.client import client
from batch_processor.results import results_table
from tests.functional.account import DATA, RESULTS, TOPIC
from tests.functional.tables import (
    BATCHES,
    REGISTRIES,
    TABLE,
    create_batches_table,
    create_registries,
    create_results_table,
)

NOW = datetime(2026, 11, 21, 9, 35, 1, tzinfo=UTC)
ACCOUNT = "arn:aws:{service}:eu-west-1:123456789012"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",  # as Lambda sets it
    "STATE_MACHINE_ARN": f"{ACCOUNT.format(service='states')}:stateMachine:batch-processor-dev",
    "ROW_BATCH_MACHINE_ARN": f"{ACCOUNT.format(service='states')}:stateMachine:batch-processor-rows-dev",
    "AGENT_NAME_PATTERN": "support-*",
    "TOOL_NAME_PATTERN": "tool-*",
    "TOPIC_NAME_PATTERN": "",
    "INPUT_BUCKET_PATTERN": "",
    "OUTPUT_BUCKET_PATTERN": RESULTS,
    "BATCH_MACHINE_ARN": f"{ACCOUNT.format(service='states')}:stateMachine:batch-processor-dev",
    "STACK_NAME": "batch-processor-dev",
    "MOST_CONCURRENCY": "10000",
    "MOST_ATTEMPTS": "10",
    "MOST_ROWS": "100000000",
    "MOST_DAYS": "30",
    "MOST_NESTED_BATCHES": "0",
    "ALLOW_DEBUG_LOGS": "true",
    "WORK_FOLDER_DAYS": "60",
    "DATA_BUCKET": DATA,
    "TOOL_PREFIX": "",
    "MACHINE_ARN": f"{ACCOUNT.format(service='states')}:stateMachine:batch-processor-dev",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/dead",
    "UNDELIVERED_EVENT_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/undelivered",
    "CONFIRM_ROWS": "1000",
    "CONFIRM_USD": "5",
    "READING_FUNCTION": "",
    "TOPIC_ARN": TOPIC,
    **{f"{kind.upper()}_REGISTRY": table for kind, table in REGISTRIES.items()},
    "RESULTS_TABLE": TABLE,
    "BATCHES_TABLE": BATCHES,
    "BATCH_DAYS": "400",
}


class NoTime:
    """The clock of the SDK's retries, which stands still."""

    def sleep(self, seconds: float) -> None:
        pass

    def time(self) -> float:
        return 0.0


@pytest.fixture(scope="session", autouse=True)
def loaded_models() -> Iterator[None]:
    """Each account has a session of its own, which would read the services' descriptions anew: a third of a test's time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account: a versioned bucket for data, a bucket without versions for results, and all tables, empty."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(botocore.endpoint, "time", NoTime())
    # Rows are stored and expire on the day of the plans that tests make.
    monkeypatch.setattr(results_table, "_now", lambda: int(NOW.timestamp()))
    with mock_aws():
        client.cache_clear()
        settings.forget()
        for bucket in (DATA, RESULTS):
            client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        client("s3").put_bucket_versioning(Bucket=DATA, VersioningConfiguration={"Status": "Enabled"})
        create_registries()
        create_results_table()
        create_batches_table()
        yield
    client.cache_clear()
    settings.forget()


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is published, in place of a topic."""
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(client("sns"), "publish", lambda **message: published.append(message))
    return published
