import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.wording import shown, unseen


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("arn:aws:x ", "it ends with a blank"),
        ("\tarn", "it begins with a tab"),
        ("arn\n", "it ends with a line break"),
        ("arn\u200b", "it ends with an invisible character (U+200B)"),
        ("\ufeffarn", "it begins with an invisible character (U+FEFF)"),
        ("a\u00a0rn", "it has an invisible character (U+00A0) at character 2"),
        ("two words\nand a line", None),
        ("👩\u200d🌾", None),
        ("", None),
    ],
)
def test_what_nobody_sees_is_told(text: str, remark: str | None) -> None:
    assert unseen(text) == remark
    assert shown(text).endswith(f'" ({remark})' if remark else '"')


def test_long_text_keeps_its_end() -> None:
    arn = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{'bird' * 15}-watcher"
    assert shown(arn).startswith('"arn:aws:states:eu-west-1:123456789012:st…')
    assert shown(arn).endswith('birdbirdbirdbird-watcher"')
    assert shown(["x" * 100]).endswith("…")


@given(st.text())
def test_any_text_is_shown_in_little_space(text: str) -> None:
    assert len(shown(text)) < 450  # every character may need an escape
