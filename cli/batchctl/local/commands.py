"""`batchctl local`: the embedded AWS with all stacks, kept running."""

import signal

from rich.console import Console

from batchctl.local import invoke
from batchctl.local.model import LocalModel
from batchctl.local.stack import AGENTS, EXAMPLES, MAIN, LocalStack
from batchctl.registry.seed import seed


def keep_running(console: Console) -> None:
    """Deploys all stacks and stays until it is stopped; prints what points another shell at them."""
    stacks = (MAIN, EXAMPLES, AGENTS)
    with LocalModel() as model, LocalStack(stacks=stacks, say=console.print, model_url=model.url) as stack:
        invoke.prepare(stack, *stacks)
        seed(stack, console.print)
        console.print("\nThe embedded AWS is up, until Ctrl-C. In another shell:\n")
        for name, value in {**stack.environment, **stack.outputs}.items():
            console.print(f"export {name}={value}", markup=False, highlight=False, soft_wrap=True)
        signal.pause()
