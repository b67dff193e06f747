"""A phone number as people write it, read into its E.164 form and what the number plan says about it."""

from typing import Any

from phonenumbers import carrier, phonenumberutil, timezone
from phonenumbers.phonenumber import PhoneNumber
from phonenumbers.phonenumberutil import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

# Not `import phonenumbers.geocoder`: its place names are most of the library's 35 MB and no field needs them.

UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "no known country code, and no country to read it in",
    NumberParseException.NOT_A_NUMBER: "not a phone number",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too short after the international prefix",
    NumberParseException.TOO_SHORT_NSN: "too short",
    NumberParseException.TOO_LONG: "too long",
}
IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "too short",
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "no number has this length",
    ValidationResult.INVALID_COUNTRY_CODE: "no known country code",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "area code missing",
}
UNKNOWN: dict[str, Any] = {
    "phone_valid": False,
    "phone_e164": None,
    "phone_region": None,
    "phone_type": None,
    "phone_carrier": None,
    "phone_time_zones": [],
}


def read_phone(text: str, region: str | None) -> tuple[dict[str, Any], list[str]]:
    """Return the phone fields and the problems found; `region` reads numbers without a country code."""
    if not text:
        return dict(UNKNOWN), ["phone: missing"]
    try:
        number = phonenumberutil.parse(_international(text, region), region)
    except NumberParseException as error:
        return dict(UNKNOWN), [f"phone: {UNREADABLE[error.error_type]}"]
    if not phonenumberutil.is_valid_number(number):
        return dict(UNKNOWN), [f"phone: {_why_invalid(number)}"]
    return _describe(number), []


def _international(text: str, region: str | None) -> str:
    # 00 is the international prefix nearly everywhere, but the library knows that only with a region.
    return f"+{text[2:]}" if region is None and text.startswith("00") else text


def _why_invalid(number: PhoneNumber) -> str:
    reason = IMPOSSIBLE.get(phonenumberutil.is_possible_number_with_reason(number), "not in use")
    return f"{reason} (country code +{number.country_code})"


def _describe(number: PhoneNumber) -> dict[str, Any]:
    zones = timezone.time_zones_for_number(number)
    return {
        "phone_valid": True,
        "phone_e164": phonenumberutil.format_number(number, PhoneNumberFormat.E164),
        "phone_region": phonenumberutil.region_code_for_number(number),
        "phone_type": PhoneNumberType.to_string(phonenumberutil.number_type(number)).lower(),
        "phone_carrier": carrier.name_for_number(number, "en") or None,
        "phone_time_zones": [zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE],
    }
