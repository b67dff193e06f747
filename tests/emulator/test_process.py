"""The emulator as a process: several at once, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from batchctl.local.emulator.process import PACKAGE_ROOT, Emulator, EmulatorError
from tests.emulator.local_aws import PATIENCE_SECONDS, PYTHON, LocalAws


def processes_of(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def wait_until_gone(session: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while processes_of(session) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of(session) == []


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_stopping_takes_running_functions_along() -> None:
    with Emulator(python=PYTHON) as emulator:
        aws = LocalAws(emulator.environment())
        aws.client("lambda").invoke(FunctionName=aws.function("time.sleep(60)", Timeout=70), InvocationType="Event")
        session = emulator._process.pid if emulator._process else 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(processes_of(session)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(processes_of(session)) == 2
    wait_until_gone(session)


@needs_proc
def test_emulator_does_not_outlive_its_parent(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time; from batchctl.local.emulator.process import Emulator; "
        "e = Emulator(python=sys.argv[1], log_path=pathlib.Path(sys.argv[2])); "
        "e.start(); print(e._process.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", code, PYTHON, str(tmp_path / "log")], env=environment, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        session = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_until_gone(session)


def test_listens_on_loopback_only(emulator: Emulator) -> None:
    port = int(emulator.endpoint_url.rsplit(":", 1)[1])
    with socket.socket() as probe:
        # Nobody else listens on this port, so another loopback address is free exactly when we do not own it.
        probe.bind(("127.0.0.2", port))


def test_failed_start_shows_the_end_of_the_log(tmp_path: Path) -> None:
    broken = Emulator(python=PYTHON, options=["--no-such-option"], log_path=tmp_path / "log")
    with pytest.raises(EmulatorError, match="no-such-option"):
        broken.start()
