"""`batchctl watch`."""

import typer

from batchctl.help_layout import WATCH, examples
from batchctl.options import Batch, Json, Profile, Region, Stacks
from batchctl.where import Where

app = typer.Typer()


@app.command(
    rich_help_panel=WATCH,
    epilog=examples("batchctl watch @last", "batchctl watch tickets-0f3a --stack batch-processor-dev"),
)
def watch(
    batch: Batch, as_json: Json = None, stack: Stacks = None, profile: Profile = None, region: Region = None
) -> None:
    """Watch a batch to its end.

    Exits as `batchctl run` does (`batchctl help exit-codes`). Ctrl-C stops watching, not the batch.
    """
    from batchctl.account import deployed
    from batchctl.answer import Answer
    from batchctl.results.fetching import FetchedResults
    from batchctl.results.telling import finish

    where, answer = Where.of(stack, profile, region), Answer.of(as_json, FetchedResults)
    with deployed(where) as deployment:
        raise typer.Exit(finish(batch, deployment, where, answer))
