"""The example inputs are long enough to be of use and as dirty as real ones."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from tests.examples.batch_inputs import CONTACTS, EXAMPLES, TICKETS, rows_of


@pytest.mark.parametrize("table", [CONTACTS, TICKETS], ids=lambda table: table.name)
def test_table_has_two_hundred_rows_of_one_header(table: Any) -> None:
    assert len(rows_of(table)) >= 200
    assert not any(b"\x00" in line for line in table.read_bytes().splitlines())


def test_contacts_hold_the_dirt_of_an_address_book() -> None:
    rows = rows_of(CONTACTS)
    cells = [cell for row in rows for cell in row]
    phones = [row[2] for row in rows]
    assert Counter(len(row) for row in rows) == {6: len(rows) - 2, 4: 1, 8: 1}
    assert sum(count - 1 for count in Counter(map(tuple, rows)).values()) == 3
    assert any(cell.startswith("=") for cell in cells)
    assert any("\n" in cell and '"' in cell and "," in cell for cell in cells)
    assert any(cell == "NA" for cell in cells)
    assert any(cell != cell.strip() for cell in cells)
    assert any(phone.startswith("00") for phone in phones)
    assert phones.count("") >= 5
    assert any(re.search(r"x\d|ext", phone) for phone in phones)
    assert any(not row[3].isascii() for row in rows)
    assert b"\r\n" in CONTACTS.read_bytes()


def test_tickets_hold_the_dirt_of_an_inbox() -> None:
    rows = rows_of(TICKETS)
    texts = [row[5] for row in rows]
    assert Counter(len(row) for row in rows) == {6: len(rows) - 1, 7: 1}
    assert sum(not (row[4] + row[5]).strip() for row in rows) == 2
    assert sum(count - 1 for count in Counter(map(tuple, rows)).values()) == 1
    assert any("\n" in text and '"' in text for text in texts)
    assert any("🙂" in text for text in texts)
    assert any("\\" in text for text in texts)
    assert any(row[4].startswith("=") for row in rows)


@pytest.mark.parametrize("name", ["contacts", "tickets"])
def test_config_names_columns_and_fields_that_exist(name: str) -> None:
    config = json.loads((EXAMPLES / f"{name}.config.json").read_text(encoding="utf-8"))
    header = (EXAMPLES / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    mapping = config["input_mapping"]
    columns = [*mapping.get("column_mappings", {})]
    for transformation in mapping.get("transformations", {}).values():
        columns += transformation["config"]["variables"].values()
    assert set(columns) <= set(header)
    folder = {"contacts": "contact_tool", "tickets": "ticket_agent"}[name]
    schema = json.loads((EXAMPLES / folder / "output_schema.json").read_text(encoding="utf-8"))
    assert config["output_mapping"]["structured_output_fields"] == schema["required"]
    assert not set(schema["required"]) & set(header)


@pytest.mark.parametrize("table", [CONTACTS, TICKETS], ids=lambda table: table.name)
def test_every_address_is_fictional(table: Any) -> None:
    # RFC 2606 and RFC 6761 keep these names free for documentation; the rest are typos that reach nobody.
    reserved = re.compile(
        r"(?:^|[.@-])(?:example|example\.{1,2}com|example\.net|example\.org|test|localhost)[.\s>]*$", re.I
    )
    column = {"contacts.csv": 3, "tickets.csv": 1}[table.name]
    addresses = [row[column] for row in rows_of(table) if "@" in row[column]]
    assert [address for address in addresses if not reserved.search(address)] == []
