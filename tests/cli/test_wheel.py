"""The wheel: what is in it, what it needs, and that commands run from it in an empty folder."""

import os
import re
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from batchctl import __version__
from batchctl.project import ROOT

BROADBAND = ROOT / "schemas" / "broadband_availability_bt_wholesale.json"
# What commands read or build, by its place in the repository.
BUNDLED = (
    "functions", "statemachine", "examples", "registry", "schemas", "events/samples", "events/table",
    "requirements/sam.txt", "template.yaml", "samconfig.toml",
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was unpacked in; what it depends on is that of this interpreter."""
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "batchctl", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def kept(*places: str) -> dict[str, bytes]:
    """The files under git at these places, links as what they lead to."""
    listed = subprocess.run(["git", "ls-files", "-z", *places], cwd=ROOT, check=True, capture_output=True, text=True)
    return {name: (ROOT / name).read_bytes() for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def within(wheel: zipfile.ZipFile, folder: str) -> dict[str, bytes]:
    names = [name for name in wheel.namelist() if name.startswith(folder)]
    return {name.removeprefix(folder): wheel.read(name) for name in names}


def test_wheel_has_what_commands_read_and_build(wheel: zipfile.ZipFile) -> None:
    assert within(wheel, "batchctl/_project/") == kept(*BUNDLED)


def test_wheel_has_the_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    functions, cli = kept("functions/batch_processor"), kept("cli/batchctl")
    assert within(wheel, "batch_processor/") == {
        name.removeprefix("functions/batch_processor/"): content for name, content in functions.items()
    }
    code = {name: content for name, content in within(wheel, "batchctl/").items() if not name.startswith("_project/")}
    assert code == {name.removeprefix("cli/batchctl/"): content for name, content in cli.items()}
    folders = {name.partition("/")[0] for name in wheel.namelist()}
    assert folders == {"batchctl", "batch_processor", f"batch_processor-{__version__}.dist-info"}


def test_wheel_needs_what_was_tested_and_names_its_command(wheel: zipfile.ZipFile) -> None:
    information = f"batch_processor-{__version__}.dist-info"
    metadata = message_from_string(wheel.read(f"{information}/METADATA").decode())
    lines = (ROOT / "requirements" / "local.txt").read_text(encoding="utf-8").splitlines()
    # Wheels know no hashes.
    pins = [line.removesuffix(" \\") for line in lines if line[0].isalnum()]
    needed = {str(Requirement(line)) for line in metadata.get_all("Requires-Dist", [])}
    assert needed == {str(Requirement(line)) for line in pins}
    assert metadata["Version"] == __version__
    assert "batchctl = batchctl.entry:main" in wheel.read(f"{information}/entry_points.txt").decode()


def test_wheel_is_for_the_pythons_that_functions_run_on(wheel: zipfile.ZipFile) -> None:
    metadata = message_from_string(wheel.read(f"batch_processor-{__version__}.dist-info/METADATA").decode())
    [allowed] = re.findall(
        r"PythonRuntime:.*?AllowedValues: \[(.*?)\]", wheel.read("batchctl/_project/template.yaml").decode(), re.DOTALL
    )
    minors = sorted(int(minor) for minor in re.findall(r"python3\.(\d+)", allowed))
    assert set(metadata["Requires-Python"].split(",")) == {f">=3.{minors[0]}", f"<3.{minors[-1] + 1}"}


def test_sam_is_installed_as_it_was_tested(wheel: zipfile.ZipFile) -> None:
    _, *lines = wheel.read("batchctl/_project/requirements/sam.txt").decode().splitlines()
    requirements = [line for line in lines if not line.startswith(" ")]
    assert all(re.match(r"[\w.-]+==\S+ .*\\$", line) for line in requirements)
    assert any(line.startswith("aws-sam-cli==") for line in requirements)
    assert all(re.match(r" +--hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines if line not in requirements)


def test_version_is_told_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "version").stdout == f"batchctl {__version__}\n"


def test_entries_are_checked_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    ended = run(installed, tmp_path, "registry", "check", ROOT / "registry")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "agent/ticket_triage@1.0.0" in ended.stdout.splitlines()


def test_factory_works_in_the_folder_that_one_is_in(installed: Path, tmp_path: Path) -> None:
    absent = run(installed, tmp_path, "factory", "check")
    assert absent.returncode == 1
    assert "schemas: there are no canonical schemas; expected files as NAME.json" in absent.stderr
    ended = run(installed, tmp_path, "factory", "generate", BROADBAND)
    assert (ended.returncode, ended.stderr) == (0, "")
    name = f"generated/{BROADBAND.stem}"
    assert ended.stdout.startswith(f"{name}: ")
    made = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()
    }
    assert made == kept(name)


def test_examples_are_known_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    ended = run(installed, tmp_path, "demo", "--example", "nosuch")
    assert ended.returncode == 2
    assert (
        "Expected one of addresses, batches, contacts, customers, lines, parcels, products, support, tickets."
        in ended.stderr
    )
    assert list(tmp_path.iterdir()) == []
