"""`batchctl chat`."""

from typing import Annotated

import typer

from batchctl.help_layout import START, examples
from batchctl.options import Json, NoInput, Profile, Region, Stacks, Yes

app = typer.Typer()


@app.command(
    rich_help_panel=START,
    epilog=examples("batchctl chat", 'batchctl chat "Why did 15 rows of tickets-0f3a fail?" --json reply'),
)
def chat(
    message: Annotated[
        str | None,
        typer.Argument(metavar="[MESSAGE]", help="What to say; without one, a conversation at the terminal."),
    ] = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", metavar="ID", help="Go on with the conversation of that id.")
    ] = None,
    yes: Yes = False,
    no_input: NoInput = False,
    as_json: Json = None,
    stack: Stacks = None,
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Talk with the stack's own agent about batches."""
    from batchctl.asking import Asking
    from batchctl.chat.conversing import Wish, converse
    from batchctl.where import Where

    wish = Wish(message, conversation, Asking(yes, no_input), as_json)
    raise typer.Exit(converse(wish, Where.of(stack, profile, region)))
