"""`batchctl local`."""

from typing import Annotated

import typer

from batchctl.help_layout import SET_UP, examples

app = typer.Typer()


@app.command(
    rich_help_panel=SET_UP, epilog=examples("batchctl local", "batchctl local --agents 'my-*' --tools 'my-*,enrich'")
)
def local(
    agents: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="The state machines that batches may call besides the examples', as AgentNamePattern of a stack in an "
            "account; may be given several times. Without it, all.",
        ),
    ] = None,
    tools: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="The same for functions, as ToolNamePattern.")
    ] = None,
) -> None:
    """Keep the embedded AWS with all stacks running, until Ctrl-C.

    What it prints, typed into another shell, points any AWS tool at it. Its keys are new with every start.
    """
    from batchctl.local.foreground import keep_running

    keep_running(agents or (), tools or ())
