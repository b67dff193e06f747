"""Faults for a stack of one's own: in the calls of its functions, by microburst, and in those of its state machines."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from batchctl.local.stack import MAIN, LocalStack

Rule = dict[str, Any]
_START_SECONDS = 60.0


class FaultProxy:
    """microburst in front of an endpoint; hands everything on until it is given rules.

    It listens at `host`, which its requests keep as theirs: they are signed for it.
    """

    def __init__(self, environment: Mapping[str, str], host: str, seed: int, log_path: Path) -> None:
        self.url = f"http://{host}"
        script = str(Path(__file__).with_name("seeded_proxy.py"))
        upstream, port = environment["AWS_ENDPOINT_URL"], host.rpartition(":")[2]
        with log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, script, str(seed), "--upstream", upstream, "--port", port, "--no-resign"],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, "microburst ended"
            assert time.monotonic() < deadline, "microburst did not answer in time"
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    @contextmanager
    def injecting(self, *rules: Rule) -> Iterator[None]:
        """The faults strike inside of it, and are forgotten at its end."""
        self._ask("DELETE", "fired")
        self._ask("POST", "rules", list(rules))
        try:
            yield
        finally:
            self._ask("POST", "rules", [])

    def fired(self) -> Counter[str]:
        """How often which faults struck, as `s3 error:SlowDown`."""
        return Counter(f"{fault['service']} {fault['action']}" for fault in self._ask("GET", "fired?limit=2000"))

    def _answers(self) -> bool:
        try:
            return bool(self._ask("GET", "health"))
        except (urllib.error.URLError, OSError):
            return False

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_microburst/{path}", data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as response:
            return json.load(response)


@contextmanager
def functions_at(stack: LocalStack, url: str) -> Iterator[None]:
    """Has the product's functions call AWS at another address; tools and agents go on as they are."""
    functions = stack.client("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    found = [function for page in pages for function in page["Functions"]]
    variables = {
        function["FunctionName"]: function["Environment"]["Variables"]
        for function in found
        if function["FunctionName"].startswith(f"{MAIN.name}-")
    }
    assert variables
    for name, given in variables.items():
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**given, "AWS_ENDPOINT_URL": url}}
        )
    yield
    for name, given in variables.items():
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": given})


class TaskFaults:
    """The file that the emulator's `--faults` names: faults in the calls that state machines make by themselves."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self._seed = path, seed

    @contextmanager
    def injecting(self, *rules: Rule) -> Iterator[None]:
        """The faults strike inside of it, and are forgotten at its end."""
        self._fired.write_text("")
        self._write(*rules)
        try:
            yield
        finally:
            self._write()

    def fired(self) -> Counter[str]:
        """How often which errors struck."""
        return Counter(line.split()[1] for line in self._fired.read_text().splitlines())

    @property
    def _fired(self) -> Path:
        return self.path.with_suffix(".fired")

    def _write(self, *rules: Rule) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({"seed": self._seed, "rules": rules}))
        new.replace(self.path)


def free_host() -> str:
    """A port of this machine that nobody listens at, with its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
