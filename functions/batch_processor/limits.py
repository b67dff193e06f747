"""Limits of Step Functions that an inline batch must fit, and what a row can cost at worst.

Source: the Step Functions quotas page (state payloads 256 KiB, 25,000 history events, 40 concurrent iterations).
docs/state-machine.md counts the events state by state; tests/integration compares the count with a real history.
"""

PAYLOAD_BYTES = 256 * 1024
HISTORY_EVENTS = 25_000
INLINE_CONCURRENCY = 40
EXECUTION_NAME_CHARACTERS = 80
# The machine's own TimeoutSeconds is a day more, and spilled answers are kept for longer.
LONGEST_BATCH_SECONDS = 30 * 24 * 3600

_BATCH_EVENTS = 40
# Retries of AWS service errors (throttling and the like) cost 3 events each and draw on this.
_SERVICE_RETRY_EVENTS = 1_500
_PAYLOAD_MARGIN_BYTES = 4_096

_ITERATION_EVENTS = 4  # MapIterationStarted, TransformInput (2), MapIterationSucceeded
_INVOKE_EVENTS = {"agent": 6, "tool": 5}
_ATTEMPT_EVENTS = 9  # besides the invocation: SelectTarget (2), ExtractStructuredOutput (5), JudgeFailure (2)
_WAIT_EVENTS = 2
_DEAD_LETTER_EVENTS = 5

DEFAULT_MAX_ATTEMPTS = 3

# What a row's result carries besides its cells or its message; the longest values that can occur.
_RESULT_STAMP_BYTES = len(',"at":"2026-11-21T09:34:44.123456789Z","ms":259200000000')
_FAILURE_BYTES = len('{"index":1000000,"status":"TIMEOUT","error":"","message":""}') + 40 + _RESULT_STAMP_BYTES
_LEAST_MESSAGE_BYTES = 40
# Enough for any reason; a few rows must not fill the summary, which the final states carry twice, with theirs.
_MOST_MESSAGE_BYTES = 2_000


def worst_row_events(target_type: str, attempts: int) -> int:
    """History events of a row whose every attempt fails at the last step."""
    per_attempt = _INVOKE_EVENTS[target_type] + _ATTEMPT_EVENTS
    return _ITERATION_EVENTS + attempts * per_attempt + (attempts - 1) * _WAIT_EVENTS + _DEAD_LETTER_EVENTS


def most_rows(target_type: str, attempts: int) -> int:
    """How many rows fit the execution history even if all of them fail all their attempts."""
    return (HISTORY_EVENTS - _BATCH_EVENTS - _SERVICE_RETRY_EVENTS) // worst_row_events(target_type, attempts)


def attempts_that_fit(target_type: str, row_count: int) -> int:
    """The attempts per row, at most the default, that the execution history surely holds; 0 if not even one."""
    fitting = (n for n in range(DEFAULT_MAX_ATTEMPTS, 0, -1) if row_count <= most_rows(target_type, n))
    return next(fitting, 0)


def result_bytes(row_count: int, plan_bytes: int) -> tuple[int, int]:
    """Bytes of JSON that one row's answer, and one row's failure message, may take in the results payload.

    An answer beyond its share goes to S3; a message beyond its share is cut (the dead letter queue has it whole).
    """
    share = (PAYLOAD_BYTES - plan_bytes - _PAYLOAD_MARGIN_BYTES) // max(row_count, 1) - 1
    return max(share - _RESULT_STAMP_BYTES, 0), min(max(share - _FAILURE_BYTES, 0), _MOST_MESSAGE_BYTES)


def messages_fit(message_bytes: int) -> bool:
    """Whether a failed row could still say why."""
    return message_bytes >= _LEAST_MESSAGE_BYTES
