"""Which interpreter `make` takes, out of fake ones that answer as real ones would."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import find_python

Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any Python but the one that runs this, which is too old."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "old" / "python3"))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "old"))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes an executable that says it is some Python; one that says nothing fails."""

    def make(place: str, says: str = "", exit_code: int = 0) -> Path:
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n[ \"$1\" = -c ] || exit 9\necho '{says}'\nexit {exit_code}\n")
        path.chmod(0o755)
        return path

    return make


def found(capsys: pytest.CaptureFixture[str]) -> str:
    find_python.main()
    return capsys.readouterr().out.rstrip("\n")


def test_best_version_is_taken_wherever_it_is(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make("bin/python3.11", "3.11")
    assert str(make("bin/python3.12", "3.12")) == found(capsys)
    assert str(make("uv/cpython-3.13.5-linux-x86_64-gnu/bin/python3.13", "3.13")) == found(capsys)
    assert str(make("pyenv/versions/3.13.2/bin/python3.13", "3.13")) == found(capsys)
    assert str(make("bin/python3.13", "3.13")) == found(capsys)


def test_shim_that_does_not_run_is_passed_over(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make("bin/python3.13", exit_code=127)
    real = make("pyenv/versions/3.13.2/bin/python3.13", "3.13")
    assert found(capsys) == str(real)


def test_shim_of_another_version_is_passed_over(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make("bin/python3.13", "3.14")
    assert str(make("bin/python3.12", "3.12")) == found(capsys)


def test_python_without_venv_is_passed_over(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make("bin/python3.13", "3.13", exit_code=1)
    assert str(make("bin/python3.12", "3.12")) == found(capsys)


def test_file_that_cannot_be_run_is_passed_over(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    make("pyenv/versions/3.13.2/bin/python3.13", "3.13").chmod(0o644)
    assert str(make("bin/python3.12", "3.12")) == found(capsys)


def test_virtual_environment_is_passed_over_for_the_python_behind_it(
    make: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make("bin/python3.13", "")  # in a virtual environment the question is answered with nothing
    monkeypatch.setattr(sys, "executable", str(make("venv/bin/python3", "")))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "base"))
    assert str(make("base/bin/python3", "3.13")) == found(capsys)


def test_real_virtual_environment_is_no_candidate_and_the_python_behind_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.undo()
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.prefix == sys.base_prefix or running not in find_python.VERSIONS:
        pytest.skip("not in a virtual environment of a version that Lambda has")
    monkeypatch.setattr(find_python, "VERSIONS", (running,))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))
    assert Path(found(capsys)).parent == Path(sys.base_prefix) / "bin"


def test_nothing_that_fits_is_told_with_what_to_install(make: Make) -> None:
    make("bin/python3.10", "3.10")
    make("bin/python3.14", "3.14")
    with pytest.raises(SystemExit) as caught:
        find_python.main()
    message = str(caught.value)
    assert message.startswith("No Python of 3.13, 3.12, 3.11 with the module venv was found (this one is ")
    assert "Install one, e.g." in message


def test_versions_are_those_that_the_template_allows() -> None:
    template = (Path(find_python.__file__).parents[1] / "template.yaml").read_text(encoding="utf-8")
    allowed = re.search(r"AllowedValues: \[(python3[^]]*)\]", template)
    assert allowed
    assert set(allowed[1].split(", ")) == {f"python{version}" for version in find_python.VERSIONS}
