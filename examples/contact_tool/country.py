"""A country cell, an ISO code or a name, read into the region that national phone numbers are dialled in."""

from phonenumbers.phonenumberutil import SUPPORTED_REGIONS

# Names and habits found in address books, lower case; two-letter codes are known to the library.
REGION_OF_NAME = {
    "argentina": "AR", "australia": "AU", "austria": "AT", "österreich": "AT", "belgium": "BE",
    "belgique": "BE", "brazil": "BR", "brasil": "BR", "canada": "CA", "china": "CN", "croatia": "HR",
    "czechia": "CZ", "czech republic": "CZ", "denmark": "DK", "danmark": "DK", "england": "GB",
    "estonia": "EE", "finland": "FI", "suomi": "FI", "france": "FR", "germany": "DE", "deutschland": "DE",
    "greece": "GR", "hungary": "HU", "iceland": "IS", "india": "IN", "ireland": "IE", "éire": "IE",
    "israel": "IL", "italy": "IT", "italia": "IT", "japan": "JP", "日本": "JP", "latvia": "LV",
    "lithuania": "LT", "luxembourg": "LU", "mexico": "MX", "méxico": "MX", "netherlands": "NL",
    "the netherlands": "NL", "nederland": "NL", "new zealand": "NZ", "northern ireland": "GB",
    "norway": "NO", "norge": "NO", "poland": "PL", "polska": "PL", "portugal": "PT", "romania": "RO",
    "scotland": "GB", "singapore": "SG", "slovakia": "SK", "slovenia": "SI", "south africa": "ZA",
    "south korea": "KR", "spain": "ES", "españa": "ES", "sweden": "SE", "sverige": "SE",
    "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "turkey": "TR", "türkiye": "TR", "uk": "GB",
    "united kingdom": "GB", "great britain": "GB", "ukraine": "UA", "wales": "GB", "usa": "US",
    "u.s.a.": "US", "united states": "US", "united states of america": "US",
    "aus": "AU", "can": "CA", "deu": "DE", "fra": "FR", "gbr": "GB", "irl": "IE", "swe": "SE",
}  # fmt: skip


def read_country(text: str) -> tuple[str | None, list[str]]:
    """Return the region code and the problems found; no country at all is no problem."""
    if not text:
        return None, []
    region = REGION_OF_NAME.get(text.casefold(), text.upper())
    if region in SUPPORTED_REGIONS:
        return region, []
    return None, [f"country: {text!r} is not a known country"]
