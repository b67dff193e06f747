"""What goes to stdout, what to stderr, and how a document is cut to the keys that were named."""

import json
import sys
from typing import NotRequired, TypedDict

import pytest

from batchctl.answer import Answer, tell_next
from batchctl.errors import WrongUsage
from batchctl.where import Where


class Shape(TypedDict):
    batch: str
    status: str
    error: NotRequired[str]


RESULT: Shape = {"batch": "tickets", "status": "RUNNING"}


def show(result: Shape) -> None:
    sys.stdout.write(result["batch"] + "\n")


def test_text_is_shown_where_no_document_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Answer.of(None, Shape).give(RESULT, show)
    assert capsys.readouterr().out == "tickets\n"


@pytest.mark.parametrize(
    ("option", "document"), [("", RESULT), ("status", {"status": "RUNNING"}), ("error,batch", {"batch": "tickets"})]
)
def test_document_has_all_keys_or_those_that_were_named(
    option: str, document: object, capsys: pytest.CaptureFixture[str]
) -> None:
    Answer.of(option, Shape).give(RESULT, lambda _: pytest.fail("shown as text"))
    assert json.loads(capsys.readouterr().out) == document


def test_key_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(WrongUsage, match=r"no key 'statsu'\. Did you mean status\? It may have batch, error, status\."):
        Answer.of("batch,statsu", Shape)


def test_next_commands_name_the_stack_that_was_typed(capsys: pytest.CaptureFixture[str]) -> None:
    where = Where(("a stack", "b"), profile="prod", region="eu-west-1")
    tell_next(where, "batchctl watch tickets", "batchctl watch tickets", "Wait for it.")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "\nNext:\n  batchctl watch tickets --stack 'a stack' --stack b --profile prod --region eu-west-1\n  Wait for it.\n"
    )
    assert where.typed("rows", "x y") == (
        "batchctl rows 'x y' --stack 'a stack' --stack b --profile prod --region eu-west-1"
    )
