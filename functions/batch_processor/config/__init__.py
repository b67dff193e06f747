"""The user's configuration: read in every form of writing it, told all of its problems, normalised."""

from batch_processor.config.batch_config import BatchConfig, parse
from batch_processor.config.execution import ExecutionOptions
from batch_processor.config.notification import NotificationOptions
from batch_processor.config.output_mapping import OutputColumn, OutputOptions
from batch_processor.config.resumption import Resumption, named_batch
from batch_processor.config.storage import StorageOptions
from batch_processor.config.target import Target, TargetRequest, request

__all__ = [
    "BatchConfig",
    "ExecutionOptions",
    "NotificationOptions",
    "OutputColumn",
    "OutputOptions",
    "Resumption",
    "StorageOptions",
    "Target",
    "TargetRequest",
    "named_batch",
    "parse",
    "request",
]
