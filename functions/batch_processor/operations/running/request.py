"""What is asked for when a batch is started: the configuration, checked as far as that is free, and what it is called."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch import manifest
from batch_processor.config import parse
from batch_processor.config.execution_input import is_complete, merge_config, merge_earlier
from batch_processor.config.locations import is_object_uri
from batch_processor.document.s3_uri import object_uri
from batch_processor.errors import SourceUnavailable
from batch_processor.limits import EXECUTION_NAME_CHARACTERS
from batch_processor.operations.deployment import Deployment

_DIGEST_CHARACTERS = 12
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_CSV_KEYS = ("csv_s3_uri", "input_csv_s3_uri")
_EARLIER_KEYS = ("resume_from", "only_failed_from")


@dataclass(frozen=True, slots=True)
class Request:
    """`document` is the execution's input, `whole` the configuration with what the files that it names say.

    `digest` is that of what is asked for: of the configuration, and of the CSV as it is now.
    """

    document: Mapping[str, Any]
    whole: Mapping[str, Any]
    stem: str
    digest: str

    @property
    def text(self) -> str:
        """The execution's input: of the same request always the same."""
        return canonical(self.document)

    def name(self, attempt: int = 0) -> str:
        """What the batch is called; another `attempt` for each that came to nothing."""
        digest = hashlib.sha256(f"{self.digest} {attempt}".encode()).hexdigest() if attempt else self.digest
        room = EXECUTION_NAME_CHARACTERS - _DIGEST_CHARACTERS - 1
        return f"{self.stem[:room]}-{digest[:_DIGEST_CHARACTERS]}".lstrip("-")


def request_of(config: Mapping[str, Any], deployment: Deployment, again: str | None = None) -> Request:
    """The request; InvalidConfiguration with all that is wrong, SourceUnavailable if the CSV is not there."""
    whole = merge_config(config, s3.read)
    if not is_complete(whole) and (earlier := _earlier(whole, deployment)) is not None:
        whole = merge_earlier(whole, earlier)
    parse(whole)
    uri = next(str(whole[key]) for key in _CSV_KEYS if key in whole)
    identity = "\n".join((canonical(config), canonical(whole), _version(uri), again or ""))
    return Request(config, whole, _stem(whole, uri), hashlib.sha256(identity.encode()).hexdigest())


def canonical(document: Mapping[str, Any]) -> str:
    """The document as JSON, of which alike ones have the same."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _earlier(whole: Mapping[str, Any], deployment: Deployment) -> dict[str, Any] | None:
    named = next((str(whole[key]) for key in _EARLIER_KEYS if key in whole), None)
    if named is None:
        return None
    arn = named if named.startswith("arn:") else deployment.execution_arn(named)
    return manifest.read_config(deployment.data_bucket, arn)


def _stem(whole: Mapping[str, Any], uri: str) -> str:
    earlier = next((str(whole[key]) for key in _EARLIER_KEYS if key in whole), None)
    if earlier is None:
        return _UNSAFE.sub("-", PurePosixPath(uri).name.split(".")[0]).strip("-")
    # As its predecessor, without the digest of that.
    name = earlier.rpartition(":")[2]
    return re.sub(rf"-[0-9a-f]{{{_DIGEST_CHARACTERS}}}\Z", "", name)


def _version(uri: str) -> str:
    """What tells the CSV, as it is now, from what it was or will be; "" if only the stack may look at it."""
    if not is_object_uri(uri):
        return ""
    csv = object_uri(uri)
    try:
        pinned = s3.pin(csv.bucket, csv.key)
    except SourceUnavailable as exc:
        if s3.is_denied(exc):
            return ""
        raise
    return pinned.version_id or pinned.etag
