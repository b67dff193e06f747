"""Lambda handler of the contact enrichment tool."""

from typing import Any

from country import read_country
from email_address import read_email
from phone import read_phone


class MissingInput(ValueError):
    """The invocation has no `input` object, so there is no contact to look at."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one tool invocation `{name, input: {phone, email, country}, id}`."""
    contact = event.get("input")
    if not isinstance(contact, dict):
        raise MissingInput("a contact needs an `input` object with phone, email and country")
    return {
        "type": "structured_output",
        "tool_use_id": event.get("id"),
        "content": enrich(_text(contact, "phone"), _text(contact, "email"), _text(contact, "country")),
        "schema": "contact_enrichment_v1",
    }


def enrich(phone: str, email: str, country: str) -> dict[str, Any]:
    """Return what the phone number and the address say; what is wrong with them is listed in `problems`."""
    region, country_problems = read_country(country)
    phone_fields, phone_problems = read_phone(phone, region)
    email_fields, email_problems = read_email(email)
    problems = country_problems + phone_problems + email_problems
    return {**phone_fields, **email_fields, "problems": problems}


def _text(contact: dict[str, Any], field: str) -> str:
    value = contact.get(field)
    return "" if value is None else str(value).strip()
