"""Takes the extraction rules of a batch's target out of the file that the configuration names for it."""

from dataclasses import replace
from typing import Any, cast

from batch_processor.config import BatchConfig
from batch_processor.config.config_file import Read, read_file
from batch_processor.config.target import requested_name
from batch_processor.document.pointers import pointer
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration, InvalidEntry, SourceUnavailable
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.schema_entry import SchemaEntry


def with_rules(config: BatchConfig, document: Any, read: Read) -> BatchConfig:
    """The configuration with the rules of its `rules_file`, if it has one; InvalidConfiguration says what is wrong with it."""
    if config.rules_file is None:
        return config
    at = ("agents", requested_name(document) or "", "extraction")
    rules = _rules(str(config.rules_file), pointer(document, at), read)
    return replace(config, output=replace(config.output, extraction=rules, extraction_at=at))


def _rules(uri: str, at: str, read: Read) -> tuple[dict[str, Any], ...]:
    try:
        return cast("SchemaEntry", parse_entry("schema", read_file(at, uri, None, read))).rules()
    except InvalidEntry as exc:
        told = [Problem(at, f"{uri}: {problem}") for problem in exc.problems]
    except InvalidConfiguration as exc:
        told = [Problem(at, problem.message) for problem in exc.problems]
    except SourceUnavailable as exc:
        told = [Problem(at, str(exc))]
    raise InvalidConfiguration(told)
