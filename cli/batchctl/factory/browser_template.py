"""The template of what the browser does, as the TemplateRegistry has it."""

from typing import Any

from batchctl.factory.canonical import Canonical, act_goals
from batchctl.factory.json_schema import main_type

_COPIED = ("description", "pattern", "format", "enum")


def browser_template(canonical: Canonical) -> dict[str, Any]:
    """The entry; its act_with_schema step has the whole output schema."""
    browser, shape = canonical.shape.browser_config, canonical.shape
    profile = {"profile_name": browser.profile_name, "mode": "use_profile"} if browser.profile_name else {"mode": "new"}
    return {
        "template_id": canonical.names.module,
        "version": shape.version,
        "extraction_name": shape.extraction_name,
        "status": "active",
        "template": {
            "session": {
                **profile,
                "requires_login": browser.requires_login,
                "clone_for_parallel": browser.clone_for_parallel,
            },
            "steps": [
                {"type": "navigate", "url": browser.starting_url, "description": "Open the first page"},
                *({"type": "act", **step.model_dump(exclude_none=True)} for step in act_goals(canonical)),
                {
                    "type": "act_with_schema",
                    "goal": browser.extraction_goal,
                    "schema": canonical.output_schema,
                    "description": "Extract the structured output",
                },
            ],
        },
        "variables": {name: _variable(name, canonical) for name in canonical.inputs},
        "metadata": {
            "canonical_schema_id": shape.extraction_name,
            "canonical_schema_version": shape.version,
            "canonical_schema_sha256": canonical.digest,
            "starting_url": browser.starting_url,
            **({"profile_name": browser.profile_name} if browser.profile_name else {}),
            "tags": canonical.tags,
        },
    }


def _variable(name: str, canonical: Canonical) -> dict[str, Any]:
    schema = canonical.inputs[name]
    said = schema if isinstance(schema, dict) else {}
    kind = main_type(schema, canonical.input_schema)
    return {
        **({"type": kind} if kind else {}),
        "required": name in canonical.required_inputs,
        **{key: said[key] for key in _COPIED if key in said},
    }
