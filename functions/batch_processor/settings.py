"""Reads what the template gives a function in its environment: once, into a frozen dataclass of the function's own."""

import os
from dataclasses import fields
from typing import Any, TypeVar

Settings = TypeVar("Settings")
_been_read: dict[Any, Any] = {}


class MissingSetting(Exception):
    """The function was deployed without variables that it needs; the message names all of them."""


def read(kind: type[Settings]) -> Settings:
    """The settings, each field from the variable of its name in capitals; MissingSetting names all that are not set.

    A field is a str or an int.
    """
    if kind not in _been_read:
        _been_read[kind] = kind(**_variables(kind))
    settings: Settings = _been_read[kind]
    return settings


def forget() -> None:
    """Lets the environment be read anew, for tests that change it."""
    _been_read.clear()


def _variables(kind: Any) -> dict[str, str | int]:
    types: dict[str, Any] = {field.name: field.type for field in fields(kind)}
    names = {field.name: field.name.upper() for field in fields(kind)}
    if missing := [name for name in names.values() if name not in os.environ]:
        several = len(missing) > 1
        raise MissingSetting(
            f"The environment variable{'s' if several else ''} {', '.join(missing)} {'are' if several else 'is'} not set; "
            f"template.yaml sets {'them' if several else 'it'}."
        )
    return {name: types[name](os.environ[variable]) for name, variable in names.items()}
