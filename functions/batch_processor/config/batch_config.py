"""The configuration in its normal form: one way of saying each thing, every default filled in."""

from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from batch_processor.config.csv_format import CsvFormatShape
from batch_processor.config.defaults import Defaults, given_or_default
from batch_processor.config.document import ConfigDocument
from batch_processor.config.execution import ExecutionConfig, ExecutionOptions
from batch_processor.config.input_mapping import plan_fields
from batch_processor.config.notification import NotificationConfig, NotificationOptions
from batch_processor.config.output_mapping import OutputOptions
from batch_processor.config.repetition import RepetitionOptions, repetition
from batch_processor.config.resumption import Resumption, named_batch
from batch_processor.config.storage import MapModeName, StorageOptions
from batch_processor.config.target import Target, requested_name, resolve
from batch_processor.config.transformations import PlanField
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.document.s3_uri import S3Uri, object_uri, prefix_uri
from batch_processor.document.shape import problems_of
from batch_processor.document.soundness import unreadable
from batch_processor.errors import InvalidConfiguration


@dataclass(frozen=True)
class BatchConfig:
    """Everything that a configuration says about a batch; `fields` are input fields as the plan has them.

    `rules_file` has the extraction rules of the target, where the configuration names a file of them.

    A target that is only named has no ARN yet: the registries complete it, and what depends on it. `needs_a_cell` tells
    that it is registered to need an input that comes from cells.
    """

    csv: S3Uri
    output_prefix: S3Uri | None
    target: Target
    fields: tuple[PlanField, ...]
    output: OutputOptions
    csv_format: CsvFormat
    execution: ExecutionOptions
    notification: NotificationOptions
    map_mode: MapModeName = "auto"
    storage: StorageOptions = field(default_factory=StorageOptions)
    max_rows: int | None = None
    resumption: Resumption | None = None
    needs_a_cell: bool = False
    rules_file: S3Uri | None = None
    repetition: RepetitionOptions = field(default_factory=RepetitionOptions)


def parse(document: object) -> BatchConfig:
    """Return the normal form of a parsed JSON document; InvalidConfiguration carries all of its problems."""
    if problems := unreadable(document):
        raise InvalidConfiguration(problems)
    try:
        checked = ConfigDocument.model_validate(document)
    except ValidationError as exc:
        raise InvalidConfiguration(problems_of(exc, document)) from None
    return _normalised(checked, document)


def _normalised(checked: ConfigDocument, document: Any) -> BatchConfig:
    execution = checked.execution_config or checked.processing_config or ExecutionConfig()
    defaults = checked.defaults or Defaults()
    name = requested_name(document) or ""
    output = _output(checked, name)
    return BatchConfig(
        csv=object_uri(checked.csv_s3_uri or checked.input_csv_s3_uri or ""),
        output_prefix=prefix_uri(checked.output_s3_prefix) if checked.output_s3_prefix else None,
        target=resolve(document),
        fields=plan_fields(checked.input_mapping),
        output=output,
        csv_format=(checked.csv_format or CsvFormatShape()).normalised(),
        execution=execution.options(defaults, checked.execution_tier),
        notification=(checked.notification_config or NotificationConfig()).options(),
        map_mode=checked.map_mode,
        storage=StorageOptions(
            checked.storage_mode,
            given_or_default(checked, defaults, "ttl_days"),
            given_or_default(checked, defaults, "enable_compression"),
        ),
        max_rows=None if checked.max_rows == "all" else checked.max_rows,
        resumption=named_batch(document),
        repetition=repetition(checked.deduplicate, checked.cache),
        rules_file=None if output.extraction else _rules_file(checked, name),
    )


def _output(checked: ConfigDocument, name: str) -> OutputOptions:
    """The output, with the rules that are written for the target of that name if it has none itself."""
    output, mappings = checked.output_mapping.options(), checked.output_mappings or {}
    if output.extraction or name not in mappings:
        return output
    at = ("output_mappings", name, "extraction_methods")
    return replace(output, extraction=mappings[name].rules(), extraction_at=at)


def _rules_file(checked: ConfigDocument, name: str) -> S3Uri | None:
    settings = (checked.agents or {}).get(name)
    return object_uri(settings.extraction) if settings else None
