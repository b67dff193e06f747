"""Limits of Step Functions that a batch must fit, and what a row can cost at worst.

Source: the Step Functions quotas page (state payloads 256 KiB, 25,000 history events, 40 concurrent iterations) and the
pages on ItemReader and ItemBatcher. docs/state-machine.md counts the events state by state; tests/integration compares
the count with a real history.
"""

PAYLOAD_BYTES = 256 * 1024
# A configuration of a thousand columns takes a tenth of it; what is larger is something else.
MOST_CONFIG_BYTES = 1024 * 1024
HISTORY_EVENTS = 25_000
INLINE_CONCURRENCY = 40
EXECUTION_NAME_CHARACTERS = 80
# What a Distributed Map reads: items, and bytes of one object.
MOST_ITEMS = 100_000_000
MOST_ITEMS_BYTES = 10 * 10**9
# One invocation of AggregateResults joins what surely takes half of Lambda's 900 s; the other half is left for whatever
# is slower than reckoned here. What takes longer is joined range by range first, and then the ranges.
JOIN_SECONDS = 900 / 2
# A part takes 20 ms to come, 32 at a time: 0.63 ms; the SDK's share of the processor 1.1 ms (measured against a local
# server, without TLS), the join's 0.16 ms (benchmarks/aggregator), two listings' turns 0.2 ms (100 ms a page of 1,000).
PART_SECONDS = 0.0021
# So many, if they have no bytes to speak of: 450 s / 2.1 ms. More would only be listed for too long, range by range.
MOST_ROW_BATCHES = 214_000
# What is read is sent again, through the network of a function of 1,769 MB: 75 MB/s for both together.
PASSED_BYTES_A_SECOND = 75e6 / 2
# What S3 copies by itself, 16 at a time: for each some 100 ms, and 75 MB/s. AWS promises nothing; it is mostly faster.
COPY_SECONDS = 0.1 / 16
COPIED_BYTES_A_SECOND = 16 * 75e6
# A row that no part has comes from the table: of answers of 40 KB a page of 1 MB has 25, and takes 50 ms.
MISSING_ROW_SECONDS = 0.002
# Up to here an upload of 10,000 parts has room for parts of the least size, 5 MiB, each with what fills up another.
RANGE_BYTES = 20 * 10**9
# S3 copies them in 417 s.
MOST_OUTPUT_BYTES = 500 * 10**9
# The machine's own TimeoutSeconds is a day more, and spilled answers are kept for longer.
LONGEST_BATCH_DAYS = 30
LONGEST_BATCH_SECONDS = LONGEST_BATCH_DAYS * 24 * 3600

# An Express execution: Step Functions ends it after five minutes, and a child of a Distributed Map is one.
EXPRESS_SECONDS = 300
# What is kept of them for the rows' end: a put that is tried again (25 s), and the answers read and written (30 s).
EXPRESS_RESERVE_SECONDS = 60
# An attempt that takes longer might be cut off, paid for and unanswered.
MOST_EXPRESS_ATTEMPT_SECONDS = EXPRESS_SECONDS - EXPRESS_RESERVE_SECONDS
# By then ExtractStructuredOutput begins to write down what is left.
EXPRESS_EXTRACTED_BY_SECONDS = 280
# One invocation reads and stores so many answers in seconds; more would make the five minutes a lottery.
MOST_EXPRESS_ROWS = 400

_PAYLOAD_MARGIN_BYTES = 4_096
# What all rows together may take in the payload that LoadCSVData returns.
ROWS_BYTES = PAYLOAD_BYTES - _PAYLOAD_MARGIN_BYTES
# What a row batch's payload holds besides plan and rows: what loading found, names, ARNs, Lambda's envelope, and for
# each row that runs again its `attempt` and `run`, 35 bytes.
_ENVELOPE_BYTES = 8_192

_BATCH_EVENTS = 40
# A reserve: a retry of an AWS service error (throttling and the like) takes 3 events; an answer too large to be handed
# to ExtractStructuredOutput, which is fetched instead, takes 7.
_SERVICE_RETRY_EVENTS = 1_500

_ITERATION_EVENTS = 4  # MapIterationStarted, TransformInput (2), MapIterationSucceeded; it leads to the first attempt
_INVOKE_EVENTS = {"agent": 6, "tool": 5}
_ATTEMPT_EVENTS = 7  # besides the invocation: ExtractStructuredOutput (5), JudgeFailure (2)
_WAIT_EVENTS = 4  # WaitBeforeRetry (2), SelectTarget (2)
_DEAD_LETTER_EVENTS = 5

