"""What an expression with functions of its own reads of the variables, by its text.

jlens tells it of all others; of these it says no more than the variables' names, and an expression that reads one member
of a plan would have all of it converted. Whatever is not plainly a path counts as all of what is before it.
"""

import re
from typing import Any

_NAME = r"[^\W\d]\w*"
# What may be bound in the expression: nobody can tell by a text which of the two is meant where.
_BOUND = re.compile(rf"\$({_NAME})\s*:=|#\s*\$({_NAME})|(?:\bfunction|λ)\s*\(([^)]*)\)")
_VARIABLE = re.compile(rf"\$({_NAME})")
_PATH = re.compile(rf"\$({_NAME})((?:\.{_NAME})*)")
# What may come behind a name; any other character would be part of it.
_BEHIND_NAME = re.compile(r"[\s.\[\]{}(),;:?+\-*/%|=<>^&!~#]|\Z")
# A parent (`%`) or a join (`@`) leads out of what its path says; the remainder of a division has an operand before it.
_LEADS_OUT = re.compile(r"@|(?:^|[^\w)\]}\"'`\s]|\b(?:and|or|in))\s*%")


def reads(expression: str) -> dict[str, Any]:
    """The variables that it may read: True for all of one, else the members, each with the same below it."""
    found: dict[str, Any] = {}
    bound = _bound(expression)
    leads_out = _LEADS_OUT.search(expression) is not None
    for path in _PATH.finditer(expression):
        names = path[2].split(".")[1:]
        behind = _BEHIND_NAME.match(expression, path.end())
        if leads_out or path[1] in bound or not behind:
            names = []
        elif behind[0] == "(":
            names = names[:-1]
        _add(found, (path[1], *names))
    return found


def _bound(expression: str) -> set[str]:
    names: set[str] = set()
    for assigned, indexed, parameters in _BOUND.findall(expression):
        names.update(name for name in (assigned, indexed) if name)
        names.update(_VARIABLE.findall(parameters))
    return names


def _add(found: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names[:-1]:
        below = found.setdefault(name, {})
        if below is True:
            return
        found = below
    found[names[-1]] = True


def merged(one: Any, other: Any) -> Any:
    """What is read by both together."""
    if one is True or other is True:
        return True
    return {name: merged(one.get(name, {}), other.get(name, {})) for name in {**one, **other}}
