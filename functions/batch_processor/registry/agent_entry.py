"""An agent as the AgentRegistry has it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field

from batch_processor.config.locations import StateMachineArn
from batch_processor.config.target import INPUT_FORMATS, InputFormat
from batch_processor.document.shape import Finding, Flag, Text, expected, one_of
from batch_processor.document.wording import shown, suggestion
from batch_processor.registry.entry import (
    Document,
    Entry,
    EntryVersion,
    JsonObject,
    Part,
    Paths,
    TargetName,
    with_fields,
)
from batch_processor.registry.json_schema import InputSchema, OutputSchema
from batch_processor.registry.output_fields import known_outputs, listed_properties, unknown_fields
from batch_processor.registry.price import PRICE_FORM, ExpectedMs, RegisteredPrice
from batch_processor.registry.promises import Deterministic, Idempotent


class RegisteredSchema(Part):
    """A schema of the structured output."""

    schema_: OutputSchema = Field(alias="schema", description="the JSON Schema itself")
    canonical_schema_id: Text | None = None
    canonical_schema_version: Text | None = None


class StructuredOutput(Part):
    """Whether the agent has structured output, what that is, and which of its fields a batch gets."""

    enabled: Flag = False
    schemas: Annotated[dict[Text, RegisteredSchema], expected("an object {name: {schema}}")] = Field(default={})
    output_fields: Annotated[list[Text], expected("a list of names")] = Field(default=[])
    chosen: Any = Field(default=None, alias="schema")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield output fields that no schema has."""
        schemas = given.get("schemas")
        entries = list(schemas.values()) if isinstance(schemas, dict) else []
        chosen = given.get("schema")
        if isinstance(chosen, str) and isinstance(schemas, dict) and chosen not in schemas:
            yield Finding(
                ("schema",), f"there is no schema {shown(chosen)} among schemas; {suggestion(chosen, schemas)}"
            )
        known = known_outputs(entry.get("schema") if isinstance(entry, dict) else None for entry in entries)
        yield from unknown_fields(given.get("output_fields"), known)


class AgentEntry(Entry):
    """An agent: a state machine, what it takes and what it answers."""

    kind: ClassVar[Literal["agent"]] = "agent"
    runs: ClassVar[Literal["state_machine"]] = "state_machine"
    key: ClassVar[tuple[str, ...]] = ("agent_name", "version")
    json_texts: ClassVar[Paths] = (
        *((name,) for name in ("tools", "parameters", "metadata", "template_config", "input_schema", "tags")),
        ("price",),
        ("structured_output",),
        ("structured_output", "output_fields"),
        ("structured_output", "schemas"),
        ("structured_output", "schemas", "*"),
        ("structured_output", "schemas", "*", "schema"),
    )

    agent_name: TargetName = Field(description="the agent's name")
    version: EntryVersion = Field(description="a semantic version, as 1.2.0")
    state_machine_arn: StateMachineArn = Field(description="the ARN of the agent's state machine")
    description: str = ""
    price: Annotated[RegisteredPrice, expected(PRICE_FORM)] | None = None
    expected_ms: ExpectedMs | None = None
    idempotent: Idempotent | None = None
    deterministic: Deterministic | None = None
    template_config: JsonObject = Field(default={})
    input_format: Annotated[InputFormat, one_of(*INPUT_FORMATS)] = "structured"
    input_schema: InputSchema | None = None
    structured_output: Annotated[StructuredOutput, expected("an object {…}, or the JSON text of one")] = Field(
        default_factory=StructuredOutput
    )

    @property
    def arn(self) -> str:
        return self.state_machine_arn

    @property
    def structured_output_enabled(self) -> bool:
        return self.structured_output.enabled

    @property
    def output_schemas(self) -> dict[str, Document]:
        """The schemas that an answer may have, by name: all, or the one that `structured_output.schema` names."""
        schemas = {name: registered.schema_ for name, registered in self.structured_output.schemas.items()}
        chosen = self.structured_output.chosen
        return {chosen: schemas[chosen]} if isinstance(chosen, str) and chosen in schemas else schemas

    @property
    def output_schema(self) -> Document | None:
        """The schema that an answer must fit; if there are several, one that any of them satisfies."""
        schemas = self.output_schemas
        if len(schemas) < 2:
            return next(iter(schemas.values()), None)
        return {"anyOf": [_part(name, schema) for name, schema in schemas.items()]}

    @property
    def output_fields(self) -> tuple[str, ...]:
        """The fields that a batch gets if it asks for none."""
        schemas = self.output_schemas.values()
        return tuple(self.structured_output.output_fields) or listed_properties(schemas)

    @property
    def known_outputs(self) -> tuple[str, ...] | None:
        """All fields that an answer may have; None if it may have any."""
        known = known_outputs(self.output_schemas.values())
        return None if known is None else tuple(dict.fromkeys([*self.structured_output.output_fields, *known]))

    def document(self) -> Document:
        """The entry as plain JSON, with the output fields listed."""
        document = super().document()
        if "structured_output" in document:
            document["structured_output"] = with_fields(document["structured_output"], self.output_fields)
        return document


def _part(name: str, schema: Document) -> Document:
    # With an $id, references in the schema stay within it. With a $schema, jsonschema would leave our dialect.
    return {"$id": f"urn:schema:{quote(name)}", **{key: value for key, value in schema.items() if key != "$schema"}}
