"""How cells become the input of an agent or tool: every way of writing it comes down to the plan's fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag

from batch_processor.config.transformations import PlanField, Transformation
from batch_processor.document.shape import MARK, Finding, Flag, Location, Shape, Text, checked, expected
from batch_processor.document.wording import nearest, shown


class ColumnToField(Shape):
    """One column and the input field it fills."""

    model_config = ConfigDict(title="Column to field")

    csv_column: Text = Field(description="The name of the CSV column, as the header has it.")
    agent_input_field: Text = Field(description="The name of the input field that it fills.")
    required: Flag | None = Field(
        default=None, description="true: a row whose cell is empty fails. false: the CSV may lack the column."
    )

    def plan_field(self) -> PlanField:
        """Return the field as the plan has it."""
        required = {} if self.required is None else {"required": self.required}
        return {"field": self.agent_input_field, "column": self.csv_column, **required}


class FieldFromColumn(Shape):
    """One input field and the column that fills it."""

    model_config = ConfigDict(title="Field from column")

    name: Text = Field(description="The name of the input field.")
    source: Text = Field(description="The name of the CSV column that fills it.")

    def plan_field(self) -> PlanField:
        """Return the field as the plan has it."""
        return {"field": self.name, "column": self.source}


ColumnMappings = Annotated[
    Annotated[dict[Text, Text], Tag(f"{MARK}object")] | Annotated[list[ColumnToField], Tag(f"{MARK}list")],
    Discriminator(lambda given: f"{MARK}list" if isinstance(given, list) else f"{MARK}object"),
    expected("an object {csv_column: input_field} or a list of {csv_column, agent_input_field}"),
]


class TypedMapping(Shape):
    """Columns, constants and transformations that make up the input."""

    model_config = ConfigDict(title="Input mapping", json_schema_extra={"minProperties": 1})

    column_mappings: ColumnMappings | None = Field(
        default=None,
        description="Column for each input field: {column: field}, or a list that can say `required`.",
        examples=[{"email": "contactEmail"}],
    )
    columns: list[FieldFromColumn] | None = Field(default=None, description="The same from the field's side.")
    static_values: dict[Text, Any] | None = Field(
        default=None,
        description="Input fields with the same value in every row; any JSON.",
        examples=[{"level": "full"}],
    )
    transformations: dict[Text, Transformation] | None = Field(
        default=None, description="Input fields made from cells: concat, template or jsonpath."
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the remark that no field is mapped at all."""
        if all(value in ({}, []) for value in given.values()):
            yield Finding((), "no input field is mapped; add at least one, in 'column_mappings' for example")

    @classmethod
    def _unknown_key(cls, key: str, value: Any) -> str:
        if isinstance(value, str) and not nearest(key, cls._keys()):
            return (
                f"{shown(key)} is not a key here; a flat {{csv_column: input_field}} mapping cannot be mixed "
                "with other keys: move it into column_mappings"
            )
        return super()._unknown_key(key, value)

    def plan_fields(self) -> Iterator[PlanField]:
        """Yield the fields in the order of the keys above."""
        yield from _plan_fields(self.column_mappings or {})
        yield from _plan_fields(self.columns or [])
        for field, value in (self.static_values or {}).items():
            yield {"field": field, "value": value}
        for field, transformation in (self.transformations or {}).items():
            yield {"field": field, **transformation.config.plan_parts()}


FlatMapping = dict[Text, Text]


def is_flat(given: Any) -> bool:
    """Whether a raw mapping is of the flat form {csv_column: input_field}."""
    return bool(
        isinstance(given, dict)
        and given
        and not given.keys() & TypedMapping.model_fields.keys()
        and not any(isinstance(value, dict | list) for value in given.values())
    )


def _tag(given: Any) -> str:
    return f"{MARK}flat" if is_flat(given) else f"{MARK}typed"


def _repeated_fields(given: Any) -> Iterator[Finding]:
    first: dict[str, Location] = {}
    for field, location in written_fields(given):
        if field == "__proto__":
            yield Finding(location, "'__proto__' cannot be the name of an input field; JSONata drops it")
        if field in first:
            path = "/".join(str(step) for step in first[field])
            yield Finding(location, f"the input field {shown(field)} is already filled by '{path}'; fill it once")
        first.setdefault(field, location)


def written_fields(given: Any) -> Iterator[tuple[str, Location]]:
    """Yield the input fields that a raw mapping fills, as far as they can be made out, and where."""
    if not isinstance(given, dict):
        return
    if is_flat(given):
        yield from _texts({(column,): field for column, field in given.items()})
        return
    mappings = given.get("column_mappings")
    if isinstance(mappings, dict):
        yield from _texts({("column_mappings", column): field for column, field in mappings.items()})
    yield from _texts(_in_list(given, "column_mappings", "agent_input_field"))
    yield from _texts(_in_list(given, "columns", "name"))
    for key in ("static_values", "transformations"):
        if isinstance(given.get(key), dict):
            yield from ((field, (key, field)) for field in given[key])


def _texts(values: Mapping[Location, Any]) -> Iterator[tuple[str, Location]]:
    return ((value, location) for location, value in values.items() if isinstance(value, str))


def _in_list(given: Mapping[str, Any], key: str, name: str) -> dict[Location, Any]:
    entries = given.get(key) if isinstance(given.get(key), list) else []
    return {(key, index, name): entry.get(name) for index, entry in enumerate(entries or []) if isinstance(entry, dict)}


def _plan_fields(
    mappings: Mapping[str, str] | Sequence[ColumnToField | FieldFromColumn],
) -> Iterator[PlanField]:
    if isinstance(mappings, Mapping):
        return ({"field": field, "column": column} for column, field in mappings.items())
    return (mapping.plan_field() for mapping in mappings)


def plan_fields(mapping: TypedMapping | FlatMapping) -> tuple[PlanField, ...]:
    """Return the plan's fields for a mapping of either form."""
    return tuple(mapping.plan_fields() if isinstance(mapping, TypedMapping) else _plan_fields(mapping))


_TYPED_KEYS = {
    "propertyNames": {"minLength": 1, "not": {"enum": [*TypedMapping.model_fields]}},
    "minProperties": 1,
}
InputMapping = Annotated[
    Annotated[TypedMapping, Tag(f"{MARK}typed")]
    | Annotated[FlatMapping, Field(title="Flat mapping", json_schema_extra=_TYPED_KEYS), Tag(f"{MARK}flat")],
    Discriminator(_tag),
    expected("an object with column_mappings, columns, static_values or transformations"),
    checked(_repeated_fields),
]
