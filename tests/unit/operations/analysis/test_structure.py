"""What is told of whole CSVs: roles and types by evidence, and all that a batch would refuse."""

import gzip
from pathlib import Path

import pytest

from batch_processor.errors import SourceUnavailable
from batch_processor.operations.analysis.structure import CsvStructure, analyze_csv_structure
from tests.unit.operations.csv_corpus import CASES, Case
from tests.unit.operations.csv_corpus_short_names import SHORT_NAMES


def analyzed(csv: str | bytes, folder: Path, sample_rows: int = 5) -> CsvStructure:
    path = folder / "given.csv"
    path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return analyze_csv_structure(str(path), sample_rows)


def of_column(csv: str, folder: Path, column: int = 0) -> tuple[str, str]:
    profile = analyzed(csv, folder)["profiles"][column]
    return profile["role"], profile["data_type"]


@pytest.mark.parametrize("case", [*CASES, *SHORT_NAMES], ids=lambda case: case.name)
def test_roles_and_types_of_the_corpus(case: Case, tmp_path: Path) -> None:
    structure = analyzed(case.csv, tmp_path)
    roles = {profile["name"]: profile["role"] for profile in structure["profiles"]}
    assert {name: roles[name] for name in case.roles} == case.roles
    assert {name: structure["data_types"][name] for name in case.types} == case.types
    assert structure["problems"] == []
    assert structure["row_count"] == case.csv.count("\n") - 1
    assert structure["row_count_is_exact"]


@pytest.mark.parametrize(
    ("cells", "role", "data_type"),
    [
        (["007", "042", "100"], "identifier", "string"),
        (["12345678901234567", "12345678901234568"], "identifier", "string"),
        (["+44 20 7946 0958", "+49 30 123456"], "phone", "string"),
        (["1,5", "2,25"], "number", "number"),
        (["1,200.00", "15.00"], "number", "number"),
        (["12 %", "7 %"], "number", "number"),
        (["1.234", "5.678,9"], "number", "number"),
        (["1,234", "5,678"], "number", "string"),
        (["¥1,234", "¥75,000"], "number", "number"),
        (["$5", "€7"], "number", "string"),
        (["20240131", "20240201", "20240330", "20240415", "20241224"], "date", "date"),
        (["31/01/2024 08:15", "01/02/2024 23:00"], "date", "datetime"),
        (["ABT 1845", "BEF 12 MAR 1901", "1877"], "short_text", "string"),
        (
            ["995370968576203", "987395881463698", "999104004157586", "992791140602658", "991234567890123"],
            "identifier",
            "integer",
        ),
        (["1", "2", "n/a"], "short_text", "string"),
        (["1.5", "2"], "number", "number"),
        (["1e3", "2.5e-7"], "number", "number"),
        (["true", "false"], "boolean", "boolean"),
        (["0", "1", "0"], "boolean", "integer"),
        (["2026-02-30", "2026-02-01"], "identifier", "string"),
        (["03/04/2026", "05/06/2026"], "date", "string"),
        (["13/04/2026", "05/06/2026"], "date", "date"),
        (["04/13/2026", "05/06/2026"], "date", "date"),
        (["3. März 2026", "12. Mai 2026"], "date", "date"),
        (["Mar 3, 2026", "May 12, 2026"], "date", "date"),
        (["2026-03-01T10:00:00Z", "2026-03-01 11:30"], "date", "datetime"),
        (["10:30", "23:59:59"], "time", "string"),
        (["550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440001"], "identifier", "string"),
        (["192.168.0.1", "10.0.0.7"], "identifier", "string"),
        (["123-45-6789", "987-65-4321"], "identifier", "string"),
        (['"{""a"": 1}"', '"[1, 2]"'], "json", "json"),
        (["SW1A 1AA", "E8 4LX"], "postcode", "string"),
        (["Germany", "France", "Österreich"], "country", "string"),
        (["DEU", "FRA"], "country", "string"),
        (["CA", "NY", "TX"], "address_part", "string"),
        (["", ""], "empty", "string"),
        (["-0.5", "0"], "number", "number"),
        (["Acme Ltd", "Globex GmbH"], "company_name", "string"),
    ],
)
def test_cells_alone_tell_role_and_type(cells: list[str], role: str, data_type: str, tmp_path: Path) -> None:
    csv = "q,r\n" + "".join(f"{cell},x\n" if "," not in cell or cell[0] == '"' else f'"{cell}",x\n' for cell in cells)
    assert of_column(csv, tmp_path) == (role, data_type)


@pytest.mark.parametrize(
    ("name", "cells", "role", "data_type"),
    [
        ("zip", ["10115", "80331"], "postcode", "string"),
        ("phone", ["2025550101", "2025550102"], "phone", "string"),
        ("country", ["DE", "FR"], "country", "string"),
        ("language", ["de", "fr"], "short_text", "string"),
        ("isbn", ["9780141439518", "9780451524935"], "identifier", "string"),
        ("version", ["1.10", "1.9"], "number", "string"),
        ("order_date", ["20260103", "20260214"], "date", "date"),
        ("first_name", ["Zork", "Blip"], "person_name", "string"),
    ],
)
def test_the_name_decides_what_cells_leave_open(
    name: str, cells: list[str], role: str, data_type: str, tmp_path: Path
) -> None:
    rows = "".join(f"{cell},x\n" for cell in cells)
    assert of_column(f"{name},r\n{rows}", tmp_path) == (role, data_type)


