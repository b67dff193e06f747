"""The address validator knows how countries write addresses, and does not pretend to know houses."""

from typing import Any

import pytest

from address_country import read_country
from postal_code import tidy_postal_code
from tests.examples.function_agents import validator_of
from validate_address import MissingAddress, handler

LONDON = {"street": "13 Albion Drive", "city": "London", "postal_code": "E8 4LX", "country": "GB"}


def validate(**changes: str | None) -> dict[str, Any]:
    answer = handler({**LONDON, **changes}, None)
    validator_of("address_validator").validate(answer)
    return answer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gb", "GB"), ("UK", "GB"), ("England", "GB"), ("united  states", "US"), ("Deutschland", "DE"), ("日本", "JP"),
        ("Finland", "FI"), ("AX", "AX"), ("Channel Islands", None), ("Atlantis", None), ("", None), ("../gb", None),
    ],
)  # fmt: skip
def test_country_is_read_by_code_and_by_name(text: str, code: str | None) -> None:
    assert read_country(text) == code


@pytest.mark.parametrize(
    ("text", "tidied"),
    [("e84lx", "E8 4LX"), (" E8  4lx ", "E8 4LX"), ("ec1y8sy", "EC1Y 8SY"), ("1234", "1234"), ("E8-4LX", "E8 4LX")],
)
def test_postal_code_is_written_as_the_countrys_examples_are(text: str, tidied: str) -> None:
    assert tidy_postal_code(text, ["EC1Y 8SY", "M2 5BQ", "CR0 2YR"]) == tidied


def test_address_comes_out_in_its_countrys_form_and_says_what_was_changed() -> None:
    answer = validate(postal_code="e84lx", state="Hackney", country="uk")
    assert answer["formatted_address"] == "13 Albion Drive\nLONDON\nE8 4LX\nUNITED KINGDOM"
    assert (answer["normalized_country"], answer["normalized_state"]) == ("GB", None)
    assert [correction.split(":")[0] for correction in answer["corrections"]] == ["city", "state", "postal_code"]
    assert (answer["address_valid"], answer["geocoded"]) == (True, False)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"postal_code": "1069", "country": "DE"}, "postal_code: '1069' is none of DE; those are written as 26133"),
        ({"state": "NY", "postal_code": "90210", "country": "US"}, "postal_code: '90210' is none of NY, US"),
        ({"state": "Califronia", "postal_code": "94043", "country": "US"}, "did you mean 'California'?"),
        ({"city": "", "postal_code": "75001", "country": "FR"}, "city: missing, and addresses of FR need it"),
        ({"city": "千代田区", "state": "東京都", "postal_code": "100-0001", "country": "JP"}, "have it in the street"),
        ({"country": "Atlantis"}, "country: 'Atlantis' is not a known country"),
        ({"country": None}, "country: missing"),
    ],
)
def test_bad_address_is_an_answer_with_its_reason(changes: dict[str, Any], problem: str) -> None:
    answer = validate(**changes)
    assert (answer["address_valid"], answer["formatted_address"]) == (False, None)
    assert [problem in told for told in answer["address_problems"]] == [True]


def test_row_without_an_address_fails() -> None:
    with pytest.raises(MissingAddress):
        handler({"country": "GB", "street": " ", "city": None}, None)
