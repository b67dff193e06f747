import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.json_schema.formats import EXAMPLES, FORMATS

# Among them those cases of the official JSON Schema test suite in which other checkers are known to go wrong.
RIGHT = {
    "date": ["2026-11-21", "2024-02-29", "0001-01-01"],
    "time": ["08:30:06Z", "08:30:06.283185z", "23:59:60Z", "01:29:60+01:30", "15:59:60-08:00", "00:00:00-00:00"],
    "date-time": ["1963-06-19T08:30:06.283185Z", "1990-12-31t15:59:60.123-08:00", "1998-12-31T23:59:60Z"],
    "duration": ["P4DT12H30M5S", "P4Y", "PT0S", "P1M", "PT1M", "P2W", "PT36H", "P1Y2M3D", "PT1H3S", "P1YT1.5S", "-P1DT2H"],
    "email": ["joe.bloggs@example.com", "te~st@example.com", '"joe bloggs"@example.com', "a@[127.0.0.1]", "a@[IPv6:::1]"],
    "idn-email": ["실례@실례.테스트", "a@b"],
    "hostname": ["www.example.com", "xn--4gbwdl.xn--wgbh1c", "a", "1host", "a" * 63],
    "ipv4": ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
    "ipv6": ["::1", "::abef", "2001:db8::1", "::ffff:192.168.0.1"],
    "uri": ["http://foo.bar/?baz=qux#quux", "http://[2001:db8::7]:80/x", "mailto:a@b.c", "urn:oasis:names", "tel:+1-816", "s3://b/k"],
    "uri-reference": ["/abc", "//foo.bar/?baz=qux#quux", "#fragment", "", "a:b", "?q=%20"],
    "uuid": ["2EB8AA08-AA98-11EA-B4AA-73B441D16380", "00000000-0000-0000-0000-000000000000"],
    "json-pointer": ["", "/", "/a~1b/m~0n/0", "/ "],
    "regex": ["([abc])+\\s+$", ""],
}  # fmt: skip
WRONG = {
    "date": ["2026-02-30", "2023-02-29", "2026-W01", "20261121", "1963-06-1৪", "11/21/2026", ""],
    "time": ["08:30:06", "24:00:00Z", "08:60:00Z", "22:59:60Z", "23:59:60+01:00", "08:30:06 PST", "1২:00:00Z", "8:30:06Z"],
    "date-time": ["1990-02-31T15:59:59Z", "2026-11-21 09:34:44Z", "2026-11-21", "1963-06-19T08:30:06.28123+01:00Z", "T09:34:44Z"],
    "duration": ["PT1D", "4DT12H", "P", "P1YT", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1.5D", "PT1.S", "--P1D", "P২Y"],
    "email": ["2962", ".test@example.com", "a..b@example.com", "test.@example.com", "a@[127.0.0.300]", "@b", "ä@b"],
    "idn-email": ["2962", "@b", "a@"],
    "hostname": ["-a-host", "a-.b", "not_valid", "a." + "b" * 64, "a..b", "", ".", "a b", ".".join(["abc"] * 80)],
    "ipv4": ["127.0.0.0.1", "256.1.1.1", "127.0", "0x7f000001", "087.10.0.1", "1২7.0.0.1", ""],
    "ipv6": ["12345::", "1:1:1:1:1:1:1:1:1", "::laptop", "fe80::a%eth1", "::1 ", ""],
    "uri": ["//foo.bar/", "/abc", "\\\\WINDOWS", "abc", "http:// x.com", ":// fail", "b,c:x y", "http://[::g]/", "http://a:b:c/"],
    "uri-reference": ["\\\\WINDOWS\\fileshare", "#frag\\ment", "a b", "%zz", "1a:b", "a[b]"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08aa9811eab4aa73b441d16380", "zeb8aa08-aa98-11ea-b4aa-73b441d16380"],
    "json-pointer": ["a", "/foo/bar~", "/~2", "#/a", "0"],
    "regex": ["^(abc]", "(?=a)"],
}  # fmt: skip


def test_every_format_has_cases() -> None:
    assert set(RIGHT) == set(WRONG) == set(FORMATS)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in RIGHT.items() for text in texts])
def test_text_of_the_format_is_taken(name: str, text: str) -> None:
    assert FORMATS[name](text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_other_text_is_not_taken(name: str, text: str) -> None:
    assert not FORMATS[name](text)


def test_examples_are_of_their_format() -> None:
    assert [name for name, text in EXAMPLES.items() if not FORMATS[name](text)] == []


@given(st.datetimes(timezones=st.timezones().filter(lambda zone: zone.key != "Factory")))
def test_every_time_is_a_date_time(moment: object) -> None:
    text = moment.isoformat()  # type: ignore[attr-defined]
    # Offsets of before 1900 have seconds, which RFC 3339 has not.
    assert FORMATS["date-time"](text) or text[-3:] != ":00"


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    assert {is_one(text) for is_one in FORMATS.values()} <= {True, False}


@given(st.uuids(), st.ip_addresses(v=4), st.ip_addresses(v=6), st.dates(), st.emails())
def test_what_other_libraries_make_is_taken(uuid: object, ipv4: object, ipv6: object, day: object, email: str) -> None:
    made = {"uuid": str(uuid), "ipv4": str(ipv4), "date": str(day), "email": email}
    assert [name for name, text in made.items() if not FORMATS[name](text)] == []
    assert FORMATS["ipv6"](str(ipv6)) or "%" in str(ipv6)
