"""`batchctl dead-letters list|rerun|drain`."""

from typing import Annotated

import typer

from batchctl.help_layout import REPAIR, CommandsByTask, examples
from batchctl.options import Batch, Json, NoInput, Profile, Region, Stacks, Yes

app = typer.Typer(name="dead-letters", cls=CommandsByTask, no_args_is_help=True)
OfBatch = Annotated[str | None, typer.Argument(metavar="[BATCH]", help="The letters of this batch alone.")]


@app.callback(rich_help_panel=REPAIR, epilog=examples("batchctl dead-letters list", "batchctl dead-letters drain"))
def dead_letters() -> None:
    """See dead letters, run their rows again, take them out."""


@app.command("list", epilog=examples("batchctl dead-letters list", "batchctl dead-letters list tickets-0f3a --json"))
def list_(
    batch: OfBatch = None, as_json: Json = None, stack: Stacks = None, profile: Profile = None, region: Region = None
) -> None:
    """Show what the queue holds, by batch and cause; nothing is taken out."""
    from batchctl.dead_letters.letters import show_letters
    from batchctl.where import Where

    show_letters(batch, as_json, Where.of(stack, profile, region))


@app.command(epilog=examples("batchctl dead-letters rerun tickets-0f3a", "batchctl dead-letters rerun @last --no-wait"))
def rerun(
    batch: Batch,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch the batch to its end.")] = True,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Run the rows of a batch's letters again."""
    from batchctl.asking import Asking
    from batchctl.dead_letters.letters import rerun_letters
    from batchctl.where import Where

    where = Where.of(stack, profile, region)
    raise typer.Exit(rerun_letters(batch, wait, Asking(yes, no_input), as_json, where))


@app.command(epilog=examples("batchctl dead-letters drain", "batchctl dead-letters drain tickets-0f3a --all --yes"))
def drain(
    batch: OfBatch = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Take out letters of rows that have no answer yet, too.")
    ] = False,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Take out letters whose rows have an answer by now."""
    from batchctl.asking import Asking
    from batchctl.dead_letters.letters import drain_letters
    from batchctl.where import Where

    where = Where.of(stack, profile, region)
    raise typer.Exit(drain_letters(batch, everything, Asking(yes, no_input), as_json, where))
