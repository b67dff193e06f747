"""`make audit` asks the database of advisories (OSV) about every version that a lock of the repository has.

    python requirements/audit.py [URL]

Ends with 0 if nothing is known against any, with 1 if something is, and with 3 if that was not to be learnt: an audit that
reached nobody has found nothing, and proves nothing.
"""

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# It runs as a file, in an environment that has pip-audit and nothing of the project.
sys.path.insert(0, str(ROOT))

from requirements import lock  # noqa: E402

OSV = "https://api.osv.dev/v1/query"
CLEAN, FOUND, NOT_CHECKED = 0, 1, 3


class NotChecked(Exception):
    """The service did not answer for all versions; the message says why."""


def versions() -> dict[tuple[str, str], list[str]]:
    """Every (package, version) of the locks, whatever Python or platform it is for, and the locks that have it."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for source in lock.sources():
        path = lock.lock_of(source)
        for pin in lock.pins(path):
            found[pin].append(str(path.relative_to(ROOT)))
    return dict(sorted(found.items()))


def findings(pins: list[tuple[str, str]], url: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(package, version, advisory) for each advisory; NotChecked if pip-audit could not ask for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        answered = [each for path in _lists(pins, Path(folder)) for each in _answers(path, url)]
    if missing := set(pins) - {(each["name"], each.get("version")) for each in answered}:
        raise NotChecked("it did not answer for " + ", ".join("==".join(pin) for pin in sorted(missing)))
    return [(each["name"], each["version"], advisory) for each in answered for advisory in each["vulns"]]


def _answers(path: Path, url: str) -> list[dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        f"--requirement={path}",
        "--disable-pip",
        "--no-deps",
        "--format=json",
    ]
    options = [
        "--vulnerability-service=osv",
        f"--osv-url={url}",
        "--progress-spinner=off",
        f"--cache-dir={path.parent}",
    ]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    try:
        answered: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        raise NotChecked((done.stderr.strip().splitlines() or ["it said nothing"])[-1]) from None
    return answered


def _lists(pins: list[tuple[str, str]], folder: Path) -> Iterator[Path]:
    """Lists for pip-audit, none of which has a package in two versions."""
    by_name = defaultdict[str, list[str]](list)
    for name, version in pins:
        by_name[name].append(f"{name}=={version}\n")
    for number, lines in enumerate(zip_longest(*by_name.values(), fillvalue="")):
        path = folder / f"{number}.txt"
        path.write_text("".join(lines), encoding="utf-8")
        yield path


def main(url: str) -> int:
    """Prints what there is to know, and returns the code to end with."""
    places = versions()
    try:
        found = findings(list(places), url)
    except NotChecked as exc:
        print(f"NOTHING WAS CHECKED: {url} could not be asked about all {len(places)} versions. {exc}", file=sys.stderr)
        print("This is no clean result. Run `make audit` again where that address can be reached.", file=sys.stderr)
        return NOT_CHECKED
    for name, version, advisory in found:
        names = ", ".join([advisory["id"], *advisory["aliases"]])
        fixed = ", ".join(advisory["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {names}; fixed in {fixed}; in {', '.join(places[name, version])}")
        print(f"    {advisory['description'][:200]}")
    print(f"{len(places)} versions were checked; {len(found)} advisories.")
    return FOUND if found else CLEAN


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or [OSV])))
