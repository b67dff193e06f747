"""Shows the product at work: a real batch on the embedded AWS, from `sam build` to the enriched CSV."""

from batchctl.demo.job import Job
from batchctl.local.model import LocalModel
from batchctl.local.stack import LocalStack
from batchctl.project import WORKING_FOLDER
from batchctl.registry.seed import seed
from batchctl.run.shown_run import run_job, show, watched

OUTPUT = WORKING_FOLDER / "demo-output"
# Bedrock refuses requests now and then, so the local model does too.
_THROTTLE_EVERY = 10


def run_demo(job: Job) -> None:
    """Runs the job from nothing to the CSV on this disk, and stops what it started; progress goes to stderr."""
    with (
        watched() as steps,
        LocalModel(throttle_every=_THROTTLE_EVERY) as model,
        LocalStack(stacks=job.example.stacks, say=steps.begin, model_url=model.url) as stack,
    ):
        seed(stack, steps.begin)
        path, summary = run_job(job, stack, steps, OUTPUT, stack_stays=False)
    show(path, summary)
