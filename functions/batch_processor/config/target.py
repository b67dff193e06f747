"""Whom the rows are sent to: every way of writing it comes down to one ARN, or to a name in the registries."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag

from batch_processor.config.locations import (
    FUNCTION,
    FUNCTION_FORM,
    STATE_MACHINE,
    STATE_MACHINE_FORM,
    StateMachineArn,
    TargetArn,
    arn_name,
    arn_type,
)
from batch_processor.config.misplaced import MISPLACED
from batch_processor.cost.prices import Price
from batch_processor.document.json_path import MISSING, follow
from batch_processor.document.placeholders import left_in
from batch_processor.document.pointers import pointer
from batch_processor.document.shape import MARK, Finding, Flag, Location, Shape, Text, expected, one_of, sentence_error
from batch_processor.document.wording import shown

TargetType = Literal["agent", "tool"]
InputFormat = Literal["structured", "messages", "prompt_data"]
INPUT_FORMATS: tuple[InputFormat, ...] = get_args(InputFormat)
# The formats in which the input field `prompt` is the text of a request.
PROMPTED: tuple[InputFormat, ...] = ("messages", "prompt_data")
Runs = Literal["lambda", "state_machine"]

_Mention = tuple[Location, str]
_ARN_PATHS: tuple[Location, ...] = (
    ("target", "arn"),
    ("agent_config", "state_machine_arn"),
    ("agent_state_machine_arn",),
)
_ARN_FORMS = f"{STATE_MACHINE_FORM} for an agent or {FUNCTION_FORM} for a tool"
_SERVES_AS = {
    "agent": "a state machine, which is an agent (a tool that is one is registered as such, and named without its ARN)",
    "tool": "a Lambda function, which is a tool",
}
_PINNED = re.compile(r"(.+)@(latest|[0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)", re.DOTALL)


@dataclass(frozen=True)
class Target:
    """The agent or tool that gets the rows, and in which form; the ARN is empty until a mere name is looked up.

    `idempotent` says whether it may be called twice with the same `id`, `deterministic` whether it answers the same input
    alike; None where nobody has said so.

    An agent is a state machine; a tool is a Lambda function, or a state machine where it is registered so.
    """

    type: TargetType
    arn: str
    name: str
    input_format: InputFormat
    version: str | None = None
    runs: Runs | None = None
    price: Price | None = None
    idempotent: bool | None = None
    deterministic: bool | None = None

    @property
    def is_state_machine(self) -> bool:
        return self.type == "agent" or self.runs == "state_machine"


@dataclass(frozen=True)
class TargetRequest:
    """What a configuration says of its target, None where it says nothing; `version` is a pinned one.

    `pointer` is where it names the target; `is_named` is false if the name was only taken from the ARN.
    """

    pointer: str
    name: str
    is_named: bool
    version: str | None = None
    arn: str | None = None
    type: TargetType | None = None
    input_format: InputFormat | None = None
    idempotent: bool | None = None
    deterministic: bool | None = None


_TARGET_KEYS = frozenset(("target", "agent_config", "agent_name", "agent_state_machine_arn"))
# The JSON pointers of problems with these keys.
TARGET_POINTERS = tuple(f"/{key}" for key in sorted(_TARGET_KEYS))


class TargetShape(Shape):
    """The agent or tool that gets the rows."""

    model_config = ConfigDict(title="Target")
    misplaced: ClassVar[Mapping[str, str]] = MISPLACED

    type: Annotated[TargetType, one_of("agent", "tool")] | None = Field(
        default=None, description="`agent` (state machine) or `tool` (Lambda function); must fit the ARN."
    )
    name: Text | None = Field(
        default=None,
        description="Name in the registries, with a version perhaps; the name in the ARN where it is left out.",
        examples=["ticket-classifier", "ticket-classifier@1.2.0"],
    )
    arn: TargetArn | None = Field(
        default=None, description="ARN of the state machine or Lambda function; that of the registered name else."
    )
    input_format: Annotated[InputFormat, one_of(*INPUT_FORMATS)] | None = Field(
        default=None,
        description="`messages` sends the field `prompt` as a chat message besides the input, `prompt_data` sends {prompt, "
        "data}; as registered, else `structured`. Agents only.",
    )
    idempotent: Flag | None = Field(
        default=None,
        description="Whether a second call with the same `id` does no harm and answers alike; as registered else.",
    )
    deterministic: Flag | None = Field(
        default=None,
        description="Whether the same input has the same answer, in any row and on any day; as registered else.",
    )


class AgentConfigShape(Shape):
    """Where the agent is that `target` only names."""

    model_config = ConfigDict(title="Agent configuration")
    misplaced: ClassVar[Mapping[str, str]] = MISPLACED

    state_machine_arn: StateMachineArn = Field(description="ARN of the agent's state machine.")


def _name_or_arn(text: str) -> str:
    if _is_arn(text) and arn_type(text) is None:
        raise sentence_error(f"expected {_ARN_FORMS}, got {shown(text)}")
    if left := left_in(text):
        raise sentence_error(f"expected a name or an ARN, got {shown(text)}; {left}")
    return text


_NameOrArn = Annotated[
    Text,
    AfterValidator(_name_or_arn),
    Field(
        title="Target by ARN or by name",
        json_schema_extra={"anyOf": [{"pattern": f"^({STATE_MACHINE}|{FUNCTION})$"}, {"not": {"pattern": "^arn:"}}]},
        examples=["ticket-classifier", "arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-classifier"],
    ),
]
TargetForm = Annotated[
    Annotated[_NameOrArn, Tag(f"{MARK}text")] | Annotated[TargetShape, Tag(f"{MARK}object")],
    Discriminator(lambda value: f"{MARK}text" if isinstance(value, str) else f"{MARK}object"),
    expected("a name, an ARN or an object {type, name, arn}"),
]


def resolve(document: Mapping[str, Any]) -> Target:
    """Return the target of a raw document in which `target_problems` finds nothing."""
    requested = request(document)
    kind = arn_type(requested.arn) if requested.arn else requested.type
    return Target(
        kind or "agent",
        requested.arn or "",
        requested.name,
        requested.input_format or "structured",
        requested.version,
        idempotent=requested.idempotent,
        deterministic=requested.deterministic,
    )


def names_target(document: Any) -> bool:
    """Return whether a raw document of any kind says who the target is, in whichever way."""
    return isinstance(document, Mapping) and not _TARGET_KEYS.isdisjoint(document)


def requested_name(document: Mapping[str, Any]) -> str | None:
    """Return the target's name, without a version, of a raw document of any kind; None if it cannot be made out."""
    arns, names = _arns(document), _names(document)
    if names:
        pinned = _PINNED.fullmatch(names[0][1])
        return pinned[1] if pinned else names[0][1]
    return arn_name(arns[0][1]) if arns and arn_type(arns[0][1]) else None


