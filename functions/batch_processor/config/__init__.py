"""The user's configuration: read in every form of writing it, told all of its problems, normalised."""

from .batch_config import BatchConfig, parse
from .csv_format import CsvFormat
from .execution import ExecutionOptions
from .locations import S3Uri
from .notification import NotificationOptions
from .output_mapping import OutputColumn, OutputOptions
from .problem import Problem
from .target import Target

__all__ = [
    "BatchConfig",
    "CsvFormat",
    "ExecutionOptions",
    "NotificationOptions",
    "OutputColumn",
    "OutputOptions",
    "Problem",
    "S3Uri",
    "Target",
    "parse",
]
