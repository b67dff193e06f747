"""The extraction rules of an agent or tool as the SchemaRegistry has them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from batch_processor.config.extraction import CheckedMethod, Rule, rule_findings
from batch_processor.document.shape import Finding, Text, expected, once_sound, one_of
from batch_processor.document.wording import shown
from batch_processor.registry.entry import Entry, EntryName, EntryVersion, Kind, Part, Paths

FieldType = Literal["string", "number", "integer", "boolean", "object", "array"]
_FIELD_TYPES = ("string", "number", "integer", "boolean", "object", "array")
SourceType = Literal["tool_result", "structured", "structured_output", "jmespath", "results_array", "direct"]
_SOURCE_TYPES = ("tool_result", "structured", "structured_output", "jmespath", "results_array", "direct")


class FieldSource(Part):
    """One way of finding one field: a pattern in a tool's result, or a path."""

    type: Annotated[SourceType, one_of(*_SOURCE_TYPES)] = Field(description="tool_result, structured, jmespath, …")
    tool: Text | None = None
    pattern: Text | None = None
    path: Text | None = None
    transform: Text | None = None


class FieldEntry(Part):
    """A field of the answer and the ways of finding it, tried in order."""

    name: Text = Field(description="the field's name")
    type: Annotated[FieldType, one_of(*_FIELD_TYPES)] | None = None
    extraction: Annotated[list[FieldSource], Field(min_length=1)] = Field(
        description="a list of {type, path or pattern}"
    )


def _field_findings(field: Any) -> Iterator[Finding]:
    for finding in rule_findings({"fields": [field]}):
        yield Finding(finding.location[2:], finding.message)


class SchemaEntry(Entry):
    """The extraction rules of an agent or tool: for each field by itself (`fields`), or for all together."""

    kind: ClassVar[Kind] = "schema"
    key: ClassVar[tuple[str, ...]] = ("agent", "version")
    json_texts: ClassVar[Paths] = (("fields",), ("extraction_methods",), ("metadata",), ("tags",))

    agent: EntryName = Field(description="the name of the agent or tool")
    version: EntryVersion = Field(description="a semantic version, as 1.2.0")
    output_format: Text = "structured"
    fields_: Annotated[
        list[Annotated[FieldEntry, once_sound(_field_findings)]], expected("a list of {name, type, extraction}")
    ] = Field(default=[], alias="fields")
    extraction_methods: Annotated[list[CheckedMethod], expected("a list of {method, …}")] = Field(default=[])

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the remark that there is no rule, and fields that are named twice."""
        if not given.get("fields") and not given.get("extraction_methods"):
            yield Finding((), "'fields' is missing, or 'extraction_methods': how the fields are found in an answer")
        fields = given.get("fields")
        names: set[str] = set()
        for index, field in enumerate(fields if isinstance(fields, list) else []):
            name = field.get("name") if isinstance(field, dict) else None
            if isinstance(name, str) and name in names:
                yield Finding(("fields", index, "name"), f"the field {shown(name)} is there already; name it once")
            names |= {name} if isinstance(name, str) else set()

    def rules(self) -> tuple[Rule, ...]:
        """The rules, tried in order: the methods as they are written, then one rule {method: fields, fields}."""
        fields = [field.model_dump(exclude_unset=True) for field in self.fields_]
        return (
            *(method.rule() for method in self.extraction_methods),
            *([{"method": "fields", "fields": fields}] if fields else []),
        )
