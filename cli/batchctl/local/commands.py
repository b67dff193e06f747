"""`batchctl local`, and `up`, `down`, `status` and `logs` of it."""

from typing import Annotated, Any

import typer

from batchctl.help_layout import SET_UP, CommandsByTask, examples
from batchctl.options import Json

_HELP = ("--help", "-h")


class ForegroundByDefault(CommandsByTask):
    """Without a command it is `foreground`, whose options are then those of `batchctl local`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the command in that was left out."""
        is_left_out = not args or (args[0].startswith("-") and args[0] not in _HELP)
        return super().parse_args(ctx, ["foreground", *args] if is_left_out else args)


app = typer.Typer(name="local", cls=ForegroundByDefault)
Agents = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PATTERN",
        help="The state machines that batches may call besides the examples', as AgentNamePattern of a stack in an "
        "account; may be given several times. Without it, all.",
    ),
]
Tools = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="The same for functions, as ToolNamePattern.")]


@app.callback(
    rich_help_panel=SET_UP,
    epilog=examples("batchctl local", "batchctl local up", "batchctl local --agents 'my-*' --tools 'my-*,enrich'"),
)
def local() -> None:
    """Keep the embedded AWS with all stacks running.

    Alone it does so in this terminal until Ctrl-C; `up` does so in the background.

    What it prints, typed into another shell, points any AWS tool at it. Its keys are new with every start.
    """


@app.command(epilog=examples("batchctl local foreground --agents 'my-*' --tools 'my-*,enrich'"))
def foreground(agents: Agents = None, tools: Tools = None) -> None:
    """Keep it running in this terminal, until Ctrl-C; what `batchctl local` alone does."""
    from batchctl.local.foreground import keep_running

    keep_running(agents or (), tools or ())


@app.command(epilog=examples("batchctl local up", "batchctl local up --agents 'my-*'"))
def up(agents: Agents = None, tools: Tools = None) -> None:
    """Start it in the background, and wait until batches can run on it."""
    from batchctl.local import background

    raise typer.Exit(background.up(agents or (), tools or ()))


@app.command(epilog=examples("batchctl local down"))
def down() -> None:
    """Stop it, wherever it was started; what is in it goes with it."""
    from batchctl.local import background

    raise typer.Exit(background.down())


@app.command(epilog=examples("batchctl local status", "batchctl local status --json"))
def status(as_json: Json = None) -> None:
    """Tell whether it runs; exits with 1 if it does not."""
    from batchctl.answer import Answer
    from batchctl.local import background

    raise typer.Exit(background.status(Answer.of(as_json, background.LocalStatus)))


@app.command(epilog=examples("batchctl local logs --follow"))
def logs(follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False) -> None:
    """Print what it logged since it was started in the background."""
    from batchctl.local import background

    raise typer.Exit(background.logs(follow=follow))
