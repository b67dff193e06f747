"""Matches the columns of a CSV with the input fields of a target: sure pairs are mapped, unsure ones become questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from batch_processor.csv_file.column_names import listed, shown_name
from batch_processor.operations.matching.assignment import best_pairs
from batch_processor.operations.matching.evidence import CsvColumn, caveat, contradiction
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.matching.scoring import BAR, EXACT, FLOOR, Candidate, candidates
from batch_processor.operations.naming.synonyms import NEVER_ALONE

# Of two columns that are this near to each other, neither is mapped.
_NEAR = 0.06
_MOST_CANDIDATES = 5
# What a field that need not be filled is worth a question for.
_OPTIONAL_FLOOR = 0.6


@dataclass(frozen=True)
class Asked:
    """A field that is not mapped, with the columns that it could be, best first, and what speaks against one that seems right."""

    field: InputField
    columns: tuple[str, ...]
    why: str


@dataclass
class Match:
    """What goes where: `mapped` by field, in the order of the fields; `warnings` are sentences."""

    mapped: list[Candidate] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def column_of(self, name: str) -> str | None:
        """The column that the field of that name gets."""
        return next((pair.column.name for pair in self.mapped if pair.field.name == name), None)


def match(fields: Sequence[InputField], columns: Sequence[CsvColumn], given: Mapping[str, str] | None = None) -> Match:
    """The match; `given` is {column: field}, of names that exist."""
    by_field, by_column = {f.name: f for f in fields}, {c.name: c for c in columns}
    fixed = [Candidate(by_field[f], by_column[c], "given", 1.0) for c, f in (given or {}).items()]
    taken = {pair.column.name for pair in fixed}
    open_fields = [f for f in fields if f.name not in {pair.field.name for pair in fixed}]
    found = candidates(open_fields, [column for column in columns if column.name not in taken])
    chosen = {pair.field.name: pair for pair in _chosen([pair for pair in found if not pair.against])}
    result = Match(warnings=[told for pair in fixed if (told := _doubt(pair))])
    by_name = {pair.field.name: pair for pair in fixed}
    owned = taken | {pair.column.name for pair in chosen.values() if pair.confidence >= BAR}
    for known in fields:
        pair = by_name.get(known.name) or chosen.get(known.name)
        _settle(result, known, pair, [other for other in found if other.field.name == known.name], owned)
    return result


def _chosen(found: Sequence[Candidate]) -> list[Candidate]:
    """The best pairs of those that would be mapped, and then of what is left: two doubtful ones never push out a sure one."""
    sure = best_pairs([pair for pair in found if pair.confidence >= BAR])
    fields, columns = {pair.field.name for pair in sure}, {pair.column.name for pair in sure}
    rest = [pair for pair in found if pair.field.name not in fields and pair.column.name not in columns]
    return [*sure, *best_pairs(rest)]


def _settle(
    result: Match, known: InputField, pair: Candidate | None, found: Sequence[Candidate], owned: set[str]
) -> None:
    """Maps the pair, or asks about the field if the pair is unsure or has a rival."""
    rivals = _rivals(pair, found, owned)
    if pair and pair.confidence >= BAR and not rivals:
        result.mapped.append(pair)
        if pair.is_guess:
            result.warnings.append(_guess_told(pair))
        if told := caveat(pair.field, pair.column):
            result.warnings.append(f"{shown_name(pair.column.name)}: {told}")
        return
    free = [
        other
        for other in sorted(found, key=lambda other: -other.confidence)
        if other.confidence >= (FLOOR if known.required else _OPTIONAL_FLOOR)
        and (other.column.name not in owned or other in rivals or other is pair)
    ]
    against = [other for other in found if other.against and (known.required or _is_called_so(other))]
    columns = tuple(dict.fromkeys(other.column.name for other in (*free, *against)))[:_MOST_CANDIDATES]
    result.warnings += [
        f"{shown_name(other.column.name)} is not mapped to {shown_name(known.name)} although it is called so: {other.against}"
        for other in against
        if _is_called_so(other)
    ]
    if columns:
        result.asked.append(Asked(known, columns, _why_asked(known, columns, rivals, against)))


def _is_called_so(pair: Candidate) -> bool:
    """Whether the names are sure by themselves."""
    return pair.how in EXACT or pair.by_name >= BAR


def _rivals(pair: Candidate | None, found: Sequence[Candidate], owned: set[str]) -> list[Candidate]:
    """Columns that are nearly as likely, and that nothing else needs."""
    if not pair or pair.how in EXACT:
        return []
    return [
        other
        for other in found
        if other.column.name != pair.column.name
        and not other.against
        and other.confidence >= (FLOOR if _is_anybodys(pair, other) else max(pair.confidence - _NEAR, FLOOR))
        and other.column.name not in owned
    ]


def _is_anybodys(pair: Candidate, other: Candidate) -> bool:
    """Whether both columns are names, or the like, of somebody or something that the field does not say."""
    concepts = {pair.field.meaning.concept, pair.column.meaning.concept, other.column.meaning.concept}
    said = pair.column.meaning.others <= pair.field.meaning.others | pair.field.told
    return len(concepts) == 1 and concepts <= NEVER_ALONE and not said


def _why_asked(
    known: InputField, columns: Sequence[str], rivals: Sequence[Candidate], against: Sequence[Candidate]
) -> str:
    name = shown_name(known.name)
    if rivals:
        return f"Which column is {name}: {listed(columns)}? They are equally likely."
    if against and {pair.column.name for pair in against} >= {*columns}:
        return (
            f"Is {shown_name(columns[0])} really {name}? {against[0].against[0].upper()}{against[0].against[1:]}."
            if against[0].against
            else ""
        )
    if len(columns) == 1:
        return f"Is {shown_name(columns[0])} what {name} takes? The names alone do not tell."
    return f"Which column is {name}: {listed(columns)}? The names alone do not tell."


def _guess_told(pair: Candidate) -> str:
    reasons = {
        "synonym": "the names mean about the same",
        "similar": "the names are nearly the same",
        "abbreviated": "its name has the same words, some of them short or in another form",
        "in_part": "its name and its cells say so together",
        "described": "the field is described in that word",
        "by_type": f"its cells look like it ({pair.column.profile['role_evidence']})",
    }
    return (
        f"{shown_name(pair.column.name)} is taken for {shown_name(pair.field.name)}, as {reasons[pair.how]}: a guess, "
        f"{pair.confidence:.0%} sure"
    )


def _doubt(pair: Candidate) -> str | None:
    against = contradiction(pair.field, pair.column)
    return (
        f"{shown_name(pair.column.name)} is mapped to {shown_name(pair.field.name)} as given, but {against}"
        if against
        else None
    )
