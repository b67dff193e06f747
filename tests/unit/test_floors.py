"""The house has floors: a package imports from those below its own. CONTRIBUTING.md says what stands where, and why."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "batch_processor"
HOUSE = ROOT / "functions" / PACKAGE

# From top to bottom. The packages of one floor know nothing of each other. What is still to come has its place already.
FLOORS = (
    ("handlers",),
    ("operations", "report"),
    ("plan",),
    ("map_run", "resumption"),
    ("output", "registry"),
    ("results", "config"),
    ("extraction", "loading"),
    ("batch", "csv_file"),
    ("aws", "contract", "deadline", "json_schema", "mustache"),
    ("cost", "document", "errors", "limits", "logs", "settings"),
)
LEVELS = {name: len(FLOORS) - number for number, floor in enumerate(FLOORS) for name in floor}
# Where calls of AWS are made: all else is pure.
TOUCHES_AWS = {
    "batch/batches_table",
    "batch/manifest",
    "batch/recording",
    "batch/uploaded_config",
    "csv_file/source",
    "extraction/stored_rules",
    "loading/first_rows",
    "loading/row_files",
    "loading/unfinished_rows",
    "map_run/opening",
    "map_run/output",
    "map_run/result_files",
    "operations/analysis/origin",
    "operations/analysis/row_count",
    "operations/batch_name",
    "operations/conversation/keeping",
    "operations/dead_letters/answers",
    "operations/dead_letters/letters",
    "operations/erasure/conversations",
    "operations/erasure/copies",
    "operations/erasure/letters",
    "operations/erasure/listed_batch",
    "operations/erasure/objects",
    "operations/erasure/readiness",
    "operations/erasure/rows",
    "operations/erasure/traces",
    "operations/failures/stored_failures",
    "operations/failures/stored_rows",
    "operations/foreseen",
    "operations/running/confirmation",
    "operations/running/control",
    "operations/running/execution",
    "operations/running/express_rows",
    "operations/running/known_batch",
    "operations/running/listing",
    "operations/running/outcome",
    "operations/running/output_rows",
    "operations/running/request",
    "operations/running/row_batches",
    "operations/talking",
    "output/joining",
    "output/letters",
    "output/part_tally",
    "output/parts",
    "output/publishing",
    "output/row_batch",
    "output/unfinished",
    "plan/deployed_target",
    "plan/nesting",
    "plan/validation",
    "registry/tables",
    "results/answer_cache",
    "results/raw_table",
    "results/results_table",
    "results/spill",
    "results/unstored_answers",
    "resumption/kept_histories",
    "resumption/late_children",
    "resumption/last_run",
    "resumption/lookup",
}
# Packages that hand the names of their modules on.
FACES = {"config", "contract"}
CODE = ("functions", "cli", "tests", "benchmarks", "examples")


@dataclass(frozen=True)
class Import:
    """One imported name and the line that imports it."""

    path: Path
    line: int
    module: str
    relative: bool

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"

    @property
    def importer(self) -> str:
        """The module of the house that imports, as config/target."""
        return self.path.relative_to(HOUSE).with_suffix("").as_posix()

    @property
    def room(self) -> str:
        """What stands on a floor: a package, or a module that is none's."""
        return self.importer.split("/")[0]

    @property
    def imported(self) -> str:
        """What is imported of the house, as aws/s3; empty for all else."""
        inside = self.module == PACKAGE or self.module.startswith(f"{PACKAGE}.")
        return self.module.removeprefix(PACKAGE).removeprefix(".").replace(".", "/") if inside else ""


