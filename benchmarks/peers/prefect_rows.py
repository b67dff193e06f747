"""Prefect: a flow that maps a task over the rows, on threads, with the local API server that it starts by itself."""

from prefect import flow, task  # type: ignore[import-not-found]
from prefect.task_runners import ThreadPoolTaskRunner  # type: ignore[import-not-found]

from benchmarks.peers import names

_THREADS = 40

answer = task(names.answer)


def map_rows(rows: list[names.Row]) -> names.Answers:
    """Every row a task run, whose states the server keeps; the flow takes no rows, parameters have a limit of 512 KB."""

    def describe_names() -> names.Answers:
        return list(answer.map(rows).result())

    answers: names.Answers = flow(describe_names, task_runner=ThreadPoolTaskRunner(max_workers=_THREADS))()
    return answers


if __name__ == "__main__":
    map_rows([{"full_name": ""}])  # starts the server
    names.run(map_rows)
