"""The stack registers its operations as tools, takes back what it no longer offers, and leaves other stacks' entries."""

from pathlib import Path
from typing import Any

import pytest

from batch_processor.errors import BatchProcessorError, InvalidEntry
from batch_processor.handlers import register_entry
from batch_processor.operations.catalogue import OPERATIONS
from batch_processor.operations.registration import entries_of
from batch_processor.operations.tool_call import offered
from batch_processor.registry.tables import OWNER, DynamoDbRegistries
from tests.functional.tables import REGISTRIES
from tests.statemachine import cloudformation

ROOT = Path(__file__).parents[3]
STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/batch-processor-dev/1a2b"
READER, ACTOR = (f"arn:aws:lambda:eu-west-1:123456789012:function:{name}" for name in ("reader", "actor"))
RESOURCE = cloudformation.load(ROOT / "template.yaml")["Resources"]["OperationTools"]["Properties"]


@pytest.fixture
def registries(account: None) -> DynamoDbRegistries:
    return DynamoDbRegistries(REGISTRIES)


def properties(prefix: str = "", acts: list[str] | None = None) -> dict[str, Any]:
    groups = [(READER, ["list_batches", "get_rows"]), (ACTOR, ["cancel_batch"] if acts is None else acts)]
    return {
        "Kind": "operations",
        "Prefix": prefix,
        "Tools": [{"Function": arn, "Names": names} for arn, names in groups],
    }


def carry_out(kind: str, given: dict[str, Any], before: str = "none", stack: str = STACK, **more: Any) -> str:
    event = {
        "RequestType": kind, "StackId": stack, "LogicalResourceId": "OperationTools", "ResourceProperties": given, **more
    }  # fmt: skip
    return register_entry._carry_out(event, before)


def names(registries: DynamoDbRegistries) -> set[str]:
    return {str(entry["tool_name"]) for entry in registries.overview("tool")}


def test_template_offers_every_operation_through_the_function_that_may_do_it() -> None:
    reads, acts = RESOURCE["Tools"]
    assert reads == {"Function": {"!GetAtt": "ReadBatchesFunction.Arn"}, "Names": offered(reads_only=True)}
    assert acts == {"Function": {"!GetAtt": "ActOnBatchesFunction.Arn"}, "Names": offered(reads_only=False)}


def test_every_operation_makes_an_entry() -> None:
    groups = [{**group, "Function": arn} for group, arn in zip(RESOURCE["Tools"], (READER, ACTOR), strict=True)]
    entries = entries_of({"Prefix": "", "Tools": groups})
    assert [entry.name for entry in entries] == [*offered(reads_only=True), *offered(reads_only=False)]
    assert all(entry.document()["description"] == OPERATIONS[entry.name].description for entry in entries)


def test_operations_are_registered(registries: DynamoDbRegistries) -> None:
    assert carry_out("Create", properties()) == "operations/"
    assert names(registries) == {"list_batches", "get_rows", "cancel_batch"}
    entry = registries.entry("tool", "cancel_batch") or {}
    assert (entry["lambda_arn"], entry["tags"]) == (ACTOR, ["batch-operation", "acts"])
    assert entry["input_schema"]["required"] == ["execution_arn"]
    assert entry[OWNER] == f"{STACK}/OperationTools"


def test_operation_that_is_offered_no_more_goes(registries: DynamoDbRegistries) -> None:
    before = carry_out("Create", properties())
    after = carry_out("Update", properties(acts=["resume_batch"]), before, OldResourceProperties=properties())
    assert after == before
    assert names(registries) == {"list_batches", "get_rows", "resume_batch"}


def test_another_prefix_makes_other_tools_and_the_former_ones_go_after(registries: DynamoDbRegistries) -> None:
    before = carry_out("Create", properties())
    after = carry_out("Update", properties("two_"), before, OldResourceProperties=properties())
    assert after != before
    assert len(names(registries)) == 6
    carry_out("Delete", properties(), before)
    assert names(registries) == {"two_list_batches", "two_get_rows", "two_cancel_batch"}


def test_second_stack_with_the_same_names_is_refused_and_takes_nothing_along(registries: DynamoDbRegistries) -> None:
    carry_out("Create", properties())
    other = STACK.replace("dev", "prod")
    with pytest.raises(BatchProcessorError, match="not by this stack"):
        carry_out("Create", properties(), stack=other)
    carry_out("Delete", properties(), stack=other)
    assert names(registries) == {"list_batches", "get_rows", "cancel_batch"}


def test_misspelt_operation_is_refused_with_what_was_meant(account: None) -> None:
    with pytest.raises(InvalidEntry, match=r"/Tools/1/Names/0.*did you mean 'cancel_batch'"):
        carry_out("Create", properties(acts=["cancel_batsh"]))
