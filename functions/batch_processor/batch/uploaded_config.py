"""What an uploaded file is, by its keys alone: a batch to start, or one for later.

The keys stand here once more, as the modules that check them take long to load; a test compares both.
"""

from collections.abc import Mapping
from typing import Any

from batch_processor.aws import s3
from batch_processor.document.document_text import UnreadableDocument, read_object
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.limits import MOST_CONFIG_BYTES

_TARGET = {"target", "agent_config", "agent_name", "agent_state_machine_arn"}
# What names the rows: a CSV, or an earlier batch, which has one.
_ROWS = {"csv_s3_uri", "input_csv_s3_uri", "resume_from", "only_failed_from"}
CONFIG_KEYS = {
    *_TARGET, *_ROWS, "$schema", "output_s3_prefix", "input_mapping", "output_mapping", "execution_config",
    "processing_config", "notification_config", "csv_format", "map_mode", "storage_mode", "ttl_days", "enable_compression",
    "defaults", "defaults_s3_uri", "agents", "output_mappings", "max_rows", "accept_changes",
    "execution_tier", "deduplicate", "cache",
}  # fmt: skip
_SCHEMA_MARKS = {"fields", "extraction_methods"}


def read(detail: Mapping[str, Any]) -> dict[str, Any] | None:
    """The object that S3's event tells of; None if it is gone, too large, or nothing that can be read.

    StorageUnavailable if S3 answers later.
    """
    bucket, uploaded = detail["bucket"]["name"], detail["object"]
    try:
        pinned = s3.pin(bucket, uploaded["key"], uploaded.get("version-id"))
        if pinned.size_bytes > MOST_CONFIG_BYTES:
            return None
        return read_object(pinned.uri, pinned.read_range(0, pinned.size_bytes))
    except StorageUnavailable:
        raise
    except (BatchProcessorError, UnreadableDocument):
        return None


def is_for_later(document: Mapping[str, Any]) -> bool:
    """Whether nothing is to be started: a config that leaves the CSV to the execution's input, or rules of an agent.

    A key that nobody knows may be a CSV's, misspelt: that batch is started, and refused with what was meant.
    """
    return document.keys() <= CONFIG_KEYS - _ROWS or _is_schema(document)


def is_batch(document: Mapping[str, Any]) -> bool:
    """Whether the document is surely a config that would start a batch."""
    names = document.keys()
    return bool(names & {"csv_s3_uri", "input_csv_s3_uri"} and names & _TARGET and "input_mapping" in names)


def _is_schema(document: Mapping[str, Any]) -> bool:
    names = document.keys()
    return "agent" in names and bool(names & _SCHEMA_MARKS) and not names & CONFIG_KEYS
