import os
import time
from pathlib import Path

from benchmarks import aggregator
from benchmarks.local_storage import LocalStorage


def _arenas(_folder: Path, _row_count: int) -> float:
    return float(os.environ["MALLOC_ARENA_MAX"])


def test_memory_is_measured_as_a_deployed_function_has_it(tmp_path: Path) -> None:
    arenas, _ = aggregator.measure(_arenas, tmp_path, 1)

    assert arenas == 1


def test_storage_tells_the_time_that_it_took_itself(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.path("originals.csv").write_bytes(bytes(1_000_000))
    started = time.thread_time()
    for _ in range(200):
        storage.get_object("originals.csv")
    passed = time.thread_time() - started

    assert passed / 2 < storage.seconds <= passed
