"""The operator's command line, `batchctl`: the table of its commands, and how each ends."""

import signal
import sys
from typing import Annotated

import typer

from batchctl import exit_codes, json_option, version
from batchctl.agents import commands as agents
from batchctl.analysis import commands as analysis
from batchctl.batches import commands as batches
from batchctl.chat import commands as chat
from batchctl.config import commands as config
from batchctl.dead_letters import commands as dead_letters
from batchctl.demo import commands as demo
from batchctl.erase import commands as erase
from batchctl.factory import commands as factory
from batchctl.help_layout import CommandsByTask, examples
from batchctl.local import commands as local
from batchctl.mcp import commands as mcp
from batchctl.registry import commands as registry
from batchctl.results import commands as results
from batchctl.run import commands as run
from batchctl.topics import commands as topics
from batchctl.watch import commands as watch

app = typer.Typer(
    name="batchctl",
    cls=CommandsByTask,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog=examples(
        "batchctl demo", "batchctl run tickets.csv --agent ticket_triage --max-rows 20", "batchctl watch @last"
    ),
)
# Modules of commands import nothing but Typer before they run, so that help comes at once.
for commands in (
    demo, run, config, analysis, chat,
    watch, results, batches, agents, dead_letters,
    local, mcp, registry, factory, erase, version, topics,
):  # fmt: skip
    app.add_typer(commands.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        version.version()
        raise typer.Exit


@app.callback()
def _batchctl(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print which version this is, and exit."
        ),
    ] = False,
) -> None:
    """Run CSVs through AWS agents and tools, in an account or on this machine."""


def main() -> None:
    """Run a command; exits as exit_codes.py says."""
    # A terminated command stops what it started, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(prog_name="batchctl")
    except SystemExit as ended:
        if ended.code == exit_codes.INTERRUPTED:
            print("\nInterrupted.", file=sys.stderr)
        raise
    except Exception as exc:
        from batchctl.advice import exit_code, is_expected, print_error, tell

        if not is_expected(exc):
            raise
        if json_option.is_asked(sys.argv[1:]):
            print_error(exc)
        tell(exc)
        sys.exit(exit_code(exc))


if __name__ == "__main__":
    main()
