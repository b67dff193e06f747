"""ReadBatches: the operations that only read, as tools of agents."""

from dataclasses import dataclass
from typing import Any

from batch_processor.logs import logger, start_log
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.tool_call import ToolAnswer, answer_call
from batch_processor.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """`tool_prefix` is what the tools are registered with before the operations' names."""

    tool_prefix: str


def handle(event: dict[str, Any], context: object) -> ToolAnswer:
    """Takes {name, input, id}; answers {type, tool_use_id, schema, content, is_error}. No operation of it starts a batch."""
    start_log(str(event.get("id", "")))
    answer = answer_call(event, read(Deployment), prefix=read(Settings).tool_prefix, reads_only=True)
    logger.info("Answered", extra={"operation": answer["schema"], "error": answer["content"].get("error")})
    return answer
