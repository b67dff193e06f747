"""Derives the execution from the identity of the config object that triggers it.

S3 delivers events at least once: the same object version must give the same name and the same input.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from batch_processor.limits import EXECUTION_NAME_CHARACTERS

_DIGEST_CHARACTERS = 32  # 128 bits
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


def execution_name(detail: Mapping[str, Any]) -> str:
    """`<config name>-<digest>`, the digest over bucket, key and version (or ETag and sequencer without versions)."""
    return _named(detail["object"]["key"], _identity(detail))


def fresh_execution_name(detail: Mapping[str, Any]) -> str:
    """The name where the other one is taken: as that, of what nobody but S3 and whoever uploaded the object knows.

    Whoever may start batches and see the config object could use up the other name before the event arrives.
    """
    config = detail["object"]
    event = f"{detail.get('request-id', '')} {config.get('sequencer', '')}"
    return _named(config["key"], f"{_identity(detail)}\n{event}")


def execution_input(detail: Mapping[str, Any]) -> str:
    """The execution's input as JSON: the config's URI, and its version where the bucket has versions."""
    config = detail["object"]
    document = {"config_s3_uri": f"s3://{detail['bucket']['name']}/{config['key']}"}
    if version_id := config.get("version-id"):
        document["config_version_id"] = version_id
    return json.dumps(document)


def is_folder(detail: Mapping[str, Any]) -> bool:
    """Whether the object only marks a folder, as the S3 console creates them."""
    return bool(detail["object"]["key"].endswith("/")) and not detail["object"].get("size")


def _identity(detail: Mapping[str, Any]) -> str:
    config = detail["object"]
    version = config.get("version-id") or f"{config['etag']} {config.get('sequencer', '')}"
    return "\n".join((detail["bucket"]["name"], config["key"], version))


def _named(key: str, identity: str) -> str:
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    stem = _UNSAFE.sub("-", PurePosixPath(key).name.split(".")[0]).strip("-")
    return f"{stem[: EXECUTION_NAME_CHARACTERS - _DIGEST_CHARACTERS - 1]}-{digest}".lstrip("-")
