"""`batchctl results`: what came out, on stdout."""

from pathlib import Path

from rich.console import Console

from batch_processor.operations.running import outcome
from batchctl.account import Account, account_of, using
from batchctl.answer import Answer, tell_next
from batchctl.errors import WrongUsage
from batchctl.results.fetching import FetchedResults, fetched
from batchctl.results.rows_table import show_rows
from batchctl.results.telling import failures_of, tell_on, what_is_next
from batchctl.watch import verdict
from batchctl.where import Where


def show_results(batch: str, where: Where, answer: Answer, *, rows: int, download: Path | None, link: bool) -> int:
    """Returns the exit code, which is the batch's."""
    refuse_file("--download", download)
    return show_results_on(account_of(where), batch, where, answer, rows=rows, download=download, link=link)


def show_results_on(
    account: Account, batch: str, where: Where | None, answer: Answer, *, rows: int, download: Path | None = None,
    link: bool = False,
) -> int:  # fmt: skip
    """The same on a stack that is at hand; without `where` it goes with the command, and nothing is said of what is next."""
    with using(account) as deployment:
        found = outcome.get_batch_results(batch, deployment, sample_rows=rows, download_link=link)
        results = fetched(found, download, account.client("s3"))

        def show(shown: FetchedResults) -> None:
            console = Console()
            tell_on(console, shown, failures_of(shown, deployment))
            show_rows(shown.get("sample_rows", []), shown["rows_total"], console)

        answer.give(results, show)
    if where:
        tell_next(where, *what_is_next(results))
    return verdict.exit_code(results)


def refuse_file(option: str, folder: Path | None) -> None:
    """WrongUsage if what is to be a folder is something else."""
    if folder is not None and folder.exists() and not folder.is_dir():
        raise WrongUsage(f"{option}: {folder} is a file. Give a folder, which is made if it is not there.")
