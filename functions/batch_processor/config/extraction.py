"""Rules that find fields in the answer of a target that has no structured output, or has it somewhere else."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag

from batch_processor.contract.rules import METHODS, MethodName
from batch_processor.document.pointers import location
from batch_processor.document.shape import MARK, Finding, Shape, Text, expected, once_sound, one_of

Rule = dict[str, Any]
# A key of `paths` among the fields: the transform of all fields.
_TRANSFORM = "transform"
# The transform that makes fields of whatever labels a text has.
_PARSE_TEXT = "parse_text"


class TransformedPath(Shape):
    """A path, and what is made of the value there."""

    model_config = ConfigDict(title="Path with transform")

    path: Text = Field(description="A JMESPath expression.")
    transform: Text | None = Field(default=None, description="What is made of the value, as to_number.")


_PathForm = Annotated[
    Annotated[Text, Tag(f"{MARK}text")] | Annotated[TransformedPath, Tag(f"{MARK}object")],
    Discriminator(lambda given: f"{MARK}text" if isinstance(given, str) else f"{MARK}object"),
    expected("a JMESPath expression or an object {path, transform}"),
]


class ExtractionMethod(Shape):
    """One way of finding fields; the first that finds any is taken."""

    model_config = ConfigDict(title="Extraction method")

    method: Annotated[MethodName, one_of(*METHODS)] = Field(description="structured_output, tool_result, jmespath, …")
    tool_name: Text | None = Field(default=None, description="The tool whose call or result is meant.")
    field_mappings: Annotated[dict[Text, Text], Field(min_length=1)] | None = Field(
        default=None,
        description="Where each field is: a path, behind it perhaps | parse('regex').",
        examples=[{"exchange": "$.content | parse('Exchange: (.+)')"}],
    )
    paths: Annotated[dict[Text, _PathForm], Field(min_length=1)] | None = Field(
        default=None, description="For jmespath: an expression for each field, or {path, transform}."
    )

    def rule(self) -> Rule:
        """Return the method as it was written."""
        return self.model_dump(exclude_unset=True)


def rule_findings(rule: Any) -> Iterator[Finding]:
    """Yield what is wrong with a rule of the right shape: its paths, patterns and transforms, and what it lacks."""
    # Imported where it is used: a configuration without rules does not wait for it.
    from batch_processor.extraction.compiling import rules_problems

    for problem in rules_problems([rule]):
        yield Finding(location([rule], problem.pointer)[1:], problem.message)


CheckedMethod = Annotated[ExtractionMethod, once_sound(rule_findings)]


def named_fields(rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the fields that the rules find, in the order in which they name them."""
    return tuple(dict.fromkeys(name for rule in rules for name in _named(rule)))


def finds_others(rules: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a rule may find fields that it does not name."""
    return any(_may_find_others(rule) for rule in rules)


def _named(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from (field["name"] for field in rule.get("fields", ()))
    yield from rule.get("field_mappings", ())
    paths: Mapping[str, Any] = rule.get("paths", {})
    yield from (name for name, path in paths.items() if name != _TRANSFORM or not isinstance(path, str))


def _may_find_others(rule: Mapping[str, Any]) -> bool:
    paths: Mapping[str, Any] = rule.get("paths", {})
    transforms = (path.get(_TRANSFORM) if isinstance(path, Mapping) else None for path in paths.values())
    mapped = any(key in rule for key in ("fields", "field_mappings", "paths"))
    return not mapped or paths.get(_TRANSFORM) == _PARSE_TEXT or _PARSE_TEXT in transforms
