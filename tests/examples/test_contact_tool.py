"""The contact tool reads phone numbers and addresses as people write them."""

import json
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from enrich_contact import MissingInput, handler
from tests.examples.batch_inputs import CONTACTS, rows_of

SCHEMA = json.loads((CONTACTS.parent / "contact_tool" / "output_schema.json").read_text(encoding="utf-8"))


def enrich(phone: str | None = "", email: str | None = "", country: str | None = "") -> dict[str, Any]:
    event = {"name": "contact_enrichment", "id": "row-1", "input": {"phone": phone, "email": email, "country": country}}
    content: dict[str, Any] = handler(event, None)["content"]
    return content


def test_answer_has_the_shape_that_the_batch_processor_reads() -> None:
    answer = handler({"name": "contact_enrichment", "id": "row-7", "input": {"phone": "020 7946 0123"}}, None)
    assert set(answer) == {"type", "tool_use_id", "content", "schema"}
    assert (answer["type"], answer["tool_use_id"]) == ("structured_output", "row-7")
    assert answer["schema"] == SCHEMA["title"]


@pytest.mark.parametrize(
    ("phone", "country", "e164"),
    [
        ("020 7946 0123", "GB", "+442079460123"),
        ("(020) 7946-0123", "United Kingdom", "+442079460123"),
        ("+44 (0)20 7946 0123", "", "+442079460123"),
        ("0044 20 7946 0123", "", "+442079460123"),
        ("0044 20 7946 0123", "Germany", "+442079460123"),
        ("212-555-0123 ext. 45", "usa", "+12125550123"),
        ("01.99.00.12.34", "fr", "+33199001234"),
        ("030 23125 000", "Deutschland", "+493023125000"),
        ("２１２-５５５-０１８８", "US", "+12125550188"),
        ("+46\u00a08\u00a0465\u00a0004\u00a050", "", "+46846500450"),
    ],
)
def test_number_comes_out_in_international_form(phone: str, country: str, e164: str) -> None:
    content = enrich(phone, "a@example.com", country)
    assert (content["phone_valid"], content["phone_e164"], content["problems"]) == (True, e164, [])


def test_valid_number_says_its_region_line_carrier_and_time_zones() -> None:
    content = enrich("0172 9925904", "a@example.com", "DE")
    assert content["phone_region"] == "DE"
    assert content["phone_type"] == "mobile"
    assert content["phone_carrier"] == "Vodafone"
    assert content["phone_time_zones"] == ["Europe/Berlin"]


def test_number_keeps_its_own_region_whatever_the_country_cell_says() -> None:
    assert enrich("+44 20 7946 0123", country="France")["phone_region"] == "GB"


@pytest.mark.parametrize(
    ("phone", "country", "problem"),
    [
        ("", "GB", "phone: missing"),
        ("   ", "GB", "phone: missing"),
        ("NA", "GB", "phone: not a phone number"),
        ("020 7946 0123", "", "phone: no known country code, and no country to read it in"),
        ("+999 123 456 789", "", "phone: no known country code, and no country to read it in"),
        ("555-0123", "US", "phone: area code missing (country code +1)"),
        ("+81 3 12", "JP", "phone: too short (country code +81)"),
        ("+4420794608881234567", "GB", "phone: too long (country code +44)"),
        ("07700 900123", "GB", "phone: not in use (country code +44)"),
        ("1" * 300, "GB", "phone: too long"),
    ],
)
def test_bad_number_is_an_answer_with_its_reason(phone: str, country: str, problem: str) -> None:
    content = enrich(phone, "a@example.com", country)
    assert (content["phone_valid"], content["phone_e164"], content["problems"]) == (False, None, [problem])


@pytest.mark.parametrize(
    ("email", "normalized", "domain"),
    [
        ("Anna.B@EXAMPLE.com", "Anna.B@example.com", "example.com"),
        ("  anna@example.com ", "anna@example.com", "example.com"),
        ("anna@BÜCHER.example", "anna@bücher.example", "bücher.example"),
        ("anna@xn--bcher-kva.example", "anna@bücher.example", "bücher.example"),
        ("pia.sørensen@example.com", "pia.sørensen@example.com", "example.com"),
    ],
)
def test_address_comes_out_normalised(email: str, normalized: str, domain: str) -> None:
    content = enrich("020 7946 0123", email, "GB")
    assert (content["email_valid"], content["problems"]) == (True, [])
    assert (content["email_normalized"], content["email_domain"]) == (normalized, domain)


@pytest.mark.parametrize(
    "email", ["", "anna", "a@@example.com", "a b@example.com", "a@localhost", "a@x.test", "a;b@x.y"]
)
def test_bad_address_is_an_answer_with_its_reason(email: str) -> None:
    content = enrich("020 7946 0123", email, "GB")
    assert (content["email_valid"], content["email_normalized"], content["email_domain"]) == (False, None, None)
    assert [problem.startswith("email: ") for problem in content["problems"]] == [True]


def test_unknown_country_is_a_problem_but_an_international_number_is_still_read() -> None:
    content = enrich("+44 20 7946 0123", "a@example.com", "Atlantis")
    assert content["phone_valid"] is True
    assert content["problems"] == ["country: 'Atlantis' is not a known country"]


def test_null_cells_are_missing_cells() -> None:
    assert enrich(None, None, None)["problems"] == ["phone: missing", "email: missing"]


@pytest.mark.parametrize("event", [{}, {"id": "1"}, {"input": None}, {"input": "020 7946 0123"}])
def test_invocation_without_input_fails(event: dict[str, Any]) -> None:
    with pytest.raises(MissingInput):
        handler(event, None)


def test_every_contact_gets_the_same_answer_twice_and_it_fits_the_schema() -> None:
    validator = Draft202012Validator(SCHEMA)
    contacts = [{"phone": row[2], "email": row[3], "country": row[4]} for row in rows_of(CONTACTS) if len(row) == 6]
    answers = [handler({"id": "1", "input": contact}, None)["content"] for contact in contacts]
    assert answers == [handler({"id": "1", "input": contact}, None)["content"] for contact in contacts]
    for answer in answers:
        validator.validate(answer)
    assert {(answer["phone_valid"], answer["email_valid"]) for answer in answers} == {
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    }


def test_importing_the_handler_leaves_the_place_names_out() -> None:
    script = "import sys, enrich_contact; print('phonenumbers.geocoder' in sys.modules, 'dns' in sys.modules)"
    root = CONTACTS.parent / "contact_tool"
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
