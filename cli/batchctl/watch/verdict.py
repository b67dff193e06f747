"""What became of a batch: one sentence and one exit code, whichever command tells of it."""

from batch_processor.operations.running.outcome import BatchResults, OutcomeStatus
from batchctl import exit_codes, figures

_EXIT_CODES: dict[OutcomeStatus, int] = {
    "SUCCEEDED": exit_codes.DONE,
    "RUNNING": exit_codes.DONE,
    "COMPLETED_WITH_ERRORS": exit_codes.FAILED_ROWS,
    "PARTIAL": exit_codes.STOPPED,
    "ALL_ROWS_FAILED": exit_codes.FAILED,
    "FAILED": exit_codes.FAILED,
}
_WORDS: dict[OutcomeStatus, str] = {"RUNNING": "RUNNING", "PARTIAL": "STOPPED", "FAILED": "FAILED"}


def exit_code(results: BatchResults) -> int:
    """What a command about the batch ends with."""
    return _EXIT_CODES[results["status"]]


def word(results: BatchResults) -> str:
    """The word beside the sentence: DONE unless the batch itself did not come to its end."""
    return _WORDS.get(results["status"], "DONE")


def sentence(results: BatchResults) -> str:
    """The verdict with its denominator, as 54 of 2,000 rows failed, 1,946 answered."""
    total, failed = results["rows_total"], results["rows_failed"]
    rest = _rest(results)
    match results["status"]:
        case "FAILED":
            return f"the batch failed: {results.get('error', 'no error is known')}"
        case "RUNNING":
            return f"running: {results['rows_processed']:,} of {figures.rows(total)} so far"
        case "PARTIAL":
            return f"ended early: {results['rows_succeeded']:,} of {figures.rows(total)} answered{rest}"
        case "ALL_ROWS_FAILED":
            return f"all {figures.rows(failed)} failed{rest}" if failed > 1 else f"the only row failed{rest}"
        case "COMPLETED_WITH_ERRORS" if failed:
            return f"{failed:,} of {figures.rows(total)} failed, {results['rows_succeeded']:,} answered{rest}"
    if not total:
        return "no rows: the CSV has none below its header"
    if rest:
        return f"{results['rows_succeeded']:,} of {figures.rows(total)} answered{rest}"
    return f"all {figures.rows(total)} answered" if total > 1 else "the only row is answered"


def _rest(results: BatchResults) -> str:
    failed = results["rows_failed"] if results["status"] == "PARTIAL" else 0
    told = ((failed, "failed"), (results["rows_skipped"], "skipped"), (results["rows_not_run"], "not run"))
    return "".join(f", {count:,} {became}" for count, became in told if count)
