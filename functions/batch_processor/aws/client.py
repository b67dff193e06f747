"""Makes the boto3 clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable

_MISSING = {"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "404", "NotFound"}
_FORBIDDEN = {"AccessDenied", "403", "Forbidden", "AccessDeniedException"}
# Besides 5xx, throttling and 409 (two conditional writes met): an upload that is gone may have been completed by a
# request whose answer was lost.
_PASSING = {"SlowDown", "RequestTimeout", "NoSuchUpload"}


@cache
def client(service: str) -> Any:
    """The client of a service, with the SDK's standard retries."""
    # boto3 takes longer to import than all the rest together; a handler that ends without AWS never pays for it.
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(retries={"mode": "standard", "max_attempts": 6}))


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Turns the SDK's errors into this project's: what is missing or forbidden, and what is worth another attempt."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
    from botocore.exceptions import ConnectionError as NoConnection  # none was made; the others are lost ones

    try:
        yield
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        if code in _MISSING:
            raise SourceUnavailable(f"{action}: there is no such object. Check the URI.") from exc
        if code in _FORBIDDEN:
            raise SourceUnavailable(
                f"{action}: access denied. Check that the object exists and that the stack may use its bucket "
                "(parameters InputBucketPattern and OutputBucketPattern)."
            ) from exc
        if code in ("PreconditionFailed", "412"):
            raise SourceUnavailable(
                f"{action}: the object has changed since it was pinned. Start the batch again."
            ) from exc
        status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
        if status >= 500 or status in (409, 429) or "Throttl" in code or code in _PASSING:
            raise StorageUnavailable(f"{action}: {exc}") from exc
        raise BatchProcessorError(f"{action}: {exc}") from exc
    except (NoConnection, HTTPClientError, IncompleteReadError) as exc:
        raise StorageUnavailable(f"{action}: {exc}") from exc
    except BotoCoreError as exc:
        raise BatchProcessorError(f"{action}: {exc}") from exc
