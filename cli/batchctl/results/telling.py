"""Tells what came out of a batch: the same words, commands and exit code wherever it is told."""

from pathlib import Path
from typing import Any

from rich.console import Console

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures import explanation
from batch_processor.operations.failures.explanation import FailureExplanation
from batch_processor.operations.running import outcome
from batchctl.answer import Answer, tell_next
from batchctl.results.fetching import FetchedResults, fetched
from batchctl.watch import verdict
from batchctl.watch.ending import block
from batchctl.watch.following import follow
from batchctl.where import Where

_MOST_NEXT = 2


def finish(
    batch: str, deployment: Deployment, where: Where | None, answer: Answer, *, s3: Any = None, folder: Path | None = None,
    next_commands: tuple[str, ...] = (),
) -> int:  # fmt: skip
    """Watches a batch to its end and tells what became of it; the exit code.

    stdout has where the output is: in the folder, if one is given, else in S3. Without `where` the stack goes with the
    command, and nothing is told that could be typed then.
    """
    batch = follow(batch, deployment, where)["execution_arn"]
    results = fetched(outcome.get_batch_results(batch, deployment), folder, s3)
    tell_on(Console(stderr=True), results, failures_of(results, deployment))
    answer.give(results, _print_output)
    if where:
        succeeded = next_commands if results["status"] == "SUCCEEDED" else ()
        tell_next(where, *(succeeded or what_is_next(results))[:_MOST_NEXT])
    return verdict.exit_code(results)


def failures_of(results: outcome.BatchResults, deployment: Deployment) -> FailureExplanation | None:
    """Why rows failed, or the batch; None if nothing did."""
    if results["rows_failed"] or results["status"] in ("FAILED", "PARTIAL"):
        return explanation.explain_failures(results["execution_arn"], deployment)
    return None


def what_is_next(results: FetchedResults) -> list[str]:
    """The commands that make sense next: of a batch without failed rows, what fetches its CSV first if it is not here."""
    is_elsewhere = "output_csv_uri" in results and "output_path" not in results
    if results["status"] != "SUCCEEDED" or results["rows_failed"] or not is_elsewhere:
        return results["next_steps"]
    return [f"batchctl results {results['batch']} --download .", *results["next_steps"]]


def tell_on(console: Console, results: FetchedResults, failures: FailureExplanation | None) -> None:
    """Prints the block of the batch's end."""
    lines = block(results, failures, results.get("output_path"), console.width, results.get("summary_path"))
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_output(results: FetchedResults) -> None:
    if place := results.get("output_path") or results.get("output_csv_uri"):
        print(place)
