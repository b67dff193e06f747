"""Makes the boto3 clients, and tells what their errors mean. No other module imports boto3, and only aws/ this one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Any

from batch_processor.aws.item_json import hand_on
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable

_MISSING = {"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404", "NotFound"}
_FORBIDDEN = {"AccessDenied", "403", "Forbidden"}
# The same in services other than S3, whose messages say what does not exist, or who may not do what.
_UNKNOWN = {"ResourceNotFoundException", "StateMachineDoesNotExist", "ExecutionDoesNotExist"}
_UNAUTHORIZED = {"AccessDeniedException", "AuthorizationError"}
# Worth another attempt besides 5xx, 429, 409 (two conditional writes met) and whatever has "Throttl" in its name. The
# names are those of botocore's standard retries and of the models of DynamoDB, S3, Lambda, Step Functions and SNS:
# throttling by another name, and passing faults that need not come with a status of 5xx.
_TRANSIENT = {
    "BandwidthLimitExceeded", "ExecutionLimitExceeded", "LimitExceededException",
    "ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown", "TooManyRequestsException",
    "ConcurrentAccessException", "InternalError", "InternalFailure", "InternalServerError",
    "OperationAborted", "PriorRequestNotComplete", "ReplicatedWriteConflictException", "RequestTimeout",
    "RequestTimeoutException", "ServiceException", "ServiceUnavailable", "TransactionConflictException",
    "TransactionInProgressException",
    "NoSuchUpload",  # it may have been completed by a request whose answer was lost
}  # fmt: skip

# As many as threads that call at a time: a thread without a pooled connection would open a new one for every call.
MOST_CONNECTIONS = 32


_make: Callable[[str], Any] | None = None


@contextmanager
def clients_from(make: Callable[[str], Any]) -> Iterator[None]:
    """Within it all gateways use the clients that `make(service)` makes, of an account other than the shell's."""
    global _make
    _make, before = make, _make
    client.cache_clear()
    try:
        yield
    finally:
        _make = before
        client.cache_clear()


@cache
def client(service: str) -> Any:
    """The client of a service, with the SDK's standard retries."""
    if _make:
        return _make(service)
    # boto3 takes longer to import than all the rest together; a handler that ends without AWS never pays for it.
    import boto3
    from botocore.config import Config

    retries = {"mode": "standard", "max_attempts": 6}
    # Else links to objects in us-east-1 are signed by Signature Version 2, which no new bucket takes.
    signing = {"signature_version": "s3v4"} if service == "s3" else {}
    config = Config(retries=retries, max_pool_connections=MOST_CONNECTIONS, **signing)
    made = boto3.client(service, config=config)
    if service == "dynamodb":
        hand_on(made)
    return made


def dynamodb_types() -> Any:
    """boto3's module that converts between Python values and those of DynamoDB's items."""
    from boto3.dynamodb import types

    return types


class translated:  # noqa: N801 - reads as the verb that it is, like contextlib's own
    """Turns the SDK's errors within it into this project's, whose messages begin with `action`; see errors.py."""

    # A class, as a generator takes several times as long to enter and to leave, and every request is within one.
    __slots__ = ("_action",)

    def __init__(self, action: str) -> None:
        self._action = action

    def __enter__(self) -> None:
        """Nothing is needed before there is an error."""

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if exc is not None and (told := _told(self._action, exc)):
            raise told from exc


def _told(action: str, exc: BaseException) -> BatchProcessorError | None:
    """What an error of the SDK means; None for any other."""
    answered, passing, other = _sdk_errors()
    if isinstance(exc, answered):
        return _error_for(action, exc)
    if isinstance(exc, passing):
        return StorageUnavailable(f"{action}: {exc}")
    return BatchProcessorError(f"{action}: {exc}") if isinstance(exc, other) else None


@cache
def _sdk_errors() -> tuple[tuple[type[Exception], ...], ...]:
    """The SDK's errors that a service has answered with, those that pass, and all."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
    from botocore.exceptions import ConnectionError as NoConnection  # never made; HTTPClientError: lost
    from botocore.parsers import ResponseParserError  # an answer that broke off, or a proxy's

    return (ClientError,), (NoConnection, HTTPClientError, IncompleteReadError, ResponseParserError), (BotoCoreError,)


def described(arn: str, absent_code: str, describe: Callable[[], Any]) -> dict[str, Any] | None:
    """What a service says of the resource of that ARN; None if it answers with the error code of one that is absent."""
    try:
        with translated(f"Looking for {arn}"):
            description: dict[str, Any] = describe()
    except BatchProcessorError as exc:
        if getattr(exc.__cause__, "response", {}).get("Error", {}).get("Code") == absent_code:
            return None
        raise
    return description


def _error_for(action: str, exc: Any) -> BatchProcessorError:
    code, message = exc.response["Error"]["Code"], exc.response["Error"].get("Message", "")
    if code in _MISSING:
        return SourceUnavailable(f"{action}: there is no such object. Check the URI.")
    if code in _FORBIDDEN:
        return SourceUnavailable(
            f"{action}: access denied. Check that the object exists and that the stack may use its bucket "
            "(parameters InputBucketPattern and OutputBucketPattern)."
        )
    if code in _UNAUTHORIZED:
        return SourceUnavailable(f"{action}: access denied. Check the permissions of the function's role: {message}")
    if code in ("PreconditionFailed", "412"):
        return SourceUnavailable(f"{action}: the object has changed since it was pinned. Start the batch again.")
    if code in _UNKNOWN:
        return BatchProcessorError(
            f"{action}: there is no such resource. Check its name, and that it is in this account and Region: {message}"
        )
    status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
    if status >= 500 or status in (409, 429) or "Throttl" in code or code in _TRANSIENT:
        return StorageUnavailable(f"{action}: {exc}")
    return BatchProcessorError(f"{action}: {exc}")
