"""The shapes of what the state machine hands from state to state, as JSON. docs/state-machine.md explains them."""

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from batch_processor.extraction.rules import AnyRule

METADATA_COLUMNS = ("_status", "_error_message", "_timestamp", "_execution_time_ms")
# There only if a row has more cells than the header; they are original cells, whatever add_metadata says.
SURPLUS_COLUMN = "_surplus_cells"

Status = Literal["SUCCESS", "FAILED", "TIMEOUT"]


class Batch(TypedDict):
    """`id` is the execution's ARN, `key` names its work folder and its row batches.

    `origin_key` begins the names of agent executions. A batch that resumes another has the other's, so that an agent that
    has answered a row already is found.
    """

    id: str
    name: str
    key: str
    origin_key: str
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
    """`version` is that of the registered agent; `runs` is there for a tool that is a state machine."""

    type: Literal["agent", "tool"]
    arn: str
    name: str
    input_format: Literal["structured", "messages"]
    revision: NotRequired[str]
    version: NotRequired[str]
    runs: NotRequired[Literal["state_machine"]]


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


class AnswerRules(TypedDict):
    """`schema` is the JSON Schema of the structured output; `extraction` are the rules that find it, tried in order.

    Rules are in normal form, as batch_processor/extraction/rules.py has it.
    """

    schema: NotRequired[dict[str, Any]]
    extraction: "NotRequired[list[AnyRule]]"


class StoredAnswerRules(TypedDict):
    """Answer rules that would take too much of every payload: a JSON object in S3. The digest is of the extraction."""

    uri: str
    extraction_digest: str


class Output(AnswerRules):
    """Answer rules stand in the plan, or `answer` says where they are; neither is there for an unregistered target."""

    answer: NotRequired[StoredAnswerRules]
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
    max_attempts: int
    backoff_rate: float
    interval_seconds: int
    max_delay_seconds: int
    continue_on_error: bool
    log_level: str


class Notification(TypedDict):
    success: bool
    failure: bool
    topic_arn: str


class Storage(TypedDict):
    """Where results are to be kept.

    `batch_id` is `{target}#{execution name}` of the batch that first stored rows, and `since` is when that one began.
    """

    mode: Literal["auto", "inline", "dynamodb"]
    batch_id: str
    since: str
    ttl_seconds: int
    compress: bool


class Earlier(TypedDict):
    """The batch that this one resumes: its name, and how its stored rows are spread over partitions.

    `last_run` is the ARN of the last execution that ran the same rows, if its histories may have answers that the table
    lacks.
    """

    batch: str
    only_failed: bool
    last_run: NotRequired[str]
    partition_rows: NotRequired[int]


class Plan(TypedDict):
    """A configuration in normal form: all that the machine and the later handlers know of it.

    `work` is the batch's folder for what does not fit a payload; `max_rows` makes it a trial on the first rows.
    """

    batch: Batch
    source: Source
    target: Target
    input: Input
    output: Output
    work: Location
    map_mode: Literal["auto", "inline", "distributed"]
    storage: Storage
    max_rows: NotRequired[int]
    earlier: NotRequired[Earlier]
    execution: Execution
    notification: Notification


class Problem(TypedDict):
    error: str
    message: str


class LoadedRow(TypedDict):
    """`index` counts data rows from 1; `row` has the cells in use by address; `problem` makes the row unfit.

    `run` ends the names of its agent executions where those of an earlier run are not to be taken for its answer. With
    `attempt` it begins with that one: `attempt` and `run` name the execution whose answer nobody could read.
    """

    index: int
    row: dict[str, str]
    problem: NotRequired[Problem]
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


class RowResult(TypedDict):
    """An iteration's result: `error` and `message` of a failure; of a success its `cells`.

    Without cells, S3 has them (`spilled`) or the table (`stored`). `unread` ends the name of the agent's execution that has
    answered a failed row, `<attempt><run>`, if its answer could not be read.
    """

    index: int
    status: Status
    cells: NotRequired[list[str]]
    spilled: NotRequired[bool]
    stored: NotRequired[bool]
    error: NotRequired[str]
    message: NotRequired[str]
    unread: NotRequired[str]
    at: NotRequired[str]
    ms: NotRequired[int]