def imports_of(path: Path) -> Iterator[Import]:
    """All imports of a file, the lazy ones and those for types too; of `from x import y` both x and x.y."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name, relative=False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            yield Import(path, node.lineno, source, relative=bool(node.level))
            for alias in node.names:
                inner = HOUSE.parent / source.replace(".", "/") / alias.name
                if inner.is_dir() or inner.with_suffix(".py").is_file():
                    yield Import(path, node.lineno, f"{source}.{alias.name}", relative=bool(node.level))


@cache
def imports_in(folder: Path) -> tuple[Import, ...]:
    return tuple(found for path in python_files(folder) for found in imports_of(path))


def python_files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {".aws-sam", "node_modules", "__pycache__"})
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


@pytest.fixture(scope="module")
def house() -> list[Import]:
    return [found for found in imports_in(HOUSE) if found.path != HOUSE / "__init__.py"]


def told(rule: str, broken: list[str]) -> str:
    return f"{rule}\n" + "\n".join(broken)


def test_every_room_has_its_floor() -> None:
    rooms = {path.stem for path in HOUSE.iterdir() if path.is_dir() or path.suffix == ".py"} - {
        "__init__",
        "__pycache__",
    }
    assert rooms <= LEVELS.keys(), told(
        "R1: a room stands on no floor; give it one in FLOORS", sorted(rooms - LEVELS.keys())
    )


def test_packages_import_from_floors_below_their_own(house: list[Import]) -> None:
    upward = [
        f"{found.place}: {found.room} is on floor {LEVELS[found.room]}, {room} on {LEVELS[room]}"
        for found in house
        if (room := found.imported.split("/")[0]) and room != found.room and LEVELS[room] >= LEVELS[found.room]
    ]
    assert not upward, told("R1: a package imports from floors below its own only", upward)


def test_modules_of_a_package_do_not_import_each_other_in_circles(house: list[Import]) -> None:
    arrows: dict[str, set[str]] = {}
    for found in house:
        if found.imported and found.imported.split("/")[0] == found.room:
            arrows.setdefault(found.importer, set()).add(found.imported)
    while leaves := {name for name in arrows if not any(target in arrows for target in arrows[name])}:
        for name in leaves:
            del arrows[name]
    circles = [f"{name} imports {', '.join(sorted(arrows[name] & arrows.keys()))}" for name in sorted(arrows)]
    assert not circles, told("R1: no circles within a package either", circles)


def test_boto3_is_imported_in_one_place(house: list[Import]) -> None:
    found = [found.place for found in house if found.module.split(".")[0] == "boto3" and found.importer != "aws/client"]
    assert not found, told("R2: boto3 is imported in aws/client.py alone", found)


def test_clients_stay_within_the_gateways(house: list[Import]) -> None:
    found = [found.place for found in house if found.imported == "aws/client" and found.room != "aws"]
    assert not found, told(
        "R2: aws.client is imported by aws/ alone; put the call into the gateway of its service", found
    )


def test_gateways_know_nothing_of_the_house_but_its_errors(house: list[Import]) -> None:
    found = [
        found.place
        for found in house
        if found.room == "aws" and found.imported and found.imported.split("/")[0] not in ("aws", "errors")
    ]
    assert not found, told("R2: aws/ imports nothing of the house but errors", found)


def test_nothing_imports_a_handler() -> None:
    found = [
        found.place
        for folder in ("functions", "cli", "benchmarks")
        for found in imports_in(ROOT / folder)
        if found.imported.startswith("handlers/")
        and not found.path.is_relative_to(ROOT / "benchmarks")  # which time a handler as it is
    ]
    assert not found, told("R3: no module imports a handler", found)


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_package_holds_its_docstring_or_hands_names_on(path: Path) -> None:
    room = path.parent.relative_to(HOUSE).as_posix()
    _, *others = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.ImportFrom, ast.Assign) if room in FACES else ()
    assert all(isinstance(node, allowed) for node in others), (
        f"R3: {path.relative_to(ROOT)} holds more than its docstring"
    )


def test_config_is_not_imported_through_its_face_from_beside_or_below(house: list[Import]) -> None:
    found = [found.place for found in house if found.imported == "config" and LEVELS[found.room] <= LEVELS["config"]]
    assert not found, told("R3: beside config and below it, its modules are imported by their names", found)


def test_imports_are_absolute() -> None:
    found = [found.place for folder in CODE for found in imports_in(ROOT / folder) if found.relative]
    assert not found, told("R4: imports are absolute", found)


def test_pure_stays_pure(house: list[Import]) -> None:
    found = {
        found.importer: found.place
        for found in house
        if found.imported.split("/")[0] == "aws" and found.room not in ("aws", "handlers")
    }
    assert found.keys() <= TOUCHES_AWS, told(
        "R5: only the modules in TOUCHES_AWS import aws", [found[name] for name in sorted(found.keys() - TOUCHES_AWS)]
    )
    assert found.keys() == TOUCHES_AWS, f"R5: these import aws no more: {sorted(TOUCHES_AWS - found.keys())}"
