"""MiniStack behind uvicorn, with an end: it takes its Lambda processes along and does not outlive its parent."""

import asyncio
import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from ministack import app
from ministack.core import lambda_runtime

from batchctl.local.emulator.access import function_keys
from batchctl.local.emulator.access.front_door import FrontDoor
from batchctl.local.loopback import HOST, Guarded, Loopback

_PARENT_CHECK_SECONDS = 0.5
_KEEP_ALIVE_SECONDS = 75
_GRACEFUL_SECONDS = 1


def run(loopback: Loopback, port: int, *, patched: bool, persist: bool, faults_path: Path | None) -> None:
    """Serve until told to stop; leaves threads behind, which only the process's end ends."""
    function_keys.apply()
    if patched:
        from batchctl.local.emulator import fidelity, foreign_builds

        fidelity.apply()
        foreign_builds.apply()
        if persist:
            from batchctl.local.emulator import persistence

            persistence.apply()
        if faults_path:
            from batchctl.local.emulator import faults

            faults.apply(faults_path)
    _raise_open_file_limit()
    # What is there now stays: no collection needs to look at it again.
    gc.collect()
    gc.freeze()
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    server = _Server(_config(loopback, port))
    # uvloop where there is one. Not asyncio.run: it would wait for running invocations.
    new_loop = server.config.get_loop_factory() or asyncio.new_event_loop
    new_loop().run_until_complete(server.serve_until_signal())
    lambda_runtime.reset()


class _Server(uvicorn.Server):
    """Ends at a signal, and lets the process do the rest of its own end: uvicorn would raise the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of uvicorn's own."""
        yield

    async def serve_until_signal(self) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self._end)
        await self.serve()

    def _end(self) -> None:
        self.should_exit = True


def _config(loopback: Loopback, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        Guarded(FrontDoor(app.app), loopback),
        host=HOST,
        port=port,
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        # MiniStack has its own headers, as AWS has; and nobody forwards to it.
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
    )


def _watch_parent(parent: int) -> None:
    # Not PR_SET_PDEATHSIG: that tells of the end of the parent's thread, and only on Linux.
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _raise_open_file_limit() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
