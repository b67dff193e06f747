"""The deployed stack: on the embedded AWS with IAM enforced, or in an account when BATCH_STACK_NAME names one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from batch_cli.local_stack import LocalStack


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    log_path: Path = tmp_path_factory.mktemp("local-stack") / "emulator.log"
    with LocalStack(auth=True, log_path=log_path) as stack:
        yield stack
