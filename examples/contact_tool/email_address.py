"""An e-mail address as people write it, read into its normal form without asking any name server."""

from typing import Any

from email_validator import EmailNotValidError, validate_email


def read_email(text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the e-mail fields and the problems found."""
    if not text:
        return _fields(None, None), ["email: missing"]
    try:
        address = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        return _fields(None, None), [f"email: {error}"]
    return _fields(address.normalized, address.domain), []


def _fields(normalized: str | None, domain: str | None) -> dict[str, Any]:
    return {"email_valid": normalized is not None, "email_normalized": normalized, "email_domain": domain}
