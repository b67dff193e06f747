"""What the SDK raises, as this project's errors: the state machine repeats StorageUnavailable and nothing else."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
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
from botocore.parsers import ResponseParserError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker
from botocore.session import get_session

from batch_processor.aws.client import client, translated
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable

URL = "https://s3.eu-west-1.amazonaws.com"
SERVICES = ("dynamodb", "s3", "lambda", "stepfunctions", "sns")
# What is told in 4xx and passes all the same, besides what the SDK knows of.
PASSING = [
    "ExecutionLimitExceeded", "InternalError", "InternalFailure", "InternalServerError", "KMSThrottling",
    "KmsThrottlingException", "OperationAborted", "ReplicatedWriteConflictException", "ServiceException",
    "ServiceUnavailable", "ThrottledException", "TransactionConflictException",
]  # fmt: skip
LASTING = [
    "ValidationException",
    "ConditionalCheckFailedException",
    "InvalidArn",
    "ExecutionAlreadyExists",
    "NoSuchTag",
]


def refusal(code: str, status: int = 400, message: str = "as told") -> ClientError:
    metadata = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "PutItem")


def retried_by_the_sdk() -> set[str]:
    """The error codes that the SDK's own retries take for throttling or passing, whatever their status."""
    codes = {*ThrottledRetryableChecker._THROTTLED_ERROR_CODES, *TransientRetryableChecker._TRANSIENT_ERROR_CODES}
    for service in SERVICES:
        for shape in get_session().get_service_model(service).error_shapes:
            if shape.metadata.get("retryable") is not None:
                codes.add(shape.metadata.get("error", {}).get("code", shape.name))
    return codes


@pytest.mark.parametrize("code", sorted({*retried_by_the_sdk(), *PASSING}))
def test_throttling_and_passing_faults_are_known_by_name(code: str) -> None:
    with pytest.raises(StorageUnavailable, match=f"^Storing: .*{code}.*as told"), translated("Storing"):
        raise refusal(code)


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 504])
def test_unknown_faults_are_known_by_status(status: int) -> None:
    with pytest.raises(StorageUnavailable), translated("Storing"):
        raise refusal(str(status), status)


@pytest.mark.parametrize("code", LASTING)
def test_refusal_that_lasts_is_not_worth_another_attempt(code: str) -> None:
    with pytest.raises(BatchProcessorError, match=f"^Storing: .*{code}.*as told") as caught, translated("Storing"):
        raise refusal(code)
    assert type(caught.value) is BatchProcessorError


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "StateMachineDoesNotExist", "ExecutionDoesNotExist"])
def test_missing_resource_is_not_called_an_object(code: str) -> None:
    expected = r"^Storing: there is no such resource\. Check its name, .*: not found$"
    with pytest.raises(BatchProcessorError, match=expected) as caught, translated("Storing"):
        raise refusal(code, message="not found")
    assert type(caught.value) is BatchProcessorError


@pytest.mark.parametrize("code", ["AccessDeniedException", "AuthorizationError"])
def test_missing_permission_is_not_sought_at_a_bucket(code: str) -> None:
    with pytest.raises(SourceUnavailable, match="access denied") as caught, translated("Storing"):
        raise refusal(code, message="User: x is not authorized to perform: dynamodb:PutItem")
    assert "dynamodb:PutItem" in str(caught.value)
    assert "Bucket" not in str(caught.value)


def test_missing_permission_for_an_object_names_the_parameters() -> None:
    with pytest.raises(SourceUnavailable, match="InputBucketPattern and OutputBucketPattern"), translated("Reading"):
        raise refusal("AccessDenied", 403)


def test_answer_that_cannot_be_read_is_worth_another_attempt() -> None:
    with pytest.raises(StorageUnavailable, match="invalid XML"), translated("Reading"):
        raise ResponseParserError("Unable to parse response, invalid XML received")


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
