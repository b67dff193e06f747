"""`batchctl run`, from a CSV and an agent's name to the CSV with the answers."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli import shapes
from tests.cli.command_line import exit_code
from tests.cli.run.conftest import OUTPUT, Stack

ANSWERED = shapes.results(
    status="SUCCEEDED", rows_failed=0, rows_succeeded=2000, failures=[], next_steps=["batchctl rows tickets-20261121"]
)
QUESTION = {
    "field": "ticket",
    "question": "Which column is the ticket?",
    "candidates": ["subject", "body"],
    "required": True,
}
CONFIG = {
    "csv_s3_uri": "s3://data/inputs/tickets.csv",
    "target": "ticket_triage",
    "input_mapping": {"column_mappings": {"description": "ticket"}},
    "output_mapping": {"structured_output_fields": ["category"]},
}
UNCLEAR = shapes.generated(missing_required=["ticket"], questions=[QUESTION], mapping=[])


def test_csv_and_agent_are_enough(stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]) -> None:
    stack.results = ANSWERED
    assert exit_code("run", csv, "--agent", "ticket_triage") == 0
    printed = capsys.readouterr()
    assert printed.out == "batch-output/tickets-20261121.csv\n"
    assert Path("batch-output/tickets-20261121.csv").read_bytes() == OUTPUT
    assert Path("batch-output/tickets-20261121.summary.json").exists()
    [key] = stack.keys()
    assert re.fullmatch(r"inputs/[0-9a-f]{16}/tickets\.csv", key)
    asked, (config, confirmation) = stack.given
    assert asked == (csv, "ticket_triage", {})
    assert config == {"csv_s3_uri": f"s3://data/{key}", "target": "ticket_triage@1.0.0"}
    assert confirmation is None
    for told in (
        "csv      2 rows, 2 columns, utf-8\n",
        "agent    ticket_triage@1.0.0\n",
        "mapping  reference ← ticket_id  (means the same)\n",
        "         ticket    ← description  (similar name, guessed (82% sure))\n",
        "estimate $1.81 ($1.50 to $2.10), about 1:35; limited by 40 rows at a time\n",
        "batch    tickets-20261121\n",
        "ALL 2,000 ROWS ANSWERED",
        "\nNext:\n  batchctl rows tickets-20261121\n",
    ):
        assert told in printed.err


def test_failed_rows_end_with_3_and_a_document_is_the_only_output(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = "status,rows_failed,output_path"
    assert exit_code("run", csv, "--agent", "ticket_triage", "--json", keys, "--output", "here") == 3
    assert json.loads(capsys.readouterr().out) == {
        "status": "COMPLETED_WITH_ERRORS", "rows_failed": 54, "output_path": "here/tickets-20261121.csv",
    }  # fmt: skip


def test_after_a_trial_comes_the_whole(stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]) -> None:
    stack.results = ANSWERED
    words = ("--agent", "ticket_triage", "--map", "a b=reference", "--stack", "batch-processor-dev")
    assert exit_code("run", csv, *words, "--max-rows", 20) == 0
    assert stack.given[0][2] == {"a b": "reference"}
    assert stack.given[1][0]["max_rows"] == 20
    assert (
        "Next:\n  batchctl run tickets.csv --agent ticket_triage --map 'a b=reference' --stack batch-processor-dev\n"
        in capsys.readouterr().err
    )


def test_same_csv_is_uploaded_once_and_another_one_never_over_it(stack: Stack, csv: str) -> None:
    for text in ("ticket_id\nT-1\n", "ticket_id\nT-1\n", "ticket_id\nT-2\n"):
        Path(csv).write_text(text)
        stack.generated, stack.executed = [shapes.generated()], [shapes.started()]
        exit_code("run", csv, "--agent", "ticket_triage")
    assert len(stack.keys()) == 2


def test_what_else_lies_where_the_csv_would_stays(stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code("run", csv, "--agent", "ticket_triage")
    [key] = stack.keys()
    stack.client("s3").put_object(Bucket="data", Key=key, Body=b"other")
    stack.generated = [shapes.generated()]
    assert exit_code("run", csv, "--agent", "ticket_triage") == 1
    assert f"s3://data/{key} is something else than tickets.csv" in capsys.readouterr().err
    assert stack.client("s3").get_object(Bucket="data", Key=key)["Body"].read() == b"other"


def test_result_is_never_written_over_a_file_of_the_user(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = Path("batch-output/tickets-20261121.csv")
    mine.parent.mkdir()
    mine.write_text("mine")
    for name in ("tickets-20261121-2.csv", "tickets-20261121-2.csv"):  # fetched twice, kept once
        stack.generated, stack.executed = [shapes.generated()], [shapes.started()]
        exit_code("run", csv, "--agent", "ticket_triage")
        assert capsys.readouterr().out == f"batch-output/{name}\n"
    assert mine.read_text() == "mine"
    assert sorted(path.name for path in mine.parent.iterdir()) == [
        "tickets-20261121-2.csv", "tickets-20261121.csv", "tickets-20261121.summary.json",
    ]  # fmt: skip


def test_what_was_run_before_is_shown_unless_it_is_to_run_again(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.executed = [shapes.started(already=True)]
    assert exit_code("run", csv, "--agent", "ticket_triage") == 3
    assert "To run it once more, add --again." in capsys.readouterr().err
    stack.generated = [shapes.generated()]
    stack.executed = [shapes.confirmation_required(), shapes.started()]
    assert exit_code("run", csv, "--agent", "ticket_triage", "--again", "--yes") == 3
    before, asked, confirmed = stack.again
    assert (before is None, bool(asked)) == (True, True)
    assert confirmed == asked


def test_csv_in_s3_is_not_uploaded(stack: Stack, csv: str) -> None:
    assert exit_code("run", "s3://elsewhere/a.csv", "--agent", "ticket_triage") == 3
    assert stack.keys() == []
    assert stack.given[1][0]["csv_s3_uri"] == "s3://elsewhere/a.csv"


def test_config_is_filled_in_and_pointed_at_the_csv(stack: Stack, csv: str) -> None:
    stack.outputs["TicketAgentArn"] = "arn:aws:states:eu-west-1:123456789012:stateMachine:ticket-agent"
    document = {**CONFIG, "csv_s3_uri": "s3://old/a.csv", "target": {"type": "agent", "arn": "${TICKET_AGENT_ARN}"}}
    Path("config.json").write_text(json.dumps(document))
    assert exit_code("run", csv, "--config", "config.json", "--max-rows", 5) == 3
    [(config, _)] = stack.given
    assert config == {
        **CONFIG,
        "csv_s3_uri": f"s3://data/{stack.keys()[0]}",
        "target": {"type": "agent", "arn": stack.outputs["TicketAgentArn"]},
        "max_rows": 5,
    }


def test_all_that_is_wrong_with_a_config_is_told_before_anything_is_uploaded(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "input_mapping": {"column_mappings": {"ticket": "description"}},
        "output_mapping": {"structured_output_fields": "a"},
    }
    Path("config.json").write_text(json.dumps({**CONFIG, **wrong}))
    assert exit_code("run", csv, "--config", "config.json") == 2
    told = capsys.readouterr().err
    assert 'If column and field are the wrong way round, write "description": "ticket"' in told
    assert 'write ["a"]' in told
    assert (stack.given, stack.keys()) == ([], [])


def test_encoding_is_an_option_and_stays_one_in_what_is_next(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.results = ANSWERED
    assert exit_code("run", csv, "--agent", "ticket_triage", "--encoding", "Windows-1252", "--max-rows", 1) == 0
    assert stack.encodings == ["cp1252"]
    assert "Next:\n  batchctl run tickets.csv --agent ticket_triage --encoding cp1252\n" in capsys.readouterr().err


def test_csv_that_is_not_utf_8_is_told_with_the_option_to_type(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = 'declare in csv_format.encoding how it was saved: "cp1252" reads ö or "cp1251" reads ц.'
    problem = {"message": "The bytes f6 are not utf-8.", "suggestion": told, "blocks": True}
    stack.structure = shapes.structure(problems=[problem])
    assert exit_code("run", csv, "--agent", "ticket_triage") == 2
    assert capsys.readouterr().err.endswith("On the command line that is the option --encoding cp1252.\n")


def test_column_is_put_into_a_command_only_where_it_may_be_meant_and_as_a_shell_takes_it(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.generated = [
        shapes.generated(missing_required=["ticket"], questions=[], mapping=[], unmapped_columns=["Ticket no.", "b"])
    ]
    assert exit_code("run", csv, "--agent", "ticket_triage") == 2
    told = capsys.readouterr().err
    assert "    --map 'Ticket no.=ticket'\n    --map b=ticket\n" in told
    assert told.endswith("batchctl run tickets.csv --agent ticket_triage --map COLUMN=ticket\n")


@pytest.mark.parametrize(("name", "told"), [("tickts.csv", "Did you mean tickets.csv?"), (".", "is a folder")])
def test_path_that_is_no_csv_is_told_with_what_is_there(
    stack: Stack, csv: str, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", name, "--agent", "ticket_triage") == 2
    assert told in capsys.readouterr().err


def test_without_waiting_the_batchs_name_is_the_answer(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", csv, "--agent", "ticket_triage", "--no-wait", "--region", "eu-west-1") == 0
    printed = capsys.readouterr()
    assert printed.out == "tickets-20261121\n"
    assert "batchctl watch tickets-20261121 --region eu-west-1\n" in printed.err
    assert not Path("batch-output").exists()


def test_unclear_field_is_told_with_what_to_type_and_nothing_is_uploaded(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.generated = [UNCLEAR]
    assert exit_code("run", csv, "--agent", "ticket_triage", "--stack", "batch-processor-dev") == 2
    told = capsys.readouterr().err
    assert "ticket: Which column is the ticket?" in told
    assert "    --map subject=ticket\n    --map body=ticket\n" in told
    assert "batchctl run tickets.csv --agent ticket_triage --map subject=ticket --stack batch-processor-dev" in told
    assert stack.keys() == []


def test_unclear_field_is_asked_for_at_a_terminal(
    stack: Stack, csv: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.generated = [UNCLEAR, shapes.generated()]
    answers = iter(["7", "2"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    assert exit_code("run", csv, "--agent", "ticket_triage") == 3
    assert [given[2] for given in stack.given[:2]] == [{}, {"body": "ticket"}]
    printed = capsys.readouterr()
    assert "  1  subject\n  2  body\n  0  none of them\n" in printed.err
    assert "'7' is none of them" in printed.err
    assert printed.out.endswith(".csv\n")


def test_required_field_that_no_column_is_like_is_asked_for_and_nothing_typed_is_no_answer(
    stack: Stack, csv: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlike = shapes.generated(missing_required=["a", "b"], questions=[], mapping=[], unmapped_columns=["x", "y"])
    stack.generated = [unlike, unlike]
    answers, defaults = iter(["2", "0"]), list[str]()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    def prompt(*_: Any, default: str, **__: Any) -> str:
        defaults.append(default)
        return next(answers)

    monkeypatch.setattr("typer.prompt", prompt)
    assert exit_code("run", csv, "--agent", "ticket_triage") == 2
    assert [given[2] for given in stack.given] == [{}, {"y": "a"}]
    assert defaults == ["0", "0"]


def test_optional_question_is_no_obstacle_but_is_told(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.generated = [shapes.generated(questions=[{**QUESTION, "field": "mood", "required": False}])]
    assert exit_code("run", csv, "--agent", "ticket_triage") == 3
    assert "if it is subject, add: --map subject=mood" in capsys.readouterr().err


def test_csv_that_no_batch_takes_is_told_with_all_that_is_wrong(
    stack: Stack, csv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.structure = shapes.structure(
        problems=[
            {"line": 3, "message": "A quote is never closed.", "suggestion": "Close it.", "blocks": True},
            {"message": "It is an xlsx.", "suggestion": "Save it as CSV.", "blocks": True},
        ]
    )
    assert exit_code("run", csv, "--agent", "ticket_triage") == 2
    told = capsys.readouterr().err
    assert (
        "tickets.csv: line 3: A quote is never closed. Close it.\ntickets.csv: It is an xlsx. Save it as CSV." in told
    )
    assert stack.given == []


@pytest.mark.parametrize("yes", [False, True])
def test_large_batch_is_confirmed_by_somebody(
    stack: Stack, csv: str, yes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.executed = [shapes.confirmation_required(), shapes.started()]
    code = exit_code("run", csv, "--agent", "ticket_triage", *(["--yes"] if yes else []))
    told = capsys.readouterr().err
    assert "2,000,000 rows\n" in told
    # With --yes it is started, so nobody is told that it was not.
    assert ("This is a large batch.\n" in told) == (not yes)
    assert "secret" not in told
    assert code == (3 if yes else 2)
    assert [given[1] for given in stack.given[1:]] == ([None, "secret"] if yes else [None])
    assert ("batchctl run tickets.csv --agent ticket_triage --yes" in told) == (not yes)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--agent NAME"),
        (("--agent", "a", "--config", "tickets.csv"), "Give one of the two"),
        (("--config", "absent.json", "--map", "a=b"), "--map: a configuration has its mapping already"),
        (("--agent", "a", "--map", "ab"), "'ab' has not the form column=field"),
        (("--agent", "a", "--map", "a=b", "--map", "a=c"), "the column 'a' is given twice, for b and for c"),
        (("--agent", "a", "--max-rows", "0"), "--max-rows"),
        (("--agent", "a", "--encoding", "cp1522"), "did you mean 'cp1252'?"),
        (("--config", "tickets.csv", "--encoding", "cp1252"), "in csv_format.encoding"),
        (("--agent", "a", "--json", "statsu"), "Did you mean status?"),
        (("--agent", "a", "--json", "output_path", "--no-wait"), "no key 'output_path'"),
    ],
)
def test_what_cannot_be_done_as_typed_is_told_before_anything_happens(
    stack: Stack, csv: str, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", csv, *words) == 2
    assert told in capsys.readouterr().err
    assert stack.given == []
    assert stack.keys() == []


def test_error_of_an_operation_is_a_document_where_one_is_asked_for(
    stack: Stack, csv: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from batch_processor.errors import UnknownBatch
    from batch_processor.operations.running import execution

    def refuse(*_: Any, **__: Any) -> None:
        raise UnknownBatch("No batch is called so.")

    monkeypatch.setattr(execution, "execute_batch_processor", refuse)
    assert exit_code("run", csv, "--agent", "ticket_triage", "--json") == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"error": "UnknownBatch", "message": "No batch is called so."}
    assert "Traceback" not in printed.err
