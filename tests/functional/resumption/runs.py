"""Batches that have been run, and ValidateInput of the batch that resumes one."""

from typing import Any

import pytest
from moto.stepfunctions.models import stepfunctions_backends

from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.contract import Plan, RowResult
from batch_processor.contract.number import CONTRACT
from batch_processor.errors import InvalidConfiguration
from batch_processor.handlers import aggregate_results, load_csv_data
from batch_processor.handlers.validate_input import handle
from tests.functional.batches import as_json
from tests.functional.conftest import ENVIRONMENT
from tests.unit.plans import make_loaded

ACCOUNT = "123456789012"
MACHINE = ENVIRONMENT["STATE_MACHINE_ARN"]
EXECUTIONS = MACHINE.replace(":stateMachine:", ":execution:")
PEOPLE = b"name,email\nAna,a@x.org\n"


def validate(name: str, given: Any, day: int = 22) -> Plan:
    execution = {"id": f"{EXECUTIONS}:{name}", "name": name, "started_at": f"2026-11-{day}T09:34:44.123Z"}
    plan: Plan = as_json(handle({"contract": CONTRACT, "input": given, "execution": execution}, None))
    return plan


def run(name: str, given: Any, status: str | None = "FAILED", day: int = 21, **storage: Any) -> Plan:
    """A batch that has loaded its rows and then come to an end."""
    plan = validate(name, given, day)
    kept: Any = {**plan["storage"], "mode": "dynamodb", **storage}
    manifest.write(plan, make_loaded(1, storage=kept))
    if status:
        end(name, status)
    return plan


def end(name: str, status: str) -> None:
    client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=name, input="{}")
    set_status(name, status)


def set_status(name: str, status: str) -> None:
    machine = stepfunctions_backends[ACCOUNT]["eu-west-1"].describe_state_machine(MACHINE)
    next(found for found in machine.executions if found.name == name).status = status


def problems(name: str, given: Any, day: int = 22) -> dict[str, str]:
    """The problems by pointer; of several at one, the last."""
    with pytest.raises(InvalidConfiguration) as caught:
        validate(name, given, day)
    return {found.pointer: found.message for found in caught.value.problems}


def load(plan: Plan, **given: Any) -> dict[str, Any]:
    answer: dict[str, Any] = as_json(load_csv_data.handle(as_json({"plan": plan, "given": given}), None))
    return answer


def finish(plan: Plan, *results: RowResult) -> dict[str, Any]:
    """Runs a batch to its end; returns what was loaded."""
    answer = load(plan)
    aggregate_results.handle(as_json({"plan": plan, "loaded": answer["loaded"], "results": results}), None)
    end(plan["batch"]["name"], "SUCCEEDED")
    return answer
