"""The normal form of extraction rules, as the plan has them: JSON, with every path parsed and every pattern checked."""

from typing import Literal, NotRequired, TypedDict

from batch_processor.document.json_path import Step

MethodName = Literal["structured_output", "tool_result", "jmespath", "results_array", "direct"]
METHODS: tuple[MethodName, ...] = ("structured_output", "tool_result", "jmespath", "results_array", "direct")


class Treatment(TypedDict):
    """What is done with a value: its text is searched for a pattern with one group, or a transform is applied."""

    parse: NotRequired[str]
    transform: NotRequired[str]


class Path(TypedDict):
    """Where a value stands, by steps or by a JMESPath expression; with neither, it is the whole document."""

    steps: NotRequired[list[Step]]
    expression: NotRequired[str]
    treatments: NotRequired[list[Treatment]]


class Field(Path):
    """A field and where its value stands."""

    field: str


class Rule(TypedDict):
    """One method and the fields that it finds; without `fields` it takes all that stand there."""

    by: MethodName
    tool_name: NotRequired[str]
    fields: NotRequired[list[Field]]


class Way(Path):
    """One of several ways to a field's value."""

    by: MethodName
    tool_name: NotRequired[str]


class FieldWays(TypedDict):
    """A field, and the ways to its value, which are tried in order."""

    field: str
    ways: list[Way]


class FieldRules(TypedDict):
    """A rule in which each field has ways of its own."""

    field_ways: list[FieldWays]


AnyRule = Rule | FieldRules
