"""The shapes of what the state machine hands from state to state, as JSON. docs/state-machine.md explains them."""

from batch_processor.contract.loaded import FanOut, Loaded, LoadedRow, RowProblem, RowRange, RowStore
from batch_processor.contract.plan import (
    METADATA_COLUMNS,
    SURPLUS_COLUMN,
    AnswerRules,
    Batch,
    Earlier,
    Execution,
    Input,
    Location,
    Notification,
    Output,
    OutputColumn,
    Plan,
    Source,
    Storage,
    StoredAnswerRules,
    Target,
)
from batch_processor.contract.results import RowResult, Status

__all__ = [
    "METADATA_COLUMNS",
    "SURPLUS_COLUMN",
    "AnswerRules",
    "Batch",
    "Earlier",
    "Execution",
    "FanOut",
    "Input",
    "Loaded",
    "LoadedRow",
    "Location",
    "Notification",
    "Output",
    "OutputColumn",
    "Plan",
    "RowProblem",
    "RowRange",
    "RowResult",
    "RowStore",
    "Source",
    "Status",
    "Storage",
    "StoredAnswerRules",
    "Target",
]
