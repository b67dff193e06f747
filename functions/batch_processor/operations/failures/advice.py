"""What a cause of failures probably means, and what to do about it."""

from typing import NamedTuple

from batch_processor.results.causes import Cause


class Advice(NamedTuple):
    """Why rows probably fail by a cause, and what helps; `helps_again` is whether running them as they are may."""

    probable_reason: str
    what_to_do: str
    helps_again: bool = True


_ADVICE: dict[Cause, Advice] = {
    "timeout": Advice(
        "The target did not answer within timeout_seconds: it is slow for these rows, or waits for something that is down.",
        "Raise execution_config.timeout_seconds, or lower max_concurrency if the target is slow under load; then run them again.",
    ),
    "throttled": Advice(
        "The target, or a service that it uses, took fewer calls than were made, also after waiting.",
        "Lower execution_config.max_concurrency, or have the quota raised; then run them again.",
    ),
    "invalid_answer": Advice(
        "The target answered without structured output, or with one that its schema or the wanted columns refuse.",
        "See the example: make the field optional, widen the schema, or mend the agent's prompt; then run them again.",
    ),
    "refused": Advice(
        "The target refused the input of these rows, as what it holds is not allowed or not of its form.",
        "Look at these rows' cells; mend them in the CSV or take them out, or change the mapping.",
        helps_again=False,
    ),
    "bad_input": Advice(
        "The cells of these rows do not make an input: one that is required is empty, or one that is read as JSON is none.",
        "Mend these rows in the CSV, or make the column not required; then start a batch of the mended CSV.",
        helps_again=False,
    ),
    "target_error": Advice(
        "The target itself failed on these rows.",
        "See the example, and the target's own log; mend the target, then run them again.",
    ),
    "not_found": Advice(
        "The target looked for something that does not exist: what the row names, or a resource that the target needs.",
        "See whether the rows name what is there; those that do can be run again, the others will fail again.",
    ),
    "denied": Advice(
        "Somebody's permissions do not allow the call: the stack's to call the target, or the target's to do its work.",
        "See the example for who may not do what; grant it (docs/security.md), then run them again.",
    ),
    "too_large": Advice(
        "The row's input, or the answer, is larger than what Step Functions hands on (256 KiB).",
        "Map fewer columns, shorten the cells, or have the target answer with less.",
        helps_again=False,
    ),
    "storage": Advice(
        "S3, DynamoDB or a queue could not be reached or written to.",
        "It passes by itself as a rule: run them again. An answer that was paid for is not paid for again.",
    ),
    "stack_updated": Advice(
        "The stack was updated while the batch ran.",
        "Go on with the batch; what was answered is not called again.",
    ),
    "not_run": Advice(
        "The batch ended before these rows had their turn.",
        "Go on with the batch, which runs them.",
    ),
}

_WHOLE = Advice(
    "The batch as a whole ended with this error, before or while its rows ran.",
    "See the message; what was answered until then is kept, and going on with the batch pays for no row twice.",
)
_OF_BATCH = {
    "InvalidConfiguration": Advice(
        "The configuration, its target, or the CSV's header is not as it has to be; nothing was called.",
        "Mend what the message lists, and start the batch again.",
    ),
    "InvalidCsv": Advice(
        "The file is not the CSV that it claims to be; nothing was called.",
        "Mend the line that the message names, or say in csv_format how the file is written; then start the batch again.",
    ),
    "BatchTooLarge": Advice(
        "The batch does not fit a limit, which the message names; nothing was called.",
        "Do as the message says, and start the batch again.",
    ),
    "SourceUnavailable": Advice(
        "A file is missing, may not be read, or has changed since the batch began.",
        "See the message for which; put it back as it was and go on, or start a new batch of what is there now.",
    ),
    "StackUpdated": _ADVICE["stack_updated"],
    "RowFailed": Advice(
        "A row failed, and continue_on_error is false.",
        "See the row's reason; mend it and go on with the batch, or set continue_on_error to true.",
    ),
    "Operator": Advice("Somebody stopped the batch.", "Go on with it; what was answered is not called again."),
}
_OF_STATUS = {
    "ABORTED": _OF_BATCH["Operator"],
    "TIMED_OUT": Advice(
        "The batch ran as long as an execution may.", "Go on with the batch; what was answered is not called again."
    ),
}


def advice_on(cause: Cause) -> Advice:
    """What a cause of rows means."""
    return _ADVICE[cause]


def advice_on_batch(error: str, status: str) -> Advice:
    """What the error that ended a whole batch means."""
    return _OF_BATCH.get(error) or _OF_STATUS.get(status) or _WHOLE
