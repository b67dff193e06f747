"""What functions keep of the machine's memory."""

import io
import time
import zipfile
from types import SimpleNamespace

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from batchctl.local.emulator.fidelity.functions import lambda_code, lambda_processes


def _worker(idle_seconds: float, *, in_use: bool = False) -> SimpleNamespace:
    return SimpleNamespace(in_use=in_use, last_used=time.time() - idle_seconds)


def test_of_many_idle_processes_the_longest_idle_end(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = _worker(500, in_use=True)
    pools = {f"function-{seconds}": [_worker(seconds)] for seconds in (90, 80, 70, 60, 50, 40, 30, 20, 3, 2)}
    oldest, older = pools["function-90"][0], pools["function-80"][0]
    monkeypatch.setattr(lambda_runtime, "_workers", {**pools, "busy": [busy]})
    assert lambda_processes.take_idle() == [oldest, older]
    assert [len(pool) for pool in pools.values()] == [0, 0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert lambda_processes.take_idle() == []


def test_a_function_keeps_its_last_process_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = {f"function-{seconds}": [_worker(seconds)] for seconds in (90, 80, 70, 60, 50)}
    burst = [_worker(seconds) for seconds in (19, 12, 18, 17, 13)]
    monkeypatch.setattr(lambda_runtime, "_workers", {**pools, "burst": [*burst]})
    assert lambda_processes.take_idle() == [burst[0], burst[2]]
    assert [len(pool) for pool in pools.values()] == [1, 1, 1, 1, 1]


def test_what_was_used_a_moment_ago_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_runtime, "_workers", {str(number): [_worker(number / 10)] for number in range(19)})
    assert lambda_processes.take_idle() == []


def test_what_has_just_worked_for_long_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = [_worker(60, in_use=True) for _ in range(16)]
    arn = "arn:aws:lambda:us-east-1:000000000000:function:slow"
    lease = lambda_processes.Lease(
        {"config": {"FunctionName": "slow", "FunctionArn": arn, "Version": "$LATEST"}, "code_zip": b""}
    )
    monkeypatch.setattr(lambda_runtime, "_workers", {"slow": workers})
    for lease.worker in workers:
        lease.release()
    assert not any(worker.in_use for worker in workers)
    assert lambda_processes.take_idle() == []


def test_functions_with_the_same_code_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def package() -> bytes:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(zipfile.ZipInfo("app.py"), "x" * 1000)
        return archive.getvalue()

    first, second = package(), package()
    assert first is not second
    functions = SimpleNamespace(_data={"a": {"code_zip": None}, "b": {"code_zip": first}})
    monkeypatch.setattr(lambda_svc, "_functions", functions)
    monkeypatch.setattr(lambda_svc, "_fetch_code_from_s3", lambda bucket, key: second if key == "there" else None)
    lambda_code.apply()
    assert lambda_svc._fetch_code_from_s3("bucket", "there") is first
    assert lambda_svc._fetch_code_from_s3("bucket", "not there") is None
