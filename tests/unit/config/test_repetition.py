"""What a configuration says of asking twice."""

from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.config.repetition import RepetitionOptions
from batch_processor.errors import InvalidConfiguration
from tests.unit.configs import make_document


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, RepetitionOptions(None, None)),
        ({"deduplicate": True}, RepetitionOptions(True, None)),
        ({"deduplicate": False, "cache": False}, RepetitionOptions(False, False)),
        ({"cache": True}, RepetitionOptions(None, True, 30)),
        ({"cache": {}}, RepetitionOptions(None, True, 30)),
        ({"cache": {"max_age_days": 2}}, RepetitionOptions(None, True, 2)),
    ],
)
def test_keys_say_it_in_each_of_their_forms(given: dict[str, Any], expected: RepetitionOptions) -> None:
    assert parse(make_document(**given)).repetition == expected


@pytest.mark.parametrize(
    ("given", "pointer", "told"),
    [
        ({"deduplicate": "yes"}, "/deduplicate", 'expected true or false, got "yes"'),
        (
            {"cache": 30},
            "/cache",
            'an object {max_age_days}, got 30; for answers of up to 30 days write {"max_age_days": 30}',
        ),
        ({"cache": "true"}, "/cache", "write it without quotes: true"),
        ({"cache": {"max_age_days": 0}}, "/cache/max_age_days", "expected a whole number of days, 1 to 365, got 0"),
        ({"cache": {"days": 3}}, "/cache/days", "use max_age_days"),
        ({"cache": True, "storage_mode": "inline"}, "/cache", "leave storage_mode to auto"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(given: dict[str, Any], pointer: str, told: str) -> None:
    with pytest.raises(InvalidConfiguration) as refused:
        parse(make_document(**given))
    (problem,) = refused.value.problems
    assert problem.pointer.startswith(pointer)
    assert told in problem.message


def test_cache_that_is_off_goes_with_any_storage() -> None:
    assert parse(make_document(cache=False, storage_mode="inline")).repetition.cache is False
