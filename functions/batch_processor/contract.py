"""The shapes of what the state machine hands from state to state, as JSON. docs/state-machine.md explains them."""

from typing import Any, Literal, NotRequired, TypedDict

METADATA_COLUMNS = ("_status", "_error_message", "_timestamp", "_execution_time_ms")
# There only if a row has more cells than the header; they are original cells, whatever add_metadata says.
SURPLUS_COLUMN = "_surplus_cells"

Status = Literal["SUCCESS", "FAILED", "TIMEOUT"]


class Batch(TypedDict):
    """`id` is the execution's ARN, `key` the short unique part of the names of agent executions."""

    id: str
    name: str
    key: str
    started_at: str


class Source(TypedDict):
    """The input object, pinned by version (or by ETag where the bucket has no versions)."""

    uri: str
    bucket: str
    key: str
    version_id: NotRequired[str]
    etag: str
    size_bytes: int
    encoding: str
    delimiter: str
    header: list[str]


class Target(TypedDict):
    type: Literal["agent", "tool"]
    arn: str
    name: str
    input_format: Literal["structured", "messages"]


class Input(TypedDict):
    """`fields` and `constants` build the agent input; `columns` maps each address in use to its position."""

    fields: list[dict[str, Any]]
    constants: dict[str, Any]
    columns: dict[str, int]
    required: list[str]


class OutputColumn(TypedDict):
    """`legacy` columns are searched by path in the whole answer, others are fields of the structured output.

    Without `source` it is the field of that name: this travels with every row's answer, and shares its payload.
    """

    name: str
    source: NotRequired[list[str | int]]
    default: NotRequired[Any]
    type: NotRequired[str]
    format: NotRequired[str]
    legacy: NotRequired[bool]


class Output(TypedDict):
    columns: list[OutputColumn]
    include_original: bool
    add_metadata: bool
    escape_formulas: bool
    bucket: str
    key: str


class Location(TypedDict):
    bucket: str
    prefix: str


class Execution(TypedDict):
    max_concurrency: int
    timeout_seconds: int
    max_attempts: NotRequired[int]
    backoff_rate: float
    interval_seconds: int
    max_delay_seconds: int
    continue_on_error: bool
    log_level: str


class Notification(TypedDict):
    success: bool
    failure: bool
    topic_arn: str


class Plan(TypedDict):
    """A configuration in normal form: all that the machine and the later handlers know of it."""

    batch: Batch
    source: Source
    target: Target
    input: Input
    output: Output
    spill: Location
    execution: Execution
    notification: Notification


class Problem(TypedDict):
    error: str
    message: str


class LoadedRow(TypedDict):
    """`index` counts data rows from 1; `row` has the cells in use by address; `problem` makes the row unfit."""

    index: int
    row: dict[str, str]
    problem: NotRequired[Problem]


class Loaded(TypedDict):
    """What loading found out; `result_bytes` and `message_bytes` are a row's share of the results payload."""

    row_count: int
    blank_lines: int
    surplus_cells: bool
    max_attempts: int
    result_bytes: int
    message_bytes: int


class RowResult(TypedDict):
    """An iteration's result: `cells` (or `spilled`, when S3 has them) of a success, `error` and `message` else."""

    index: int
    status: Status
    cells: NotRequired[list[str]]
    spilled: NotRequired[bool]
    error: NotRequired[str]
    message: NotRequired[str]
    at: NotRequired[str]
    ms: NotRequired[int]
