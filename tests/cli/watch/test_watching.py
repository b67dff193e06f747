"""`batchctl watch` in a terminal, in a log, and interrupted."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from batchctl.project import ROOT
from tests.cli.shapes import OUTPUT

pty = pytest.importorskip("pty")
SCRIPT = Path(__file__).with_name("watched_batch.py")
ENDLESS = 10**6
SECONDS = 60.0
STACK = ("--stack", "batch-processor-dev")


def watch(answers: int, stderr: int | IO[str] = subprocess.PIPE, **environment: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(SCRIPT), str(answers), "watch", "tickets-20261121", *STACK]
    path = os.pathsep.join(str(ROOT / folder) for folder in ("functions", "cli", ""))
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "TERM": "xterm", "COLUMNS": "100", **environment},
    )


class Terminal:
    """A terminal that a command's stderr goes to."""

    def __init__(self) -> None:
        self.reader, self.writer = pty.openpty()
        self.seen = ""

    def read_until(self, text: str) -> None:
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            self._read()

    def read_all(self) -> str:
        """What comes once the command has ended."""
        os.close(self.writer)
        while self._read():
            pass
        os.close(self.reader)
        return self.seen

    def _read(self) -> str:
        try:
            text = os.read(self.reader, 65_536).decode()
        except OSError:  # Linux's way to say that nobody writes any more
            return ""
        self.seen += text
        return text


def test_terminal_has_six_lines_and_then_the_block_in_their_place() -> None:
    terminal = Terminal()
    process = watch(3, terminal.writer)
    out, _ = process.communicate(timeout=SECONDS)
    seen = terminal.read_all()
    assert process.returncode == 3
    assert out == f"{OUTPUT}\n"
    assert "▒" in seen
    assert "Ctrl-C stops watching, not the batch" in seen
    block = seen.rpartition("Ctrl-C stops watching")[2]
    # Six lines up, each erased: what was redrawn leaves no trace.
    assert block.count("\x1b[1A\x1b[2K") == 6
    assert "54 OF 2,000 ROWS FAILED, 1,946 ANSWERED" in block
    assert f"batchctl retry tickets-20261121 {' '.join(STACK)}\r\n" in block
    assert "third" not in block


def test_terminal_is_redrawn_at_most_four_times_a_second() -> None:
    terminal = Terminal()
    process = watch(ENDLESS, terminal.writer)
    terminal.read_until("\x1b[1A")
    begun, before = time.monotonic(), terminal.seen.count("\x1b[6A") + terminal.seen.count("Ctrl-C stops")
    while time.monotonic() - begun < 1.5:
        terminal._read()
    redraws = terminal.seen.count("\x1b[6A") + terminal.seen.count("Ctrl-C stops") - before
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()
    terminal.read_all()
    assert 1 <= redraws <= 4 * 1.5 + 1


def test_log_has_plain_lines_without_a_control_character() -> None:
    process = watch(3)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 3
    assert out == f"{OUTPUT}\n"
    assert "RUNNING  1,001 of 2,000 rows" in err
    assert err.count("RUNNING") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", err)


def test_no_color_is_respected() -> None:
    terminal = Terminal()
    process = watch(2, terminal.writer, NO_COLOR="1")
    process.communicate(timeout=SECONDS)
    assert not re.search(r"\x1b\[[\d;]*m", terminal.read_all())


@pytest.mark.parametrize("in_terminal", [True, False])
def test_interrupted_watching_leaves_the_batch_and_says_how_to_go_on(in_terminal: bool) -> None:
    terminal = Terminal()
    process = watch(ENDLESS, terminal.writer)
    terminal.read_until("Ctrl-C stops watching")
    process.send_signal(signal.SIGINT if in_terminal else signal.SIGTERM)
    out, _ = process.communicate(timeout=SECONDS)
    seen = terminal.read_all()
    assert process.returncode == 130
    assert out == ""
    told = seen.rpartition("The batch is not stopped by this.")[2]
    assert f"batchctl watch tickets-20261121 {' '.join(STACK)}" in told
    assert "Traceback" not in seen
    # The cursor, which is hidden while lines are redrawn, is back.
    assert seen.rfind("\x1b[?25h") > seen.rfind("\x1b[?25l")
