"""Logs of Python functions: one stream for each process, as on AWS, of what the process writes to a file.

A file has room for everything, so that no function ever waits for somebody to read; and nobody has to, before an
invocation ends. MiniStack makes a stream of an invocation, which no function knows by its name.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch_logs, lambda_svc

from batchctl.local.emulator.fidelity.functions import lambda_environment

# In an answer's `log_source`: the log was written where the process is known.
WRITTEN = "written"
_READ_BYTES = 1 << 15
# A file that has been read begins anew beyond this size. Only what is written at that moment is lost, and then only if it
# is by somebody who outlives the invocation.
_MOST_BYTES = 1 << 20

Payload = dict[str, Any]


class LogFile:
    """What a process has written."""

    def __init__(self, path: str) -> None:
        # Closed with the last reference: the log of a process that was ended is still to be read.
        self._file = open(path, "a+b", buffering=0)  # noqa: SIM115
        self._file.seek(0)

    def read(self) -> str:
        """What came since it was read last."""
        descriptor, parts = self._file.fileno(), []
        while part := os.read(descriptor, _READ_BYTES):
            parts.append(part)
            if len(part) < _READ_BYTES:
                break
        if self._file.tell() > _MOST_BYTES:
            self._file.truncate(0)
            self._file.seek(0)
        return b"".join(parts).decode(errors="replace").removesuffix("\n")


def write(function: Payload, stream_name: str, request_id: str, log: str, took_seconds: float) -> None:
    """Add an invocation to the stream of the process that it ran in."""
    config = function["config"]
    group_name, now = lambda_environment.log_group(config), int(time.time() * 1000)
    took_ms, memory_mb = int(took_seconds * 1000), config.get("MemorySize", 128)
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {took_ms} ms\tBilled Duration: {took_ms} ms\t"
        f"Memory Size: {memory_mb} MB\tMax Memory Used: {_peak_megabytes()} MB"
    )
    lines = [
        f"START RequestId: {request_id} Version: {config['Version']}",
        *log.splitlines(),
        f"END RequestId: {request_id}",
        report,
    ]
    events = [{"timestamp": now, "message": line, "ingestionTime": now} for line in lines]
    cloudwatch_logs._append_log_events(_stream(group_name, stream_name), events)
    cloudwatch_logs._fanout_to_subscription_filters(group_name, stream_name, events)


def _peak_megabytes() -> int:
    """As MiniStack has it without Docker: of the processes that have ended."""
    in_a_megabyte = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // in_a_megabyte


def _stream(group_name: str, stream_name: str) -> Payload:
    """The stream, made anew if it is not there, or not any more."""
    group = cloudwatch_logs._log_groups.get(group_name)
    if group is None or stream_name not in group["streams"]:
        names = {"logGroupName": group_name, "logStreamName": stream_name}
        cloudwatch_logs._create_log_group(names)
        cloudwatch_logs._create_log_stream(names)
        group = cloudwatch_logs._log_groups[group_name]
    stream: Payload = group["streams"][stream_name]
    return stream


def apply() -> None:
    """Leave other runtimes' logs to MiniStack."""
    write_other: Callable[..., None] = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(*arguments: Any, log_source: str | None = None) -> None:
        if log_source != WRITTEN:
            write_other(*arguments, log_source=log_source)

    lambda_svc._emit_lambda_logs = emit_lambda_logs
