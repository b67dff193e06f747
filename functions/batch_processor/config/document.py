"""The whole configuration document, in every form that it may be written in."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, JsonValue

from batch_processor.config.by_target import Agents, DefaultsFile, TargetMappings, by_target_problems
from batch_processor.config.csv_format import CsvFormatShape
from batch_processor.config.defaults import Defaults, TtlDays
from batch_processor.config.execution import ExecutionConfig, concurrency_problems
from batch_processor.config.execution_tier import TIER_DESCRIPTION, ExecutionTier, tier_problems
from batch_processor.config.input_mapping import InputMapping, TypedMapping, written_fields
from batch_processor.config.locations import ObjectUri, PrefixUri, StateMachineArn
from batch_processor.config.misplaced import MISPLACED
from batch_processor.config.notification import NotificationConfig
from batch_processor.config.output_mapping import BatchOutputMapping
from batch_processor.config.repetition import CacheForm, repetition_problems
from batch_processor.config.resumption import BatchName, resumption_problems
from batch_processor.config.storage import MapMode, MaxRows, StorageMode, StorageOptions, storage_problems
from batch_processor.config.target import AgentConfigShape, TargetForm, requested_name, target_problems
from batch_processor.document.json_path import follow
from batch_processor.document.shape import Finding, Flag, Shape, Text, expected
from batch_processor.document.wording import shown

_EXAMPLE: JsonValue = {
    "csv_s3_uri": "s3://my-bucket/inputs/tickets.csv",
    "output_s3_prefix": "s3://my-bucket/outputs/",
    "target": {
        "type": "agent",
        "arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-classifier",
    },
    "input_mapping": {"column_mappings": {"description": "ticketText"}, "static_values": {"language": "en"}},
    "output_mapping": {"structured_output_fields": ["category", "priority"]},
    "execution_config": {"max_concurrency": 10, "timeout_seconds": 120, "retry_policy": {"max_attempts": 3}},
}
_BETWEEN_KEYS: dict[str, JsonValue] = {
    "allOf": [
        {"not": {"required": ["execution_config", "processing_config"]}},
        {"not": {"required": ["resume_from", "only_failed_from"]}},
        {
            "not": {
                "properties": {"storage_mode": {"const": "inline"}, "map_mode": {"const": "distributed"}},
                "required": ["storage_mode", "map_mode"],
            }
        },
    ],
    "dependentSchemas": {
        "accept_changes": {"anyOf": [{"required": ["resume_from"]}, {"required": ["only_failed_from"]}]}
    },
    "anyOf": [
        {"required": ["target"]},
        {"required": ["agent_state_machine_arn"]},
        {"required": ["agent_name"]},
        {"required": ["agent_config"]},
    ],
}


# Whose keys people write one level too high.
_SECTIONS: Mapping[str, type[Shape]] = {
    "execution_config": ExecutionConfig,
    "output_mapping": BatchOutputMapping,
    "input_mapping": TypedMapping,
    "notification_config": NotificationConfig,
    "csv_format": CsvFormatShape,
}


class ConfigDocument(Shape):
    """What a batch reads, whom it sends the rows to, and what it writes."""

    model_config = ConfigDict(
        title="Batch processor configuration", json_schema_extra={**_BETWEEN_KEYS, "examples": [_EXAMPLE]}
    )
    misplaced: ClassVar[Mapping[str, str]] = {
        **MISPLACED,
        "config_s3_uri": (
            "'config_s3_uri' names the file that holds the configuration and belongs only into the input of "
            "the execution; take it out of the configuration"
        ),
    }

    schema_uri: Annotated[str, expected("the URI of a JSON Schema")] | None = Field(
        default=None,
        alias="$schema",
        description="The JSON Schema that an editor checks this file with; not read.",
    )
    csv_s3_uri: ObjectUri | None = Field(
        default=None,
        description="The CSV to process. A config file may leave it to the input of the execution.",
    )
    input_csv_s3_uri: ObjectUri | None = Field(default=None, description="Another name of csv_s3_uri.")
    output_s3_prefix: PrefixUri | None = Field(
        default=None,
        description="Where the output goes; outputs/ in the stack's bucket where nothing is said.",
    )
    target: TargetForm | None = Field(default=None, description="The agent or tool that gets the rows.")
    agent_config: AgentConfigShape | None = Field(
        default=None, description="The ARN of an agent that `target` only names."
    )
    agent_name: Text | None = Field(
        default=None, description="Name of a registered agent, or a name next to agent_state_machine_arn."
    )
    agent_state_machine_arn: StateMachineArn | None = Field(
        default=None, description="ARN of an agent; another way of writing `target`."
    )
    input_mapping: InputMapping = Field(
        description="An object that says which columns and values make up the input of the target."
    )
    output_mapping: BatchOutputMapping = Field(
        default=BatchOutputMapping(),
        description="An object that says which columns the output gets; else those that the target is registered with.",
    )
    output_mappings: TargetMappings | None = Field(
        default=None,
        description="How the fields are found in the answers of several targets, by name; counts where output_mapping has no "
        "extraction_methods.",
    )
    agents: Agents | None = Field(
        default=None, description="Files of extraction rules by agent; count where no mapping has any."
    )
    execution_config: ExecutionConfig | None = Field(
        default=None, description="How many rows run at a time, for how long, how often."
    )
    processing_config: ExecutionConfig | None = Field(default=None, description="Another name of execution_config.")
    notification_config: NotificationConfig | None = Field(
        default=None, description="Who is told about the end of the batch."
    )
    csv_format: CsvFormatShape | None = Field(default=None, description="How the input CSV is written.")
    map_mode: MapMode = Field(
        default="auto",
        description="`inline` runs all rows in one execution, `distributed` in many; `auto` goes by their number and size.",
    )
    execution_tier: ExecutionTier | None = Field(default=None, description=TIER_DESCRIPTION)
    storage_mode: StorageMode = Field(
        default=StorageOptions.mode,
        description="`dynamodb` stores each row as it finishes, `inline` in the payload; `auto`: inline if few and small.",
    )
    ttl_days: TtlDays = Field(
        default=StorageOptions.ttl_days, description="Days that stored rows are kept, and can be resumed from."
    )
    enable_compression: Flag = Field(
        default=StorageOptions.compress, description="Whether large input and output is stored compressed."
    )
    defaults: Defaults | None = Field(default=None, description="Another place for three keys.")
    defaults_s3_uri: DefaultsFile | None = Field(
        default=None,
        description="A file with keys for many batches, each of which counts where neither this file nor the execution's input "
        "says it.",
    )
    deduplicate: Flag | None = Field(
        default=None,
        description="Whether rows of the same input are asked once, and the others get that answer; where nothing is said, if "
        "the target is declared deterministic.",
    )
    cache: CacheForm | None = Field(
        default=None,
        description="Whether answers that earlier batches got for the same input are taken, and for how long; where nothing is "
        "said, if the target is declared deterministic.",
    )
    max_rows: MaxRows = Field(default="all", description="A trial run on so many rows, the first ones.")
    resume_from: BatchName | None = Field(
        default=None, description="A batch that did not get to its end; its finished rows are not run again."
    )
    only_failed_from: BatchName | None = Field(
        default=None, description="A batch that has ended; only its failed rows are run again."
    )
    accept_changes: Flag = Field(
        default=False, description="Resume the earlier batch although the CSV, the target or a mapping has changed."
    )

    @classmethod
    def _unknown_key(cls, key: str, value: Any) -> str:
        section = next((name for name, shape in _SECTIONS.items() if key in shape.model_fields), None)
        if section:
            return (
                f"{shown(key)} is not a key here; it belongs into {section}: {{{shown(section)}: {{{shown(key)}: …}}}}"
            )
        return super()._unknown_key(key, value)

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield what is wrong between the keys of the document."""
        yield from _source_problems(given)
        yield from storage_problems(given)
        yield from concurrency_problems(given)
        yield from tier_problems(given)
        yield from repetition_problems(given)
        yield from resumption_problems(given)
        target = list(target_problems(given))
        yield from target
        yield from by_target_problems(given, None if target else requested_name(given))
        if "execution_config" in given and "processing_config" in given:
            yield Finding(
                ("processing_config",),
                "execution_config and processing_config are one thing; keep one of them",
            )
        if not target and follow(("target", "input_format"), given) == "messages":
            yield from _prompt_problems(given.get("input_mapping"))


def _source_problems(given: Mapping[str, Any]) -> Iterator[Finding]:
    uris = [given[key] for key in ("csv_s3_uri", "input_csv_s3_uri") if key in given]
    if not uris:
        yield Finding((), "'csv_s3_uri' is missing: the CSV to process, as s3://BUCKET/KEY")
    elif uris[0] != uris[-1]:
        yield Finding(("input_csv_s3_uri",), "it differs from csv_s3_uri, which means the same; give one of them")


def _prompt_problems(mapping: Any) -> Iterator[Finding]:
    if not any(field == "prompt" for field, _ in written_fields(mapping)):
        yield Finding(
            ("target", "input_format"),
            "messages need an input field 'prompt', the text of the message; add it to input_mapping",
        )
