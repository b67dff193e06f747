"""The formats of JSON Schema that answers are checked for, by the standard library alone.

Other formats (iri, idn-hostname, uri-template and names that JSON Schema does not know) are not checked, as the
standard allows; an idn-email only needs an @ between two parts.
https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

from batch_processor.document.regexes import regex_fault

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339, 5.6.
_TIME = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?(?:[zZ]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
# ISO 8601, of which RFC 3339, appendix A, has less: models' libraries leave out the minutes of PT1H30S, and write PT1.5S and
# -P1D.
_DURATION = re.compile(
    r"[+-]?P(?!$)(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?!$)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?)"
)
# RFC 1123, 2.1.
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# RFC 5321, 4.1.2.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[ !#-\[\]-~]|\\[ -~])*"')
_ADDRESS_LITERAL = re.compile(r"\[(?:IPv6:([0-9A-Fa-f:.]+)|([0-9.]+))\]")
# RFC 3986: the parts of a URI by its appendix B, the characters of each part by its appendix A.
_PARTS = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_CHARACTER = r"[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}"
_PATH = re.compile(rf"(?:/|{_CHARACTER})*")
_QUERY = re.compile(rf"(?:[/?]|{_CHARACTER})*")
_AUTHORITY = re.compile(
    r"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:\[([^\]]*)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?"
)
_JSON_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL)


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and _parses(date.fromisoformat, text)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    if not match or match[3] != "60":
        return bool(match)
    # A leap second is the last one of a day in UTC.
    offset = timedelta(hours=int(match[6] or 0), minutes=int(match[7] or 0)) * (-1 if match[5] == "-" else 1)
    utc = datetime(2000, 1, 2, int(match[1]), int(match[2])) - offset  # noqa: DTZ001
    return (utc.hour, utc.minute) == (23, 59)


def _is_date_time(text: str) -> bool:
    return text[10:11] in ("T", "t") and _is_date(text[:10]) and _is_time(text[11:])


def _is_hostname(text: str) -> bool:
    return len(text) <= 253 and all(_LABEL.fullmatch(label) for label in text.split("."))


def _is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    if not _LOCAL_PART.fullmatch(local):
        return False
    literal = _ADDRESS_LITERAL.fullmatch(domain)
    if not literal:
        return _is_hostname(domain)
    return _is_ipv6(literal[1]) if literal[1] else _is_ipv4(literal[2])


def _is_ipv4(text: str) -> bool:
    return _parses(IPv4Address, text)


def _is_ipv6(text: str) -> bool:
    return "%" not in text and _parses(IPv6Address, text)


def _is_uri_reference(text: str) -> bool:
    match = _PARTS.fullmatch(text)
    assert match, "RFC 3986: every text matches the expression of its appendix B"
    scheme, authority, path, query, fragment = match.groups()
    if scheme is not None and not _SCHEME.fullmatch(scheme):
        return False
    if authority is not None and not _is_authority(authority):
        return False
    return all(pattern.fullmatch(part or "") for pattern, part in ((_PATH, path), (_QUERY, query), (_QUERY, fragment)))


def _is_authority(text: str) -> bool:
    match = _AUTHORITY.fullmatch(text)
    # In brackets: an IPv6 address, or what later versions of the internet protocol may have.
    return match is not None and (match[1] is None or match[1][:1] in ("v", "V") or _is_ipv6(match[1]))


def _is_uri(text: str) -> bool:
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)) and _is_uri_reference(text)


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and [text[at] for at in (8, 13, 18, 23)] == ["-"] * 4 and _parses(UUID, text)


def _is_regex(text: str) -> bool:
    return regex_fault(text) is None


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "time": _is_time,
    "date-time": _is_date_time,
    "duration": lambda text: bool(_DURATION.fullmatch(text)),
    "email": _is_email,
    "idn-email": lambda text: all(text.rpartition("@")),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "uri": _is_uri,
    "uri-reference": _is_uri_reference,
    "uuid": _is_uuid,
    "json-pointer": lambda text: bool(_JSON_POINTER.fullmatch(text)),
    "regex": _is_regex,
}
# A text of each format, shown to whoever has to write one.
EXAMPLES: Final[dict[str, str]] = {
    "date": "2026-11-21",
    "time": "09:34:44Z",
    "date-time": "2026-11-21T09:34:44Z",
    "duration": "P3DT12H",
    "email": "ana@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/page",
    "uri-reference": "/page",
    "uuid": "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "json-pointer": "/orders/0/id",
}
