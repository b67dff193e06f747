import pytest

from batch_processor.settings import MissingSetting, required


def test_setting_is_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_BUCKET", "data")
    assert required("DATA_BUCKET") == "data"


def test_empty_setting_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET_PATTERN", "")
    assert required("INPUT_BUCKET_PATTERN") == ""


def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATA_BUCKET", raising=False)
    with pytest.raises(
        MissingSetting, match=r"^The environment variable DATA_BUCKET is not set; template\.yaml sets it\.$"
    ):
        required("DATA_BUCKET")
