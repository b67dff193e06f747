"""Input fields made from cells: joined, put into a text, or taken out of JSON."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from batch_processor.config.template_text import Placeholder, doubled_names, parse_template, placeholders
from batch_processor.document.shape import MARK, Finding, Shape, Text, expected, fail
from batch_processor.document.singular_query import SINGULAR_QUERY_PATTERN, parse_singular_query
from batch_processor.document.wording import choices, shown, suggestion

PlanField = dict[str, Any]
_TYPES = ("concat", "template", "jsonpath")


def _path(text: str) -> str:
    parse_singular_query(text)
    return text


def _template(text: str) -> str:
    parse_template(text)
    return text


Path = Annotated[
    Text,
    AfterValidator(_path),
    Field(
        json_schema_extra={"pattern": SINGULAR_QUERY_PATTERN},
        examples=["$.details.items[0]", "$['first name']"],
    ),
]


class ConcatConfig(Shape):
    """Which columns are joined, and with what between them."""

    model_config = ConfigDict(title="Concatenation")

    columns: Annotated[list[Text], Field(min_length=1)] = Field(description="The columns to join, in this order.")
    separator: Annotated[str, expected("a string, which may be empty")] = Field(
        default=" ", description="What stands between the cells; a space where nothing is said."
    )

    def plan_parts(self) -> PlanField:
        """Return the part of the plan's field that says where the value comes from."""
        return {"columns": self.columns, "separator": self.separator}


class TemplateConfig(Shape):
    """A text with `{name}` for a cell and `{{`, `}}` for braces."""

    model_config = ConfigDict(title="Template")

    template: Annotated[Text, AfterValidator(_template)] = Field(
        description="The text, with {name} where a cell goes in.",
        examples=["Process order {order_id} for {name}"],
    )
    variables: dict[Text, Text] = Field(
        default={},
        description="Column for each name in the template; a name that is not here is a column itself.",
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Finding]:
        """Yield the variables that the template does not use, or that it uses nothing at all."""
        template, variables = given.get("template"), given.get("variables", {})
        if not isinstance(template, str) or not template or not isinstance(variables, dict):
            return
        try:
            used = placeholders(template)
        except ValueError:
            return
        unused = [name for name in variables if name not in used]
        yield from (Finding(("variables", name), _unused(name, template)) for name in unused)
        if not used and not unused:
            yield Finding(("template",), _constant(template))

    def plan_parts(self) -> PlanField:
        """Return the part of the plan's field that says where the value comes from."""
        return {"segments": [self._segment(piece) for piece in parse_template(self.template)]}

    def _segment(self, piece: str | Placeholder) -> dict[str, str]:
        if isinstance(piece, str):
            return {"text": piece}
        return {"column": self.variables.get(piece.name, piece.name)}


class JsonPathConfig(Shape):
    """A value inside a column whose cells are JSON."""

    model_config = ConfigDict(title="JSONPath")

    column: Text = Field(description="The column whose cells are JSON.")
    path: Path = Field(description="The path to one value, as $.details.items[0].")

    def plan_parts(self) -> PlanField:
        """Return the part of the plan's field that says where the value comes from."""
        return {"column": self.column, "path": list(parse_singular_query(self.path))}


class Concat(Shape):
    """Joins the cells of several columns."""

    model_config = ConfigDict(title="Transformation: concat")

    type: Literal["concat"]
    config: ConcatConfig = Field(description="An object {columns, separator}.")


class Template(Shape):
    """Puts cells into a text."""

    model_config = ConfigDict(title="Transformation: template")

    type: Literal["template"]
    config: TemplateConfig = Field(description="An object {template, variables}.")


class JsonPath(Shape):
    """Takes one value out of a cell that holds JSON."""

    model_config = ConfigDict(title="Transformation: jsonpath")

    type: Literal["jsonpath"]
    config: JsonPathConfig = Field(description="An object {column, path}.")


def _known_type(given: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(given, dict) and given.get("type") not in _TYPES:
        fail([Finding(("type",), _wrong_type(given))])
    return handler(given)


def _wrong_type(given: Mapping[str, Any]) -> str:
    if "type" not in given:
        return f"'type' is missing: {choices(_TYPES)}"
    return f"{shown(given['type'])} is no type of transformation; {suggestion(given['type'], _TYPES)}"


def _transformation_tag(given: Any) -> str:
    return MARK + (given["type"] if isinstance(given, dict) else _TYPES[0])


Transformation = Annotated[
    Annotated[Concat, Tag(f"{MARK}concat")]
    | Annotated[Template, Tag(f"{MARK}template")]
    | Annotated[JsonPath, Tag(f"{MARK}jsonpath")],
    Discriminator(_transformation_tag),
    WrapValidator(_known_type),
    expected("an object {type, config}"),
]


def _constant(template: str) -> str:
    told = "the template uses no column, so that every row would get the same text"
    if doubled := doubled_names(template):
        return f"{told}; did you mean {{{doubled[0]}}}, with single braces?"
    return f"{told}; write {{NAME}} where the cell of a column goes in, or move the text to static_values"


def _unused(name: str, template: str) -> str:
    hint = f"write {{{name}}} with single braces" if f"{{{{{name}}}}}" in template else "use it or take it out"
    return f"the template does not use {shown(name)}; {hint}"
