"""A cold start is paid for by the user: what importing each handler may cost."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
HANDLERS = sorted(path.stem for path in (FUNCTIONS / "batch_processor" / "handlers").glob("[a-z]*.py"))
MOST_SECONDS = {"extract_structured_output": 0.250}
RUNS = 10


def run(code: str) -> str:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(FUNCTIONS)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def seconds(code: str) -> float:
    started = time.perf_counter()
    run(code)
    return time.perf_counter() - started


@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_is_imported_fast_and_without_boto3(handler: str) -> None:
    loading = f"import batch_processor.handlers.{handler}"
    sdk = run(f"{loading}, sys; print(*{{'boto3', 'botocore.session'}} & sys.modules.keys())")
    assert sdk.split() == []
    allowed = MOST_SECONDS.get(handler, 0.350)
    bare = with_handler = float("inf")
    for _ in range(RUNS):  # the machine is shared: one run without company is enough
        bare = min(bare, seconds("pass"))
        with_handler = min(with_handler, seconds(loading))
        if with_handler - bare <= allowed / 2:
            break
    assert with_handler - bare <= allowed
