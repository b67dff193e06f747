"""ActOnBatches: the operations that start and stop batches, as tools of agents."""

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
    """Takes {name, input, id, confirmation?}; answers {type, tool_use_id, schema, content, is_error, confirmation?}.

    `confirmation`, in and out, is beside what a model writes and reads: whoever calls this for a model hands it to a person.
    """
    start_log(str(event.get("id", "")))
    answer = answer_call(event, read(Deployment), prefix=read(Settings).tool_prefix, reads_only=False)
    logger.info("Answered", extra={"operation": answer["schema"], "error": answer["content"].get("error")})
    return answer
