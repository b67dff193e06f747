from typing import Any

import pytest

from batch_processor.errors import InvalidEntry
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.template_entry import TemplateEntry


@pytest.mark.parametrize(
    "variables", [None, {}, [], "[]", ["b"], {"b": {"required": True}}, {"b": "string"}, [{"x": 1}]]
)
def test_template_without_optional_variables_has_no_defaults(variables: Any) -> None:
    assert _template(variables).defaults == {}


@pytest.mark.parametrize(
    "variables",
    [
        {"b": {"type": "string", "required": False}, "c": {"default": 5}, "d": {"required": True}},
        [{"name": "b", "required": False}, {"name": "c", "default": 5, "required": True}, {"name": "d"}],
        '{"b": {"required": false}, "c": {"default": 5}}',
    ],
)
def test_optional_variables_of_a_template_have_their_defaults(variables: Any) -> None:
    assert _template(variables).defaults == {"b": "", "c": 5}


def _template(variables: Any) -> TemplateEntry:
    entry = parse_entry(
        "template", {"template_id": "t", "version": "1.0.0", "template": {"a": "{{b}}"}, "variables": variables}
    )
    assert isinstance(entry, TemplateEntry)
    return entry


def test_template_that_cannot_be_rendered_is_refused_with_all_places() -> None:
    template = {"a": [{"b": "{{x"}], "{{k}}": "v"}
    with pytest.raises(InvalidEntry) as caught:
        parse_entry("template", {"template_id": "t", "version": "1.0.0", "template": template})
    assert [(problem.pointer, problem.message) for problem in caught.value.problems] == [
        ("/template/a/0/b", "a tag is not closed: '{{x'"),
        ("/template/{{k}}", "only values are rendered; take the tag out of the key"),
    ]
