"""Versions of registry entries: compared as semantic versions, whatever text sorting would make of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from semver import Version

from batch_processor.document.json_value import kind

ACTIVE = "active"
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A registered version of a name; `arn` is the agent's state machine."""

    version: str
    status: str = ACTIVE
    arn: str = ""

    @classmethod
    def of(cls, item: Mapping[str, Any], version: str) -> "Listed":
        """The version that an entry's attributes describe; other programs write NULL for an attribute left out."""
        status, arn = item.get("status"), item.get("state_machine_arn")
        known = status if isinstance(status, str) else f"of a status that is {kind(status)}"
        return cls(version, ACTIVE if status is None else known, arn if isinstance(arn, str) else "")

    @property
    def is_active(self) -> bool:
        return self.status.lower() == ACTIVE


def parse_version(text: str) -> Version | None:
    """The version, None if the text is none; the first registries also wrote `1.0`, which is 1.0.0."""
    try:
        return Version.parse(text, optional_minor_and_patch=True)
    except ValueError:
        return None


def latest(versions: Iterable[Listed]) -> Listed | None:
    """The highest active version; pre-releases are for those who pin them."""
    released = ((parse_version(listed.version), listed) for listed in versions if listed.is_active)
    candidates = [
        (version, listed.version, listed) for version, listed in released if version and not version.prerelease
    ]
    # Versions that differ in their build only are equals; the text decides, so that it is always the same one.
    return max(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None


def choose(name: str, versions: Sequence[Listed], pin: str | None) -> Listed:
    """The pinned version, else the latest one; LookupError says what there is if it is not there or not active."""
    if pin is None:
        if chosen := latest(versions):
            return chosen
        raise LookupError(f"{name} has no active version; there is {shown_versions(versions)}")
    pinned = _pinned(versions, pin)
    if pinned is None:
        raise LookupError(f"{name} has no version {pin}; there is {shown_versions(versions)}")
    if not pinned.is_active:
        active = [listed for listed in versions if listed.is_active]
        others = f"active: {shown_versions(active)}" if active else "and no other version is active"
        raise LookupError(f"{name}@{pinned.version} is {pinned.status}; {others}")
    return pinned


def shown_versions(versions: Iterable[Listed]) -> str:
    """The versions for people, highest first: `2.0.0 (deprecated), 1.10.0`."""
    ordered = sorted(versions, key=precedence, reverse=True)
    texts = [listed.version + _remark(listed) for listed in ordered[:_LISTED]]
    more = [f"and {len(ordered) - _LISTED} more"] if len(ordered) > _LISTED else []
    return ", ".join([*texts, *more]) or "none"


def _pinned(versions: Sequence[Listed], pin: str) -> Listed | None:
    same = [listed for listed in versions if listed.version == pin]
    wanted = parse_version(pin)
    alike = [listed for listed in versions if wanted and parse_version(listed.version) == wanted]
    return next(iter([*same, *alike]), None)


def precedence(listed: Listed) -> tuple[bool, Version, str]:
    """A key to sort versions by, lowest first, and texts that are no version before all."""
    version = parse_version(listed.version)
    return version is not None, version or Version(0), listed.version


def _remark(listed: Listed) -> str:
    version = parse_version(listed.version)
    if version is None:
        return " (no semantic version)"
    if not listed.is_active:
        return f" ({listed.status})"
    return " (only when pinned)" if version.prerelease else ""
