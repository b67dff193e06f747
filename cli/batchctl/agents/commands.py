"""`batchctl agents list|show`."""

from typing import Annotated

import typer

from batchctl.completion import agent_names
from batchctl.help_layout import UNDERSTAND, CommandsByTask, examples
from batchctl.options import Json, Profile, Region, Stacks

app = typer.Typer(name="agents", cls=CommandsByTask, no_args_is_help=True)
Csv = Annotated[
    str | None, typer.Option("--csv", metavar="CSV", help="A CSV whose columns are compared with what agents take.")
]


@app.callback(
    rich_help_panel=UNDERSTAND,
    epilog=examples("batchctl agents list --csv tickets.csv", "batchctl agents show ticket_triage"),
)
def agents() -> None:
    """See which agents and tools batches can use."""


@app.command("list", epilog=examples("batchctl agents list", "batchctl agents list --csv tickets.csv"))
def list_(
    csv: Csv = None, as_json: Json = None, stack: Stacks = None, profile: Profile = None, region: Region = None
) -> None:
    """List the agents and tools that batches can use; with a CSV those that fit it best come first."""
    from batchctl.agents.listing import list_agents
    from batchctl.where import Where

    list_agents(csv, as_json, Where.of(stack, profile, region))


@app.command(
    epilog=examples("batchctl agents show ticket_triage", "batchctl agents show ticket_triage --csv tickets.csv")
)
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of an agent or a tool.", autocompletion=agent_names)],
    csv: Csv = None,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Show what an agent or a tool takes and answers, and how it is used."""
    from batchctl.agents.shown import show_agent
    from batchctl.where import Where

    raise typer.Exit(show_agent(name, csv, as_json, Where.of(stack, profile, region)))
