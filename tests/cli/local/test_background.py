"""The local stack in the background: one of it, found by whoever asks, and stopped by whoever may."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchctl.answer import Answer
from batchctl.errors import WrongUsage
from batchctl.local import background, connection, running
from batchctl.local.background import NotStarted
from batchctl.local.emulator.process import Emulator
from batchctl.local.running import AlreadyRuns

KEEPER = """
import signal, sys
from pathlib import Path
from batchctl.local import running
running.FILE = Path(sys.argv[1])
signal.signal(signal.SIGTERM, signal.default_int_handler)
with running.claimed():
    print("ready", flush=True)
    signal.pause()
"""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(running, "FILE", tmp_path / "running.json")
    monkeypatch.setattr(running, "LOG", tmp_path / "background.log")
    monkeypatch.setattr(connection, "FILE", tmp_path / "environment.sh")
    return tmp_path


@pytest.fixture
def other(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that keeps the stack running."""
    command = [sys.executable, "-c", KEEPER, str(running.FILE)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
        yield process
    process.kill()
    process.wait()


def test_nobody_keeps_it_running_at_first_and_after_the_end() -> None:
    assert running.keeper() is None
    with running.claimed():
        found = running.keeper()
        assert found
        assert found.pid == os.getpid()
    assert running.keeper() is None


def test_second_one_is_refused_and_says_who_the_first_is(other: "subprocess.Popen[str]") -> None:
    with pytest.raises(AlreadyRuns, match=rf"by process {other.pid}\. Use that one, or stop it"), running.claimed():
        pass


def test_keeper_that_was_killed_is_none(other: "subprocess.Popen[str]") -> None:
    other.kill()
    other.wait()
    assert running.keeper() is None
    with running.claimed():
        pass


def test_up_leaves_what_runs_as_it_is(other: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]) -> None:
    assert background.up((), ()) == 0
    assert f"by process {other.pid}. It stays as it is." in capsys.readouterr().err
    assert other.poll() is None


def test_down_stops_it_and_says_so(other: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]) -> None:
    assert background.down() == 0
    assert other.wait(10) != 0
    assert background.down() == 0
    assert capsys.readouterr().err == "The local stack is stopped; what was in it is gone.\nNo local stack runs.\n"


def test_up_that_fails_shows_the_log_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    script = folder / "python"
    script.write_text("#!/bin/sh\necho building\necho it failed >&2\nexit 1\n")
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(NotStarted, match=r"above, or in .*background\.log, is why"):
        background.up((), ())
    assert "building\nit failed\n" in capsys.readouterr().err
    assert running.LOG.stat().st_mode & 0o777 == 0o600


def test_pattern_that_is_none_is_told_before_anything_starts() -> None:
    with pytest.raises(WrongUsage, match="--agents: 'a/b'"):
        background.up(["a/b"], ())
    assert not running.LOG.exists()


def test_status_follows_the_stack(other: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]) -> None:
    def told() -> tuple[int, dict[str, Any]]:
        code = background.status(Answer.of("", background.LocalStatus))
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, document

    code, starting = told()
    assert (code, starting["status"], starting["pid"]) == (1, "starting", other.pid)
    with Emulator(auth=True) as emulator, connection.published(emulator.environment()):
        code, up = told()
    assert (code, up["status"], up["endpoint_url"]) == (0, "up", emulator.endpoint_url)
    other.send_signal(signal.SIGTERM)
    other.wait()
    assert told() == (1, {"status": "down", "log": str(running.LOG)})


def test_logs_are_printed_and_followed(capsys: pytest.CaptureFixture[str]) -> None:
    assert background.logs(follow=False) == 1
    running.LOG.write_text("one\n")
    assert background.logs(follow=False) == 0
    ends = time.monotonic() + 1

    def write() -> None:
        with running.LOG.open("a") as log:
            log.write("two\n")

    timer = threading.Timer(0.3, write)
    timer.start()
    assert background.logs(follow=True, is_over=lambda: time.monotonic() > ends) == 0
    timer.join()
    assert capsys.readouterr().out == "one\none\ntwo\n"
