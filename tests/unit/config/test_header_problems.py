from typing import Any

from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from tests.unit.configs import make_document


def messages(document: Any, *names: str, elsewhere: str = "") -> list[str]:
    found = header_problems(document, Header(names), told_elsewhere=lambda _: elsewhere)
    return [problem.message for problem in found]


def optional(*names: str) -> Any:
    columns = [{"csv_column": name, "agent_input_field": name, "required": False} for name in names]
    return make_document(input_mapping={"column_mappings": columns})


def test_header_without_any_mapped_column_is_refused_although_none_is_required() -> None:
    assert messages(optional("mail", "phone"), "sep=", "") == [
        "the CSV has no column 'mail'; its columns are 'sep=', 'column_2'",
        "the CSV has no column 'phone'; its columns are 'sep=', 'column_2'",
    ]


def test_optional_column_may_be_missing_beside_one_that_is_there() -> None:
    assert messages(optional("mail", "phone"), "phone") == []


def test_where_missing_columns_stand_is_told_once() -> None:
    document = make_document(input_mapping={"column_mappings": {"mail": "a", "phone": "b"}})
    first, second = messages(document, "x", elsewhere="; line 3 has all that are missing")
    assert first.endswith("; line 3 has all that are missing")
    assert "line 3" not in second


def test_column_that_looks_like_another_is_not_looked_for_elsewhere() -> None:
    document = make_document(input_mapping={"column_mappings": {"Größe": "a"}})
    [message] = messages(document, "Gro\u0308ße", elsewhere="; line 3 has it")
    assert "U+0308 (COMBINING DIAERESIS)" in message
    assert "line 3" not in message


def test_constants_alone_need_no_column() -> None:
    assert messages(make_document(input_mapping={"static_values": {"a": 1}}), "x") == []
