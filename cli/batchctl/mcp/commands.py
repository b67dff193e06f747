"""`batchctl mcp`."""

from pathlib import Path
from typing import Annotated

import typer

from batchctl.help_layout import SET_UP, examples
from batchctl.options import Profile, Region, Stacks

app = typer.Typer()


@app.command(
    rich_help_panel=SET_UP,
    epilog=examples(
        "batchctl mcp --stack batch-processor-dev",
        "batchctl mcp --allow-run --max-rows 100 --folder .",
        "batchctl mcp --http --port 8765",
    ),
)
def mcp(
    http: Annotated[
        bool,
        typer.Option(
            "--http", help="Serve streamable HTTP on this machine alone, with a token that is printed; not stdio."
        ),
    ] = False,
    port: Annotated[
        int | None, typer.Option(metavar="PORT", min=1, max=65535, help="With --http; a free one without it.")
    ] = None,
    allow_run: Annotated[
        bool, typer.Option("--allow-run", help="Let the assistant start and stop batches too, within a limit.")
    ] = False,
    max_rows: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="With --allow-run: the most rows that one start may run.")
    ] = None,
    max_cost_usd: Annotated[
        float | None,
        typer.Option(metavar="USD", min=0, help="With --allow-run: the most that one start may cost, by the estimate."),
    ] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="A folder whose CSVs the assistant may read, and upload with --allow-run; several times.",
        ),
    ] = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Serve the operations to an assistant, over MCP; it may read, and start batches if it is allowed to."""
    from batchctl.mcp.allowance import Allowance
    from batchctl.mcp.serving import serve
    from batchctl.where import Where

    allowance = Allowance.of(allow_run, max_rows, max_cost_usd, folder or [])
    serve(allowance, Where.of(stack, profile, region), over_http=http, port=port)
