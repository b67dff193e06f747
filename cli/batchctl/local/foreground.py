"""The embedded AWS with all stacks, kept running by the command that started it."""

import signal

from rich.console import Console

from batchctl.local import connection, invoke, sam
from batchctl.local.emulator.process import Emulator
from batchctl.local.model import LocalModel
from batchctl.local.stack import AGENTS, EXAMPLES, MAIN, LocalStack
from batchctl.registry.seed import seed


def keep_running() -> None:
    """Deploys all stacks and stays until it is stopped; prints what points another shell at them."""
    say = Console(stderr=True).print
    stacks = (MAIN, EXAMPLES, AGENTS)
    with LocalModel() as model:
        # Docker's containers call this machine by a name of their own.
        emulator = Emulator(auth=True, model_url=model.url, also_called=[invoke.MACHINE])
        with LocalStack(stacks=stacks, say=say, emulator=emulator) as stack:
            invoke.prepare(stack, *stacks)
            sam.write_parameters(MAIN)
            seed(stack, say)
            with connection.published({**stack.environment, **stack.outputs}) as command:
                say("\nThe embedded AWS is up, until Ctrl-C. batchctl finds it by itself.")
                say("For any other tool, type in its shell, now and after each new start:\n")
                print(command, flush=True)
                signal.pause()
