"""What AWS does and MiniStack does not, as observations that both a patched and an unpatched emulator can be put to."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.emulator.local_aws import LocalAws, caught

Observation = Callable[[LocalAws], Any]
Test = Callable[..., None]

TOO_MUCH = 262_145  # bytes: one more than a payload may have


class Item(NamedTuple):
    """What an observation yields on AWS, and the module that makes it so here."""

    observe: Observation
    module: str
    on_aws: Any

    def check(self, aws: LocalAws) -> None:
        """It is as on AWS."""
        assert self.observe(aws) == self.on_aws

    def check_gap(self, aws: LocalAws) -> None:
        """It is not yet so without us."""
        try:
            observed = self.observe(aws)
        except Exception as exc:
            observed = exc
        done = f"MiniStack does this now ({item_id(self)}): delete it from {self.module}.py, and this item"
        assert observed != self.on_aws, done


class Items(list[Item]):
    """The observations of one test module."""

    def item(self, module: str, on_aws: Any) -> Callable[[Observation], Observation]:
        """Register an observation."""

        def register(observe: Observation) -> Observation:
            self.append(Item(observe, module, on_aws))
            return observe

        return register

    def tests(self) -> tuple[Test, Test]:
        """The two tests of all observations: that ours behaves as AWS does, and that MiniStack by itself does not."""

        @pytest.mark.parametrize("item", self, ids=item_id)
        def behaves_as_aws_does(item: Item, patched: LocalAws) -> None:
            item.check(patched)

        @pytest.mark.parametrize("item", self, ids=item_id)
        def ministack_does_not_do_it_by_itself(item: Item, unpatched: LocalAws) -> None:
            item.check_gap(unpatched)

        return behaves_as_aws_does, ministack_does_not_do_it_by_itself


def item_id(value: Item) -> str:
    """The observation's name."""
    return value.observe.__name__


def caught_error(aws: LocalAws, state: dict[str, Any], *errors: str, **run: Any) -> Any:
    """The name of the error that a Catch got, or how it ended otherwise."""
    execution = aws.run(caught(state, *errors), **run)
    output = json.loads(execution.get("output") or "null")
    name = output.get("Error") if isinstance(output, dict) else None
    return name or f"{execution['status']}, nothing caught"


def error_of(call: Callable[..., Any], **arguments: Any) -> str:
    """The code that a call is refused with."""
    try:
        call(**arguments)
    except ClientError as exc:
        return str(exc.response["Error"]["Code"])
    return "none"
