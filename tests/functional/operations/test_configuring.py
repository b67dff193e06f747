"""Configurations made of a CSV and the name of a target: what a batch takes as it stands."""

from pathlib import Path
from typing import Any

import pytest

from batch_processor.config import parse, request
from batch_processor.config.header_problems import header_problems
from batch_processor.csv_file.header import Header
from batch_processor.errors import AgentNotFound, IncompatibleAgent, InvalidConfiguration, InvalidCsv
from batch_processor.operations.configuring.generation import GeneratedConfig, generate_batch_config
from batch_processor.registry import compatibility
from batch_processor.registry.resolution import resolve
from batch_processor.registry.tables import DynamoDbRegistries
from tests.functional.account import put
from tests.functional.operations.deployments import DEPLOYMENT, register, register_examples
from tests.functional.tables import REGISTRIES
from tests.unit.registry_entries import make_agent

EXAMPLES = Path(__file__).parents[3] / "examples"
TICKETS = (
    b"Case Number,Subject,Body,category\n"
    b"1,Refund,You have charged me twice for the same order and I want it back,billing\n"
    b"2,Login,Since this morning I cannot log in any more and reset does not help,technical\n"
)


@pytest.fixture(autouse=True)
def examples() -> None:
    register_examples()


def generated(csv: bytes, agent: str, mappings: dict[str, str] | None = None) -> GeneratedConfig:
    put("inputs/given.csv", csv)
    return generate_batch_config("s3://data/inputs/given.csv", agent, DEPLOYMENT, mappings)


def problems(config: dict[str, Any], header: str) -> list[str]:
    """What the product has to say of a configuration."""
    registries = DynamoDbRegistries(REGISTRIES)
    resolved = resolve(request(config), registries)
    found = compatibility.problems(config, parse(config), resolved, registries)
    return [str(problem) for problem in (*found, *header_problems(config, Header(tuple(header.split(",")))))]


@pytest.mark.parametrize(
    ("csv", "agent"),
    [
        ("tickets", "ticket_triage"), ("contacts", "contact_enrichment"), ("parcels", "parcel_quote"),
        ("products", "product_copywriter"), ("products", "slogan_writer"),
    ],
)  # fmt: skip
def test_the_examples_need_no_word_more(csv: str, agent: str) -> None:
    body = (EXAMPLES / f"{csv}.csv").read_bytes()
    answer = generated(body, agent)
    assert answer["missing_required"] == []
    assert [question for question in answer["questions"] if question["required"]] == []
    assert problems(answer["config"], body.decode().splitlines()[0]) == []


def test_a_configuration_is_what_a_batch_takes() -> None:
    answer = generated(TICKETS, "ticket_triage")
    config = answer["config"]
    assert config["csv_s3_uri"] == "s3://data/inputs/given.csv"
    assert config["target"] == {"type": "agent", "name": "ticket_triage"}
    assert config["input_mapping"] == {"column_mappings": {"Body": "ticket", "Case Number": "reference"}}
    assert answer["version"] == "1.0.0"
    assert answer["unmapped_columns"] == ["Subject", "category"]
    assert problems(config, "Case Number,Subject,Body,category") == []
    by_field = {pair["field"]: pair for pair in answer["mapping"]}
    assert by_field["ticket"]["guessed"]
    assert by_field["ticket"]["required"]
    assert any("a guess" in warning for warning in answer["warnings"])


def test_an_answer_that_is_called_as_a_column_gets_another_name() -> None:
    answer = generated(TICKETS, "ticket_triage")
    outputs = answer["config"]["output_mapping"]
    assert "category" not in outputs["structured_output_fields"]
    assert outputs["columns"] == [{"name": "ticket_triage_category", "source": "$.structured_output['category']"}]
    assert any("is called 'ticket_triage_category'" in warning for warning in answer["warnings"])


def test_given_mappings_are_taken_before_all_else() -> None:
    answer = generated(TICKETS, "ticket_triage", {"Subject": "ticket"})
    pair = next(pair for pair in answer["mapping"] if pair["field"] == "ticket")
    assert (pair["column"], pair["how"], pair["confidence"], pair["guessed"]) == ("Subject", "given", 1.0, False)


