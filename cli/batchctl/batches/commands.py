"""`batchctl list|rows|failures|retry|resume|cancel`."""

from typing import Annotated

import typer

from batchctl.completion import batch_names
from batchctl.help_layout import REPAIR, UNDERSTAND, WATCH, examples
from batchctl.options import Batch, Json, NoInput, Profile, Region, Stacks, Yes

app = typer.Typer()
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Watch the batch to its end.")]


@app.command(
    "list",
    rich_help_panel=WATCH,
    epilog=examples("batchctl list", "batchctl list --status running", "batchctl list --since 7d --json"),
)
def list_(
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help="running, succeeded, completed_with_errors, all_rows_failed, partial, failed, timed_out or aborted.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="Started since then: 90m, 12h, 7d, or a date as 2026-11-21."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="At most so many.")] = 20,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """List batches, the newest first. Says how far they are, how they ended, and what they cost."""
    from batchctl.batches.listed import Wish, show_batches
    from batchctl.where import Where

    show_batches(Wish(status, since, limit), as_json, Where.of(stack, profile, region))


@app.command(
    rich_help_panel=UNDERSTAND,
    epilog=examples("batchctl rows @last --status FAILED", "batchctl rows tickets-0f3a --rows 5-20,31 --json"),
)
def rows(
    batch: Batch,
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="SUCCESS, FAILED, SKIPPED or TIMEOUT rows alone.")
    ] = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar="ROWS", help="Rows by number, as 5, 5-20 or 5,9,11-13.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="At most so many.")] = 50,
    after: Annotated[
        str | None, typer.Option("--next", metavar="TOKEN", help="The page that the answer before named.")
    ] = None,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Show rows of a batch with what was sent and answered. They come in the CSV's order."""
    from batchctl.batches.row_table import Wish, show_rows
    from batchctl.where import Where

    show_rows(Wish(batch, status, rows, limit, after), as_json, Where.of(stack, profile, region))


@app.command(
    rich_help_panel=UNDERSTAND,
    epilog=examples("batchctl failures @last", "batchctl failures tickets-0f3a --json groups"),
)
def failures(
    batch: Batch, as_json: Json = None, stack: Stacks = None, profile: Profile = None, region: Region = None
) -> None:
    """Tell why rows failed, and what to do about it. By cause, each with its rows, an example and the probable reason."""
    from batchctl.batches.explained import show_failures
    from batchctl.where import Where

    show_failures(batch, as_json, Where.of(stack, profile, region))


@app.command(rich_help_panel=REPAIR, epilog=examples("batchctl retry", "batchctl retry tickets-0f3a --no-wait"))
def retry(
    batch: Annotated[
        str | None,
        typer.Argument(
            metavar="[BATCH]",
            help="Its name; without one, the last batch with failed rows.",
            autocompletion=batch_names,
        ),
    ] = None,
    wait: Wait = True,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Run rows again that failed or were not run. The output of the new batch has all rows."""
    from batchctl.asking import Asking
    from batchctl.batches.again import Wish, run_again
    from batchctl.where import Where

    wish = Wish("retry", batch, wait, Asking(yes, no_input), as_json)
    raise typer.Exit(run_again(wish, Where.of(stack, profile, region)))


@app.command(rich_help_panel=REPAIR, epilog=examples("batchctl resume tickets-0f3a", "batchctl resume @last --no-wait"))
def resume(
    batch: Batch,
    wait: Wait = True,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Go on with a batch that failed or was stopped. Rows that are answered are not run again."""
    from batchctl.asking import Asking
    from batchctl.batches.again import Wish, run_again
    from batchctl.where import Where

    wish = Wish("resume", batch, wait, Asking(yes, no_input), as_json)
    raise typer.Exit(run_again(wish, Where.of(stack, profile, region)))


@app.command(rich_help_panel=REPAIR, epilog=examples("batchctl cancel tickets-0f3a", "batchctl cancel @last --yes"))
def cancel(
    batch: Batch,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Stop a batch; what was answered is saved. `batchctl resume` goes on with it."""
    from batchctl.asking import Asking
    from batchctl.batches.cancelled import cancel_named
    from batchctl.where import Where

    raise typer.Exit(cancel_named(batch, Asking(yes, no_input), as_json, Where.of(stack, profile, region)))
