"""ReadBatches: the operations that only read, as tools of agents."""

from dataclasses import dataclass, replace
from typing import Any

from batch_processor.logs import logger, start_log
from batch_processor.operations.analysis.row_count import COUNT_NOW
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.tool_call import ToolAnswer, answer_call
from batch_processor.settings import read


@dataclass(frozen=True, slots=True)
class Settings:
    """`tool_prefix` is what the tools are registered with before the operations' names."""

    tool_prefix: str


def handle(event: dict[str, Any], context: Any) -> ToolAnswer | dict[str, Any]:
    """Takes {name, input, id}; answers {type, tool_use_id, schema, content, is_error}. No operation of it starts a batch.

    What takes long it calls itself for, as {name: count_csv_rows_now, s3_uri}, and nobody waits for the answer.
    """
    start_log(str(event.get("id", "")))
    deployment = replace(read(Deployment), reading_function=context.function_name)
    if event.get("name") == COUNT_NOW:
        return _count(event["s3_uri"], deployment)
    answer = answer_call(event, deployment, prefix=read(Settings).tool_prefix, reads_only=True)
    logger.info("Answered", extra={"operation": answer["schema"], "error": answer["content"].get("error")})
    return answer


def _count(s3_uri: str, deployment: Deployment) -> dict[str, Any]:
    from batch_processor.operations.analysis.row_count import count_now

    counted = count_now(s3_uri, deployment)
    logger.info("Counted", extra={"status": counted["status"]})
    return {**counted}