def test_all_that_is_wrong_with_mappings_is_told_at_once() -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        generated(
            TICKETS, "ticket_triage", {"ticket": "Body", "Subjekt": "ticket", "Subject": "tickte", "category": "ticket"}
        )
    told = "\n".join(map(str, caught.value.problems))
    assert "/mappings/ticket: it is the wrong way round: write the column first, Body=ticket" in told
    assert "the CSV has no column 'Subjekt'; did you mean 'Subject'?" in told
    assert "did you mean 'ticket'?" in told
    assert "is given the column 'Subjekt' already" in told


def test_numbers_and_json_are_sent_as_what_they_are() -> None:
    schema = {
        "type": "object",
        "properties": {
            "amount": {"type": "number"},
            "rush": {"type": "boolean"},
            "items": {"type": "array"},
            "age": {"type": "integer"},
        },
        "required": ["amount"],
    }
    register("agent", make_agent("pricing", input_schema=schema))
    answer = generated(b'amount,rush,items,age\n1.5,true,"[1]",30\n2,false,"[]",\n', "pricing")
    inputs = answer["config"]["input_mapping"]
    assert {*inputs["transformations"]} == {"amount", "rush", "items"}
    assert inputs["transformations"]["amount"] == {"type": "jsonpath", "config": {"column": "amount", "path": "$"}}
    assert inputs["column_mappings"] == {"age": "age"}
    assert any("is sent to 'age' as text" in warning for warning in answer["warnings"])
    assert problems(answer["config"], "amount,rush,items,age") == []


def test_what_is_not_sure_is_asked_about_with_what_to_type() -> None:
    csv = b"work_phone,home_phone\n+1 202-555-0101,+1 202-555-0102\n+1 202-555-0103,+1 202-555-0104\n"
    register(
        "agent",
        make_agent("caller", input_schema={"type": "object", "properties": {"phone": {}}, "required": ["phone"]}),
    )
    answer = generated(csv, "caller")
    assert answer["missing_required"] == ["phone"]
    (question,) = answer["questions"]
    assert question["required"]
    assert question["candidates"] == ["work_phone", "home_phone"]
    assert "work_phone=phone or home_phone=phone" in question["question"]


def test_a_target_that_says_nothing_of_its_input_gets_every_column() -> None:
    register("agent", make_agent("open_minded", input_schema=None))
    answer = generated(b"a,b\n1,2\n", "open_minded")
    assert answer["config"]["input_mapping"] == {"column_mappings": {"a": "a", "b": "b"}}
    assert any("without an input_schema" in warning for warning in answer["warnings"])


def test_the_variables_of_a_template_are_the_inputs() -> None:
    register(
        "template",
        {"template_id": "greeting", "version": "1.0.0", "template": {"text": "Dear {{first_name}} of {{company}}"}},
    )
    register("agent", make_agent("greeter", input_schema=None, template_config={"template_id": "greeting"}))
    answer = generated(b"Vorname,Firma,x\nAnna,Acme GmbH,1\nKai,Globex AG,2\n", "greeter")
    assert {pair["field"]: pair["column"] for pair in answer["mapping"]} == {
        "first_name": "Vorname",
        "company": "Firma",
    }


def test_a_local_file_is_configured_for_where_it_is_uploaded_to(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(TICKETS)
    config = generate_batch_config(str(path), "ticket_triage", DEPLOYMENT)["config"]
    assert config["csv_s3_uri"] == "s3://data/inputs/mine.csv"


def test_another_delimiter_is_written_down_and_empty_cells_are_told() -> None:
    answer = generated(TICKETS.replace(b",", b";") + b"3;Late;;x\n", "ticket_triage")
    assert answer["config"]["csv_format"] == {"delimiter": "semicolon"}
    assert any(warning.startswith("1 of 3 cells of 'Body' are empty") for warning in answer["warnings"])


def test_a_csv_that_a_batch_would_refuse_is_told() -> None:
    answer = generated(TICKETS + b'3,"open', "ticket_triage")
    assert any(warning.startswith("a batch would be refused: Line 4") for warning in answer["warnings"])
    with pytest.raises(InvalidCsv, match="Excel workbook"):
        generated(b"PK\x03\x04xl/", "ticket_triage")


def test_who_cannot_be_used_is_told_with_who_can() -> None:
    with pytest.raises(AgentNotFound) as caught:
        generated(TICKETS, "ticket_triag")
    assert caught.value.suggestion == 'Did you mean "ticket_triage"?'
    register("agent", make_agent("chatty", structured_output=None))
    with pytest.raises(IncompatibleAgent) as incompatible:
        generated(TICKETS, "chatty")
    assert "ticket_triage" in incompatible.value.compatible_agents
