"""What a batch, or a part of it, has done that is paid for, by the tally of its rows."""

from collections.abc import Mapping

from batch_processor.cost.model import Work

_FAILED = ("FAILED", "TIMEOUT")


def work_of(
    statuses: Mapping[str, int],
    paid: Mapping[str, int],
    taken_over: int,
    *,
    row_batches: int = 0,
    batches: int = 1,
    is_distributed: bool = False,
    is_stored: bool = False,
    is_announced: bool = False,
    is_resumed: bool = False,
) -> Work:
    """The work behind a tally: `statuses` are its rows by status, `paid` what the batch itself has paid for.

    Rows that were taken over from an earlier batch are paid by that one.
    """
    called, skipped = paid.get("rows", 0), statuses.get("SKIPPED", 0)
    failed = sum(statuses.get(status, 0) for status in _FAILED)
    # A row whose answer an earlier batch has paid for ran all the same; so did one that was unfit to be sent.
    ran = max(statuses.get("SUCCESS", 0) - taken_over, 0) + failed + skipped
    return Work(
        rows=ran,
        called=called,
        calls=paid.get("calls", 0),
        extractions=paid.get("extractions", 0),
        failed=failed,
        skipped=skipped,
        input_tokens=paid.get("input_tokens", 0),
        output_tokens=paid.get("output_tokens", 0),
        row_batches=row_batches,
        batches=batches,
        is_distributed=is_distributed,
        is_stored=is_stored,
        is_announced=is_announced,
        is_resumed=is_resumed,
    )
