"""The one logger of all functions: JSON lines that name the batch, and no row's content above DEBUG."""

from aws_lambda_powertools import Logger

logger = Logger(service="batch-processor", use_rfc3339=True)


def start_log(batch: str, log_level: str = "INFO") -> None:
    """Sets the batch and the level of all that this invocation logs."""
    logger.setLevel(log_level)
    logger.append_keys(batch=batch)
