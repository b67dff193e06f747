"""The columns of a CSV and the names by which a configuration addresses them."""

import difflib
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from batch_processor.contract import Source

_LISTED, _LONGEST_LIST = 20, 600  # names, and characters of all of them together
_LONGEST, _LONGEST_MEANT = 80, 300  # characters of a name
# Beyond them a name is not compared with each column letter by letter, which would take longer than anyone waits.
_COMPARED_COLUMNS, _COMPARED_CHARACTERS = 2_000, 100
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

    def _explain(self, name: str) -> str:
        if self._counts[name] > 1 and name:
            choices = [a for a, n in zip(self.addresses, self.names, strict=True) if n == name]
            return f"the CSV has {len(choices):,} columns named {_cut(name)!r}; say which one: {_listed(choices)}"
        near = self._nearest(name)
        hint = f"did you mean {_cut(near, _LONGEST_MEANT)!r}?" if near else f"its columns are {_listed(self.addresses)}"
        return f"the CSV has no column {_cut(name)!r}; {hint}"

    def _nearest(self, name: str) -> str | None:
        if letters := _letters(name):
            for address in self.addresses:
                if _letters(address) == letters:
                    return address
        if len(self.names) > _COMPARED_COLUMNS or len(name) > _COMPARED_CHARACTERS:
            return None
        return next(iter(difflib.get_close_matches(name, self.addresses, n=1)), None)


def width_of(source: Source) -> int:
    """How many columns the header of a plan's CSV has."""
    return len(source["header"]) if "header" in source else source["width"]


def digest_of(source: Source) -> str:
    """The digest of the header of a plan's CSV."""
    return Header(tuple(source["header"])).digest if "header" in source else source["header_digest"]


def _letters(name: str) -> str:
    """What names have in common that are told apart by case, blanks and punctuation only."""
    return "".join(filter(str.isalnum, name)).casefold()


def _listed(names: Sequence[str]) -> str:
    shown, room = [], _LONGEST_LIST
    for name in names[:_LISTED]:
        shown.append(repr(_cut(name)))
        room -= len(shown[-1])
        if room < 0:
            break
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def _cut(name: str, longest: int = _LONGEST) -> str:
    """The name, cut in its middle: its end may be all that tells it from others."""
    half = longest // 2
    return name if len(name) <= longest else f"{name[:half]}…{name[-half:]}"
