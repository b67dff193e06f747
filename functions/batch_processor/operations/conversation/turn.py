"""One turn: what the user says becomes what the model is asked, and what the model has said becomes the answer.

Messages are Bedrock's, in the names of Step Functions' SDK integrations: {Role, Content: [{Text} | {ToolUse} | {ToolResult}]}.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import Field, ValidationError

from batch_processor.document.problem import Problem
from batch_processor.document.shape import Shape, Text, expected, one_of, problems_of
from batch_processor.document.wording import shown
from batch_processor.errors import InvalidArguments

Message = dict[str, Any]
LONGEST_MESSAGE = 8_000
_MOST_HISTORY = 50
# Of earlier messages, in bytes: with them, a turn's tool results and the tools themselves a payload has room to spare.
MOST_KEPT_BYTES = 40_000
_LEFT_OUT = (
    "The first {count} messages of this conversation were left out, as it is long. Ask the user for what you miss."
)
_CONFIRMED = "[The user has confirmed what needed a confirmation. Make that call again, exactly as before.]"


class Said(Shape):
    """An earlier message, of a client that keeps its conversation itself."""

    role: Annotated[Literal["user", "assistant"], one_of("user", "assistant")] = Field(description="Who said it.")
    content: Text = Field(description="The text.")


Words = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_MESSAGE),
    expected(f"a text of 1 to {LONGEST_MESSAGE:,} characters"),
]


class TurnRequest(Shape):
    """What one execution of the agent is given."""

    message: Words = Field(description="What the user says.")
    conversation_id: Text | None = Field(
        default=None, description="The one of the turn before; left out to begin anew."
    )
    confirmation: Text | None = Field(default=None, description="The token that the turn before gave for a person.")
    history: Annotated[list[Said], Field(max_length=_MOST_HISTORY), expected("a list of {role, content}")] = Field(
        default=[], description="What was said before, where no conversation_id is given."
    )


class Conversation(TypedDict):
    """What is kept under a conversation's id; `left_out` messages at its beginning are gone, `batches` were named so far."""

    messages: list[Message]
    left_out: int
    batches: NotRequired[list[str]]


class Turn(TypedDict):
    """What the machine asks the model with. `etag` is of the conversation as it was read; empty for a new one."""

    conversation_id: str
    etag: str
    confirmation: str
    messages: list[Message]
    left_out: int
    system: list[dict[str, str]]
    tools: NotRequired[list[dict[str, Any]]]


def parse_request(document: Any) -> TurnRequest:
    """The request; InvalidArguments has all that is wrong with it."""
    if not isinstance(document, dict):
        problem = Problem("", f"expected an object {{message, conversation_id?, …}}, got {shown(document)}")
        raise InvalidArguments("batch-orchestrator-agent", [problem])
    # The console and nested executions add keys of AWS's own, which begin so.
    given = {key: value for key, value in document.items() if not key.startswith("AWS_")}
    try:
        return TurnRequest.model_validate(given)
    except ValidationError as exc:
        raise InvalidArguments("batch-orchestrator-agent", problems_of(exc, given)) from None


def asked(request: TurnRequest, kept: Conversation) -> Conversation:
    """The conversation with what the user says now behind it, the oldest messages cut where it is long."""
    earlier = kept["messages"] or [_text(said.role, said.content) for said in request.history]
    now = [{"Text": request.message}, *([{"Text": _CONFIRMED}] if request.confirmation else [])]
    shortened = _shortened(earlier)
    left_out = kept["left_out"] + len(earlier) - len(shortened)
    return Conversation(messages=[*_alternating(shortened), {"Role": "user", "Content": now}], left_out=left_out)


def system_texts(prompt: str, left_out: int) -> list[dict[str, str]]:
    """What the model is told beside the messages."""
    return [{"Text": prompt}, *([{"Text": _LEFT_OUT.format(count=left_out)}] if left_out else [])]


def _text(role: str, text: str) -> Message:
    return {"Role": role, "Content": [{"Text": text}]}


def _shortened(messages: list[Message]) -> list[Message]:
    """The latest messages that there is room for, from one on that the user has written: no tool result without its call.

    Where not even the last turn fits, the words of the latest turns: what was agreed on is not lost for what tools told.
    """
    return _latest(messages) or _latest(list(_words(messages)))


def _latest(messages: list[Message]) -> list[Message]:
    begins = [number for number, message in enumerate(messages) if _is_users(message)]
    sizes = [len(json.dumps(message, ensure_ascii=False).encode()) for message in messages]
    fitting = (begin for begin in begins if sum(sizes[begin:]) <= MOST_KEPT_BYTES)
    return messages[next(fitting, len(messages)) :]


def _words(messages: Iterable[Message]) -> Iterator[Message]:
    for message in messages:
        if texts := [block for block in message["Content"] if "Text" in block]:
            yield {**message, "Content": texts}


def _is_users(message: Mapping[str, Any]) -> bool:
    return message["Role"] == "user" and any("Text" in block for block in message["Content"])


def _alternating(messages: Iterable[Message]) -> list[Message]:
    """The messages, two of one side in a row made one, as some models refuse them; the user's last gets an answer."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1]["Role"] == message["Role"]:
            joined[-1] = {**joined[-1], "Content": [*joined[-1]["Content"], *message["Content"]]}
        else:
            joined.append(message)
    return [*joined, _text("assistant", "(no answer)")] if joined and joined[-1]["Role"] == "user" else joined
