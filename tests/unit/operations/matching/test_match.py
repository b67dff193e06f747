"""Columns and fields of many domains: what must be mapped is, what is unsure is asked about, and nothing else happens."""

from pathlib import Path
from time import monotonic

import pytest

from batch_processor.operations.analysis.survey import survey
from batch_processor.operations.matching.evidence import CsvColumn
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.matching.match import Match, match
from batch_processor.operations.matching.scoring import BAR
from tests.unit.operations.csv_corpus import CASES, Case, Schema, text
from tests.unit.operations.csv_corpus_short_names import SHORT_NAMES
from tests.unit.operations.csv_files import written


def columns_of(csv: str, folder: Path) -> list[CsvColumn]:
    return [CsvColumn(column) for column in survey(written(csv, folder), 5).columns]


def fields_of(case: Case) -> list[InputField]:
    return [InputField(name, name in case.required, schema, case.about) for name, schema in case.fields.items()]


def matched(csv: str, folder: Path, *required: str, **fields: Schema) -> Match:
    given = [InputField(name, name in required, schema) for name, schema in fields.items()]
    return match(given, columns_of(csv, folder))


def mapped(found: Match) -> dict[str, str]:
    return {pair.field.name: pair.column.name for pair in found.mapped}


@pytest.mark.parametrize("case", [*CASES, *SHORT_NAMES], ids=lambda case: case.name)
def test_corpus_is_mapped_as_a_careful_person_would(case: Case, tmp_path: Path) -> None:
    found = match(fields_of(case), columns_of(case.csv, tmp_path))
    assert mapped(found) == case.maps
    assert {*case.asks} <= {asked.field.name for asked in found.asked}
    assert all(pair.confidence >= BAR for pair in found.mapped)


@pytest.mark.parametrize("case", [*CASES, *SHORT_NAMES], ids=lambda case: case.name)
def test_all_but_the_same_names_and_confirmed_synonyms_is_marked_as_a_guess(case: Case, tmp_path: Path) -> None:
    found = match(fields_of(case), columns_of(case.csv, tmp_path))
    for pair in found.mapped:
        told = any(f"'{pair.column.name}' is taken for '{pair.field.name}'" in warning for warning in found.warnings)
        assert told == pair.is_guess
        assert pair.is_guess or pair.how in ("same_name", "normalised") or pair.confidence > 0.92


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("company_name", "name"), ("ip_address", "address"), ("email_address", "address"), ("status", "state"),
        ("date_of_birth", "date"), ("fax", "phone"), ("total", "state"), ("county", "country"), ("quality", "quantity"),
        ("manager_email", "email"), ("country_code", "code"), ("postal_code", "code"), ("gender", "sender"),
        ("product_name", "name"),
        ("phone_type", "phone"), ("email_verified", "email"), ("weight", "height"), ("number_of_guests", "guest"),
        ("shipping_address", "billing_address"), ("weight_lb", "weight_kg"), ("updated_at", "created_at"),
        ("last_name", "first_name"),
    ],
)  # fmt: skip
def test_a_name_that_only_looks_alike_is_never_mapped(header: str, field: str, tmp_path: Path) -> None:
    found = matched(f"{header},other\nalpha,1\nbeta,2\ngamma,3\n", tmp_path, field, **{field: text()})
    assert not found.mapped


def test_of_two_equally_likely_columns_neither_is_mapped(tmp_path: Path) -> None:
    csv = "customer_email,contact_email\na@x.example,b@x.example\nc@x.example,d@x.example\n"
    found = matched(csv, tmp_path, email=text())
    assert not found.mapped
    assert found.asked[0].columns == ("customer_email", "contact_email")


def test_a_number_never_gets_a_text_even_of_the_same_name(tmp_path: Path) -> None:
    csv = "amount,x\nquite a lot,1\nnot much at all,2\n"
    found = matched(csv, tmp_path, "amount", amount={"type": "number"})
    assert not found.mapped
    assert "it takes number" in found.warnings[0]
    assert found.asked[0].columns == ("amount",)


