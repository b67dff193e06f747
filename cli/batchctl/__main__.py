"""The operator's command line: `python -m batchctl demo|local|registry|factory`."""

import argparse
import signal
import sys

from rich.console import Console

from batchctl import local_invoke
from batchctl.demo.commands import run_demo
from batchctl.demo.job import Job
from batchctl.expected_errors import EXPECTED_ERRORS, told
from batchctl.factory import commands as factory
from batchctl.local_model import LocalModel
from batchctl.local_stack import AGENTS, EXAMPLES, MAIN, LocalStack
from batchctl.registry import commands as registry
from batchctl.registry.seed import seed


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
            _keep_running(console)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    except EXPECTED_ERRORS as exc:
        failure = Console(stderr=True)
        failure.print(f"\n[bold red]{type(exc).__name__}[/bold red]")
        failure.print(told(exc), markup=False, highlight=False, soft_wrap=True)
        return 1
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


def _keep_running(console: Console) -> None:
    stacks = (MAIN, EXAMPLES, AGENTS)
    with LocalModel() as model, LocalStack(stacks=stacks, say=console.print, model_url=model.url) as stack:
        local_invoke.prepare(stack, *stacks)
        seed(stack, console.print)
        console.print("\nThe embedded AWS is up, until Ctrl-C. In another shell:\n")
        for name, value in {**stack.environment, **stack.outputs}.items():
            console.print(f"export {name}={value}", markup=False, highlight=False, soft_wrap=True)
        signal.pause()


if __name__ == "__main__":
    sys.exit(main())
