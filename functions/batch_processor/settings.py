"""Reads what the template gives a function in its environment."""

import os


class MissingSetting(Exception):
    """The function was deployed without a variable that it needs."""


def required(name: str) -> str:
    """The variable's value; MissingSetting names it if it is not there."""
    value = os.environ.get(name)
    if value is None:
        raise MissingSetting(f"The environment variable {name} is not set; template.yaml sets it.")
    return value