def test_cells_must_be_in_the_enum(tmp_path: Path) -> None:
    schema: Schema = {"type": "string", "enum": ["low", "high"]}
    assert mapped(matched("level\nlow\nhigh\n", tmp_path, level=schema)) == {"level": "level"}
    found = matched("level\n1\n2\n", tmp_path, level=schema)
    assert not found.mapped
    assert "one of 2 values" in found.warnings[0]


def test_the_pattern_of_a_field_decides_against_a_column(tmp_path: Path) -> None:
    schema: Schema = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}
    assert mapped(matched("code\nAB-1\nCD-22\n", tmp_path, code=schema)) == {"code": "code"}
    assert not matched("code\nnope\nneither\n", tmp_path, code=schema).mapped


def test_an_empty_column_speaks_neither_for_nor_against(tmp_path: Path) -> None:
    assert mapped(matched("amount,x\n,1\n,2\n", tmp_path, amount={"type": "number"})) == {"amount": "amount"}


def test_the_longest_text_is_the_text_and_a_near_one_makes_it_a_question(tmp_path: Path) -> None:
    long, short = "word " * 30, "word " * 8
    found = matched(
        f"a_text,b_text\n{long},{short}\n{long},{short}\n", tmp_path, ticket=text("The text of the ticket.")
    )
    assert mapped(found) == {"ticket": "a_text"}
    assert found.mapped[0].is_guess
    found = matched(f"a_text,b_text\n{long},{long}\n{long},{long}\n", tmp_path, ticket=text("The text of the ticket."))
    assert not found.mapped
    assert {*found.asked[0].columns} == {"a_text", "b_text"}


def test_given_columns_are_taken_and_what_speaks_against_them_is_told(tmp_path: Path) -> None:
    columns = columns_of("note,total\nhello there,1\nall good,2\n", tmp_path)
    found = match([InputField("total", required=True, schema={"type": "number"})], columns, {"note": "total"})
    assert [(pair.column.name, pair.how, pair.confidence) for pair in found.mapped] == [("note", "given", 1.0)]
    assert "as given, but it takes number" in found.warnings[0]


def test_the_best_pairs_together_win_over_the_first_that_comes(tmp_path: Path) -> None:
    csv = "mobile,phone\n+1 202-555-0101,+1 202-555-0102\n+1 202-555-0103,+1 202-555-0104\n"
    assert mapped(matched(csv, tmp_path, telephone=text(), mobile_number=text())) == {
        "telephone": "phone",
        "mobile_number": "mobile",
    }


def test_columns_that_are_numbered_are_asked_about(tmp_path: Path) -> None:
    csv = "email,email\na@x.example,b@x.example\nc@x.example,d@x.example\n"
    found = matched(csv, tmp_path, email=text())
    assert not found.mapped
    assert found.asked[0].columns == ("email#1", "email#2")


def test_a_table_of_a_thousand_columns_is_matched_in_a_second(tmp_path: Path) -> None:
    names = [f"measure_{number}" for number in range(1_000)]
    csv = f"{','.join([*names, 'E-Mail'])}\n" + f"{','.join(['1'] * 1_000)},a@x.example\n" * 3
    columns = columns_of(csv, tmp_path)
    fields = [InputField(f"field_{number}", required=False) for number in range(30)]
    began = monotonic()
    found = match([*fields, InputField("email", required=True)], columns)
    assert mapped(found) == {"email": "E-Mail"}
    assert monotonic() - began < 10


def test_whose_name_it_is_is_asked_unless_the_field_says_so(tmp_path: Path) -> None:
    csv = "pet_name,owner_name\nRex,Ann Lee\nMia,Bob Ray\n"
    assert not mapped(matched(csv, tmp_path, "name", name=text()))
    assert mapped(matched(csv, tmp_path, "name", name=text("The pet's name."))) == {"name": "pet_name"}


