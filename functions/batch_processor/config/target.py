"""Whom the rows are sent to: every way of writing it comes down to one ARN."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag

from batch_processor.json_path import MISSING, follow

from .locations import (
    FUNCTION,
    FUNCTION_FORM,
    STATE_MACHINE,
    STATE_MACHINE_FORM,
    StateMachineArn,
    TargetArn,
    arn_name,
    arn_type,
)
from .shape import MARK, Finding, Location, Shape, Text, expected, one_of, told
from .wording import shown

TargetType = Literal["agent", "tool"]
InputFormat = Literal["structured", "messages"]

_Said = tuple[Location, str]
_ARN_PATHS: tuple[Location, ...] = (
    ("target", "arn"),
    ("agent_config", "state_machine_arn"),
    ("agent_state_machine_arn",),
)
_ARN_FORMS = f"{STATE_MACHINE_FORM} for an agent or {FUNCTION_FORM} for a tool"
_SERVES_AS = {"agent": "a state machine, which is an agent", "tool": "a Lambda function, which is a tool"}


@dataclass(frozen=True)
class Target:
    """The agent (state machine) or tool (Lambda function) that gets the rows, and in which form."""

    type: TargetType
    arn: str
    name: str
    input_format: InputFormat


class TargetShape(Shape):
    """The agent or tool that gets the rows."""

    model_config = ConfigDict(title="Target")

    type: Annotated[TargetType, one_of("agent", "tool")] | None = Field(
        default=None, description="`agent` (state machine) or `tool` (Lambda function); must fit the ARN."
    )
    name: Text | None = Field(
        default=None,
        description="Name for people; the name in the ARN where it is left out.",
        examples=["ticket-classifier"],
    )
    arn: TargetArn | None = Field(default=None, description="ARN of the state machine or Lambda function.")
    input_format: Annotated[InputFormat, one_of("structured", "messages")] = Field(
        default="structured",
        description="`messages` sends the field `prompt` as a chat message besides the input. Agents only.",
    )


class AgentConfigShape(Shape):
    """Where the agent is that `target` only names."""

    model_config = ConfigDict(title="Agent configuration")

    state_machine_arn: StateMachineArn = Field(description="ARN of the agent's state machine.")


def _name_or_arn(text: str) -> str:
    if _is_arn(text) and arn_type(text) is None:
        raise told(f"expected {_ARN_FORMS}, got {shown(text)}")
    return text


_NameOrArn = Annotated[
    Text,
    AfterValidator(_name_or_arn),
    Field(
        title="Target by ARN, or by name next to agent_config",
        json_schema_extra={"anyOf": [{"pattern": f"^({STATE_MACHINE}|{FUNCTION})$"}, {"not": {"pattern": "^arn:"}}]},
        examples=["arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-classifier"],
    ),
]
TargetForm = Annotated[
    Annotated[_NameOrArn, Tag(f"{MARK}text")] | Annotated[TargetShape, Tag(f"{MARK}object")],
    Discriminator(lambda value: f"{MARK}text" if isinstance(value, str) else f"{MARK}object"),
    expected("an ARN or an object {type, name, arn}"),
]


def resolve(document: Mapping[str, Any]) -> Target:
    """Return the target of a raw document about which `target_problems` has nothing to say."""
    arn, names = _arns(document)[0][1], _names(document)
    input_format = follow(("target", "input_format"), document)
    return Target(
        type=arn_type(arn) or "agent",
        arn=arn,
        name=names[0][1] if names else arn_name(arn),
        input_format="messages" if input_format == "messages" else "structured",
    )


def target_problems(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the keys of a raw document that say who the target is."""
    arns, names = _arns(document), _names(document)
    yield from _disagreements(arns)
    yield from _disagreements(names)
    if arns:
        yield from _misfits(document, arn_type(arns[0][1]))
    elif all(follow(path, document) is MISSING for path in _ARN_PATHS):
        yield from _without_arn(document, names)


def _misfits(document: Mapping[str, Any], kind: TargetType | None) -> Iterator[Finding]:
    named = follow(("target", "type"), document)
    if kind and named in get_args(TargetType) and named != kind:
        yield Finding(("target", "type"), f"{shown(named)} does not fit: the ARN is that of {_SERVES_AS[kind]}")
    if kind == "tool" and follow(("target", "input_format"), document) == "messages":
        yield Finding(("target", "input_format"), "messages are for agents; leave input_format out for a tool")


def _without_arn(document: Mapping[str, Any], names: list[_Said]) -> Iterator[Finding]:
    if names:
        location, name = names[0]
        yield Finding(
            location,
            f"{shown(name)} is a name: names are resolved by the registries, which this version "
            f"does not have yet; give the ARN, {_ARN_FORMS}",
        )
    elif isinstance(document.get("target"), dict):
        yield Finding(("target",), f"'arn' is missing: {_ARN_FORMS}")
    elif "target" not in document and "agent_config" not in document:
        yield Finding((), "'target' is missing: the ARN of the agent or tool that gets the rows")


def _disagreements(said: list[_Said]) -> Iterator[Finding]:
    for location, text in said[1:]:
        if text != said[0][1]:
            first = "/".join(str(step) for step in said[0][0])
            yield Finding(location, f"{shown(text)} is not what '{first}' says, {shown(said[0][1])}; give one target")


def _arns(document: Mapping[str, Any]) -> list[_Said]:
    return [said for said in _said(document, ("target",), *_ARN_PATHS) if _is_arn(said[1]) or said[0] != ("target",)]


def _names(document: Mapping[str, Any]) -> list[_Said]:
    paths = ("target",), ("target", "name"), ("agent_name",)
    return [said for said in _said(document, *paths) if not _is_arn(said[1]) or said[0] != ("target",)]


def _said(document: Mapping[str, Any], *paths: Location) -> list[_Said]:
    found = ((path, follow(path, document)) for path in paths)
    return [(path, text) for path, text in found if isinstance(text, str) and text]


def _is_arn(text: str) -> bool:
    return text.startswith("arn:")
