"""Columns that are called as a field's title or description calls it, in whichever language."""

from batch_processor.operations.matching.evidence import CsvColumn
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.naming.cjk import is_cjk, without_general
from batch_processor.operations.naming.synonyms import ENTITIES, OWNERS
from batch_processor.operations.naming.words import written_words

_SAME_WORDS, _ANOTHER_LANGUAGE, _BUT_FOR_GENERAL = 0.84, 0.82, 0.78
_SHORTEST_WORD = 4


def by_description(field: InputField, column: CsvColumn) -> float:
    """How sure it is by title and description; 0 if they do not call it so."""
    name = written_words(column.name)
    if not name or (len(name) == 1 and name[0] in OWNERS | ENTITIES):
        return 0.0
    if name in field.other_names and any(len(word) >= _SHORTEST_WORD or is_cjk(word) for word in name):
        return _SAME_WORDS
    joined = "".join(name)
    if not is_cjk(joined):
        return 0.0
    told = {"".join(part) for part in field.other_names}
    if joined in field.affirmed:
        return _ANOTHER_LANGUAGE
    return _BUT_FOR_GENERAL if without_general(joined) & told else 0.0
