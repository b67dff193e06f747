"""On what the figures were measured: without it they say nothing."""

import os
import platform
from contextlib import suppress
from pathlib import Path


def describe() -> str:
    """Processor, cores, memory, system and Python, in a line."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {gigabytes:.0f} GiB, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _processor() -> str:
    with suppress(OSError):  # only Linux has it
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return f"{line.partition(':')[2].strip()}, {platform.machine()}"
    return platform.machine()
