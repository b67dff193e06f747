import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.regexes import compile_regex, regex_fault


@pytest.mark.parametrize(
    ("pattern", "text", "captured"),
    [
        (r"Exchange: (.+)", "Exchange: WHITEHALL\nCabinet: 9", "WHITEHALL"),
        (r"Speed: ([\d.-]+\s*Mbps)", "Speed: 50-330 Mbps", "50-330 Mbps"),
        (r"(?:a|b)(c)", "xbc", "c"),
        (r"(?i)exchange: (\w+)", "EXCHANGE: x", "x"),
        (r"(?m)^total: (\d+)$", "a\ntotal: 7\n", "7"),
        (r"^(a)$", "a\n", None),
        (r"(a)|b", "b", None),
        (r"\u00e9(.)\ud83d\ude00", "éx😀", "x"),
        (r"\\u00e9(.)", r"\u00e9x", "x"),
        (r"(\p{Lu}\p{Ll}+)", "über Ärger", "Ärger"),
        (r"a(.)", "a\ud83d", "\ufffd"),
    ],
)
def test_first_group_is_captured_where_the_pattern_is_found_first(
    pattern: str, text: str, captured: str | None
) -> None:
    assert compile_regex(pattern).captured(text) == captured


@pytest.mark.parametrize(("pattern", "groups"), [("a", 0), ("(a)", 1), ("(a)(?:b)(?P<name>c)", 2)])
def test_groups_are_counted(pattern: str, groups: int) -> None:
    assert compile_regex(pattern).groups == groups


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        (r"a(?=b)", "it looks around, "),
        (r"a(?!b)", "it looks around, "),
        (r"(?<=a)b", "it looks around, "),
        (r"(a)\1", "it refers back to a group, "),
        (r"(?P<x>a)(?P=x)", "it refers back to a group, "),
        (r"a++b", "leave the possessive + or the atomic ?> out"),
        (r"(?>a+)b", "leave the possessive + or the atomic ?> out"),
        (r"a{2,3}+", "leave the possessive + or the atomic ?> out"),
        (r"a\Z", r"write \z"),
        (r"a{1001}", "more than 1,000 times"),
        (r"(a", "missing )"),
        (r"*", "no argument for repetition operator"),
        ("\ud800", "write whole characters"),
    ],
)
def test_pattern_that_is_not_taken_is_told_with_what_to_change(pattern: str, advice: str) -> None:
    fault = regex_fault(pattern)
    assert fault
    assert advice in fault
    with pytest.raises(ValueError, match=re.escape(fault)):
        compile_regex(pattern)


def test_good_pattern_has_no_fault() -> None:
    assert regex_fault(r"^[\w.-]+@[\w.-]+$") is None


def test_no_fault_is_written_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    regex_fault("(never seen before")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("pattern", ["(a*)*b", "((?:a+)+)$", "(?:a|aa)+(c)", "(x+x+)+y"])
def test_patterns_that_make_others_backtrack_take_time_in_proportion(pattern: str) -> None:
    started = time.process_time()
    compile_regex(pattern).captured("a" * 100_000 + "!" + "x" * 100_000)
    assert time.process_time() - started < 2


@given(pattern=st.text(), text=st.text(st.characters()))
def test_any_pattern_is_taken_or_told_and_any_text_can_be_searched(pattern: str, text: str) -> None:
    if regex_fault(pattern) is None:
        assert compile_regex(pattern).matches(text) in (True, False)
