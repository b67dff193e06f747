"""The table of batches: one item a batch, written by the batch's own stages, which lists batches and says how far they are.

Items are keyed by the batch's key (batch/names.py). Two indexes list them by time: `by_time`, whose key `listed` is the month
of the start, and `by_status`. No cell of any row stands here.
"""

from typing import Literal, NotRequired, TypedDict

from batch_processor.cost.shapes import Cost

# RUNNING until the batch's end is written; then what the summary says, or how Step Functions ended it.
RecordStatus = Literal[
    "RUNNING", "SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED", "TIMED_OUT", "ABORTED"
]


class BatchRecord(TypedDict):
    """A batch as the table has it, in plain Python values.

    `rows_…` count rows of row batches that have ended, and at the batch's end all of them. `causes` counts failed rows by
    the vocabulary of results/causes.py. `started_at` and `ended_at` are as time_text writes them. `error` is the name of
    what ended a batch that failed. `config` is where the configuration lies (s3://), which the plan was made of.
    """

    batch_key: str
    name: str
    execution_arn: str
    status: RecordStatus
    started_at: str
    ended_at: NotRequired[str]
    source: NotRequired[str]
    target: NotRequired[str]
    config: NotRequired[str]
    max_concurrency: NotRequired[int]
    max_rows: NotRequired[int]
    resumed_from: NotRequired[str]
    map_mode: NotRequired[Literal["inline", "distributed"]]
    rows_total: NotRequired[int]
    rows_succeeded: int
    rows_failed: int
    rows_timed_out: int
    rows_skipped: int
    rows_not_run: int
    rows_taken_over: int
    causes: dict[str, int]
    cost: NotRequired[Cost]
    expected_cost: NotRequired[Cost]
    csv_location: NotRequired[str]
    summary_location: NotRequired[str]
    error: NotRequired[str]
    updated_at: str
