from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from batch_processor import settings
from batch_processor.settings import MissingSetting, read


@dataclass(frozen=True)
class Settings:
    data_bucket: str
    input_bucket_pattern: str


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.forget()
    monkeypatch.setenv("DATA_BUCKET", "data")
    monkeypatch.setenv("INPUT_BUCKET_PATTERN", "")
    yield
    settings.forget()


def test_setting_is_the_variable_of_its_name() -> None:
    assert read(Settings).data_bucket == "data"


def test_setting_may_be_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Numbers:
        most_rows: int

    monkeypatch.setenv("MOST_ROWS", "100000000")
    assert read(Numbers).most_rows == 100_000_000


def test_empty_setting_is_a_setting() -> None:
    assert read(Settings).input_bucket_pattern == ""


def test_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = read(Settings)
    monkeypatch.setenv("DATA_BUCKET", "other")
    assert read(Settings) is before


def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_BUCKET")
    with pytest.raises(
        MissingSetting, match=r"^The environment variable DATA_BUCKET is not set; template\.yaml sets it\.$"
    ):
        read(Settings)


def test_all_missing_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_BUCKET")
    monkeypatch.delenv("INPUT_BUCKET_PATTERN")
    with pytest.raises(MissingSetting, match=r"variables DATA_BUCKET, INPUT_BUCKET_PATTERN are not set"):
        read(Settings)
