"""What a configuration says of several targets, by name: only what it says of the one that gets the rows counts."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from batch_processor.config.extraction import CheckedMethod, Rule
from batch_processor.config.target import TargetType
from batch_processor.document.shape import Finding, Location, Shape, Text, expected, one_of
from batch_processor.document.wording import shown, suggestion


class TargetMapping(Shape):
    """How the fields are found in the answers of one target."""

    model_config = ConfigDict(title="Output mapping of a target")

    type: Annotated[TargetType, one_of("agent", "tool")] | None = Field(
        default=None, description="`agent` or `tool`: what the target must be."
    )
    extraction_methods: Annotated[list[CheckedMethod], Field(min_length=1)] = Field(
        description="A list of ways of finding the fields, as in output_mapping."
    )

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules as they were written."""
        return tuple(method.rule() for method in self.extraction_methods)


class AgentSettings(Shape):
    """What holds for one agent wherever it gets the rows."""

    model_config = ConfigDict(title="Settings of an agent")

    extraction: Text = Field(
        description="The file of its extraction rules, as the SchemaRegistry has them: s3://BUCKET/KEY, or a path from this "
        "file's folder.",
        examples=["schemas/broadband-agent.yaml"],
    )


TargetMappings = Annotated[dict[Text, TargetMapping], expected("an object {target: {extraction_methods}}")]
Agents = Annotated[dict[Text, AgentSettings], expected("an object {agent: {extraction}}")]
DefaultsFile = Annotated[
    str,
    Field(min_length=1, examples=["batch-processor-config.yaml"]),
    expected("the URI of one object, s3://BUCKET/KEY, or a path from this file's folder"),
]


def by_target_problems(given: Mapping[str, Any], name: str | None) -> Iterator[Finding]:
    """Yield what does not fit the target of that name in a raw document; nothing if it has no name."""
    if name is None:
        return
    output, mappings = given.get("output_mapping"), given.get("output_mappings")
    if isinstance(mappings, dict) and not (isinstance(output, dict) and "extraction_methods" in output):
        yield from _mapping_problems(given, mappings, name)
    agents = given.get("agents")
    settings = agents.get(name) if isinstance(agents, dict) else None
    path = settings.get("extraction") if isinstance(settings, dict) else None
    if isinstance(path, str) and path and not path.startswith("s3://"):
        at: Location = ("agents", name, "extraction")
        yield Finding(at, f"{shown(path)} is beside no file; write s3://BUCKET/KEY")


def _mapping_problems(given: Mapping[str, Any], mappings: Mapping[str, Any], name: str) -> Iterator[Finding]:
    if name not in mappings:
        told = suggestion(name, mappings) if mappings else "say it in output_mapping"
        yield Finding(("output_mappings",), f"nothing is said of {shown(name)}, which gets the rows; {told}")
        return
    target, mapping = given.get("target"), mappings[name]
    asked = target.get("type") if isinstance(target, dict) else None
    kind = mapping.get("type") if isinstance(mapping, dict) else None
    if asked and kind and asked != kind:
        yield Finding(("output_mappings", name, "type"), f"{shown(kind)} is not what the target says, {shown(asked)}")