def test_a_name_that_lies_does_not_decide(tmp_path: Path) -> None:
    assert of_column("email,r\nyes,1\nno,2\n", tmp_path)[0] == "boolean"
    assert of_column("phone,r\nhello there,1\ngood bye,2\n", tmp_path)[0] == "short_text"
    assert of_column("date,r\nsoon,1\nlater,2\n", tmp_path)[0] == "short_text"


def test_one_odd_cell_late_in_the_file_keeps_a_column_a_string(tmp_path: Path) -> None:
    csv = "n,r\n" + "".join(f"{number},x\n" for number in range(5_000)) + "unknown,x\n"
    role, data_type = of_column(csv, tmp_path)
    assert (role, data_type) == ("number", "string")


def test_counts_are_those_of_all_rows(tmp_path: Path) -> None:
    csv = "n,r\n" + "".join(f"{number % 7 or ''},{number}\n" for number in range(3_500))
    first, second = analyzed(csv, tmp_path)["profiles"]
    assert (first["cells"], first["empty_cells"], first["distinct"], first["distinct_is_exact"]) == (
        3_500,
        500,
        6,
        True,
    )
    assert (second["distinct"], second["longest"]) == (3_500, 4)


def test_evidence_is_told_in_numbers(tmp_path: Path) -> None:
    csv = "kontakt,r\n" + "".join(f"a{n}@x.example,1\n" for n in range(41))
    assert analyzed(csv, tmp_path)["profiles"][0]["role_evidence"] == "41 of 41 cells look like e-mail addresses"


def test_sample_rows_are_cell_by_column(tmp_path: Path) -> None:
    structure = analyzed("a,b\n1,x\n2,y\n3,z\n", tmp_path, sample_rows=2)
    assert structure["sample_data"] == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]


@pytest.mark.parametrize(
    ("csv", "line", "told", "suggested"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0), None, "gzip-compressed", "Gunzip it first"),
        (b"PK\x03\x04xl/workbook", None, "an Excel workbook", "save the sheet"),
        (b'a,b\n1,"open\n2,x\n', 2, "opened and never closed", "Close it"),
        (b"a,b\ncaf\xe9,1\n", 2, "are not utf-8", "Save the file as UTF-8"),
        (b"", None, "is empty", "header"),
        (b'[{"a": 1}]', None, "it is JSON", "Export its rows as CSV"),
    ],
)
def test_what_a_batch_refuses_is_a_problem_that_blocks(
    csv: bytes, line: int | None, told: str, suggested: str, tmp_path: Path
) -> None:
    problems = analyzed(csv, tmp_path)["problems"]
    assert [problem["blocks"] for problem in problems] == [True]
    assert problems[0].get("line") == line
    assert told in problems[0]["message"]
    assert suggested in problems[0]["suggestion"]


@pytest.mark.parametrize(
    ("csv", "line", "told"),
    [
        ("a,b\n1,2\n3\n", 3, "Line 3 has 1 cell, the header has 2"),
        ("a,a\n1,2\n", 1, "2 columns are called 'a'"),
        ("a,\n1,2\n", 1, "1 column has no name"),
        ("a, b\n1,2\n", 1, "has blanks around it"),
        ("a,b\n", 1, "a header and no rows"),
        ("a@x.example,17\nb@x.example,18\n", 1, "looks like a row"),
        ("a,_status\n1,2\n", 1, "a column of its own"),
    ],
)
def test_what_is_strange_is_a_problem_that_does_not_block(csv: str, line: int, told: str, tmp_path: Path) -> None:
    problems = analyzed(csv, tmp_path)["problems"]
    assert [(problem["line"], problem["blocks"]) for problem in problems] == [(line, False)]
    assert told in problems[0]["message"]


def test_delimiters_and_encodings_are_those_that_a_batch_detects(tmp_path: Path) -> None:
    structure = analyzed("a;b\r\n1;ä\r\n".encode("utf-16"), tmp_path)
    assert (structure["encoding"], structure["delimiter"], structure["line_end"]) == ("utf-16", ";", "\r\n")
    assert structure["csv_format"] == {"delimiter": "semicolon"}
    assert structure["sample_data"] == [{"a": "1", "b": "ä"}]


def test_paths_are_told_apart_and_misspelt_ones_mended(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text("a,b\n1,2\n")
    assert analyze_csv_structure(f"file://{tmp_path}/tickets.csv")["row_count"] == 1
    with pytest.raises(SourceUnavailable, match=r"Did you mean .*tickets\.csv\?"):
        analyze_csv_structure(str(tmp_path / "tikets.csv"))
    with pytest.raises(SourceUnavailable, match=r"is a folder.* there are tickets\.csv"):
        analyze_csv_structure(str(tmp_path))
    with pytest.raises(SourceUnavailable, match="placeholder"):
        analyze_csv_structure("s3://${BUCKET}/inputs/a.csv")
    with pytest.raises(SourceUnavailable, match="s3://BUCKET/KEY"):
        analyze_csv_structure("s3://bucket")
