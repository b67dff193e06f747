"""Shows the product at work: a real batch on the embedded AWS, from `sam build` to the enriched CSV."""

from batchctl.answer import TEXT, note, tell_next
from batchctl.demo.job import Job
from batchctl.exit_codes import DONE, FAILED_ROWS
from batchctl.local.model import LocalModel
from batchctl.local.stack import LocalStack
from batchctl.registry.seed import seed
from batchctl.results.showing import show_results_on
from batchctl.run.running import run_on
from batchctl.where import HERE

_ROWS_SHOWN = 5
# Bedrock refuses requests now and then, so the local model does too.
_THROTTLE_EVERY = 10


def run_demo(job: Job) -> int:
    """Does what it prints, from nothing to the CSV on this disk, and stops what it started; the exit code."""
    note("$ batchctl local up")
    with (
        LocalModel(throttle_every=_THROTTLE_EVERY) as model,
        LocalStack(stacks=job.example.stacks, say=note, model_url=model.url) as stack,
    ):
        seed(stack, note)
        job.prepare(stack)
        note(f"\n$ {job.command}")
        code = run_on(stack, job.request, stack_stays=False)
        note(f"\n$ batchctl results @last --rows {_ROWS_SHOWN}")
        show_results_on(stack, "@last", None, TEXT, rows=_ROWS_SHOWN)
        note("\n$ batchctl local down")
    tell_next(HERE, "batchctl local up", job.command)
    # The examples have rows that fail, for all to see; the demonstration has done what it is for.
    return DONE if code == FAILED_ROWS else code
