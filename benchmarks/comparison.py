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

from batchctl.project import ROOT
from benchmarks import sample_csv
from benchmarks.memory import PeakMemory, descendants
from benchmarks.report import say

_PYTHON = ROOT / ".venv-comparison" / "bin" / "python"
PLAIN_LOOP = "the function in a plain loop"


class Peer(NamedTuple):
    """A module of benchmarks/peers, and how many rows it gets if not all."""

    title: str
    module: str
    most_rows: int | None = None


_PEERS = (
    Peer(PLAIN_LOOP, "plain_loop"),
    Peer("Prefect, a task run for each row", "prefect_rows"),
    # All of them would take minutes, at the same pace.
    Peer("Lithops on localhost, a call for each row", "lithops_rows", 2_000),
)
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

    def slower_than(self, other: "Measured") -> float:
        """Its time for a row to the other's."""
        return other.rows_a_second / self.rows_a_second


def run_peers(rows: list[dict[str, str]]) -> list[Measured]:
    """One after the other, each in a process of its own; SystemExit if they do not write the same."""
    with tempfile.TemporaryDirectory(prefix="batch-benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        measured = [_run(peer, rows[: peer.most_rows], folder) for peer in _PEERS]
        whole, *others = ((folder / f"{peer.module}.out.csv").read_bytes() for peer in _PEERS)
    if not all(whole.startswith(other) for other in others):
        raise SystemExit("The tools compared do not write the same CSV.")
    return measured


def _run(peer: Peer, rows: list[dict[str, str]], folder: Path) -> Measured:
    say(f"{len(rows):,} rows, {peer.title}")
    source, target = folder / f"{peer.module}.csv", folder / f"{peer.module}.out.csv"
    source.write_bytes(sample_csv.encoded(rows))
    command = [str(_PYTHON), "-m", f"benchmarks.peers.{peer.module}", str(source), str(target)]
    log_path = folder / f"{peer.module}.log"
    with log_path.open("wb") as log, PeakMemory() as memory:
        process = subprocess.Popen(
            command, env=_environment(folder), stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
        try:
            answer, _ = process.communicate(timeout=_TIMEOUT_SECONDS)
        finally:
            _end(process.pid)
    if process.returncode:
        raise SystemExit(f"{peer.title} failed:\n{log_path.read_text(errors='replace')[-4000:]}")
    printed = json.loads(answer.splitlines()[-1])
    return Measured(peer.title, printed["rows"], printed["seconds"], max(memory.all_mb, printed["memory_mb"]))


def _end(session: int) -> None:
    """Ends what a peer has left running, and itself if it took too long; Lithops' workers have sessions of their own."""
    left = [process.pid for process in descendants(session)]
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


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
