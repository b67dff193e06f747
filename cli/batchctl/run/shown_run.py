"""Runs a batch while somebody watches, and shows what came out."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from batchctl.account import Account
from batchctl.batch_run import BatchRun
from batchctl.demo.job import Job

_ROWS_SHOWN = 5
_ROW_WIDTH = 30


@contextmanager
def watched() -> Iterator["Steps"]:
    """Inside it, steps are shown on stderr."""
    columns = (SpinnerColumn(finished_text="[green]✓"), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Steps(progress)


def run_job(
    job: Job, account: Account, steps: "Steps", folder: Path, *, stack_stays: bool = True
) -> tuple[Path, dict[str, Any]]:
    """Uploads and runs the job, and fetches CSV and summary into the folder; the CSV's path, and the summary."""
    steps.begin(f"Uploading {job.csv_path.name} and its config; the upload starts the batch")
    run = job.start(account)
    if stack_stays:
        steps.say(f"The batch is {run.name}. It runs to its end without this command, and is found by that name.")
    steps.begin("Running the rows")
    summary = run.wait(steps.show_rows)
    steps.begin("Fetching the result")
    path = run.download(summary["csv_location"], folder)
    run.download(summary["summary_location"], folder)
    steps.end()
    return path, summary


def show(path: Path, summary: dict[str, Any]) -> None:
    """Prints how the batch ended, its first rows and where all of them are."""
    console = Console()
    _show_summary(summary, console)
    _show_rows(path, summary, console)
    console.print(f"\nThe whole CSV, with its summary beside it:\n{path}", highlight=False, soft_wrap=True)


class Steps:
    """One line of progress per step; a new step ends the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._current: Any = None

    def begin(self, description: str) -> None:
        self.end()
        self._current = self._progress.add_task(description, total=1)

    def say(self, text: str) -> None:
        """Leaves a line above those of the steps."""
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def show_rows(self, run: BatchRun) -> None:
        if run.row_count:
            self._progress.update(
                self._current,
                description=f"Running the rows: {run.rows_done} of {run.row_count}",
                total=run.row_count + 1,
                completed=run.rows_done,
            )

    def end(self) -> None:
        if self._current is not None:
            task = self._progress.tasks[self._current]
            self._progress.update(self._current, completed=task.total)


def _show_summary(summary: dict[str, Any], console: Console) -> None:
    seconds = summary["execution_time_ms"] / 1000
    rate = summary["row_count"] / seconds if seconds else 0.0
    pace = f"{rate:.{0 if rate >= 10 else 1}f} rows/s"
    colour = "green" if summary["status"] == "SUCCEEDED" else "red"
    console.print(
        f"\n[bold {colour}]{summary['status']}[/bold {colour}]: {summary['row_count']} rows in {seconds:.1f} s ({pace}). "
        f"{summary['status_text']}"
    )
    for error in summary["errors"]:
        name = ": ".join(error[part] for part in ("error", "inner_error", "message") if error.get(part))
        console.print(f"  {error['count']}× from row {error['first_row']}: {name}", markup=False)


def _show_rows(path: Path, summary: dict[str, Any], console: Console) -> None:
    """The first rows, turned on their side: a CSV is wider than a screen."""
    header, *rows = first_records(path, summary)
    name_width = max(map(len, header))
    rows = rows[: max(1, (console.width - name_width - 4) // (_ROW_WIDTH + 3))]
    shown = "Row 1" if len(rows) == 1 else f"Rows 1 to {len(rows)}"
    table = Table(title=f"{shown} of {summary['row_count']}", title_justify="left")
    table.add_column("column", style="bold", no_wrap=True, min_width=name_width)
    for number in range(1, len(rows) + 1):
        table.add_column(f"row {number}", no_wrap=True, max_width=_ROW_WIDTH)
    for position, name in enumerate(header):
        table.add_row(Text(name), *(_shown(row[position]) for row in rows))
    console.print(table)


def first_records(path: Path, summary: dict[str, Any]) -> list[list[str]]:
    """The header and the first rows of an output, which is written as its summary says."""
    csv.field_size_limit(sys.maxsize)  # else a cell of more than 128 KiB, which a batch takes, is an error
    delimiter = summary.get("csv_format", {}).get("delimiter", ",")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(islice(csv.reader(file, delimiter=delimiter), 1 + _ROWS_SHOWN))


def _shown(cell: str) -> Text:
    text = Text(cell.replace("\r", "").replace("\n", "⏎"))
    text.truncate(_ROW_WIDTH, overflow="ellipsis")
    return text
