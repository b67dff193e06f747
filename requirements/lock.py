"""`make lock` compiles every NAME.in of the repository to NAME.txt beside it: complete, pinned, and with hashes.

    python requirements/lock.py UV [--upgrade]

uv keeps the versions that a lock has, unless its .in or --upgrade wants others. The first line of a lock has a digest of
all that it was made of, by which tests/unit/test_locks.py tells without a network whether it still fits.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# In an order in which no lock comes before one that it is to agree with.
FOLDERS = (
    "functions", "requirements", "examples/contact_tool", "examples/address_agent", "examples/agents/llm_agent",
)  # fmt: skip
# The oldest of the Pythons that template.yaml allows. No index and no place is named: both are the machine's own affair.
_OPTIONS = ("--quiet", "--universal", "--generate-hashes", "--python-version=3.11")
_SILENT = ("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links")
_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
_NAMED = re.compile(r"^-[rc] (\S+)$", re.MULTILINE)


def sources() -> list[Path]:
    """Every .in file; local.in before dev.in, which goes on with it."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.in"))]
    return sorted(found, key=lambda path: path.name == "dev.in")


def lock_of(source: Path) -> Path:
    """The lock's file."""
    return source.with_suffix(".txt")


def pins(lock: Path) -> list[tuple[str, str]]:
    """Every (package, version) of a lock, in its order, whatever Python or platform it is for."""
    return _PIN.findall(lock.read_text(encoding="utf-8"))


def first_line(source: Path) -> str:
    """The line that a lock begins with as long as it fits its source."""
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in _made_of(source))).hexdigest()[:16]
    return f"# Made by `make lock` of {source.name} and what that names, {digest}: change that, not this file.\n"


def compile_lock(uv: str, source: Path, *options: str) -> None:
    """Writes the lock anew."""
    lock = lock_of(source)
    command = [uv, "pip", "compile", source.name, "--output-file", lock.name, *_OPTIONS, *_SILENT, *options]
    subprocess.run(command, cwd=source.parent, check=True, stdout=subprocess.DEVNULL)
    lock.write_text(first_line(source) + lock.read_text(encoding="utf-8"), encoding="utf-8")


def _made_of(source: Path) -> list[Path]:
    """The file and all that it names, each once."""
    found = [source]
    for path in found:
        named = _NAMED.findall(path.read_text(encoding="utf-8"))
        found += [file for name in named if (file := (path.parent / name).resolve()) not in found]
    return found


if __name__ == "__main__":
    for each in sources():
        compile_lock(str(Path(sys.argv[1]).resolve()), each, *sys.argv[2:])
        print(lock_of(each).relative_to(ROOT))
