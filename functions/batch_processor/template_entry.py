"""An entry of the TemplateRegistry: a template, and the variables that it declares."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from batch_processor.answer_places import parsed
from batch_processor.errors import TemplateInvalid

ACTIVE = "active"
_RELEASE = re.compile(r"([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:\+.*)?")


@dataclass(frozen=True, slots=True)
class TemplateEntry:
    """A template in one version; `defaults` are the values of declared variables that need not be given."""

    template_id: str
    version: str
    template: Any
    defaults: Mapping[str, Any] = field(default_factory=dict)


def read_entry(item: Mapping[str, Any]) -> TemplateEntry:
    """The entry that an item is; nested values may be JSON texts."""
    if "template" not in item:
        raise TemplateInvalid(f"The entry of template {item['template_id']!r} {item['version']} has no template.")
    defaults = dict(_defaults(parsed(item.get("variables"))))
    return TemplateEntry(item["template_id"], item["version"], parsed(item["template"]), defaults)


def choose_version(template_id: str, versions: Sequence[tuple[str, str]], pin: str | None) -> str:
    """The pinned version, else the highest active one, of (version, status); TemplateInvalid says what there is."""
    active = [version for version, status in versions if status.lower() == ACTIVE]
    if pin is not None:
        if pin in active:
            return pin
        status = dict(versions).get(pin)
        problem = f"no version {pin}" if status is None else f"{pin} only as {status}"
    else:
        released = [(precedence, version) for version in active if (precedence := _precedence(version))]
        if released:
            return max(released)[1]
        problem = "no active version"
    there = ", ".join(f"{version} ({status})" for version, status in versions)
    raise TemplateInvalid(f"Template {template_id!r} has {problem}; there is {there or 'none'}.")


def _precedence(version: str) -> tuple[int, ...] | None:
    """What versions are compared by; None for pre-releases, and for what is no version."""
    found = _RELEASE.fullmatch(version)
    return tuple(int(part or 0) for part in found.groups()) if found else None


def _defaults(declared: Any) -> Iterator[tuple[str, Any]]:
    """What stands for a variable that is declared with a default, or as one that need not be given."""
    if isinstance(declared, list):
        declared = {
            one["name"]: one for one in declared if isinstance(one, Mapping) and isinstance(one.get("name"), str)
        }
    for name, said in declared.items() if isinstance(declared, Mapping) else ():
        if isinstance(said, Mapping) and ("default" in said or said.get("required") is False):
            yield name, said.get("default", "")
