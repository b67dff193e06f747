"""The plan: the normal form of a configuration, which ValidateInput makes and all other states read."""

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from batch_processor.contract.rules import AnyRule
    from batch_processor.cost.prices import Price

METADATA_COLUMNS = ("_status", "_error_message", "_timestamp", "_execution_time_ms")
# A column only where a row has more cells than the header. It holds original cells, so add_metadata does not decide it.
SURPLUS_COLUMN = "_surplus_cells"


class Batch(TypedDict):
    """`id` is the execution's ARN, `key` names its work folder and its row batches.

    The names of agent executions begin with `origin_key`. A batch that resumes an earlier batch takes over its
    `origin_key`, so that the executions that have answered a row already are found by name. `depth` is in how many batches
    this one is nested, if in any.
    """

    id: str
    name: str
    key: str
    origin_key: str
    started_at: str
    depth: NotRequired[int]


class SourceDialect(TypedDict, total=False):
    """How the CSV is read where that is not as of a plain one; csv_file/dialect.py says what the parts mean."""

    quote: str
    escape: Literal["doubled", "backslash", "none"]
    line_end: str
    header_line: int
    ragged: Literal["fail", "refuse", "pad"]
    skips_blanks: bool
    delimiter_guessed: bool
    quote_certain: bool
    encoding_certain: bool


class Source(TypedDict):
    """The input object, pinned by version (or by ETag where the bucket has no versions).

    `width` counts the header's columns. Their names are in the work folder, as all payloads carry the plan; plans that were
    made before that have them as `header`, in place of both others.
    """

    uri: str
    bucket: str
    key: str
    version_id: NotRequired[str]
    etag: str
    size_bytes: int
    encoding: str
    delimiter: str
    dialect: NotRequired[SourceDialect]
    width: int
    header_digest: str
    header: NotRequired[list[str]]


class Target(TypedDict):
    """`version` is the registered agent's; `revision` digests what is deployed; `runs` marks a machine as tool.

    `price` is what a call or its tokens cost, as registered. `timeout_seconds` is a function's own timeout, or what the
    definition of an Express machine says. `express` marks a state machine of type EXPRESS, whose executions cannot be found
    later. An `idempotent` target may be called twice with the same `id` and does no harm by it; a `deterministic` one answers
    the same input alike.
    """

    type: Literal["agent", "tool"]
    arn: str
    name: str
    input_format: Literal["structured", "messages", "prompt_data"]
    revision: NotRequired[str]
    version: NotRequired[str]
    runs: NotRequired[Literal["state_machine"]]
    price: "NotRequired[Price]"
    timeout_seconds: NotRequired[int]
    express: NotRequired[bool]
    idempotent: NotRequired[bool]
    deterministic: NotRequired[bool]


class Input(TypedDict):
    """`fields` and `constants` build the agent input; `columns` maps each address in use to its position.

    A row fails if a cell of a column in `required` is empty; if all in use are and the target `needs_a_cell`, it is
    not sent.
    """

    fields: list[dict[str, Any]]
    constants: dict[str, Any]
    columns: dict[str, int]
    required: list[str]
    needs_a_cell: NotRequired[bool]


class OutputColumn(TypedDict):
    """`legacy` columns are searched by path in the whole answer, others are fields of the structured output.

    Without `source` the column is the field of its name: columns travel in the payload of every row's answer, so they
    are kept short.
    """

    name: str
    source: NotRequired[list[str | int]]
    default: NotRequired[Any]
    type: NotRequired[str]
    format: NotRequired[str]
    legacy: NotRequired[bool]


class AnswerRules(TypedDict):
    """`schema` is the JSON Schema of the structured output; `extraction` are the rules that find it, tried in order.

    Rules are in the normal form that batch_processor/contract/rules.py defines.
    """

    schema: NotRequired[dict[str, Any]]
    extraction: "NotRequired[list[AnyRule]]"


