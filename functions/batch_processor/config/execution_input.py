"""Makes one configuration document of an execution's input, the config file and the earlier batch that it may name."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.document.s3_uri import object_uri
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


def merge_config(given: Any, read: Callable[[str, str, str | None], bytes]) -> Any:
    """The config file's keys with the execution input's over them; `read(bucket, key, version_id)` fetches the file."""
    if not isinstance(given, Mapping) or "config_s3_uri" not in given:
        return given
    uri, version_id = given["config_s3_uri"], given.get("config_version_id")
    file = object_uri(uri) if isinstance(uri, str) else None
    if not (file and file.bucket and file.key):
        raise InvalidConfiguration([Problem("/config_s3_uri", f"expected s3://BUCKET/KEY, got {uri!r}")])
    if not isinstance(version_id, str | None):
        raise InvalidConfiguration(
            [Problem("/config_version_id", f"expected a version of the object, got {version_id!r}")]
        )
    config = _parse(uri, read(file.bucket, file.key, version_id))
    return _over(config, {name: value for name, value in given.items() if name not in _KEYS_OF_EXECUTION})


def is_complete(document: Any) -> bool:
    """Whether a document is a whole configuration; else it has only what differs from the earlier batch's."""
    return isinstance(document, Mapping) and all(names & document.keys() for names in _NEEDED)


def merge_earlier(document: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of an earlier batch with the document's keys over it."""
    return _over({name: value for name, value in config.items() if name not in _KEYS_OF_RESUMPTION}, document)


def _over(config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    replaced = set().union(*(names for names in _SYNONYMS if names & given.keys()))
    return {**{name: value for name, value in config.items() if name not in replaced}, **given}


def _parse(uri: str, body: bytes) -> dict[str, Any]:
    try:
        config = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_refuse_duplicates)
    except UnicodeDecodeError as exc:
        raise InvalidConfiguration([Problem("", f"{uri} is not UTF-8: {exc}; save it as UTF-8")]) from exc
    except json.JSONDecodeError as exc:
        where = f"line {exc.lineno}, column {exc.colno}"
        raise InvalidConfiguration([Problem("", f"{uri} is not JSON: {exc.msg} at {where}")]) from exc
    except RecursionError as exc:
        raise InvalidConfiguration([Problem("", f"{uri} is nested too deeply to be a configuration")]) from exc
    if not isinstance(config, dict):
        raise InvalidConfiguration([Problem("", f"{uri} holds {type(config).__name__}, expected a JSON object")])
    return config


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON's grammar allows a key twice and its readers drop all but one, silently.
    counts = Counter(name for name, _ in pairs)
    if repeated := [name for name, count in counts.items() if count > 1]:
        raise InvalidConfiguration(
            [Problem("", f"the key {name!r} is given more than once in one object") for name in repeated]
        )
    return dict(pairs)
