"""A cell's way there and back: column mapping, template, Mustache, agent, CSV."""

from typing import Any

import pytest

from tests.integration.batches import Batches, to_csv
from tests.integration.test_registry import register

pytestmark = [pytest.mark.inline, pytest.mark.distributed]  # an agent that is waited for

NAMES = [
    'O\'Brien & "Söhne"\n{{x}}',
    "back\\slash \\n \\u0041",
    "{{{name}}} {{#name}} {{!no comment}}",
    "<b>&amp;</b> 100 % $1 `{% $x %}`",
    "\U0001f600 é \t tab",
]
TEMPLATE = {"name": "{{{name}}}", "steps": [{"goal": "{{greeting}} Yours, {{name}}"}]}


def config(batches: Batches, **changes: Any) -> dict[str, Any]:
    arn = batches.function("RenderTemplateFunction")
    rows = to_csv(("name",), *((name,) for name in NAMES))
    mapping = {
        "column_mappings": {"name": "name"},
        "transformations": {
            "greeting": {"type": "template", "config": {"template": "Dear {who},", "variables": {"who": "name"}}}
        },
        "static_values": {"renderer": arn},
    }
    given = {
        "target": batches.account.outputs["LetterAgentArn"],
        "input_mapping": mapping,
        "output_mapping": {
            "columns": [
                {"name": "letter", "source": "$.letter"},
                {"name": "name_again", "source": "$.name"},
            ]
        },
    }
    return {**batches.config(rows), **given, **changes}


def test_any_cell_goes_through_template_and_agent_and_back_unchanged(batches: Batches) -> None:
    register(batches, "template", {"template_id": "letter", "version": "1.0.0", "template": TEMPLATE})
    outcome = batches.outcome(batches.start(config(batches)).wait())
    assert [row["name"] for row in outcome.rows] == NAMES
    assert [row["name_again"] for row in outcome.rows] == NAMES
    assert [row["letter"] for row in outcome.rows] == [f"Dear {name}, Yours, {name}" for name in NAMES]


def test_missing_variable_is_the_rows_failure_and_named(batches: Batches) -> None:
    register(batches, "template", {"template_id": "letter", "version": "1.0.0", "template": TEMPLATE})
    without = {
        "column_mappings": {"name": "name"},
        "static_values": {"renderer": batches.function("RenderTemplateFunction")},
    }
    outcome = batches.outcome(batches.start(config(batches, input_mapping=without)).wait())
    assert set(outcome.column("_status")) == {"FAILED"}
    assert all("VariableMissing" in message and "'greeting'" in message for message in outcome.column("_error_message"))
