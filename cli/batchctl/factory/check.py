"""Tells whether generated files are still what their schema gives, and whether they agree with each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from batch_processor.document.json_path import MISSING
from batchctl.factory.canonical import Canonical
from batchctl.factory.differences import Difference, differences
from batchctl.factory.folder import MANIFEST, Manifest
from batchctl.factory.generation import generate
from batchctl.factory.layers import disagreements, load, parsed


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference in one file; `about` says which layer it is in, or what else is the matter."""

    file: Path
    about: str
    difference: Difference

    def __str__(self) -> str:
        return f"{self.file} ({self.about}) {self.difference}"


def check(folder: Path, canonical: Canonical) -> list[Finding]:
    """All that is not as it should be in the folder of an extraction."""
    manifest = Manifest.read(folder)
    findings = list(_staleness(folder, manifest, canonical))
    is_stale = bool(findings)
    findings += [Finding(folder / file, layer, one) for layer, file, one in disagreements(folder, canonical)]
    told = {(finding.file, finding.difference.place) for finding in findings}
    for path, text in generate(canonical).items():
        found = _compared(folder / path, text, manifest.made(path, _content(folder / path)), is_stale=is_stale)
        findings += [finding for finding in found if (finding.file, finding.difference.place) not in told]
    return findings


def _staleness(folder: Path, manifest: Manifest, canonical: Canonical) -> Iterator[Finding]:
    if manifest.schema_sha256 != canonical.digest:
        difference = Difference("/schema_sha256", canonical.digest, manifest.schema_sha256 or MISSING)
        yield Finding(folder / MANIFEST, "stale: generate again", difference)


def _compared(file: Path, text: str, made: bool, *, is_stale: bool) -> Iterator[Finding]:
    """Yield where a file differs from what would be generated now."""
    if not file.is_file():
        yield Finding(file, "missing", Difference("", "the file", MISSING))
    elif not made:
        yield from (Finding(file, "edited", one) for one in _differences(file, text))
    elif not is_stale:
        yield from (Finding(file, "made by another version of the factory", one) for one in _differences(file, text))


def _differences(file: Path, text: str) -> Iterator[Difference]:
    content = _content(file)
    if content == text.encode():
        return
    found = load(file)
    structural = [] if found is MISSING else list(differences(parsed(file, text), found))
    yield from structural or [_first_line(text, content.decode(errors="replace"))]


def _first_line(expected: str, found: str) -> Difference:
    pairs = enumerate(zip_longest(expected.splitlines(), found.splitlines(), fillvalue=MISSING), 1)
    for number, (left, right) in pairs:
        if left != right:
            return Difference(f"line {number}", left, right)
    return Difference("", "the same line ends", "others")


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
