"""Renders the browser's script: the template with the inputs in it, value by value.

Each text of the parsed template is rendered by itself, so a quote, a newline or a brace in a cell stays what it is.
"""

import json
from collections.abc import Mapping
from typing import Any

from pystache import Renderer
from pystache.context import KeyNotFoundError

# Text goes to a browser's instructions, not into a page: nothing is escaped.
_RENDERER = Renderer(escape=lambda text: text, missing_tags="strict")


class MissingVariable(LookupError):
    """The template needs an input that is not there; the message names it."""


def render_script(entry: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The script of a TemplateRegistry entry; an optional variable that is not there is empty."""
    texts = {name: "" for name, variable in entry["variables"].items() if not variable["required"]}
    texts |= {name: _text(value) for name, value in variables.items() if value is not None}
    script: dict[str, Any] = _rendered(entry["template"], texts)
    return script


def _rendered(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        # A schema is data: braces in its descriptions and enums are not tags.
        return {key: inner if key == "schema" else _rendered(inner, texts) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rendered(inner, texts) for inner in value]
    if not isinstance(value, str):
        return value
    try:
        return _RENDERER.render(value, texts)
    except KeyNotFoundError as exc:
        raise MissingVariable(f"the template needs {exc.key!r}, which is not among the inputs") from exc


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
