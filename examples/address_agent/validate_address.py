"""Lambda handler of the address validator's one task."""

from typing import Any

from address_country import read_country
from postal_address import FIELDS, check_address


class MissingAddress(ValueError):
    """There is nothing of an address in the row."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer `{street, city, state, postal_code, country}` with the entry's output fields; a bad address is an answer."""
    given = {field: " ".join(str(event.get(field) or "").split()) for field in (*FIELDS, "country")}
    if not any(given[field] for field in FIELDS):
        raise MissingAddress("The row has no street, city, state or postal code.")
    country = read_country(given["country"])
    if country is None:
        known = f"{given['country']!r} is not a known country" if given["country"] else "missing"
        return _answer({field: given[field] for field in FIELDS}, None, "", [], [f"country: {known}"])
    checked = check_address(given, country)
    return _answer(checked.parts, country, checked.formatted, checked.corrections, checked.problems)


def _answer(
    parts: dict[str, str], country: str | None, formatted: str, corrections: list[str], problems: list[str]
) -> dict[str, Any]:
    return {
        "address_valid": not problems,
        **{f"normalized_{field}": parts[field] or None for field in FIELDS},
        "normalized_country": country,
        "formatted_address": formatted or None,
        "corrections": corrections,
        "address_problems": problems,
        # Only a service that knows every house could tell where an address is, or that it is.
        "geocoded": False,
    }
