"""Prints the interpreter that the embedded stack runs on: Python 3.13 if there is one, else another that Lambda has.

Runs on the machine's own Python, before anything is installed: standard library only.
"""

from __future__ import annotations  # so that an older Python gets as far as the message

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VERSIONS = ("3.13", "3.12", "3.11")  # what template.yaml allows as PythonRuntime, the best first


def main() -> None:
    """Print the path, or say what to install."""
    for version in VERSIONS:
        for candidate in _candidates(version):
            if _is_usable(candidate, version):
                print(candidate)
                return
    sys.exit(
        f"No Python of {', '.join(VERSIONS)} with the module venv was found (this one is {sys.version.split()[0]}). "
        "Install one, e.g. `apt-get install python3 python3-venv`, `brew install python@3.13` or `uv python install 3.13`."
    )


def _candidates(version: str) -> Iterator[str]:
    if found := shutil.which(f"python{version}"):
        yield found
    homes = {
        "PYENV_ROOT": ("~/.pyenv", f"versions/{version}*/bin/python{version}"),
        "UV_PYTHON_INSTALL_DIR": ("~/.local/share/uv/python", f"cpython-{version}*/bin/python{version}"),
    }
    for variable, (default, pattern) in homes.items():
        home = Path(os.environ.get(variable) or default).expanduser()
        yield from (str(path) for path in sorted(home.glob(pattern), reverse=True))
    yield sys.executable
    yield os.path.join(sys.base_prefix, "bin", "python3")


def _is_usable(candidate: str, version: str) -> bool:
    """Ask the interpreter itself: a pyenv shim may not run, and that of a virtual environment goes with it."""
    script = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2] * (sys.prefix == sys.base_prefix))"
    try:
        answer = subprocess.run([candidate, "-c", script], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.strip() == version


if __name__ == "__main__":
    main()
