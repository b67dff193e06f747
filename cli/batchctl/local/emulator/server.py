"""MiniStack behind hypercorn, with an end: it takes its Lambda processes along and does not outlive its parent."""

import asyncio
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypercorn.asyncio
import hypercorn.config
from ministack import app
from ministack.core import lambda_runtime

from batchctl.local.emulator.access import function_keys
from batchctl.local.emulator.access.front_door import FrontDoor
from batchctl.local.loopback import HOST, Guarded, Loopback

_PARENT_CHECK_SECONDS = 0.5


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
    threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    # Not asyncio.run: it would wait for running invocations.
    asyncio.new_event_loop().run_until_complete(_serve(loopback, port))
    lambda_runtime.reset()


async def _serve(loopback: Loopback, port: int) -> None:
    config = hypercorn.config.Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    config.loglevel = "WARNING"
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopping.set)

    async def stop() -> None:
        await stopping.wait()

    guarded: Any = Guarded(FrontDoor(app.app), loopback)
    await hypercorn.asyncio.serve(guarded, config, shutdown_trigger=stop)


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
