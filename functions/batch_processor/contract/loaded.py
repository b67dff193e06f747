"""What LoadCSVData returns: the rows, or where they are, and how they are to be run."""

from typing import Any, Literal, NotRequired, TypedDict

# How the rows of a distributed batch are run: by executions of the row batch machine, or by Express children.
Tier = Literal["standard", "express"]


class RowProblem(TypedDict):
    error: str
    message: str


class LoadedRow(TypedDict):
    """`index` counts data rows from 1; `row` has the cells in use by address; `problem` says why the row is unfit.

    `run` is appended to the names of the row's agent executions, so that answers of an earlier run are not taken for
    its own. With `attempt` the row starts at that attempt: both name the execution whose answer could not be read.
    """

    index: int
    row: dict[str, str]
    problem: NotRequired[RowProblem]
    attempt: NotRequired[int]
    run: NotRequired[str]


class RowStore(TypedDict):
    """Where this run keeps its results: in the payload, or as items of the table.

    With `partition_rows` a partition holds that many rows, and its key ends with the index of its first row. Items
    older than `since` belong to another batch of the same name. Items count unless they had expired at `as_of`, when
    this run began. Each item carries the `fingerprint`.
    """

    mode: Literal["inline", "dynamodb"]
    batch_id: str
    since: str
    as_of: str
    ttl_seconds: int
    compress: bool
    partition_rows: NotRequired[int]
    fingerprint: NotRequired[str]


class ExpressBounds(TypedDict):
    """How the rows of an Express child keep within its five minutes; times are counted from the child's start.

    An attempt takes at most `attempt_seconds`; none starts after `last_start_ms`; what is not read by `extracted_by_ms` is left
    to the Standard pass. `unless_answered` are the arguments by which DynamoDB takes an answer or a failure
    (results/stored_row.py), and a result carries an answer that it did not take, of up to `carried_bytes`.
    """

    attempt_seconds: int
    last_start_ms: int
    extracted_by_ms: int
    carried_bytes: int
    unless_answered: dict[str, Any]


class LeftWork(TypedDict):
    """What Express `children` that left rows have done: the `calls` for those rows, and their own `ms` as AWS bills them."""

    children: int
    calls: int
    ms: int


class FanOut(TypedDict):
    """Where S3 has the rows as JSON Lines, and the most rows, and bytes of rows, in a row batch.

    With `express` the row batches are Express children. In the Standard pass behind them (`is_rest`) each line of the object
    is a row batch by itself: {first, last, rows}, `rows` being those of the range that are still without a result; `left_by` is
    for the batch's cost.
    """

    bucket: str
    rows_key: str
    batch_rows: int
    batch_bytes: int
    express: NotRequired[ExpressBounds]
    is_rest: NotRequired[bool]
    left_by: NotRequired[LeftWork]


class RowRange(TypedDict):
    """The rows of a row batch, first and last included."""

    first: int
    last: int


class Loaded(TypedDict):
    """What loading found out and decided. A row batch gets its batch's, with its own range of rows as `row_batch`.

    `row_count` counts the rows of the whole batch. `result_bytes` and `message_bytes` are a row's share of the results
    payload: for its answer, and for its message if it failed.
    `joined` are the ranges of rows whose parts were joined first, as they are too many bytes for one invocation.
    With `originals_kept` the work folder has the original cells of an inline batch, too, and the CSV is needed no more.
    `rows_at_once` times `row_batches_at_once` is at most the plan's `max_concurrency`. A distributed batch runs its rows in
    the `tier`, for `tier_reason`; plans that were loaded before there were tiers ran in the Standard one.
    `duplicates` counts the rows that have the same input as an earlier one, where these are not asked again.
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
    originals_kept: NotRequired[bool]
    fan_out: NotRequired[FanOut]
    row_batch: NotRequired[RowRange]
    joined: NotRequired[list[RowRange]]
    tier: NotRequired[Tier]
    tier_reason: NotRequired[str]
    duplicates: NotRequired[int]
