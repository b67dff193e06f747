"""How many processes a function has."""

import os
import time

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


def test_those_that_nobody_needs_any_more_end(emulator: Emulator, patched: LocalAws) -> None:
    for number in range(6):
        patched.output({"Task": task(patched.function(f"return {number}"))})
    assert len(emulator.lambda_workers()) > 4
    until(lambda: len(emulator.lambda_workers()) <= 4)
