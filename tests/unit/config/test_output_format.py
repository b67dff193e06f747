from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.config.output_format import OutputFormat
from batch_processor.csv_file.encodings import detect_encoding
from batch_processor.errors import InvalidConfiguration
from tests.unit.config.changes import Build


def asked(document: Build, **mapping: Any) -> OutputFormat:
    return parse(document(output_mapping={"structured_output_fields": ["category"], **mapping})).output.csv


def test_output_is_rfc_4180_by_default(document: Build) -> None:
    assert asked(document) == asked(document, csv_format={}) == asked(document, bom=False) == OutputFormat()
    assert OutputFormat().written("utf-16", ";") == {"delimiter": ",", "bom": False}


@pytest.mark.parametrize(
    ("mapping", "delimiter", "bom"),
    [
        ({"bom": True}, ",", True),
        ({"csv_format": {"bom": True}}, ",", True),
        ({"csv_format": {"delimiter": "semicolon"}}, ";", False),
        ({"csv_format": {"delimiter": "\\t", "bom": True}}, "\t", True),
        ({"csv_format": {"delimiter": "|"}, "bom": True}, "|", True),
        ({"csv_format": {"delimiter": "pipe", "bom": True}, "bom": True}, "|", True),
    ],
)
def test_delimiter_and_mark_can_be_said(document: Build, mapping: dict[str, Any], delimiter: str, bom: bool) -> None:
    for encoding in ("utf-8", "utf-8-sig"):
        assert asked(document, **mapping).written(encoding, "x") == {"delimiter": delimiter, "bom": bom}


@pytest.mark.parametrize(
    ("content", "declared", "bom"),
    [
        ("näme".encode(), "auto", False),
        ("näme".encode(), "utf-8", False),
        ("näme".encode("utf-8-sig"), "auto", True),
        ("näme".encode("utf-8-sig"), "latin-1", True),
        ("näme".encode("utf-16"), "auto", True),
        ("näme,x\n".encode("utf-16-be"), "utf-16-be", True),
        ("näme".encode("cp1252"), "cp1252", True),
        ("näme".encode("latin-1"), "latin-1", True),
    ],
)
def test_output_as_input_has_a_mark_unless_the_input_is_utf_8_without_one(
    document: Build, content: bytes, declared: str, bom: bool
) -> None:
    encoding = detect_encoding(content, declared)
    assert asked(document, csv_format="as_input").written(encoding, ";") == {"delimiter": ";", "bom": bom}
    for said in (True, False):
        written = asked(document, csv_format="as_input", bom=said).written(encoding, ";")
        assert written == {"delimiter": ";", "bom": said}


def test_mark_that_is_said_twice_must_be_said_alike(document: Build) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        asked(document, csv_format={"bom": False}, bom=True)
    assert [str(found) for found in caught.value.problems] == [
        "/output_mapping/bom: 'csv_format/bom' says otherwise; say it once"
    ]
