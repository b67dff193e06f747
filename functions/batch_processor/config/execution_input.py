"""Makes one configuration document of an execution's input, and the files and the earlier batch that it may name."""

from collections.abc import Mapping
from typing import Any

from batch_processor.config.config_file import Read, read_file
from batch_processor.config.execution_tier import says_tier, without_tier
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration

_KEYS_OF_EXECUTION = ("config_s3_uri", "config_version_id")
# Several ways of saying one thing: what the execution's input says in one way replaces the file's in all of them.
_SYNONYMS = (
    {"csv_s3_uri", "input_csv_s3_uri"},
    {"execution_config", "processing_config"},
    {"target", "agent_config", "agent_name", "agent_state_machine_arn"},
    {"resume_from", "only_failed_from"},
)
# A configuration needs at least one key of each set.
_NEEDED = (
    {"csv_s3_uri", "input_csv_s3_uri"},
    {"target", "agent_config", "agent_name", "agent_state_machine_arn"},
    {"input_mapping"},
)
# Keys about the batch that the earlier batch itself resumed: a batch that resumes it does not take them over.
_KEYS_OF_RESUMPTION = ("resume_from", "only_failed_from", "accept_changes")


def merge_config(given: Any, read: Read) -> Any:
    """The keys of the defaults' file, the config file's over them, and the execution input's over both.

    `read(bucket, key, version_id)` fetches a file.
    """
    if not isinstance(given, Mapping):
        return given
    document = _with_config_file(given, read)
    if "defaults_s3_uri" not in document:
        return document
    defaults = read_file("/defaults_s3_uri", document["defaults_s3_uri"], None, read)
    if again := [key for key in ("config_s3_uri", "defaults_s3_uri") if key in defaults]:
        told = f"the file names a file of its own, by {again[0]}; put the keys into one of them"
        raise InvalidConfiguration([Problem("/defaults_s3_uri", told)])
    return _over(defaults, {name: value for name, value in document.items() if name != "defaults_s3_uri"})


def _with_config_file(given: Mapping[str, Any], read: Read) -> Mapping[str, Any]:
    if "config_s3_uri" not in given:
        return given
    version_id = given.get("config_version_id")
    if not isinstance(version_id, str | None):
        raise InvalidConfiguration(
            [Problem("/config_version_id", f"expected a version of the object, got {version_id!r}")]
        )
    config = read_file("/config_s3_uri", given["config_s3_uri"], version_id, read)
    return _over(config, {name: value for name, value in given.items() if name not in _KEYS_OF_EXECUTION})


def is_complete(document: Any) -> bool:
    """Whether a document is a whole configuration; else it has only what differs from the earlier batch's."""
    return isinstance(document, Mapping) and all(names & document.keys() for names in _NEEDED)


def merge_earlier(document: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of an earlier batch with the document's keys over it."""
    return _over({name: value for name, value in config.items() if name not in _KEYS_OF_RESUMPTION}, document)


def _over(config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    replaced = set().union(*(names for names in _SYNONYMS if names & given.keys()))
    if says_tier(given):
        config = without_tier(config)
    return {**{name: value for name, value in config.items() if name not in replaced}, **given}