# A row batch has no reserve: what the machine's Retry fields and JudgeFailure allow is counted in full.
_RETRY_EVENTS = 3
_ATTEMPT_RETRIES = 2 + 2 + 14  # the invocation, throttled by name and by the service's base class; its extraction
_DEAD_LETTER_RETRIES = 3
_THROTTLED_ROUNDS = 8
_THROTTLED_ROUND_EVENTS = 6 + 2 * _RETRY_EVENTS  # JudgeFailure, WaitForThrottling, SelectTarget; besides the invocation
_EARLIER_EXECUTION_EVENTS = {"agent": 20, "tool": 0}
# An answer that InvokeAgent could hand on, but not ExtractStructuredOutput, is fetched: JudgeFailure (2), and once more
# ExtractStructuredOutput (5).
_FETCH_EVENTS = {"agent": 7, "tool": 0}
_ROW_BATCH_EVENTS = 19 + 2 * 6 * _RETRY_EVENTS  # all that its machine has; LoadCSVData and AggregateResults retried

# What a row's result carries besides its cells or its message; the longest values that can occur.
_RESULT_STAMP_BYTES = len(',"at":"2026-11-21T09:34:44.123456789Z","ms":259200000000,"calls":10')
_USAGE_BYTES = len(',"usage":[999999999,999999999]')
_UNREAD_BYTES = len(',"unread":"10-5ca1ab1e"')
_FAILURE_BYTES = (
    len('{"index":100000000,"status":"TIMEOUT","error":"","message":""}') + 40 + _UNREAD_BYTES + _RESULT_STAMP_BYTES
)
# Enough for most reasons; a longer one is cut, and the dead letter has it whole.
_LEAST_MESSAGE_BYTES = 109
# Enough for any reason; the messages of a few rows must not fill the summary, which the final states carry twice.
_MOST_MESSAGE_BYTES = 2_000
# If each row's share is at least this, its answer surely has room in the payload, and no table is needed to keep it.
_ROOMY_RESULT_BYTES = 16 * 1024


def worst_row_events(target_type: str, attempts: int) -> int:
    """History events of a row whose every attempt fails at the last step, without retries of AWS service errors."""
    per_attempt = _INVOKE_EVENTS[target_type] + _ATTEMPT_EVENTS
    return _ITERATION_EVENTS + attempts * per_attempt + (attempts - 1) * _WAIT_EVENTS + _DEAD_LETTER_EVENTS


def most_row_events(target_type: str, attempts: int) -> int:
    """History events of a row whose every attempt fails, and whose every call AWS refuses as often as it is retried."""
    retries = attempts * _ATTEMPT_RETRIES + _DEAD_LETTER_RETRIES
    throttled = _THROTTLED_ROUNDS * (_INVOKE_EVENTS[target_type] + _THROTTLED_ROUND_EVENTS)
    fetched = attempts * _FETCH_EVENTS[target_type]
    refusals = retries * _RETRY_EVENTS + throttled + fetched + _EARLIER_EXECUTION_EVENTS[target_type]
    return worst_row_events(target_type, attempts) + refusals


def most_rows(target_type: str, attempts: int) -> int:
    """How many rows fit the execution history of an inline batch even if all of them fail all their attempts."""
    return (HISTORY_EVENTS - _BATCH_EVENTS - _SERVICE_RETRY_EVENTS) // worst_row_events(target_type, attempts)


def most_batch_rows(target_type: str, attempts: int) -> int:
    """How many rows fit the execution history of a row batch, with all retries used up."""
    return (HISTORY_EVENTS - _ROW_BATCH_EVENTS) // most_row_events(target_type, attempts)


def batch_bytes(plan_bytes: int) -> int:
    """Bytes that all rows of a row batch may take together, beside the plan in the same payload."""
    return max(PAYLOAD_BYTES - plan_bytes - _ENVELOPE_BYTES, 0)


def row_bytes(plan_bytes: int) -> int:
    """Bytes that one row of a row batch may take.

    AWS does not say whether MaxInputBytesPerBatch counts the items alone or the input with plan and envelope. So it is
    set to what the items may take, and a row must fit it even if plan and envelope count.
    """
    return max(batch_bytes(plan_bytes) - plan_bytes - _ENVELOPE_BYTES, 0)


def result_bytes(row_count: int, plan_bytes: int) -> tuple[int, int]:
    """Bytes of JSON that one row's answer, and one row's failure message, may take in the results payload.

    An answer beyond its share goes to S3; a message beyond its share is cut (the dead letter queue has it whole).
    """
    share = (PAYLOAD_BYTES - plan_bytes - _PAYLOAD_MARGIN_BYTES) // max(row_count, 1) - 1
    return max(share - _RESULT_STAMP_BYTES - _USAGE_BYTES, 0), min(max(share - _FAILURE_BYTES, 0), _MOST_MESSAGE_BYTES)


def messages_fit(message_bytes: int) -> bool:
    """Whether a failed row's share of the payload is enough to say why it failed."""
    return message_bytes >= _LEAST_MESSAGE_BYTES


def results_are_roomy(result_bytes: int) -> bool:
    """Whether each row's share of the payload is so large that its answer surely fits."""
    return result_bytes >= _ROOMY_RESULT_BYTES
