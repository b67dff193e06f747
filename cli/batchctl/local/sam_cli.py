"""The SAM CLI, in an environment of its own: it pins a boto3 that is not ours.

In a checkout `make` makes it. Installed, the first command that needs it does, in the user's cache.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from batchctl.errors import Expected
from batchctl.project import BUILDS, IS_INSTALLED, ROOT

_REQUIREMENTS = ROOT / "requirements" / "sam.txt"


class SamFailed(Expected):
    """SAM ended with an error, or cannot be set up; carries all that was printed."""


def environment() -> Path:
    """The folder of the environment; it differs by the versions of SAM and of Python."""
    if not IS_INSTALLED:
        return ROOT / ".venv-sam"
    versions = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return BUILDS / f"sam-{versions}-{sys.implementation.cache_tag}"


def python_folder() -> Path:
    """Where SAM finds the pythonX.Y that functions run on, with pip; those that uv makes have none."""
    return environment() / "bin" if IS_INSTALLED else Path(sys.executable).parent


def set_up(say: Callable[[str], None]) -> None:
    """Installs SAM unless it is there already; SamFailed says why it cannot."""
    folder = environment()
    if not IS_INSTALLED:
        if not (folder / "bin" / "sam").exists():
            raise SamFailed(f"There is no SAM CLI in {folder}. Type `make {folder.name}/.installed`.")
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Another command may be about to do the same.
    with FileLock(f"{folder}.lock"):
        finished, python = folder / ".installed", folder / "bin" / "python"
        if finished.exists() and python.exists():
            return
        say("Setting up the SAM CLI (once, some minutes)")
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        # The list is whole; some versions of pip would look for other ones of what it has without extras.
        _run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(_REQUIREMENTS))
        finished.touch()


def _run(*command: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(command, env=inherited, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SamFailed(
            f"The SAM CLI cannot be set up: `{' '.join(command)}` failed ({done.returncode}). "
            "It needs Python's venv with pip, and a package registry that answers; then type the same again.\n"
            f"{done.stdout}\n{done.stderr}".rstrip()
        )
