import json
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from batch_processor.operations.erasure.erasure import Erasure
from batch_processor.operations.erasure.place import Held
from batchctl.answer import Answer
from batchctl.erase import erasing
from batchctl.erase.erasing import NotConfirmed, Wish, run_erase
from batchctl.where import Where

LEFT = Held("input CSV", "s3://data/inputs/a.csv", "versions", 1)
FAULTY = Held("rows", "results", "rows", fault="denied")
ERASURE = Erasure("night", "arn:night", "SUCCEEDED", [FAULTY], [LEFT], ["later"], [])
WHERE = "--stack batch-processor-dev --profile prod"


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack that has the batch; what is typed at its terminal is yes."""
    replacements: dict[str, Any] = {
        "deployed": lambda _: nullcontext(),
        "named_batch": lambda *_: "arn:night",
        "survey": lambda *_, **__: ERASURE,
        "erase": lambda *_, **__: ERASURE,
    }
    for name, replacement in replacements.items():
        monkeypatch.setattr(erasing, name, replacement)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)


def run(wish: Wish) -> int:
    return run_erase(replace(wish, where=Where(("batch-processor-dev",), "prod")))


def test_every_command_to_type_next_names_the_stack(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Wish("night", inputs=False, yes=True, answer=Answer())) == 1
    told = capsys.readouterr()
    assert f"batchctl erase night --inputs {WHERE}:" in told.out
    assert f"batchctl erase later {WHERE}\n" in told.out
    assert f"batchctl erase night --yes {WHERE}\n" in told.err
    with pytest.raises(NotConfirmed, match=f"batchctl erase night --inputs --yes {WHERE}"):
        run(Wish("night", inputs=True, yes=False, answer=Answer()))


def test_json_is_one_document_where_somebody_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    run(Wish("night", inputs=False, yes=False, answer=Answer(as_json=True)))
    told = capsys.readouterr()
    assert json.loads(told.out)["outcome"] == "erased"
    assert "Will be erased:" in told.err
