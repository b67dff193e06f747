"""The deployed stack: on the embedded AWS with IAM enforced, or in an account.

For an account: BATCH_STACK_NAMES="<main stack> <examples stack> <agents stack> <test targets stack>", deployed with the same
environment, the main one with AgentNamePattern and ToolNamePattern as here.
"""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchctl.account import Account, AwsAccount
from batchctl.local import sam
from batchctl.local.emulator.process import Emulator
from batchctl.local.model import LocalModel
from batchctl.local.stack import AGENTS, EXAMPLES, MAIN, LocalStack
from tests.integration.batches import Batches
from tests.integration.builds import Builds
from tests.integration.faults import TaskFaults, free_host

SEED = 20261121
# A batch in one execution, in row batches, and in Express children.
MODES = ("inline", "distributed", "express")
# Patterns that cover the stack's own machines and functions too, which are no targets all the same, and those that a
# page has readers bring along.
_COVERING = dict.fromkeys(("AgentNamePattern", "ToolNamePattern"), "batch-example-*,batch-processor-*,my-*")
WIDE = dataclasses.replace(MAIN, parameters={**MAIN.parameters, **_COVERING})
# Of a second stack, beside one whose names are the default ones.
NAMES = {"DataBucketName": "batch-processor-local-000000000000", "NotificationTopicName": "batches-of-ours"}
NAMED = dataclasses.replace(MAIN, parameters={**MAIN.parameters, **NAMES})
TARGETS = sam.Stack(Path(__file__).parent / "targets", "batch-test-targets-local", {})


def pytest_report_header() -> str:
    return f"seed of the faults: {SEED}"


@pytest.fixture(scope="session")
def model() -> Iterator[LocalModel]:
    """What answers for Bedrock's models, which refuse requests now and then."""
    with LocalModel(throttle_every=5) as running:
        yield running


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Builds:
    """The builds of this run, which the processes of pytest-xdist share."""
    folder = tmp_path_factory.getbasetemp()
    return Builds(folder if worker_id == "master" else folder.parent)


class HastyEmulator(Emulator):
    """Waits between attempts, and nothing else, take a part of their time; other emulators of the same process keep theirs."""

    def __init__(self, *, wait_scale: float = 0.1, **options: Any) -> None:
        super().__init__(**options)
        self._wait_scale = wait_scale

    def start(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SFN_WAIT_SCALE", str(self._wait_scale))
            super().start()


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory, model: LocalModel, builds: Builds) -> Iterator[LocalStack]:
    log_path = tmp_path_factory.mktemp("local-stack") / "emulator.log"
    # Who resumes a batch waits five minutes for its Express children, which `Batches.stop` has seen end.
    emulator = HastyEmulator(wait_scale=0.03, auth=True, log_path=log_path, model_url=model.url)
    with LocalStack(emulator=emulator, stacks=(WIDE, EXAMPLES, AGENTS, TARGETS), build=builds.build) as stack:
        yield stack


@pytest.fixture(scope="session")
def task_faults(tmp_path_factory: pytest.TempPathFactory) -> TaskFaults:
    return TaskFaults(tmp_path_factory.mktemp("faults") / "rules.json", seed=SEED)


@pytest.fixture(scope="session")
def proxy_host() -> str:
    """Where the functions of the stack that fails may be told to call AWS."""
    return free_host()


@pytest.fixture(scope="session")
def frail_stack(
    tmp_path_factory: pytest.TempPathFactory, task_faults: TaskFaults, proxy_host: str, builds: Builds
) -> Iterator[LocalStack]:
    """Another stack, for the tests that kill it and let it fail; it can be started again as it was."""
    folder = tmp_path_factory.mktemp("frail-stack")
    emulator = HastyEmulator(
        auth=True,
        persist=True,
        state_dir=folder / "state",
        log_path=folder / "emulator.log",
        also_called=[proxy_host],
        options=("--faults", str(task_faults.path)),
    )
    with LocalStack(emulator=emulator, stacks=(NAMED, TARGETS), build=builds.build) as stack:
        yield stack


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest) -> Account:
    if names := os.environ.get("BATCH_STACK_NAMES"):
        return AwsAccount(*names.split())
    stack: LocalStack = request.getfixturevalue("local_stack")
    return stack


@pytest.fixture
def batches(request: pytest.FixtureRequest, account: Account) -> Batches:
    # Left to itself, a batch as small as those of the tests runs inline.
    map_mode = {"inline": "auto", "express": "distributed"}.get(request.param, request.param)
    return Batches(account, map_mode, is_express=request.param == "express")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs its batches in all modes, but those that are about some of them, or come before one is chosen."""
    if "batches" in metafunc.fixturenames:
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        modes = ["inline"] if "before_modes" in marks else [mode for mode in MODES if mode in marks] or list(MODES)
        metafunc.parametrize("batches", modes, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects the agents in Express children, as these run none that has to be waited for: row batches would, once more."""
    again = [item for item in items if _given(item, "batches") == "express" and _given(item, "target") == "agent"]
    if again:
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in again]


def _given(item: pytest.Item, parameter: str) -> object:
    return (
        item.callspec.params.get(parameter) if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
