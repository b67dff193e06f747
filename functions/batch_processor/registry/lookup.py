"""Reads the entries that a batch uses: in the wanted version, and only if they are sound."""

from typing import Literal, Protocol, cast

from batch_processor.errors import InvalidEntry, TemplateInvalid
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Document, Entry, Kind, entry_id
from batch_processor.registry.template_entry import TemplateEntry
from batch_processor.registry.versions import Listed, choose

VersionedKind = Literal["agent", "template", "schema"]


class Registries(Protocol):
    """The registries, wherever they are."""

    def versions(self, kind: VersionedKind, name: str) -> list[Listed]:
        """All versions of a name."""

    def entry(self, kind: Kind, name: str, version: str | None = None) -> Document | None:
        """One entry as it is stored, None if it is not there."""

    def overview(self, kind: Kind) -> list[Document]:
        """What the entries of a kind say of themselves: keys, status, description, structured_output and metadata."""


def usable_entry(kind: Kind, name: str, version: str | None, registries: Registries) -> Entry:
    """The entry; LookupError says why it cannot be used."""
    document = registries.entry(kind, name, version)
    if document is None:
        raise LookupError(f"{entry_id(kind, name, version)} has just been removed from the registry")
    try:
        return parse_entry(kind, document)
    except InvalidEntry as exc:
        problems = "; ".join(str(problem) for problem in exc.problems)
        raise LookupError(f"what is registered as {entry_id(kind, name, version)} cannot be used: {problems}") from exc


def find_template(name: str, pin: str | None, registries: Registries) -> TemplateEntry:
    """The template in that version, else in the latest one; TemplateInvalid says what there is."""
    try:
        version = choose(f"template {name!r}", registries.versions("template", name), pin).version
        return cast("TemplateEntry", usable_entry("template", name, version, registries))
    except LookupError as exc:
        reason = str(exc.args[0])
        raise TemplateInvalid(f"{reason[0].upper()}{reason[1:]}.") from exc