def test_a_day_under_another_name_is_asked_about(tmp_path: Path) -> None:
    found = matched("sampled,x\n2026-01-02,1\n2026-01-03,2\n", tmp_path, "date", date=text())
    assert [asked.columns for asked in found.asked] == [("sampled",)]
    assert not matched("date_of_birth,x\n2026-01-02,1\n2026-01-03,2\n", tmp_path, "date", date=text()).asked


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("gross_kg", "net_weight_kg"), ("parent_nm", "student_name"), ("album_artist", "artist"), ("src_lang", "target_language"),
        ("min_tmp", "max_temperature"), ("vet_nm", "owner_name"), ("PAIDAMT", "fine_amount"), ("pay_dt", "invoice_date"),
        ("OFFICERNO", "ticket_number"), ("del_dt", "due_date"), ("plan", "plaintiff"), ("AWAYTEAM", "home_team"),
        ("dep_dt", "arrival_date"), ("port", "portions"), ("customer_cnt", "order_count"), ("load_amt", "weight_amount"),
        ("kcal / portion", "portions"), ("station", "stated"), ("rate", "rating"), ("artist_id", "artist"),
        ("hotel_nm", "guest_name"), ("st", "status"), ("mag", "manager_name"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "cells", [("alpha", "beta", "gamma"), ("17", "25", "31"), ("2026-01-03", "2026-02-04", "2026-03-05")]
)
def test_a_short_name_is_never_another_thing(header: str, field: str, cells: tuple[str, ...], tmp_path: Path) -> None:
    rows = "".join(f"{cell},{number}\n" for number, cell in enumerate(cells))
    assert not mapped(matched(f"{header},other\n{rows}", tmp_path, field, **{field: text()}))


def test_units_are_never_converted_but_asked_about(tmp_path: Path) -> None:
    found = matched("Wait (min)\n3\n4\n9\n", tmp_path, "wait_seconds", wait_seconds={"type": "integer"})
    assert not found.mapped
    assert found.asked[0].columns == ("Wait (min)",)
    assert "Its name says s, and the column's says min" in found.asked[0].why


def test_a_no_is_not_the_yes(tmp_path: Path) -> None:
    jury: Schema = {"type": "boolean"}
    assert not matched("jury_waived,x\nY,1\nN,2\n", tmp_path, jury=jury).mapped
    assert mapped(matched("juryDemand,x\nY,1\nN,2\n", tmp_path, jury=jury)) == {"jury": "juryDemand"}


def test_days_in_one_other_form_are_mapped_with_a_warning_and_in_several_asked_about(tmp_path: Path) -> None:
    day: Schema = {"type": "string", "format": "date"}
    found = matched("start_date\n13-01-2026\n14-02-2026\n", tmp_path, start_date=day)
    assert mapped(found) == {"start_date": "start_date"}
    assert "written DD-MM-YYYY, and 'start_date' takes YYYY-MM-DD" in found.warnings[0]
    found = matched("start_date\n13/01/2026\n2026-02-14\n18 Apr 2026\n", tmp_path, start_date=day)
    assert not found.mapped
    assert "although it is called so" in found.warnings[0]
    assert found.asked[0].columns == ("start_date",)


def test_a_number_with_marks_is_not_sent_as_a_number(tmp_path: Path) -> None:
    found = matched('Cost\n"1.234,56"\n"7,90"\n', tmp_path, cost={"type": "number"})
    assert not found.mapped
    assert "but as 1.234,56" in found.warnings[0]


def test_a_description_names_a_column_in_another_language(tmp_path: Path) -> None:
    csv = "Befundtext,予約番号\nalles gut,A1\nnicht gut,A2\n"
    found = matched(csv, tmp_path, booking=text("予約番号 / booking"), report=text("Report (German: Befundtext)"))
    assert mapped(found) == {"booking": "予約番号", "report": "Befundtext"}
    assert all(pair.is_guess for pair in found.mapped)
