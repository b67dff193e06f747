"""The columns of a CSV and the names by which a configuration addresses them."""

import difflib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from batch_processor.csv_file.column_names import listed, shown_name, why_not_found


@dataclass(frozen=True)
class Header:
    """Header cells as written. Duplicates are addressed `email#2`, empty ones `column_1`; both count from 1."""

    names: tuple[str, ...]

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """One unambiguous name per column, in column order."""
        counts = Counter(self.names)
        seen: Counter[str] = Counter()
        addresses = []
        for position, name in enumerate(self.names, start=1):
            seen[name] += 1
            if not name:
                addresses.append(self._apart(f"column_{position}"))
            else:
                addresses.append(self._apart(f"{name}#{seen[name]}") if counts[name] > 1 else name)
        return tuple(addresses)

    def _apart(self, address: str) -> str:
        """The address, with a # appended for as long as there is a column of just that name."""
        return self._apart(f"{address}#") if address in self.names else address

    def locate(self, name: str) -> int:
        """The position (0-based) of the column addressed by `name`; LookupError says what there is instead."""
        if self.names.count(name) == 1 and name:
            return self.names.index(name)
        if self.addresses.count(name) == 1:
            return self.addresses.index(name)
        raise LookupError(self._explain(name))

    def has(self, name: str) -> bool:
        """Whether any column has that name or address, even if several have it."""
        return name in self.names or name in self.addresses

    def nearest(self, name: str, likeness: float) -> str | None:
        """The address of the column that is probably meant, whatever its case; None if no name is near."""
        by_case = {address.lower(): address for address in reversed(self.addresses)}
        near = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=likeness)
        return name if self.has(name) else by_case[near[0]] if near else None

    def _explain(self, name: str) -> str:
        if self.names.count(name) > 1 and name:
            choices = [a for a, n in zip(self.addresses, self.names, strict=True) if n == name]
            return f"the CSV has {len(choices)} columns named {shown_name(name)}; say which one: {listed(choices)}"
        return f"the CSV has no column {shown_name(name)}; {why_not_found(name, self.addresses)}"
