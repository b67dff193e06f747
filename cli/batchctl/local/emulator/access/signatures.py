"""Whether a request is signed, by AWS's Signature Version 4, with a secret that the emulator gave out.

The arithmetic, and what it knows of keys, is MiniStack's, which uses them for users and sessions, but neither for its
root user nor on its own pages. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator, responses, router, sigv4
from ministack.core.iam_evaluator import AmbiguousAccessKeyError, AuthError, ResolvedCredential
from ministack.core.sigv4 import HeaderSignature

from batchctl.local.emulator.access import root_key

_ALGORITHM = "AWS4-HMAC-SHA256"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_A_HASH = re.compile(r"UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+")
# Not signed in addresses; it is held against the body by itself.
_HASH = "x-amz-content-sha256"
_LONGEST_SECONDS = 604_800
_CLOCKS_DIFFER_BY = timedelta(minutes=15)
# Of either mechanism, in a query.
_IN_QUERY = ("x-amz-algorithm", "x-amz-credential", "x-amz-signature", "awsaccesskeyid", "signature")

_UNSIGNED = AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
_UNKNOWN = AuthError("InvalidClientTokenId", "The security token included in the request is invalid.")
_OTHER_BODY = AuthError(
    "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."
)
_OTHER_ALGORITHM = AuthError(
    "InvalidRequest", f"The authorization mechanism is not supported. Please use {_ALGORITHM}, in one place only."
)


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request: its path as it was sent, its query in lists, its headers joined as they are signed."""

    method: str
    raw_path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @classmethod
    def of(cls, scope: Any) -> "Request":
        """The request of an ASGI scope."""
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return cls(scope["method"], scope["raw_path"].decode("latin-1"), query, _joined(scope["headers"]))


@dataclass(frozen=True, slots=True)
class Claim:
    """A request that names a key which there is; only its body tells whether it was signed with the key's secret."""

    request: Request
    signature: HeaderSignature
    credential: ResolvedCredential
    is_presigned: bool

    @property
    def is_of_root(self) -> bool:
        """Whether it is by the account's root user."""
        return bool(self.credential.principal_type == "Root")

    def failure(self, body: bytes) -> AuthError | None:
        """Why it is not by the owner of the key; None if it is."""
        request, declared = self.request, self.request.headers.get(_HASH, "")
        # Whoever has an S3 address may send any body there.
        is_free = self.is_presigned and self.signature.service == "s3"
        if declared and not is_free and not _declares(declared, body):
            return _OTHER_BODY
        refused = sigv4.header_signature_failure(
            self.signature, self.credential.secret_access_key, request.method, request.raw_path,
            request.query, request.headers, body, presigned=self.is_presigned,
        )  # fmt: skip
        return AuthError(*refused) if refused else None


def claim(request: Request) -> Claim | AuthError:
    """Whose the request says it is, or why that cannot be."""
    authorization = request.headers.get("authorization", "")
    in_query = any(name.lower() in _IN_QUERY for name in request.query)
    if not authorization and not in_query:
        return _UNSIGNED
    if authorization and in_query:
        return _OTHER_ALGORITHM
    algorithm = authorization.partition(" ")[0] or _only(request, "X-Amz-Algorithm")
    if algorithm != _ALGORITHM:
        return _OTHER_ALGORITHM
    parse = sigv4.parse_query_signature if in_query else sigv4.parse_header_signature
    signature = parse(request.query if in_query else request.headers)
    if isinstance(signature, tuple):
        return AuthError(*signature)
    # MiniStack looks for the key by itself afterwards, and must find the one that was checked.
    if router.extract_access_key_id(request.headers, request.query) != signature.access_key_id:
        return _OTHER_ALGORITHM
    failure = _failure_of_time(request, signature, in_query) or _failure_of_headers(request, signature)
    credential = failure or _credential(request, signature.access_key_id, in_query)
    return credential if isinstance(credential, AuthError) else Claim(request, signature, credential, in_query)


def _failure_of_time(request: Request, signature: HeaderSignature, in_query: bool) -> AuthError | None:
    signed_at = _moment(signature.amz_date)
    if signed_at is None:
        return AuthError("IncompleteSignature", "Date must be in ISO-8601 'basic format': YYYYMMDDTHHMMSSZ.")
    if not in_query:
        failure = sigv4.request_time_failure(signature)
        return AuthError(*failure) if failure else None
    expires, age = _only(request, "X-Amz-Expires"), datetime.now(UTC) - signed_at
    if not expires.isdecimal() or not 1 <= int(expires) <= _LONGEST_SECONDS:
        wanted = f"X-Amz-Expires must be from 1 to {_LONGEST_SECONDS} seconds"
        return AuthError("AuthorizationQueryParametersError", wanted)
    if age < -_CLOCKS_DIFFER_BY:
        return AuthError("AccessDenied", "Request is not valid yet")
    return AuthError("AccessDenied", "Request has expired") if age > timedelta(seconds=int(expires)) else None


@lru_cache(maxsize=64)
def _moment(text: str) -> datetime | None:
    """The moment in a request's head, which many requests have in common."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _failure_of_headers(request: Request, signature: HeaderSignature) -> AuthError | None:
    """Whether a header could be added to a signed request, or sent with an address, that makes another request of it."""
    signed = signature.signed_headers.split(";")
    if "host" not in signed:
        return AuthError("SignatureDoesNotMatch", "'Host' must be a 'SignedHeader' in the AWS Authorization.")
    added = [name for name in request.headers if name.startswith("x-amz-") and name not in (*signed, _HASH)]
    if added:
        names = ", ".join(added)
        return AuthError("AccessDenied", f"There were headers present in the request which were not signed: {names}")
    return None


def _credential(request: Request, key_id: str, in_query: bool) -> ResolvedCredential | AuthError:
    # `test`, numbers and nothing at all are root's keys, too, to MiniStack.
    if iam_evaluator.is_root_access_key(key_id) and key_id != root_key.current().access_key_id:
        return _UNKNOWN
    token = _only(request, "X-Amz-Security-Token") if in_query else request.headers.get("x-amz-security-token", "")
    try:
        account_id = responses._account_from_sts_session(key_id) or iam_evaluator.find_iam_access_key_account(key_id)
    except AmbiguousAccessKeyError:
        return _UNKNOWN
    found = iam_evaluator.resolve_credential(key_id, account_id, token)
    if isinstance(found, ResolvedCredential):
        return found
    return AuthError(found.code, found.message)


def _declares(declared: str, body: bytes) -> bool:
    if _SHA256.fullmatch(declared):
        return hashlib.sha256(body).hexdigest() == declared
    return bool(_NOT_A_HASH.fullmatch(declared))


def _only(request: Request, name: str) -> str:
    values = request.query.get(name, [])
    return values[0] if len(values) == 1 else ""


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), sigv4.decode_header_value(value)
        joined[key] = f"{joined[key]},{text}" if key in joined else text
    return joined
