"""The fingerprint tells plans apart exactly where their differences would be told."""

import re
from typing import Any

import pytest

from batch_processor.resumption.differences import differences
from batch_processor.resumption.fingerprint import fingerprint
from tests.unit.plans import PLAN, make_plan

CHANGES: list[dict[str, Any]] = [
    {"source": {"etag": "another"}},
    {"source": {"encoding": "cp1252"}},
    {"source": {"header_digest": "another"}},
    {"target": {"arn": "another"}},
    {"target": {"revision": "another"}},
    {"target": {"version": "2.0.0"}},
    {"target": {"input_format": "messages"}},
    {"input": {"fields": [{"field": "contact", "column": "name"}]}},
    {"input": {"constants": {"tone": "rude"}}},
    {"input": {"required": ["email"]}},
    {"output": {"columns": [{"name": "category"}]}},
    {"output": {"columns": [{"name": "category", "source": ["kind"]}, {"name": "score"}]}},
    {"output": {"extraction": [{"method": "direct"}]}},
]
NOT_DECISIVE: list[dict[str, Any]] = [
    {"source": {"uri": "s3://data/copy.csv", "key": "copy.csv", "version_id": "2"}},
    {"target": {"name": "another"}},
    {"output": {"columns": [{"name": "score"}, {"name": "category"}], "key": "elsewhere.csv"}},
    {"execution": {"max_concurrency": 99}},
    {"batch": {"name": "morning", "id": "arn:morning"}},
    {"storage": {"fingerprint": "0"}},
    {"max_rows": 3},
]


def test_fingerprint_has_128_bits() -> None:
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(PLAN))


@pytest.mark.parametrize("sections", CHANGES)
def test_what_is_told_as_a_difference_changes_the_fingerprint(sections: dict[str, Any]) -> None:
    changed = make_plan(**sections)
    assert list(differences(PLAN, changed, None))
    assert fingerprint(changed) != fingerprint(PLAN)


def test_flag_is_no_number() -> None:
    one, true = (make_plan(input={"constants": {"level": value}}) for value in (1, True))
    assert list(differences(one, true, None))
    assert fingerprint(one) != fingerprint(true)


@pytest.mark.parametrize("sections", NOT_DECISIVE)
def test_what_is_no_difference_leaves_the_fingerprint(sections: dict[str, Any]) -> None:
    changed = make_plan(**sections)
    assert not list(differences(PLAN, changed, None))
    assert fingerprint(changed) == fingerprint(PLAN)


def test_all_changes_have_fingerprints_of_their_own() -> None:
    assert len({fingerprint(make_plan(**sections)) for sections in CHANGES}) == len(CHANGES)


def test_name_that_the_target_is_told_is_told_as_a_difference() -> None:
    """One function may be many tools, and an agent may read by its name what it is to do."""
    for sent in ({"type": "tool"}, {"version": "1.0.0"}, {"type": "tool", "runs": "state_machine"}):
        plan = make_plan(target=sent)
        renamed = make_plan(target={**sent, "name": "another"})
        assert [problem.pointer for problem in differences(plan, renamed, None)] == ["/target"]
        assert fingerprint(renamed) != fingerprint(plan)
