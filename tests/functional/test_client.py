"""What the SDK raises, as this project's errors: the state machine repeats StorageUnavailable and nothing else."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from batch_processor.aws.client import client, translated
from batch_processor.errors import BatchProcessorError, StorageUnavailable

URL = "https://s3.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        ResponseStreamingError(error="broken"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_connection_that_fails_is_worth_another_attempt(error: BotoCoreError) -> None:
    with pytest.raises(StorageUnavailable, match=r"^Reading: ") as caught, translated("Reading"):
        raise error
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [ParamValidationError(report="Invalid bucket name"), NoCredentialsError(), NoRegionError()],
    ids=lambda error: type(error).__name__,
)
def test_what_no_other_attempt_would_mend_is_not(error: BotoCoreError) -> None:
    with pytest.raises(BatchProcessorError, match=r"^Reading: ") as caught, translated("Reading"):
        raise error
    assert type(caught.value) is BatchProcessorError
    assert caught.value.__cause__ is error


def test_error_of_the_code_itself_gets_through() -> None:
    with pytest.raises(KeyError), translated("Reading"):
        raise KeyError("x")


def test_call_that_the_sdk_refuses_to_make_is_not_worth_another_attempt() -> None:
    with pytest.raises(BatchProcessorError, match="Invalid bucket name") as caught, translated("Reading"):
        client("s3").head_bucket(Bucket="no bucket")
    assert type(caught.value) is BatchProcessorError
