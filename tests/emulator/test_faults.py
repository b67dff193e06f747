"""Faults in what state machines do by themselves, as tests of the batch processor have them made."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchctl.local.emulator.process import Emulator
from tests.emulator.local_aws import PYTHON, LocalAws, caught, task
from tests.emulator.maps.distributed import ECHO, TOLERANT, map_run
from tests.emulator.maps.express import MARK, Marks, express
from tests.emulator.tasks.test_service_errors import call, table

NAMES = {"name": "{% $states.context.Execution.Name %}", "id": "{% $states.context.Execution.Id %}"}


class Frail:
    """An emulator with faults."""

    def __init__(self, emulator: Emulator, rules: Path) -> None:
        self.aws, self._rules = LocalAws(emulator.environment()), rules

    def fail(self, resource: str, **rule: Any) -> None:
        """From now on have this fault alone, always."""
        rules = [{"resource": resource, "probability": 1, **rule}]
        self._rules.write_text(json.dumps({"seed": 1, "rules": rules}))

    def fired(self) -> list[str]:
        """The faults so far, without what they struck."""
        return [line.split()[1] for line in self._rules.with_suffix(".fired").read_text().splitlines()]


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frail]:
    rules = tmp_path_factory.mktemp("faults") / "rules.json"
    with Emulator(python=PYTHON, auth=True, options=["--faults", str(rules)]) as emulator:
        yield Frail(emulator, rules)


@pytest.mark.parametrize("how", ["in_turn", "at_once"])
def test_express_child_runs_twice_and_counts_once(frail: Frail, how: str) -> None:
    frail.fail("/Twice", within='\\"b\\"', runs_twice=how)
    marks, aws = Marks(), frail.aws
    seconds = {"in_turn": 0, "at_once": 1}[how]
    mark = task(aws.function(MARK), marks.given(mark="{% $states.input %}", seconds=seconds), Output=NAMES)
    execution = aws.run(express({"Mark": mark}, Label="Twice"), {"items": ["a", "b"]})
    first, second = json.loads(execution["output"])
    assert sorted(marks.text()) == ["a", "b", "b"]
    assert first["name"] != second["name"]
    assert map_run(aws, execution)["executionCounts"]["succeeded"] == 2
    assert how in frail.fired()


def test_both_runs_of_a_child_have_its_name(frail: Frail) -> None:
    frail.fail("/Twice", runs_twice="in_turn")
    marks, aws = Marks(), frail.aws
    mark = task(aws.function(MARK), marks.given(mark="{% $states.context.Execution.Id & ' ' %}"), Output=NAMES)
    [counted] = json.loads(aws.run(express({"Mark": mark}, Label="Twice"), {"items": [1]})["output"])
    ids = marks.text().split()
    assert ids[1] == counted["id"] != ids[0]
    assert {one.split(":")[7] for one in ids} == {counted["name"]}


def test_other_children_run_once(frail: Frail) -> None:
    frail.fail("/Twice", runs_twice="in_turn")
    marks, aws = Marks(), frail.aws
    mark = task(aws.function(MARK), marks.given())
    assert aws.run(express({"Mark": mark}, Label="Once"), {"items": [1]})["status"] == "SUCCEEDED"
    assert marks.text() == "x"


def test_child_ends_when_its_time_is_up_also_within_a_call(frail: Frail) -> None:
    frail.fail("/Short", ends_after=1)
    marks, aws = Marks(), frail.aws
    mark = task(aws.function(MARK), marks.given(seconds=4), Next="Then")
    del mark["End"]
    states = express({"Mark": mark, "Then": ECHO}, Label="Short", Output="end", **TOLERANT)
    execution = aws.run(states, {"items": [1]})
    described = map_run(aws, execution)
    assert (execution["stopDate"] - execution["startDate"]).total_seconds() < 3.5
    assert (described["executionCounts"]["timedOut"], described["itemCounts"]["timedOut"]) == (1, 1)


def test_child_whose_time_is_up_is_a_failed_one(frail: Frail) -> None:
    frail.fail("/Short", ends_after=1)
    states = express({"Wait": {"Type": "Wait", "Seconds": 9, "End": True}}, Label="Short")
    assert frail.aws.output(states, {"items": [1]}) == "States.ExceedToleratedFailureThreshold"


@pytest.mark.parametrize("is_made", [False, True])
def test_item_is_not_put_or_the_answer_is_lost(frail: Frail, *, is_made: bool) -> None:
    error = "DynamoDB.ProvisionedThroughputExceededException"
    frail.fail("dynamodb:putItem", within='"row-1"', error=error, cause="slow down", answer_lost=is_made)
    aws = frail.aws
    name = table(aws)
    puts = [call("dynamodb:putItem", TableName=name, Item={"k": {"S": key}}) for key in ("row-1", "row-2")]
    assert aws.output(caught(puts[0]))["Error"] == error
    assert aws.output({"Put": puts[1]})["SdkHttpMetadata"]["HttpStatusCode"] == 200
    stored = {item["k"]["S"] for item in aws.client("dynamodb").scan(TableName=name)["Items"]}
    assert stored == ({"row-1", "row-2"} if is_made else {"row-2"})
