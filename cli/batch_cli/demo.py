"""Shows the product at work: a real batch on the embedded AWS, from `sam build` to the enriched CSV."""

import csv
import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from batch_cli.batch_run import BatchRun
from batch_cli.local_model import LocalModel
from batch_cli.local_stack import AGENTS, MAIN, LocalStack
from batch_cli.local_stack import EXAMPLES as EXAMPLES_STACK
from batch_cli.registry.seed import seed
from batch_cli.sam import ROOT, Stack

EXAMPLES = ROOT / "examples"
OUTPUT = ROOT / "demo-output"
_ROWS_SHOWN = 5
# Bedrock refuses requests now and then, so the local model does too.
_THROTTLE_EVERY = 10
# What an example needs besides the batch processor; your own config may need anything.
_ALL = (MAIN, EXAMPLES_STACK, AGENTS)
_STACKS = {"contacts": (MAIN, EXAMPLES_STACK), "tickets": (MAIN, EXAMPLES_STACK), "products": (MAIN, AGENTS)}
_ROW_WIDTH = 30


@dataclass(frozen=True, slots=True)
class Job:
    """A CSV and the config that says what to do with it."""

    csv_path: Path
    config_path: Path
    stacks: tuple[Stack, ...] = _ALL

    @classmethod
    def of(cls, csv_path: str | None, config_path: str | None, example: str) -> "Job":
        """The user's own files, with those of an example in place of what is not given."""
        job = cls(
            Path(csv_path or EXAMPLES / f"{example}.csv"),
            Path(config_path or EXAMPLES / f"{example}.config.json"),
            _ALL if config_path else _STACKS.get(example, _ALL),
        )
        for path in (job.csv_path, job.config_path):
            if not path.is_file():
                names = ", ".join(sorted(p.name.removesuffix(".config.json") for p in EXAMPLES.glob("*.config.json")))
                raise SystemExit(f"{path} does not exist. Give CSV=… and CONFIG=…, or EXAMPLE= one of {names}.")
        return job

    def config_for(self, stack: LocalStack) -> str:
        """The config with the stack's names filled in, and pointed at the CSV that is uploaded with it."""
        text = stack.substituted(self.config_path.read_text(encoding="utf-8"))
        try:
            config = json.loads(text)
        except ValueError:
            return text  # the batch processor says what is wrong with it
        if isinstance(config, dict):
            config.pop("input_csv_s3_uri", None)
            config["csv_s3_uri"] = f"s3://{stack.outputs['BucketName']}/inputs/{self.csv_path.name}"
        return json.dumps(config, ensure_ascii=False, indent=2)


def run_demo(job: Job, console: Console) -> None:
    """Runs the job from nothing to the CSV on this disk, and stops what it started."""
    columns = (SpinnerColumn(finished_text="[green]✓"), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as progress:
        steps = _Steps(progress)
        with (
            LocalModel(throttle_every=_THROTTLE_EVERY) as model,
            LocalStack(stacks=job.stacks, say=steps.begin, model_url=model.url) as stack,
        ):
            seed(stack, steps.begin)
            steps.begin(f"Uploading {job.csv_path.name} and its config; the upload starts the batch")
            bucket = stack.outputs["BucketName"]
            stack.client("s3").upload_file(str(job.csv_path), bucket, f"inputs/{job.csv_path.name}")
            run = BatchRun(stack)
            run.trigger(job.config_for(stack), job.config_path.name)
            steps.begin("Running the rows")
            summary = run.wait(steps.show_rows)
            steps.begin("Fetching the result")
            path = run.download(summary["csv_location"], OUTPUT)
            run.download(summary["summary_location"], OUTPUT)
            steps.end()
    _show_summary(summary, console)
    _show_rows(path, summary, console)
    console.print(f"\nThe whole CSV, with its summary beside it:\n{path}", highlight=False, soft_wrap=True)


class _Steps:
    """One line of progress per step; a new step ends the one before."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._current: Any = None

    def begin(self, description: str) -> None:
        self.end()
        self._current = self._progress.add_task(description, total=1)

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
    rate = summary["row_count"] / seconds if seconds else 0
    console.print(
        f"\n[bold]{summary['status']}[/bold]: {summary['row_count']} rows in {seconds:.1f} s ({rate:.0f} rows/s): "
        f"[green]{summary['rows_succeeded']} succeeded[/green], [red]{summary['rows_failed']} failed[/red], "
        f"{summary['rows_timed_out']} timed out"
    )
    for error in summary["errors"]:
        name = "" if error["error"].startswith("States.") else f"{error['error']}: "
        console.print(f"  {error['count']}× from row {error['first_row']}: {name}{error['message']}", markup=False)


def _show_rows(path: Path, summary: dict[str, Any], console: Console) -> None:
    """The first rows, turned on their side: a CSV is wider than a screen."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = islice(csv.reader(file), 1 + _ROWS_SHOWN)
    name_width = max(map(len, header))
    rows = rows[: max(1, (console.width - name_width - 4) // (_ROW_WIDTH + 3))]
    table = Table(title=f"The first {len(rows)} of {summary['row_count']} rows", title_justify="left")
    table.add_column("column", style="bold", no_wrap=True, min_width=name_width)
    for number in range(1, len(rows) + 1):
        table.add_column(f"row {number}", no_wrap=True, max_width=_ROW_WIDTH)
    for position, name in enumerate(header):
        table.add_row(Text(name), *(_shown(row[position]) for row in rows))
    console.print(table)


def _shown(cell: str) -> Text:
    text = Text(cell.replace("\r", "").replace("\n", "⏎"))
    text.truncate(_ROW_WIDTH, overflow="ellipsis")
    return text