class StoredAnswerRules(TypedDict):
    """Where S3 has answer rules that are too large for every payload, and a digest of their extraction rules."""

    uri: str
    extraction_digest: str


class WrittenCsv(TypedDict):
    """How the output is written: its delimiter, and whether a byte order mark of UTF-8 comes first."""

    delimiter: str
    bom: bool


class Output(AnswerRules):
    """Answer rules stand here, or `answer` says where S3 has them; neither if none are known.

    Without `csv` it is written with commas and without a byte order mark. With `quote_errors` the summary and the messages
    have the words of failures, which may quote cells.
    """

    answer: NotRequired[StoredAnswerRules]
    columns: list[OutputColumn]
    include_original: bool
    add_metadata: bool
    escape_formulas: bool
    csv: NotRequired[WrittenCsv]
    quote_errors: NotRequired[bool]
    bucket: str
    key: str


class Location(TypedDict):
    bucket: str
    prefix: str


# Which execution_tier a configuration asks for.
WantedTier = Literal["auto", "express", "standard"]


class Execution(TypedDict):
    """`tier` is there where the configuration does not leave it to the batch (auto)."""

    max_concurrency: int
    timeout_seconds: int
    max_attempts: int
    backoff_rate: float
    interval_seconds: int
    max_delay_seconds: int
    continue_on_error: bool
    log_level: str
    tier: NotRequired[WantedTier]


class Notification(TypedDict):
    success: bool
    failure: bool
    topic_arn: str


class Storage(TypedDict):
    """Where results are to be kept.

    `batch_id` is `{target}#{execution name}`, and `since` when the batch began. `fingerprint` is a digest of all that
    decides an answer, which each stored row carries; plans that were made before rows carried one are without.
    """

    mode: Literal["auto", "inline", "dynamodb"]
    batch_id: str
    since: str
    ttl_seconds: int
    compress: bool
    fingerprint: NotRequired[str]


class EarlierRows(TypedDict):
    """What another batch stored, as far as this one may take it: `fingerprints` are those of the rows that it takes.

    The others are as in a `RowStore`. With `unmarked` it takes rows without a fingerprint, which are of a batch that
    began before rows carried one.
    """

    batch_id: str
    since: str
    ttl_seconds: int
    partition_rows: NotRequired[int]
    fingerprints: list[str]
    unmarked: NotRequired[bool]


class Earlier(TypedDict):
    """The batch that this one resumes: its name, and what it and others stored that this one takes, nearest first.

    `runs` are the ARNs of executions whose histories may have answers that the table lacks. `wait_seconds` is how long Express
    children of theirs may still call rows; the machine takes it out once it has waited.
    """

    batch: str
    only_failed: bool
    rows: list[EarlierRows]
    runs: list[str]
    wait_seconds: NotRequired[int]


class Cache(TypedDict):
    """Which answers of earlier batches are taken: those of `scope`, the folder that their outputs went to, and not older.

    `made_by` digests all but the cells in use that makes an answer: target and mappings, of whichever CSV.
    """

    scope: str
    made_by: str
    max_age_seconds: int


class Plan(TypedDict):
    """A configuration in normal form: all that the machine and the later handlers know of it.

    `contract` is the number of contract/number.py; plans that were made before have none.
    `work` is the batch's folder for what does not fit a payload; `max_rows` makes it a trial on the first rows. `most_rows`
    and `most_days` are the operator's caps, where they are lower than what Step Functions sets. With `deduplicate`, rows of
    the same input are asked once in the batch; with `cache`, once in all batches that share it.
    """

    contract: int
    batch: Batch
    source: Source
    target: Target
    input: Input
    output: Output
    work: Location
    map_mode: Literal["auto", "inline", "distributed"]
    storage: Storage
    max_rows: NotRequired[int]
    most_rows: NotRequired[int]
    most_days: NotRequired[int]
    earlier: NotRequired[Earlier]
    deduplicate: NotRequired[bool]
    cache: NotRequired[Cache]
    execution: Execution
    notification: Notification
