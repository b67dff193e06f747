"""A cold start is paid for by the user: what importing each handler may cost."""

import os
import resource
import subprocess
import sys
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
    """Processor time: what a machine to itself would take, whoever else runs on this one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(code)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_is_imported_fast_and_without_boto3(handler: str) -> None:
    loading = f"import batch_processor.handlers.{handler}"
    sdk = run(f"{loading}, sys; print(*{{'boto3', 'botocore.session'}} & sys.modules.keys())")
    assert sdk.split() == []
    allowed = MOST_SECONDS.get(handler, 0.350)
    bare = with_handler = float("inf")
    for _ in range(RUNS):  # the best of several; the first ones may compile
        bare = min(bare, seconds("pass"))
        with_handler = min(with_handler, seconds(loading))
        if with_handler - bare <= allowed / 2:
            break
    assert with_handler - bare <= allowed
