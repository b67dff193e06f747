"""Prefect: a flow that maps a task over the rows, on threads, with the local API server that it starts by itself."""

from prefect import flow, task  # type: ignore[import-not-found]
from prefect.task_runners import ThreadPoolTaskRunner  # type: ignore[import-not-found]

from benchmarks.peers import names

_THREADS = 40

answer = task(names.answer)


def describe_names(rows: list[names.Row]) -> names.Answers:
    """The flow: every row a task run, whose states the server keeps."""
    return list(answer.map(rows).result())


if __name__ == "__main__":
    run_flow = flow(describe_names, task_runner=ThreadPoolTaskRunner(max_workers=_THREADS))
    run_flow([{"full_name": ""}])  # starts the server
    names.run(run_flow)
