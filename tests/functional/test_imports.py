"""A cold start is paid for by the user: what importing a handler must not load. `make bench` has the times."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
HANDLERS = sorted(path.stem for path in (FUNCTIONS / "batch_processor" / "handlers").glob("[a-z]*.py"))
SDK = {"boto3", "botocore.session"}
# What only some rows need, and what is for configurations and registries. (jmespath comes with the logger.)
NOT_FOR_EVERY_ROW = {"jsonschema", "pydantic", "pystache", "re2", "semver", "jsonpath_rfc9535"}


def loaded(handler: str) -> set[str]:
    """The modules that there are once the handler is imported."""
    code = f"import batch_processor.handlers.{handler}, sys; print(*sys.modules)"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(FUNCTIONS)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_is_imported_without_the_sdk(handler: str) -> None:
    assert not loaded(handler) & SDK


@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_is_imported_without_what_only_a_refusal_needs(handler: str) -> None:
    assert "charset_normalizer" not in loaded(handler)


def test_what_runs_for_every_row_loads_nothing_that_not_every_row_needs() -> None:
    assert not loaded("extract_structured_output") & NOT_FOR_EVERY_ROW
