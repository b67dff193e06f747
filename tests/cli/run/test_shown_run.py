from pathlib import Path
from typing import Any

import pytest

from batchctl.account import Account
from batchctl.batch_run import BatchRun
from batchctl.demo.job import Job
from batchctl.run.shown_run import first_records, run_job, watched


class InterruptedRun(BatchRun):
    """A batch whose watcher loses patience."""

    def wait(self, on_progress: object = None) -> dict[str, Any]:
        raise KeyboardInterrupt


class InterruptedJob(Job):
    def start(self, account: Account) -> BatchRun:
        return InterruptedRun(account, "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:people-1")


def test_batch_that_nobody_waits_for_is_known_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account: Any = None
    with pytest.raises(KeyboardInterrupt), watched() as steps:
        run_job(InterruptedJob(tmp_path / "people.csv", tmp_path / "people.json"), account, steps, tmp_path)
    assert "The batch is people-1. It runs to its end without this command" in capsys.readouterr().err


def test_output_is_read_as_its_summary_says(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes("\ufeffname;note\r\nAna;1,5\r\n".encode())
    assert first_records(path, {"csv_format": {"delimiter": ";", "bom": True}}) == [["name", "note"], ["Ana", "1,5"]]
    path.write_bytes(b"name,note\r\n" + b"Ana,x;y\r\n" * 10)
    assert first_records(path, {}) == [["name", "note"]] + [["Ana", "x;y"]] * 5
