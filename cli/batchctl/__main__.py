"""The operator's command line: `python -m batchctl demo|local|registry|factory`."""

import argparse
import signal
import sys

from rich.console import Console

from batchctl.advice import is_expected, told
from batchctl.demo.commands import run_demo
from batchctl.demo.job import Job
from batchctl.errors import Expected
from batchctl.factory import commands as factory
from batchctl.local.commands import keep_running
from batchctl.registry import commands as registry


def main() -> int:
    """Run a command; the exit code tells whether it did what it says."""
    arguments = _arguments()
    console = Console()
    # A terminated command stops what it started, as on Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments.command == "demo":
            run_demo(Job.of(arguments.csv, arguments.config, arguments.example), console)
        elif arguments.command == "registry":
            for line in registry.run(arguments):
                print(line)
        elif arguments.command == "factory":
            print("\n".join(factory.run(arguments)))
        else:
            keep_running(console)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    except Exception as exc:
        if not is_expected(exc):
            raise
        failure = Console(stderr=True)
        failure.print(f"\n[bold red]{type(exc).__name__}[/bold red]")
        failure.print(told(exc), markup=False, highlight=False, soft_wrap=True)
        return exc.exit_code if isinstance(exc, Expected) else 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="batchctl", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="run a real batch on the embedded AWS")
    demo.add_argument("--csv", help="your own CSV")
    demo.add_argument("--config", help="your own config; ${BUCKET}, ${CONTACT_TOOL_ARN} and the like are filled in")
    demo.add_argument("--example", default="tickets", help="an example instead (default: %(default)s)")
    commands.add_parser("local", help="keep the embedded AWS with all stacks running")
    registry.add_to(commands)
    factory.add_to(commands)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
