"""The same rows and the same trivial function under other tools, on this machine and without a network."""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from batch_cli.sam import ROOT
from benchmarks.memory import PeakMemory
from benchmarks.report import say

_PYTHON = ROOT / ".venv-comparison" / "bin" / "python"
PLAIN_LOOP = "the function in a plain loop"
_PEERS = {
    PLAIN_LOOP: "plain_loop",
    "Prefect, a task run for each row": "prefect_rows",
    "Lithops on localhost, a call for each row": "lithops_rows",
}
_TIMEOUT_SECONDS = 400


class Measured(NamedTuple):
    """What one way of running the rows took once it had started; memory is that of all its processes together."""

    title: str
    row_count: int
    seconds: float
    memory_mb: float

    @property
    def rows_a_second(self) -> float:
        return self.row_count / self.seconds


def run_peers(body: bytes) -> list[Measured]:
    """One after the other, each in a process of its own; SystemExit if they do not write the same."""
    with tempfile.TemporaryDirectory(prefix="batch-benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "rows.csv").write_bytes(body)
        measured = [_run(title, module, folder) for title, module in _PEERS.items()]
        written = {path.read_bytes() for path in folder.glob("*.out.csv")}
    if len(written) != 1:
        raise SystemExit("The tools compared do not write the same CSV.")
    return measured


def _run(title: str, module: str, folder: Path) -> Measured:
    say(title)
    files = str(folder / "rows.csv"), str(folder / f"{module}.out.csv")
    command = [str(_PYTHON), "-m", f"benchmarks.peers.{module}", *files]
    log_path = folder / f"{module}.log"
    with log_path.open("wb") as log, PeakMemory() as memory:
        process = subprocess.Popen(
            command, env=_environment(folder), stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
        try:
            answer, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
        finally:
            with suppress(ProcessLookupError):  # what it has left running
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise SystemExit(f"{title} failed:\n{log_path.read_text(errors='replace')[-4000:]}")
    printed = json.loads(answer.splitlines()[-1])
    return Measured(title, printed["rows"], printed["seconds"], max(memory.all_mb, printed["memory_mb"]))


def _environment(folder: Path) -> Mapping[str, str]:
    """Nothing of the user's settings, all files in `folder`, and no word to anybody's servers."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Its server sets up a database first.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "DO_NOT_TRACK": "1",
    }
