"""The columns of a CSV and the names by which a configuration addresses them."""

import difflib
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from batch_processor.contract import Source
from batch_processor.csv_file.column_names import COMPARED_COLUMNS, listed, shown_name, why_not_found

_DIGEST_CHARACTERS = 16


@dataclass(frozen=True)
class Header:
    """Header cells as written. Duplicates are addressed `email#2`, empty ones `column_1`; both count from 1."""

    names: tuple[str, ...]

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """One unambiguous name per column, in column order."""
        seen: Counter[str] = Counter()
        addresses = []
        for position, name in enumerate(self.names, start=1):
            seen[name] += 1
            if not name:
                addresses.append(self._apart(f"column_{position}"))
            else:
                addresses.append(self._apart(f"{name}#{seen[name]}") if self._counts[name] > 1 else name)
        return tuple(addresses)

    @cached_property
    def digest(self) -> str:
        """A digest that differs where headers do."""
        return hashlib.sha256(json.dumps(self.names).encode()).hexdigest()[:_DIGEST_CHARACTERS]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.names)

    @cached_property
    def _address_counts(self) -> Counter[str]:
        return Counter(self.addresses)

    def _apart(self, address: str) -> str:
        """The address, with a # appended for as long as there is a column of just that name."""
        while address in self._counts:
            address += "#"
        return address

    def locate(self, name: str) -> int:
        """The position (0-based) of the column addressed by `name`; LookupError says what there is instead."""
        if self._counts[name] == 1 and name:
            return self.names.index(name)
        if self._address_counts[name] == 1:
            return self.addresses.index(name)
        raise LookupError(self._explain(name))

    def has(self, name: str) -> bool:
        """Whether any column has that name or address, even if several have it."""
        return name in self._counts or name in self._address_counts

    def nearest(self, name: str, likeness: float) -> str | None:
        """The address of the column that is probably meant, whatever its case; None if no name is near."""
        if len(self.names) > COMPARED_COLUMNS:
            return name if self.has(name) else None
        by_case = {address.lower(): address for address in reversed(self.addresses)}
        near = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=likeness)
        return name if self.has(name) else by_case[near[0]] if near else None

    def _explain(self, name: str) -> str:
        if self._counts[name] > 1 and name:
            choices = [a for a, n in zip(self.addresses, self.names, strict=True) if n == name]
            return f"the CSV has {len(choices):,} columns named {shown_name(name)}; say which one: {listed(choices)}"
        return f"the CSV has no column {shown_name(name)}; {why_not_found(name, self.addresses)}"


def width_of(source: Source) -> int:
    """How many columns the header of a plan's CSV has."""
    return len(source["header"]) if "header" in source else source["width"]


def digest_of(source: Source) -> str:
    """The digest of the header of a plan's CSV."""
    return Header(tuple(source["header"])).digest if "header" in source else source["header_digest"]
