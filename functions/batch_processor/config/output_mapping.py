"""Which columns the output gets, and where each comes from in the target's answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from batch_processor.config.extraction import CheckedMethod, Rule
from batch_processor.config.output_format import RFC_4180, OutputFormat, OutputFormatChoice, output_format
from batch_processor.config.transformations import Path
from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN
from batch_processor.document.json_path import MISSING, Missing, Step
from batch_processor.document.shape import Finding, Flag, Location, Shape, Text, expected, one_of
from batch_processor.document.singular_query import parse_singular_query
from batch_processor.document.wording import choices, shown

ColumnType = Literal["string", "number", "integer", "boolean", "json_string"]

MOST_COLUMNS = 1000
_MOST_SHOWN = 20
NO_COLUMN = "no output column is given; list the fields you want in 'structured_output_fields'"
_AT_MOST = Field(json_schema_extra={"maxItems": MOST_COLUMNS})  # told for both lists together


def _as_list(given: Any) -> str:
    """How a text, or an object's keys, would be written as a list."""
    names = (
        re.split(r"\s*[,;]\s*", given.strip())
        if isinstance(given, str)
        else [*given]
        if isinstance(given, dict)
        else []
    )
    return f"write {json.dumps(names, ensure_ascii=False)}" if 0 < len(names) < _MOST_SHOWN and all(names) else ""


_A_LIST = expected("a list […]", _as_list)
_TYPES = ("string", "number", "integer", "boolean", "json_string")
_FORMAT = re.compile(r"(?:[^%]|%%)*%[-+ 0#]*[0-9]{0,2}(?:\.[0-9]{1,2})?([defgs])(?:[^%]|%%)*")
_CONVERSIONS = {"number": "defg", "integer": "defg", "string": "s"}


@dataclass(frozen=True)
class OutputColumn:
    """One column of the output and the steps to its value.

    `legacy` marks a column that is defined in `columns`: its path begins at the answer or at its structured output.
    """

    name: str
    source: tuple[Step, ...]
    default: Any | Missing = MISSING
    type: ColumnType | None = None
    format: str | None = None
    legacy: bool = False


@dataclass(frozen=True)
class OutputOptions:
    """The columns that are added, in order, and what else the output holds.

    `schema` is what an answer must fit, `extraction` the rules that find it, from the registries or the configuration,
    which has them at `extraction_at`.
    """

    columns: tuple[OutputColumn, ...]
    include_original: bool = True
    add_metadata: bool = True
    escape_formulas: bool = True
    quote_errors: bool = False
    csv: OutputFormat = RFC_4180
    schema: dict[str, Any] | None = None
    extraction: tuple[Rule, ...] = ()
    extraction_at: Location = ("output_mapping", "extraction_methods")


