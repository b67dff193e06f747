"""Reads what CloudFormation asks of the custom resource `Custom::RegistryEntry`, {Kind, Entry}."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown, suggestion
from batch_processor.errors import InvalidEntry
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import KINDS, Entry, Kind

# A number or a flag as text: CloudFormation makes text of both in the properties of a custom resource.
_NUMBER_OR_FLAG = re.compile(r"true|false|-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_PHYSICAL_ID = re.compile(rf"({'|'.join(KINDS)})/([^@]+)(?:@(.+))?", re.DOTALL)
NOT_REGISTERED = "not-registered"


@dataclass(frozen=True, slots=True)
class RegisteredId:
    """The entry that a physical resource id stands for."""

    kind: Kind
    name: str
    version: str | None


def entry_of(properties: Mapping[str, Any]) -> Entry:
    """The entry that a resource's properties describe; InvalidEntry carries all of its problems."""
    given = properties.get("Entry")
    lost: list[Problem] = []
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as exc:
            raise InvalidEntry("The resource", [Problem("/Entry", f"the text is no JSON: {exc}")]) from exc
    else:
        lost = list(_lost_values(given))
    if (kind := properties.get("Kind")) not in KINDS:
        raise InvalidEntry("The resource", [Problem("/Kind", f"{shown(kind)} is no kind; {suggestion(kind, KINDS)}")])
    try:
        entry = parse_entry(str(kind), given)
    except InvalidEntry as exc:
        entry_problems = [Problem(f"/Entry{problem.pointer}", problem.message) for problem in exc.problems]
        places = {problem.pointer for problem in lost}
        others = (problem for problem in entry_problems if not any(problem.pointer.startswith(at) for at in places))
        raise InvalidEntry("The resource", [*lost, *others]) from exc
    if lost:
        raise InvalidEntry("The resource", lost)
    return entry


def registered_id(physical_id: str) -> RegisteredId | None:
    """The entry of a physical resource id; None for a resource that has registered nothing."""
    match = _PHYSICAL_ID.fullmatch(physical_id)
    kind = next((kind for kind in KINDS if match and kind == match[1]), None)
    return RegisteredId(kind, match[2], match[3]) if match and kind else None


def owner_of(event: Mapping[str, Any]) -> str:
    """The owner of what a resource registers: `<stack id>/<logical id>`."""
    return f"{event['StackId']}/{event['LogicalResourceId']}"


def _lost_values(entry: Any) -> Iterator[Problem]:
    """A problem for each nested value with a text that may have been a number or a flag, which nobody can tell now."""
    for key, value in entry.items() if isinstance(entry, dict) else ():
        if isinstance(value, dict | list) and any(_NUMBER_OR_FLAG.fullmatch(text) for text in _texts(value)):
            yield Problem(
                f"/Entry/{escaped(key)}",
                "CloudFormation makes text of the numbers and flags in it; write the value as JSON text "
                f"({key}: '{{…}}', or Fn::ToJsonString)",
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