def request(document: Mapping[str, Any]) -> TargetRequest:
    """Return what a raw document, in which `target_problems` finds nothing, asks of the registries."""
    arns, names = _arns(document), _names(document)
    arn = arns[0][1] if arns else None
    location, name = names[0] if names else (("target",), arn_name(arn or ""))
    pinned = _PINNED.fullmatch(name)
    kind, input_format, idempotent, deterministic = (
        follow(("target", key), document) for key in ("type", "input_format", "idempotent", "deterministic")
    )
    if kind is MISSING:
        kind = "agent" if "agent_name" in document else None
    return TargetRequest(
        pointer=pointer(document, location),
        name=pinned[1] if pinned else name,
        is_named=bool(names),
        version=pinned[2] if pinned and pinned[2] != "latest" else None,
        arn=arn,
        type=kind,
        input_format=None if input_format is MISSING else input_format,
        idempotent=None if idempotent is MISSING else idempotent,
        deterministic=None if deterministic is MISSING else deterministic,
    )


def target_problems(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is wrong between the keys of a raw document that say who the target is."""
    arns, names = _arns(document), _names(document)
    yield from _disagreements(arns)
    yield from _disagreements(names)
    yield from _ambiguous(names)
    if arns:
        yield from _type_misfits(document, arn_type(arns[0][1]))
    elif not names and all(follow(path, document) is MISSING for path in _ARN_PATHS):
        yield from _missing_target(document)
    elif follow(("target", "type"), document) == "tool":
        yield from _type_misfits(document, "tool")


def _type_misfits(document: Mapping[str, Any], kind: TargetType | None) -> Iterator[Finding]:
    named = follow(("target", "type"), document)
    if kind and named in get_args(TargetType) and named != kind:
        yield Finding(("target", "type"), f"{shown(named)} does not fit: the ARN is that of {_SERVES_AS[kind]}")
    form = follow(("target", "input_format"), document)
    if kind == "tool" and form in PROMPTED:
        yield Finding(("target", "input_format"), f"the format {form} is for agents; leave input_format out for a tool")


def _missing_target(document: Mapping[str, Any]) -> Iterator[Finding]:
    if isinstance(document.get("target"), dict):
        if not document["target"].keys() & {"name", "arn"}:
            yield Finding(("target",), f"'name' is missing, that of a registered target; or 'arn': {_ARN_FORMS}")
    elif "target" not in document and "agent_config" not in document and "agent_name" not in document:
        yield Finding((), "'target' is missing: the name or ARN of the agent or tool that gets the rows")


def _ambiguous(names: list[_Mention]) -> Iterator[Finding]:
    for location, text in names:
        if "#" in text:
            told = "has a '#', which comes between the name of the target and that of the batch where results are kept"
            yield Finding(location, f"{shown(text)} {told}; give the target another name")


def _disagreements(mentions: list[_Mention]) -> Iterator[Finding]:
    for location, text in mentions[1:]:
        if text != mentions[0][1]:
            first = "/".join(str(step) for step in mentions[0][0])
            yield Finding(
                location, f"{shown(text)} is not what '{first}' says, {shown(mentions[0][1])}; give one target"
            )


def _arns(document: Mapping[str, Any]) -> list[_Mention]:
    return [
        mention
        for mention in _mentions(document, ("target",), *_ARN_PATHS)
        if _is_arn(mention[1]) or mention[0] != ("target",)
    ]


def _names(document: Mapping[str, Any]) -> list[_Mention]:
    paths = ("target",), ("target", "name"), ("agent_name",)
    return [mention for mention in _mentions(document, *paths) if not _is_arn(mention[1]) or mention[0] != ("target",)]


def _mentions(document: Mapping[str, Any], *paths: Location) -> list[_Mention]:
    values = ((path, follow(path, document)) for path in paths)
    return [(path, text) for path, text in values if isinstance(text, str) and text]


def _is_arn(text: str) -> bool:
    return text.startswith("arn:")
