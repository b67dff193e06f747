"""The commands that the local stack is used with, for shells that do not have them: this batchctl, and its SAM CLI."""

import os
import shlex
import sys
from pathlib import Path

import batch_processor
import batchctl
from batchctl.local import sam_cli
from batchctl.project import BUILDS

FOLDER = BUILDS / "local" / "bin"
_EXECUTABLE = 0o700
_PACKAGES = [str(Path(str(package.__file__)).parents[1]) for package in (batchctl, batch_processor)]
_PYTHONPATH = os.pathsep.join(dict.fromkeys(_PACKAGES))
# What a checkout's batchctl is found by must not reach SAM, which has an environment of its own.
_SAM = """\
unset PYTHONPATH
export SAM_CLI_TELEMETRY=0 PATH={python_folder}:"$PATH"
exec {sam} "$@"
"""
_BATCHCTL = """\
export PYTHONPATH={pythonpath}
exec {python} -m batchctl "$@"
"""


def write(folder: Path = FOLDER) -> Path:
    """Writes the commands into the folder, and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    sam = sam_cli.environment() / "bin" / "sam"
    scripts = {
        "sam": _SAM.format(sam=_quoted(sam), python_folder=_quoted(sam_cli.python_folder())),
        "batchctl": _BATCHCTL.format(python=_quoted(sys.executable), pythonpath=_quoted(_PYTHONPATH)),
    }
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        (folder / name).chmod(_EXECUTABLE)
    return folder


def _quoted(path: Path | str) -> str:
    return shlex.quote(str(path))
