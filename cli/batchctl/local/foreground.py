"""The embedded AWS with all stacks, kept running by the command that started it."""

import signal

from rich.console import Console

from batchctl.local import invoke
from batchctl.local.model import LocalModel
from batchctl.local.stack import AGENTS, EXAMPLES, MAIN, LocalStack
from batchctl.registry.seed import seed


def keep_running() -> None:
    """Deploys all stacks and stays until it is stopped; prints what points another shell at them."""
    say = Console(stderr=True).print
    stacks = (MAIN, EXAMPLES, AGENTS)
    with LocalModel() as model, LocalStack(stacks=stacks, say=say, model_url=model.url) as stack:
        invoke.prepare(stack, *stacks)
        seed(stack, say)
        say("\nThe embedded AWS is up, until Ctrl-C. In another shell:\n")
        for name, value in {**stack.environment, **stack.outputs}.items():
            print(f"export {name}={value}", flush=True)
        signal.pause()
