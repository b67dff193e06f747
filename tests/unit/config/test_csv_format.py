import codecs

import pytest

from batch_processor.config import parse
from batch_processor.config.csv_format import ENCODINGS
from tests.unit.config.changes import Build


@pytest.mark.parametrize(
    ("given", "delimiter"),
    [
        ("auto", "auto"),
        ("comma", ","),
        ("tab", "\t"),
        ("\\t", "\t"),
        ("\t", "\t"),
        ("semicolon", ";"),
        ("pipe", "|"),
        ("§", "§"),
    ],
)
def test_delimiter_is_known_by_name_or_by_itself(document: Build, given: str, delimiter: str) -> None:
    assert parse(document(csv_format={"delimiter": given})).csv_format.delimiter == delimiter


@pytest.mark.parametrize(("given", "encoding"), ENCODINGS.items())
def test_encoding_has_one_spelling_afterwards_and_python_knows_it(document: Build, given: str, encoding: str) -> None:
    assert parse(document(csv_format={"encoding": given})).csv_format.encoding == encoding
    assert encoding == "auto" or codecs.lookup(encoding)
