"""Stacks that are updated while batches run: what of another contract meets ends the batch, and none is paid for twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batch_processor.contract.number import CONTRACT
from batchctl.local import sam
from batchctl.local.stack import MAIN, LocalStack
from tests.batch_run import BatchError
from tests.integration import trees
from tests.integration.batches import Batches, Inbox, Outcome, Rows, wait_until
from tests.integration.builds import Builds
from tests.integration.conftest import TARGETS, HastyEmulator

AT_ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": 4, "retry_policy": {"max_attempts": 3}}}
MODES = ("auto", "distributed")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, builds: Builds) -> Iterator[LocalStack]:
    """A stack of its own, which begins as the product is."""

    def build(stack: sam.Stack) -> None:
        if isinstance(stack, trees.Tree):
            stack.build_once()
        else:
            builds.build(stack)

    emulator = HastyEmulator(auth=True, log_path=tmp_path_factory.mktemp("updated-stack") / "emulator.log")
    with LocalStack(emulator=emulator, stacks=(MAIN, TARGETS), build=build) as stack:
        yield stack


class Gate:
    """Holds the calls of rows that are `gated` until it is opened."""

    def __init__(self, account: LocalStack) -> None:
        self._table = account.client("dynamodb")
        self._place = {"TableName": account.outputs["TestCallsTableName"], "Key": {"text": {"S": "gate"}}}

    def open(self) -> None:
        self._table.update_item(
            **self._place,
            UpdateExpression="SET #open = :yes ADD calls :none",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":yes": {"BOOL": True}, ":none": {"N": "0"}},
        )

    def close(self) -> None:
        self._table.delete_item(**self._place)


class Held:
    """A batch of which some rows have been answered, and some are on their way until the gate is opened."""

    def __init__(self, account: LocalStack, map_mode: str, **changes: Any) -> None:
        self.batches = Batches(account, map_mode)
        self.rows = Rows(*["counted", "gated", "counted"] * 20)
        self.run = self.batches.start(self.batches.config(self.rows.csv, **{**AT_ONCE, **changes}))
        wait_until(lambda: sum(self.rows.calls(self.batches)[1::3]) >= 2)

    def failure(self) -> str:
        with pytest.raises(BatchError) as caught:
            self.run.wait()
        return str(caught.value)

    def partial(self) -> Outcome:
        """The CSV that it left."""
        [key] = [key for key in self.batches.keys("outputs/") if self.run.name in key and key.endswith(".partial.csv")]
        summary = self.batches.read(f"s3://{self.batches.bucket}/{key.removesuffix('.csv')}.summary.json")
        return self.batches.outcome(json.loads(summary))

    def resumed(self) -> Outcome:
        return self.batches.outcome(self.batches.start({"resume_from": self.run.name}).wait())


def _check_end(held: Held) -> list[int]:
    """The batch has ended with its reason, every answer it was given, and what to type; the calls that it made."""
    told, calls, partial = held.failure(), held.rows.calls(held.batches), held.partial()
    assert "StackUpdated" in told
    assert f'Start {{"resume_from": "{held.run.name}"}} to go on with it' in told
    assert partial.summary["status"] == "PARTIAL"
    assert partial.column("text") == held.rows.texts
    assert set(calls) <= {0, 1}
    assert [status == "SUCCESS" for status in partial.column("_status")] == [call == 1 for call in calls]
    assert {row["echo"] for row in partial.rows if row["_status"] == "SUCCESS"} <= set(held.rows.texts)
    return calls


def _check_resumed(held: Held) -> None:
    outcome = held.resumed()
    assert outcome.column("echo") == held.rows.texts
    assert set(outcome.column("_status")) == {"SUCCESS"}
    assert held.rows.calls(held.batches) == [1] * len(held.rows.texts)


def test_updates_end_batches_of_another_contract_and_no_others(account: LocalStack, tmp_path: Path) -> None:
    gate, letters = Gate(account), Inbox(account, account.outputs["DeadLetterQueueUrl"])
    machine = account.outputs["StateMachineArn"]
    newer, touched = (
        trees.of_contract(_folder(tmp_path, "newer"), CONTRACT + 1),
        trees.touched(trees.of_contract(_folder(tmp_path, "touched"), CONTRACT + 1)),
    )
    # Before calls are held up.
    for build in (newer, touched):
        build.build_once()
    former = account.client("stepfunctions").describe_state_machine(stateMachineArn=machine)["definition"]
    inline, distributed = (Held(account, mode) for mode in MODES)
    strict = Held(account, "distributed", **_strict())
    account.add(newer)
    gate.open()
    assert set(_check_end(inline)) == {1}
    for held in (distributed, strict):
        # Row batches that had not begun call nobody.
        assert set(_check_end(held)) == {0, 1}
    for held in (inline, distributed, strict):
        _check_resumed(held)
    _check_begun(account, former)
    assert letters.count("StackUpdated") == 0
    gate.close()
    unharmed = [Held(account, mode) for mode in MODES]
    account.add(touched)
    gate.open()
    for held in unharmed:
        assert set(held.batches.outcome(held.run.wait()).column("_status")) == {"SUCCESS"}
        assert held.rows.calls(held.batches) == [1] * len(held.rows.texts)


def _check_begun(account: LocalStack, former: str) -> None:
    """A batch that began under the former definition, and now gets to the functions, is refused; a new one runs."""
    batches, rows, states = Batches(account), Rows("counted"), account.client("stepfunctions")
    machine = {"stateMachineArn": account.outputs["StateMachineArn"]}
    current, given = states.describe_state_machine(**machine)["definition"], batches.config(rows.csv, **AT_ONCE)
    states.update_state_machine(**machine, definition=former)
    begun = batches.start(given)
    with pytest.raises(BatchError, match=r"StackUpdated[\s\S]*start it once more, with the same input"):
        begun.wait()
    states.update_state_machine(**machine, definition=current)
    assert batches.outcome(batches.start(given).wait()).column("echo") == rows.texts
    assert rows.calls(batches) == [1]


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def _strict() -> dict[str, Any]:
    return {"execution_config": {**AT_ONCE["execution_config"], "continue_on_error": False}}
