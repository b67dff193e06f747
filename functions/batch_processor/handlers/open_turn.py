"""OpenTurn: what the user says becomes what batch-orchestrator-agent asks its model."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from batch_processor.logs import logger, start_log
from batch_processor.operations.conversation import keeping
from batch_processor.operations.conversation.tools import converse_tools
from batch_processor.operations.conversation.turn import Conversation, Turn, asked, parse_request, system_texts
from batch_processor.settings import read

_PROMPT = files("batch_processor.operations.conversation").joinpath("system_prompt.md")


@dataclass(frozen=True, slots=True)
class Settings:
    """`data_bucket` is the stack's own, where conversations are kept."""

    data_bucket: str


def handle(event: dict[str, Any], context: object) -> Turn:
    """Takes {message, conversation_id?, confirmation?, history?}.

    Fails with InvalidArguments, or with UnknownConversation if there is none of that id.
    """
    request = parse_request(event)
    conversation_id, kept, etag = request.conversation_id or keeping.new_id(), Conversation(messages=[], left_out=0), ""
    start_log(conversation_id)
    if request.conversation_id:
        kept, etag = keeping.fetch(read(Settings).data_bucket, conversation_id)
    conversation = asked(request, kept)
    logger.info(
        "A turn begins", extra={"messages": len(conversation["messages"]), "left_out": conversation["left_out"]}
    )
    return Turn(
        conversation_id=conversation_id,
        etag=etag,
        confirmation=request.confirmation or "",
        messages=conversation["messages"],
        left_out=conversation["left_out"],
        system=system_texts(_PROMPT.read_text(encoding="utf-8"), conversation["left_out"]),
        tools=converse_tools(),
    )
