import codecs

import pytest

from batch_processor.config import parse
from batch_processor.config.csv_format import ENCODINGS
from batch_processor.csv_file.csv_format import CsvFormat
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
        ("space", " "),
        (", ", ", "),
        ("\u0001", "\u0001"),
    ],
)
def test_delimiter_is_known_by_name_or_by_itself(document: Build, given: str, delimiter: str) -> None:
    assert parse(document(csv_format={"delimiter": given})).csv_format.delimiter == delimiter


@pytest.mark.parametrize(("given", "encoding"), ENCODINGS.items())
def test_encoding_has_one_spelling_afterwards_and_python_knows_it(document: Build, given: str, encoding: str) -> None:
    assert parse(document(csv_format={"encoding": given})).csv_format.encoding == encoding
    assert encoding == "auto" or codecs.lookup(encoding)


@pytest.mark.parametrize(
    ("given", "quote"), [("auto", "auto"), ("none", ""), ("double", '"'), ("single", "'"), ('"', '"'), ("~", "~")]
)
def test_quote_is_known_by_name_or_by_itself(document: Build, given: str, quote: str) -> None:
    assert parse(document(csv_format={"quote": given})).csv_format.quote == quote


def test_every_other_key_comes_through(document: Build) -> None:
    given = {"escape": "backslash", "line_end": "any", "header_line": 4.0, "ragged": "pad", "encoding_certain": True}
    assert parse(document(csv_format=given)).csv_format == CsvFormat(
        escape="backslash", line_end="any", header_line=4, ragged="pad", encoding_certain=True
    )
