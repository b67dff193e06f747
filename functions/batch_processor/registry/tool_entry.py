"""A tool as the ToolRegistry has it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from batch_processor.config.locations import FUNCTION_FORM, STATE_MACHINE_FORM, TargetArn, arn_type
from batch_processor.config.target import Runs
from batch_processor.document.shape import Finding, Text, expected, one_of
from batch_processor.document.wording import shown
from batch_processor.registry.entry import Document, Entry, Paths, TargetName, with_fields
from batch_processor.registry.json_schema import InputSchema, OutputSchema
from batch_processor.registry.output_fields import known_outputs, listed_properties, unknown_fields
from batch_processor.registry.price import PRICE_FORM, ExpectedMs, RegisteredPrice
from batch_processor.registry.promises import Deterministic, Idempotent

_ARNS = ("lambda_arn", "resource_arn")
_RUNS: dict[str | None, Runs] = {"agent": "state_machine", "tool": "lambda"}
_FORMS = {"lambda": FUNCTION_FORM, "state_machine": STATE_MACHINE_FORM}


class ToolEntry(Entry):
    """A tool: a Lambda function or a state machine, what it takes and what it answers. A tool has no versions."""

    kind: ClassVar[Literal["tool"]] = "tool"
    input_format: ClassVar[Literal["structured"]] = "structured"
    structured_output_enabled: ClassVar[bool] = True  # a tool of a batch returns structured data
    key: ClassVar[tuple[str, ...]] = ("tool_name",)
    json_texts: ClassVar[Paths] = tuple(
        (name,) for name in ("input_schema", "output_schema", "output_fields", "tags", "price")
    )

    tool_name: TargetName = Field(description="the tool's name")
    description: str = ""
    tool_type: Annotated[Runs, one_of("lambda", "state_machine")] | None = None
    lambda_arn: TargetArn | None = None
    resource_arn: TargetArn | None = None
    price: Annotated[RegisteredPrice, expected(PRICE_FORM)] | None = None
    expected_ms: ExpectedMs | None = None
    idempotent: Idempotent | None = None
    deterministic: Deterministic | None = None
    input_schema: InputSchema | None = None
    output_schema: OutputSchema | None = None
    listed_fields: Annotated[list[Text], expected("a list of names")] = Field(default=[], alias="output_fields")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield ARNs that are missing, of another kind than the tool, or two; and unknown output fields."""
        arns = [(key, given[key]) for key in _ARNS if isinstance(given.get(key), str)]
        if not any(key in given for key in _ARNS):
            yield Finding((), "'lambda_arn' is missing, or for a state machine 'resource_arn': where the tool is")
        kind = given.get("tool_type")
        for key, arn in arns:
            runs = _RUNS.get(arn_type(arn))
            if runs and isinstance(kind, str) and kind in _FORMS and runs != kind:
                yield Finding((key,), f"a tool of tool_type {kind} needs {_FORMS[kind]}, got {shown(arn)}")
        if len(arns) == 2 and arns[0][1] != arns[1][1]:
            yield Finding(("resource_arn",), "it is not what lambda_arn says; give one of them")
        schema = given.get("output_schema")
        yield from unknown_fields(given.get("output_fields"), known_outputs([schema] if schema else []))

    @property
    def arn(self) -> str:
        return self.lambda_arn or self.resource_arn or ""

    @property
    def runs(self) -> Runs:
        return _RUNS[arn_type(self.arn)]

    @property
    def output_fields(self) -> tuple[str, ...]:
        """The fields that a batch gets if it asks for none."""
        return tuple(self.listed_fields) or listed_properties([self.output_schema] if self.output_schema else [])

    @property
    def known_outputs(self) -> tuple[str, ...] | None:
        """All fields that an answer may have; None if it may have any."""
        known = known_outputs([self.output_schema] if self.output_schema else [])
        return None if known is None else tuple(dict.fromkeys([*self.listed_fields, *known]))

    def document(self) -> Document:
        """The entry as plain JSON, with the output fields listed."""
        return with_fields(super().document(), self.output_fields)
