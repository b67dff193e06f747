from typing import Any

import pytest

from batch_processor.errors import TemplateInvalid
from batch_processor.template_entry import TemplateEntry, choose_version, read_entry

ITEM = {"template_id": "t", "version": "1.0.0", "template": {"a": "{{b}}"}}


@pytest.mark.parametrize(
    "variables", [None, {}, [], "[]", ["b"], {"b": {"required": True}}, {"b": "string"}, [{"x": 1}]]
)
def test_entry_without_optional_variables_has_no_defaults(variables: Any) -> None:
    assert read_entry({**ITEM, "variables": variables}) == TemplateEntry("t", "1.0.0", {"a": "{{b}}"}, {})


@pytest.mark.parametrize(
    "variables",
    [
        {"b": {"type": "string", "required": False}, "c": {"default": 5}, "d": {"required": True}},
        [{"name": "b", "required": False}, {"name": "c", "default": 5, "required": True}, {"name": "d"}],
        '{"b": {"required": false}, "c": {"default": 5}}',
    ],
)
def test_optional_variables_have_their_defaults(variables: Any) -> None:
    assert read_entry({**ITEM, "variables": variables}).defaults == {"b": "", "c": 5}


def test_template_may_be_json_text() -> None:
    assert read_entry({**ITEM, "template": '{"a": ["{{b}}"]}'}).template == {"a": ["{{b}}"]}
    assert read_entry({**ITEM, "template": "Hello {{b}}"}).template == "Hello {{b}}"


def test_entry_without_template_is_none() -> None:
    with pytest.raises(TemplateInvalid, match=r"^The entry of template 't' 1\.0\.0 has no template\.$"):
        read_entry({"template_id": "t", "version": "1.0.0"})


VERSIONS = [
    ("1.9.0", "active"),
    ("1.10.0", "active"),
    ("2.0.0", "deprecated"),
    ("3.0.0-rc.1", "active"),
    ("newest", "active"),
]


def test_latest_is_the_highest_active_release() -> None:
    assert choose_version("t", VERSIONS, None) == "1.10.0"
    assert choose_version("t", [("1.0", "Active"), ("1", "active"), ("0.9.9", "active")], None) == "1.0"


@pytest.mark.parametrize("pin", ["1.9.0", "3.0.0-rc.1", "newest"])
def test_pinned_version_is_taken_if_it_is_active(pin: str) -> None:
    assert choose_version("t", VERSIONS, pin) == pin


@pytest.mark.parametrize(
    ("versions", "pin", "told"),
    [
        ([], None, "Template 't' has no active version; there is none."),
        ([("1.0.0", "draft")], None, "Template 't' has no active version; there is 1.0.0 (draft)."),
        ([("1.0.0", "active")], "1.1.0", "Template 't' has no version 1.1.0; there is 1.0.0 (active)."),
        ([("1.0.0", "deprecated")], "1.0.0", "Template 't' has 1.0.0 only as deprecated; there is 1.0.0 (deprecated)."),
    ],
)
def test_version_that_is_not_there_is_told_with_what_is(versions: Any, pin: str | None, told: str) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        choose_version("t", versions, pin)
    assert str(caught.value) == told
