"""The work of the factory on files: each schema in its own folder, and what is told of all of them."""

from pathlib import Path

from batchctl.errors import Expected
from batchctl.factory.canonical import Canonical, InvalidSchema, read
from batchctl.factory.check import Finding, check
from batchctl.factory.folder import MANIFEST, Refused, write
from batchctl.factory.generation import generate
from batchctl.factory.names import collisions
from batchctl.project import WORKING_FOLDER

SCHEMAS = WORKING_FOLDER / "schemas"
GENERATED = WORKING_FOLDER / "generated"


class FactoryFailed(Expected):
    """What keeps the factory from its work, file by file."""


def generate_all(paths: list[Path], out: Path | None, *, force: bool) -> list[str]:
    """Writes the files of the schemas; the lines to print. FactoryFailed where something is not as it should be."""
    out, lines = out or GENERATED, []
    for path, canonical in _read_all(paths).items():
        folder = out / canonical.names.module
        try:
            changed = write(folder, canonical, _made(path, canonical), force=force)
        except Refused as exc:
            raise FactoryFailed(f"{path}: {exc}") from exc
        except OSError as exc:
            raise FactoryFailed(_unwritable(folder, exc)) from exc
        lines.append(f"{shown(folder)}: {_count(changed)}")
    return lines


def check_all(paths: list[Path], out: Path | None) -> list[str]:
    """The lines to print, of all schemas that are generated if none is named; FactoryFailed has the findings."""
    out, lines, findings = out or GENERATED, [], []
    every = _read_all(paths or _all_schemas())
    for path, canonical in every.items():
        folder = out / canonical.names.module
        if not paths and not (folder / MANIFEST).is_file():
            lines.append(f"{shown(folder)}: not generated")
            continue
        found = _found(path, canonical, folder)
        findings += [str(finding) for finding in found]
        lines.append(f"{shown(folder)}: {len(found) or 'no'} finding{'' if len(found) == 1 else 's'}")
    folders = {canonical.names.module for canonical in every.values()}
    if not paths:
        for manifest in sorted(out.glob(f"*/{MANIFEST}")):
            if manifest.parent.name not in folders:
                findings.append(f"{shown(manifest.parent)}: its canonical schema is not in {shown(SCHEMAS)}")
    if findings:
        raise FactoryFailed("\n".join(findings))
    return lines


def _all_schemas() -> list[Path]:
    if found := canonical_schemas(SCHEMAS):
        return found
    raise FactoryFailed(f"{shown(SCHEMAS)}: there are no canonical schemas; expected files as NAME.json. Or name some.")


def canonical_schemas(folder: Path) -> list[Path]:
    """The canonical schemas in a folder, which has published JSON Schemas, called *.schema.json, as well."""
    return [path for path in sorted(folder.glob("*.json")) if not path.name.endswith(".schema.json")]


def shown(path: Path) -> str:
    """The path as the user would write it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _read_all(paths: list[Path]) -> dict[Path, Canonical]:
    found, faults = {}, []
    for path in paths:
        try:
            found[path] = read(path)
        except (OSError, InvalidSchema) as exc:
            faults.append(f"{path}: {exc}")
    names = {str(path): canonical.shape.extraction_name for path, canonical in found.items()}
    faults += [f"{file}: another schema, {other}, comes down to the same name: {name.strip('-')}"
               for file, other, name in collisions(names)]  # fmt: skip
    if faults:
        raise FactoryFailed("\n".join(faults))
    return found


def _unwritable(folder: Path, exc: OSError) -> str:
    return (
        f"{shown(folder)}: it cannot be written: {exc.strerror}: {exc.filename}. "
        "Expected a folder, with files only where files are made; clear the place, or name another with --out."
    )


def _made(path: Path, canonical: Canonical) -> dict[str, str]:
    try:
        return generate(canonical)
    except InvalidSchema as exc:
        raise FactoryFailed(f"{path}: {exc}") from exc


def _found(path: Path, canonical: Canonical, folder: Path) -> list[Finding]:
    try:
        return check(folder, canonical)
    except InvalidSchema as exc:
        raise FactoryFailed(f"{path}: {exc}") from exc


def _count(changed: list[str]) -> str:
    return f"{len(changed)} file{'' if len(changed) == 1 else 's'} written" if changed else "up to date"
