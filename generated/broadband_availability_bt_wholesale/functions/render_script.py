# Made by `batchctl factory generate` from the canonical schema of broadband_availability_bt_wholesale 1.0.0
# (sha256 16b15d7feeb7bcab): change that, not this file.
"""Renders the browser's script as the batch processor's RenderTemplate does: the template with the inputs in it."""

from collections.abc import Mapping
from typing import Any

from batch_processor.mustache import render


def render_script(entry: Mapping[str, Any], variables: Mapping[str, Any]) -> Any:
    """The script of a TemplateRegistry entry; VariablesNotGiven names all inputs that it needs and does not get."""
    # What is declared with a default, or as one that need not be given, may be left out.
    defaults = {
        name: said.get("default", "")
        for name, said in entry["variables"].items()
        if "default" in said or said.get("required") is False
    }
    return render(entry["template"], {**defaults, **variables})
