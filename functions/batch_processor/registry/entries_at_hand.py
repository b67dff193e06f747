"""Registry entries that were read from files, looked up as the registries' own are."""

from collections.abc import Iterable

from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import Document, Entry, Kind
from batch_processor.registry.lookup import VersionedKind
from batch_processor.registry.versions import Listed


class EntriesAtHand:
    """The registries as far as the given entries go."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._documents: dict[Kind, list[Document]] = {kind: [] for kind in ENTRY_TYPES}
        for entry in entries:
            self._documents[entry.kind].append(entry.document())

    def versions(self, kind: VersionedKind, name: str) -> list[Listed]:
        """All versions of a name."""
        sort = ENTRY_TYPES[kind].key[1]
        return [Listed.of(document, document[sort]) for document in self._named(kind, name)]

    def entry(self, kind: Kind, name: str, version: str | None = None) -> Document | None:
        """One entry as it is written, None if it is not there."""
        key = ENTRY_TYPES[kind].key
        found = self._named(kind, name)
        return next((document for document in found if version is None or document[key[1]] == version), None)

    def overview(self, kind: Kind) -> list[Document]:
        """What the entries of a kind say of themselves."""
        return self._documents[kind]

    def _named(self, kind: Kind, name: str) -> list[Document]:
        return [document for document in self._documents[kind] if document[ENTRY_TYPES[kind].key[0]] == name]
