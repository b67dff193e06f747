import json
from typing import Any

import pytest

from agent_errors import EmptyQuestion
from conversation import question, reminder


def test_the_fields_are_asked_about_as_json_and_a_prompt_as_it_is() -> None:
    hostile = 'O\'Brien & "Söhne"\n{{x}}'
    [message] = question({"title": hostile})
    assert json.loads(message["Content"][0]["Text"]) == {"title": hostile}
    assert question({"prompt": hostile})[0]["Content"] == [{"Text": hostile}]


@pytest.mark.parametrize("fields", [{}, None, {"prompt": " \n"}])
def test_nothing_is_not_asked_about(fields: Any) -> None:
    with pytest.raises(EmptyQuestion):
        question(fields)


def test_a_reminder_never_has_an_empty_text() -> None:
    assert reminder(" \n", "Call the tool.")[0]["Content"] == [{"Text": "(no readable answer)"}]
