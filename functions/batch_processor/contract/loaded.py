"""What LoadCSVData answers: the rows, or where they are, and how they are to be run."""

from typing import Literal, NotRequired, TypedDict


class RowProblem(TypedDict):
    error: str
    message: str


class LoadedRow(TypedDict):
    """`index` counts data rows from 1; `row` has the cells in use by address; `problem` makes the row unfit.

    `run` ends the names of its agent executions where those of an earlier run are not to be taken for its answer. With
    `attempt` it begins with that one: `attempt` and `run` name the execution whose answer nobody could read.
    """

    index: int
    row: dict[str, str]
    problem: NotRequired[RowProblem]
    attempt: NotRequired[int]
    run: NotRequired[str]


class RowStore(TypedDict):
    """Where this run keeps its results: in the payload, or as items of the table.

    With `partition_rows` a partition holds that many rows and its key ends with the first one's index. Items from before
    `since` are another batch's that had the same name. Items have expired if they had when this run began, `as_of`.
    """

    mode: Literal["inline", "dynamodb"]
    batch_id: str
    since: str
    as_of: str
    ttl_seconds: int
    compress: bool
    partition_rows: NotRequired[int]


class FanOut(TypedDict):
    """The rows as JSON Lines, and how many (and how many bytes of them) make a row batch."""

    bucket: str
    rows_key: str
    batch_rows: int
    batch_bytes: int


class RowRange(TypedDict):
    """The rows of a row batch, first and last included."""

    first: int
    last: int


class Loaded(TypedDict):
    """What loading found out and decided; a row batch has it from the batch, and its own `row_batch` besides.

    `row_count` is the batch's. `result_bytes` and `message_bytes` are a row's share of the results payload.
    `rows_at_once` times `row_batches_at_once` is at most the plan's `max_concurrency`.
    """

    row_count: int
    blank_lines: int
    surplus_cells: bool
    map_mode: Literal["inline", "distributed"]
    map_mode_reason: str
    rows_at_once: int
    row_batches_at_once: int
    storage: RowStore
    result_bytes: int
    message_bytes: int
    fan_out: NotRequired[FanOut]
    row_batch: NotRequired[RowRange]
