"""How many processes a function has."""

import os
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.core import lambda_runtime

from batchctl.local.emulator.fidelity.functions.lambda_processes import Lease
from batchctl.local.emulator.process import Emulator
from tests.emulator.local_aws import LocalAws, over_items, task, until

CORES = max(2, os.cpu_count() or 2)


def test_while_the_first_processes_start_no_others_do(patched: LocalAws) -> None:
    code = "import os, time\ntime.sleep(3)\n\n\ndef handler(event, context):\n    return os.getpid()\n"
    states = over_items({"Task": task(patched.function_with_code(code))}, MaxConcurrency=20)
    assert len(set(patched.output({"Map": states}, {"items": list(range(60))}))) <= CORES


def test_a_function_that_waits_has_many_processes(patched: LocalAws) -> None:
    states = over_items({"Task": task(patched.function("time.sleep(4); return os.getpid()"))}, MaxConcurrency=12)
    began = time.monotonic()
    assert len(set(patched.output({"Map": states}, {"items": list(range(12))}))) > CORES
    assert time.monotonic() - began < 4 * 12 / CORES


def test_one_whose_processes_die_again_and_again_has_many(patched: LocalAws) -> None:
    function = patched.function("time.sleep(0.4); print(flush=True); os._exit(1)")
    state = {**task(function, "{% $states.input %}"), "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]}
    failed = {"Type": "Pass", "Output": 1, "End": True}
    states = over_items({"Task": state, "Failed": failed}, MaxConcurrency=30)
    patched.output({"Map": states}, {"items": list(range(90))})
    streams = patched.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{function}")["logStreams"]
    assert len(streams) > CORES


def test_those_that_nobody_needs_any_more_end(emulator: Emulator, patched: LocalAws) -> None:
    for number in range(10):
        patched.output({"Task": task(patched.function(f"return {number}"))})
    assert len(emulator.lambda_workers()) > 8
    until(lambda: len(emulator.lambda_workers()) <= 8)


def test_one_process_after_the_other_takes_the_place_of_those_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:left"
    config = {"FunctionName": "left", "FunctionArn": arn, "Version": "$LATEST"}
    pool: list[Any] = []
    monkeypatch.setattr(lambda_runtime, "_workers", {lambda_runtime._worker_key("left", config, "$LATEST"): pool})

    def acquire(*_: Any, **__: Any) -> tuple[Any, str]:
        pool.append(SimpleNamespace(in_use=True, last_used=0.0, started_at=None, is_left=False))
        return pool[-1], "cold"

    monkeypatch.setattr(lambda_runtime, "acquire_worker", acquire)
    taken = [Lease({"config": config, "code_zip": b""}) for _ in range(100)]
    for lease in taken:
        if lease.take():
            lease.leave()
    # Those beyond sixteen count again: on one machine there is no room for all that AWS has room for.
    assert len(pool) == 16 + CORES


def test_who_came_first_is_served_first(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:short"
    config = {"FunctionName": "short", "FunctionArn": arn, "Version": "$LATEST"}
    function: dict[str, Any] = {"config": config, "code_zip": b""}
    pool = [SimpleNamespace(in_use=False, last_used=0.0, started_at=None, is_left=False) for _ in range(CORES)]
    monkeypatch.setattr(lambda_runtime, "_workers", {lambda_runtime._worker_key("short", config, "$LATEST"): pool})
    holders = [Lease(function) for _ in pool]
    assert all(holder.take() for holder in holders)
    served: list[Lease] = []

    def wait(lease: Lease) -> None:
        lease.wait()
        served.append(lease)

    waiting = [Lease(function) for _ in range(5)]
    places = waiting[0]._queue.places
    for number, lease in enumerate(waiting, start=1):
        threading.Thread(target=wait, args=(lease,), daemon=True).start()
        until(lambda number=number: len(places) == number)  # type: ignore[misc]
    for number in range(5):
        (holders + served)[number].release()
        assert not Lease(function).take(), "it has overtaken those who wait"
        until(lambda number=number: len(served) == number + 1)  # type: ignore[misc]
    assert served == waiting
