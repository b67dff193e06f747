"""What is noted of an entry that can be registered."""

from typing import Any

import pytest

from batch_processor.registry.entries import parse_entry
from batch_processor.registry.notes import entry_notes
from tests.unit.configs import TOOL

ENTRY: dict[str, Any] = {"tool_name": "enrich", "lambda_arn": TOOL}


@pytest.mark.parametrize(
    ("key", "meant"),
    [("idempotant", "idempotent"), ("Deterministic", "deterministic"), ("is_idempotent", "idempotent")],
)
def test_key_that_is_nearly_one_is_noted_as_nobody_reads_it(key: str, meant: str) -> None:
    (note,) = entry_notes(parse_entry("tool", {**ENTRY, key: True}), at="/entry")
    assert note.pointer == f"/entry/{key}"
    assert note.message == f"\"{key}\" is kept, and no batch reads it; did you mean '{meant}'?"


def test_keys_of_the_targets_own_are_not_noted() -> None:
    own = {"tags": ["a"], "parameters": {"idempotant": 1}, "metadata": {}, "owner": "sales", "tools": []}
    assert list(entry_notes(parse_entry("tool", {**ENTRY, **own, "idempotent": True}))) == []