class LegacyColumn(Shape):
    """An output column that is taken from anywhere in the answer."""

    model_config = ConfigDict(title="Output column")

    name: Text = Field(description="The name of the output column.")
    source: Path = Field(description="The path to its value, as $.structured_output.category.")
    default: Any = Field(
        default=MISSING, description="Value where the path leads nowhere or to null; any JSON.", examples=["N/A"]
    )
    type: Annotated[ColumnType, one_of(*_TYPES)] | None = Field(
        default=None, description="Type that the value is turned into; left as it is where nothing is said."
    )
    format: (
        Annotated[str, Field(pattern=f"^{_FORMAT.pattern}$"), expected("one printf conversion, as %.2f, %d or %s")]
        | None
    ) = Field(
        default=None,
        description="printf format: d, e, f or g for number and integer, s for string. Needs `type`.",
        examples=["%.2f"],
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield a format that does not fit the type."""
        form, kind = given.get("format"), given.get("type")
        conversion = _FORMAT.fullmatch(form) if isinstance(form, str) else None
        if not conversion or not (kind is None or kind in _TYPES):
            return
        if kind is None:
            yield Finding(("format",), f"'format' needs a 'type': {choices(_CONVERSIONS)}")
        elif kind not in _CONVERSIONS:
            yield Finding(("format",), f"{kind} takes no format; take it out or use {choices(_CONVERSIONS)}")
        elif conversion[1] not in _CONVERSIONS[kind]:
            fitting = choices(f"%{letter}" for letter in _CONVERSIONS[kind])
            yield Finding(("format",), f"%{conversion[1]} does not fit the type {kind}; use {fitting}")

    def column(self) -> OutputColumn:
        """Return the column with its path parsed."""
        return OutputColumn(
            self.name, parse_singular_query(self.source), self.default, self.type, self.format, legacy=True
        )


class OutputColumns(Shape):
    """The columns of the output: the original ones, these, then the metadata."""

    model_config = ConfigDict(title="Output mapping")

    structured_output_fields: Annotated[list[Text], _AT_MOST, _A_LIST] | None = Field(
        default=None,
        description="Fields of the structured output, each a column of that name, in this order.",
        examples=[["category", "priority"]],
    )
    columns: Annotated[list[LegacyColumn], _AT_MOST] | None = Field(
        default=None,
        description="Columns with a path, a default, a type and a format; they follow the fields above.",
    )
    include_original: Flag = Field(
        default=OutputOptions.include_original, description="Whether the input's columns come first."
    )
    add_metadata: Flag = Field(
        default=OutputOptions.add_metadata,
        description="Whether _status, _error_message, _timestamp and _execution_time_ms come last.",
    )
    escape_formulas: Flag = Field(
        default=OutputOptions.escape_formulas,
        description="Whether generated text that a spreadsheet would run gets an apostrophe before the sign that it begins with.",
    )
    quote_errors: Flag = Field(
        default=OutputOptions.quote_errors,
        description="Whether summary and messages quote the words of failures, which may quote cells; else names and counts.",
    )
    csv_format: OutputFormatChoice | None = Field(
        default=None,
        description="How the output CSV is written: `as_input`, or an object {delimiter, bom}; with commas by default.",
    )
    bom: Flag | None = Field(
        default=None,
        description="Whether a UTF-8 byte order mark comes first, by which Excel knows UTF-8; false by default.",
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield names that cannot be columns together, or too many of them."""
        names = [(location, name) for name, location in written_columns(given)]
        if len(names) > MOST_COLUMNS:
            yield Finding((), f"{len(names)} output columns are given; at most {MOST_COLUMNS} are possible")
        first: dict[str, Location] = {}
        for location, name in names:
            if name in (*METADATA_COLUMNS, SURPLUS_COLUMN):
                yield Finding(location, f"{shown(name)} is the name of a metadata column; choose another name")
            elif name in first:
                path = "/".join(str(step) for step in first[name])
                yield Finding(location, f"the output column {shown(name)} is already given by '{path}'; give it once")
            first.setdefault(name, location)
        form, bom = given.get("csv_format"), given.get("bom")
        if isinstance(form, dict) and isinstance(bom, bool) and form.get("bom", bom) is not bom:
            yield Finding(("bom",), "'csv_format/bom' says otherwise; say it once")

    def options(self) -> OutputOptions:
        """Return the output with every column in one form."""
        fields = [OutputColumn(name, (name,)) for name in self.structured_output_fields or []]
        return OutputOptions(
            columns=(*fields, *(column.column() for column in self.columns or [])),
            include_original=self.include_original,
            add_metadata=self.add_metadata,
            escape_formulas=self.escape_formulas,
            quote_errors=self.quote_errors,
            csv=output_format(self.csv_format, bom=self.bom),
        )


class OutputMapping(OutputColumns):
    """The columns of the output, at least one."""

    model_config = ConfigDict(
        title="Output mapping",
        json_schema_extra={
            "anyOf": [
                {"required": [key], "properties": {key: {"minItems": 1}}}
                for key in ("structured_output_fields", "columns")
            ]
        },
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the remark that there is no column, besides all else."""
        if not gives_columns(given):
            yield Finding((), NO_COLUMN)
        yield from super().contradictions(given)


class BatchOutputMapping(OutputColumns):
    """The columns of the output: the original ones, these (else those that the target is registered with), the metadata."""

    extraction_methods: list[CheckedMethod] | None = Field(
        default=None,
        description="How fields are found in the answer, tried in order; instead of what the target is registered with.",
    )

    def options(self) -> OutputOptions:
        """Return the output with every column in one form, and the rules as they were written."""
        methods = self.extraction_methods or []
        return replace(super().options(), extraction=tuple(method.rule() for method in methods))


def gives_columns(given: Mapping[str, Any]) -> bool:
    """Whether a raw mapping names an output column, or tries to."""
    return any(given.get(key) not in (None, []) for key in ("structured_output_fields", "columns"))


def written_columns(given: Mapping[str, Any]) -> Iterator[tuple[str, Location]]:
    """Yield the output columns that a raw mapping names, as far as they can be made out, and where."""
    for index, name in enumerate(_list(given, "structured_output_fields")):
        if isinstance(name, str):
            yield name, ("structured_output_fields", index)
    for index, column in enumerate(_list(given, "columns")):
        if isinstance(column, dict) and isinstance(column.get("name"), str):
            yield column["name"], ("columns", index, "name")


def _list(given: Mapping[str, Any], key: str) -> list[Any]:
    value = given.get(key)
    return value if isinstance(value, list) else []
