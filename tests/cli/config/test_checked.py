"""`batchctl config check`, as one types it."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.project import ROOT
from tests.cli.command_line import exit_code

EXAMPLES = ["batches", "contacts", "lines", "parcels", "products", "tickets"]
# Twice of what it takes; on the clock it is as long where nobody else keeps the machine busy.
CPU_SECONDS = 2


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = (ROOT / "examples" / f"{name}.config.json", "--csv", ROOT / "examples" / f"{name}.csv")
    assert exit_code("config", "check", *files, "--agent-file", ROOT / "registry") == 0
    printed = capsys.readouterr()
    assert printed.out.endswith("nothing is wrong\n")
    assert "Next:\n  batchctl run " in printed.err


def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "a\x1b[31m.json"
    path.write_text('{"csv_s3_uri": "s3://${BUCKET}/inputs/a.csv",\n "target": "ticket_triag"}', encoding="utf-8")
    return path


def test_problems_are_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("config", "check", wrong(tmp_path), "--agent-file", ROOT / "registry") == 2
    printed = capsys.readouterr()
    assert ": 2 problems\n" in printed.out
    assert "  line 2, /target\n    no agent or tool is registered as" in printed.out
    assert "did you mean 'ticket_triage'?" in printed.out
    assert "Next:" not in printed.err


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("config", "check", wrong(tmp_path), "--json") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["sound"] is False
    assert [problem["pointer"] for problem in document["problems"]] == [""]


@pytest.mark.parametrize("words", [("absent.json",), ("examples/tickets.config.json", "--csv", "absent.csv")])
def test_file_that_is_not_there_is_wrong_usage(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert exit_code("config", "check", *words) == 2
    assert "there is no file absent." in capsys.readouterr().err


def test_check_is_quick_and_needs_no_aws() -> None:
    code = (
        "import sys\nsys.argv = 'batchctl config check examples/tickets.config.json --csv examples/tickets.csv'.split()\n"
        "from batchctl.__main__ import main\n"
        "try:\n    main()\nfinally:\n    print([m for m in ('boto3', 'botocore', 'ministack') if m in sys.modules])"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime < CPU_SECONDS
