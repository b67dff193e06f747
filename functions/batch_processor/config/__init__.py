"""The user's configuration: read in every form of writing it, told all of its problems, normalised."""

from .batch_config import BatchConfig, parse
from .csv_format import CsvFormat
from .execution import ExecutionOptions
from .locations import S3Uri
from .notification import NotificationOptions
from .output_mapping import OutputColumn, OutputOptions
from .problem import Problem
from .resumption import Resumption, named_batch
from .storage import StorageOptions
from .target import Target, TargetRequest, request

__all__ = [
    "BatchConfig",
    "CsvFormat",
    "ExecutionOptions",
    "NotificationOptions",
    "OutputColumn",
    "OutputOptions",
    "Problem",
    "Resumption",
    "S3Uri",
    "StorageOptions",
    "Target",
    "TargetRequest",
    "named_batch",
    "parse",
    "request",
]
