"""CloseTurn: keeps the conversation under its id, for the next turn."""

from dataclasses import dataclass
from typing import Any

from batch_processor.logs import logger, start_log
from batch_processor.operations.conversation import keeping
from batch_processor.operations.conversation.turn import Conversation
from batch_processor.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """`data_bucket` is the stack's own, where conversations are kept."""

    data_bucket: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {conversation_id, etag, messages, left_out}; returns {conversation_id, messages: how many}.

    Fails with ConversationChanged if another turn of the conversation ended meanwhile.
    """
    start_log(event["conversation_id"])
    conversation = Conversation(messages=event["messages"], left_out=event["left_out"])
    keeping.keep(read(Settings).data_bucket, event["conversation_id"], conversation, event["etag"])
    logger.info("A turn ends", extra={"messages": len(conversation["messages"])})
    return {"conversation_id": event["conversation_id"], "messages": len(conversation["messages"])}
