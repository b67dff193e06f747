"""The embedded AWS with all stacks, kept running by the command that started it."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from batchctl.local import connection, invoke, own_commands, running, sam
from batchctl.local.allowed_names import allowed_names
from batchctl.local.emulator.process import Emulator
from batchctl.local.model import LocalModel
from batchctl.local.stack import AGENTS, EXAMPLES, MAIN, LocalStack
from batchctl.placeholders import constants
from batchctl.registry.seed import seed


def keep_running(agents: Sequence[str] = (), tools: Sequence[str] = ()) -> None:
    """Deploys all stacks and stays until it is stopped; prints what points another shell at them."""
    console = Console(stderr=True)

    def say(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    with kept(agents, tools, say) as command:
        say("\nThe embedded AWS is up, until Ctrl-C. batchctl finds it by itself.")
        say("For any other tool, type in its shell, now and after each new start:\n")
        print(command, flush=True)
        signal.pause()


@contextmanager
def kept(
    agents: Sequence[str], tools: Sequence[str], say: Callable[[str], None], log_path: Path | None = None
) -> Iterator[str]:
    """Inside it all stacks run and other shells find them; yields what a person types for any other tool.

    `agents` and `tools` are patterns of what batches may call besides the examples; without any it is all that is there.
    AlreadyRuns if another command of this checkout, or of this user's installation, keeps them running.
    """
    stacks = (main_stack(agents, tools), EXAMPLES, AGENTS)
    with running.claimed(), LocalModel() as model:
        # Docker's containers call this machine by a name of their own.
        emulator = Emulator(auth=True, model_url=model.url, also_called=[invoke.MACHINE], log_path=log_path)
        with LocalStack(stacks=stacks, say=say, emulator=emulator) as stack:
            invoke.prepare(stack, *stacks)
            sam.write_parameters(stacks[0])
            seed(stack, say)
            with connection.published(shell_variables(stack), own_commands.write()) as command:
                yield command


def main_stack(agents: Sequence[str], tools: Sequence[str]) -> sam.Stack:
    """The batch processor's stack, as it is deployed for whoever brings agents and tools."""
    allowed = {
        "AgentNamePattern": allowed_names("--agents", agents),
        "ToolNamePattern": allowed_names("--tools", tools),
    }
    return replace(MAIN, parameters={**MAIN.parameters, **allowed})


def shell_variables(stack: LocalStack) -> dict[str, str]:
    """What points a shell at the stack: AWS's own variables, and the outputs by both of their names."""
    return {**stack.environment, **stack.outputs, **constants(stack.outputs)}
