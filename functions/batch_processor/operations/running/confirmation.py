"""Confirmations of large batches: each starts one batch, once, for a quarter of an hour.

The table has a digest of each alone, so that who reads the table cannot confirm anything.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from batch_processor.aws import dynamodb
from batch_processor.batch.batches_table import key_of
from batch_processor.contract.results import time_text
from batch_processor.errors import ConfirmationInvalid

LASTS = timedelta(minutes=15)
_TOKEN_BYTES = 24
_ASK_ANEW = "Nothing was started. Ask for a new one by starting the batch without a confirmation."


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What starts the batch, and until when."""

    token: str
    expires_at: str


def issue(table: str, request_digest: str, now: datetime | None = None) -> Confirmation:
    """A new confirmation of that request."""
    expires = (now or datetime.now(UTC)) + LASTS
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    item = {
        **key_of(_key(token)),
        "request": {"S": request_digest},
        "expires_at": {"S": time_text(expires)},
        "ttl": {"N": str(int(expires.timestamp()))},
    }
    dynamodb.put(f"Keeping a confirmation in the table {table}", TableName=table, Item=item)
    return Confirmation(token, time_text(expires))


def redeem(table: str, token: str, request_digest: str, now: datetime | None = None) -> None:
    """Uses the confirmation up; ConfirmationInvalid if it is not of that request, has run out or was used."""
    at = time_text(now or datetime.now(UTC))
    is_taken = dynamodb.delete(
        f"Using a confirmation up in the table {table}",
        TableName=table,
        Key=key_of(_key(token)),
        ConditionExpression="#request = :request AND expires_at > :now",
        ExpressionAttributeNames={"#request": "request"},
        ExpressionAttributeValues={":request": {"S": request_digest}, ":now": {"S": at}},
    )
    if not is_taken:
        raise ConfirmationInvalid(_why_not(table, token, request_digest))


def _why_not(table: str, token: str, request_digest: str) -> str:
    item = dynamodb.get(f"Reading a confirmation in the table {table}", TableName=table, Key=key_of(_key(token)))
    if item is None:
        return f"This confirmation was used before, or has run out, or was never given. {_ASK_ANEW}"
    if item["request"]["S"] != request_digest:
        return (
            "This confirmation is of another configuration, or the CSV has changed since: it starts exactly what it was given "
            f"for. {_ASK_ANEW}"
        )
    return f"This confirmation ran out at {item['expires_at']['S']}. {_ASK_ANEW}"


def _key(token: str) -> str:
    return f"confirmation#{hashlib.sha256(token.encode()).hexdigest()}"
