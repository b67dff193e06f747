"""Keeps conversations, each under its id in the stack's own bucket, for as long as work folders are kept.

Whoever knows an id can go on with its conversation, so ids are drawn at random, and nobody chooses one.
"""

import json
import re
import secrets

from batch_processor.aws import s3
from batch_processor.errors import ConversationChanged, SourceUnavailable, UnknownConversation
from batch_processor.operations.conversation.turn import Conversation

PREFIX = "work/conversations/"
_BYTES = 16  # 128 bits
_ID = re.compile(r"[0-9a-f]{32}")
# As tools tell of them: by the execution's ARN, or as batch, in JSON within JSON.
_NAMED = re.compile(rb""":execution:[\w-]+:([^"\\\s:,]+)|\\"batch\\": ?\\"([^"\\]+)""")


def new_id() -> str:
    """An id that nobody guesses."""
    return secrets.token_hex(_BYTES)


def conversation_key(conversation_id: str) -> str:
    """Where the conversation is; UnknownConversation for what can be no id."""
    if not _ID.fullmatch(conversation_id):
        raise UnknownConversation(_unknown())
    return f"{PREFIX}{conversation_id}.json"


def fetch(bucket: str, conversation_id: str) -> tuple[Conversation, str]:
    """The conversation and its ETag; UnknownConversation if there is none of that id, or none any more."""
    key = conversation_key(conversation_id)
    try:
        body, etag = s3.read_with_etag(bucket, key)
    except SourceUnavailable as exc:
        raise UnknownConversation(_unknown()) from exc
    conversation: Conversation = json.loads(body)
    return conversation, etag


def keep(bucket: str, conversation_id: str, conversation: Conversation, etag: str) -> None:
    """Writes it over the one that was read with that ETag ("" for none); ConversationChanged if another turn was quicker."""
    key = conversation_key(conversation_id)
    if named := _named(conversation, s3.read(bucket, key) if etag else b"{}"):
        conversation = {**conversation, "batches": named}
    body = json.dumps(conversation, ensure_ascii=False).encode()
    if s3.replace(bucket, key, body, "application/json", etag or None) or s3.read(bucket, key) == body:
        return  # the second: this very turn had written it, and the answer to that was lost
    raise ConversationChanged(
        "Another turn of this conversation ended meanwhile, so this one is not kept: wait for each answer before the next "
        "message. What its tools did is done; say your message again."
    )


def _named(conversation: Conversation, before: bytes) -> list[str]:
    """The batches that were named so far: messages that do so are left out in time, and erasure finds it by their names."""
    texts = (before, json.dumps(conversation, ensure_ascii=False).encode())
    found = {name.decode() for text in texts for pair in _NAMED.findall(text) for name in pair if name}
    return sorted({*found, *json.loads(before).get("batches", ())})


def _unknown() -> str:
    return (
        "There is no conversation of that conversation_id, or none any more: give the one of the turn before as it stands, or "
        "leave it out to begin a new one."
    )
