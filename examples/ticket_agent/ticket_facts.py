"""What a ticket says that a reply should repeat: order, amount, product and day."""

import re
from dataclasses import dataclass

ORDER = re.compile(r"\bFW-?(\d{6})\b|(?:\border(?:\s+(?:number|no\.?))?\s*#?\s*|#)(\d{6})\b", re.IGNORECASE)
AMOUNT = re.compile(
    r"[£€$]\s?\d+(?:[.,]\d{3})*(?:[.,]\d{2})?(?!\d)"
    r"|(?<![\d.,])\d+(?:[.,]\d{3})*(?:[.,]\d{2})?\s?(?:€|EUR\b|euros?\b|GBP\b|USD\b|pounds\b|dollars\b)",
    re.IGNORECASE,
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
WEEKDAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
DAY = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}/\d{{4}}\b|\b\d{{1,2}} (?:{MONTHS})\b"
    rf"|\b(?:{MONTHS}) \d{{1,2}}\b|\b(?:{WEEKDAYS})\b"
)
PRODUCTS = {
    "Breeze": "fan",
    "Grove": "planter",
    "Halo": "speaker",
    "Harbour": "kettle",
    "Hearth": "thermostat",
    "Lumen": "lamp",
    "Nimbus": "humidifier",
    "Orbit": "vacuum",
    "Relay": "hub",
    "Sentry": "doorbell",
}
# The brand name alone counts only with its capital: a breeze is not a Breeze.
PRODUCT = re.compile("|".join(rf"\b{brand}\b|(?i:\b{brand} {kind}\b)" for brand, kind in PRODUCTS.items()))


@dataclass(frozen=True)
class Facts:
    """The first of each kind in the text, as the customer wrote it; None where there is none."""

    order: str | None
    amount: str | None
    product: str | None
    day: str | None


def find_facts(text: str) -> Facts:
    """Return the facts that the text states."""
    return Facts(_order(text), _first(AMOUNT, text), _product(text), _first(DAY, text))


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None


def _order(text: str) -> str | None:
    found = ORDER.search(text)
    return f"FW-{found[1] or found[2]}" if found else None


def _product(text: str) -> str | None:
    found = _first(PRODUCT, text)
    if found is None:
        return None
    brand = found.split()[0].capitalize()
    return f"{brand} {PRODUCTS[brand]}"
