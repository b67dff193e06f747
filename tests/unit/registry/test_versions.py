import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.registry.versions import Listed, choose, latest, parse_version, precedence, shown_versions

numbers = st.integers(0, 30)
releases = st.tuples(numbers, numbers, numbers)
statuses = st.sampled_from(["active", "deprecated", "draft"])
entries = st.dictionaries(releases, statuses, max_size=12)


def text(release: tuple[int, int, int], prerelease: str = "") -> str:
    return ".".join(map(str, release)) + prerelease


def listed(*versions: str) -> list[Listed]:
    """`1.0.0` is active, `1.0.0 deprecated` is not."""
    return [Listed(*version.split()) for version in versions]


REGISTRY = listed("1.9.0", "1.10.0", "2.0.0 deprecated")


def test_latest_is_the_highest_active_version_and_not_the_last_in_the_alphabet() -> None:
    assert latest(REGISTRY) == Listed("1.10.0")
    assert choose("triage", REGISTRY, None) == Listed("1.10.0")


@given(entries)
def test_latest_is_the_highest_of_those_that_are_active(found: dict[tuple[int, int, int], str]) -> None:
    active = [release for release, status in found.items() if status == "active"]
    chosen = latest(Listed(text(release), status) for release, status in found.items())
    assert chosen == (Listed(text(max(active))) if active else None)


@given(st.permutations(["1.0.0", "1.0", "1.0.0+a", "1.0.0+b", "0.9.9", "1.0.0-rc.1", "no version"]))
def test_order_of_the_entries_decides_nothing(versions: list[str]) -> None:
    assert latest(Listed(version) for version in versions) == Listed("1.0.0+b")


@given(entries, st.sampled_from(["-rc.1", "-alpha", "-0"]))
def test_pre_release_is_taken_only_when_pinned(found: dict[tuple[int, int, int], str], ending: str) -> None:
    releases_only = [Listed(text(release), status) for release, status in found.items()]
    newest = Listed(f"99.0.0{ending}")
    assert latest([*releases_only, newest]) == latest(releases_only)
    assert choose("triage", [*releases_only, newest], newest.version) == newest


@given(entries.filter(bool), st.data())
def test_every_active_version_can_be_pinned(found: dict[tuple[int, int, int], str], data: st.DataObject) -> None:
    versions = [Listed(text(release), status) for release, status in found.items()]
    pin = data.draw(st.sampled_from(versions))
    if pin.is_active:
        assert choose("triage", versions, pin.version) == pin
    else:
        with pytest.raises(LookupError, match=f"^triage@{re.escape(pin.version)} is {pin.status}"):
            choose("triage", versions, pin.version)


@given(st.lists(releases, unique=True, min_size=2))
def test_versions_sort_by_their_numbers(found: list[tuple[int, int, int]]) -> None:
    ordered = sorted((Listed(text(release)) for release in found), key=precedence)
    assert [each.version for each in ordered] == [text(release) for release in sorted(found)]


def test_short_version_is_the_one_with_noughts() -> None:
    assert choose("triage", listed("1.0"), "1.0.0") == Listed("1.0")
    assert choose("triage", listed("1.0.0"), "1.0") == Listed("1.0.0")
    assert choose("triage", listed("1.0.0", "1.0"), "1.0") == Listed("1.0")


@pytest.mark.parametrize("version", ["", "v1.0.0", "01.2.3", "1.2.3.4", "latest", "1.2.x", " 1.0.0"])
def test_text_that_is_no_version_is_none(version: str) -> None:
    assert parse_version(version) is None
    assert latest([Listed(version)]) is None


def test_status_is_read_in_any_case() -> None:
    assert latest([Listed("1.0.0", "ACTIVE")])


@pytest.mark.parametrize(
    ("pin", "message"),
    [
        ("1.3.0", "triage has no version 1.3.0; there is 2.0.0 (deprecated), 1.10.0, 1.9.0"),
        ("2.0.0", "triage@2.0.0 is deprecated; active: 1.10.0, 1.9.0"),
    ],
)
def test_pin_that_cannot_be_followed_is_told_with_what_there_is(pin: str, message: str) -> None:
    with pytest.raises(LookupError, match=f"^{re.escape(message)}$"):
        choose("triage", REGISTRY, pin)


def test_name_without_an_active_version_is_told_with_what_there_is() -> None:
    versions = listed("1.0.0 deprecated", "2.0.0-rc.1", "x")
    expected = "triage has no active version; there is 2.0.0-rc.1 (only when pinned), 1.0.0 (deprecated), x (no semantic version)"
    with pytest.raises(LookupError, match=f"^{re.escape(expected)}$"):
        choose("triage", versions, None)
    with pytest.raises(LookupError, match=r"is deprecated; and no other version is active$"):
        choose("triage", listed("1.0.0 deprecated"), "1.0.0")


def test_long_list_of_versions_is_cut() -> None:
    shown = shown_versions(Listed(f"1.{minor}.0") for minor in range(30))
    assert shown.startswith("1.29.0, 1.28.0")
    assert shown.endswith("1.10.0, and 10 more")


def test_null_in_an_entry_of_another_program_goes_without_saying() -> None:
    assert Listed.of({"status": None, "state_machine_arn": None}, "1.0.0") == Listed("1.0.0")
