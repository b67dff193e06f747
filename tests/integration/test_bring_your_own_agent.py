"""docs/bring-your-own-agent.md by itself: its blocks, in order and as they stand, in a new user's shell and folder."""

import csv
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchctl.local import connection, own_commands
from batchctl.local.foreground import shell_variables
from batchctl.local.stack import LocalStack
from batchctl.project import ROOT

PAGE = (ROOT / "docs" / "bring-your-own-agent.md").read_text(encoding="utf-8")
SCRIPT = "\n".join(re.findall(r"^```bash\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SHOWN = re.findall(r"^```csv\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
MINUTES = 10
PERCENT = {"DE": 19, "FR": 20, "LU": 17}
pytestmark = pytest.mark.skipif("BATCH_STACK_NAMES" in os.environ, reason="the page is about the local stack")


@pytest.fixture(scope="module")
def shell(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A shell that was told of the local stack as the page says, and knows nothing else of this project."""
    folder = tmp_path_factory.mktemp("new user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "FILE", folder / "environment.sh")
        with connection.published(shell_variables(local_stack), own_commands.write(folder / "bin")) as line:

            def run(script: str) -> subprocess.CompletedProcess[str]:
                return subprocess.run(
                    ["sh", "-ec", f"{line}\n{script}"],
                    cwd=folder,
                    env={"HOME": str(folder), "PATH": os.defpath + ":/usr/local/bin"},
                    capture_output=True,
                    text=True,
                    timeout=60 * MINUTES,
                )

            yield run
    local_stack.client("cloudformation").delete_stack(StackName="my-targets")


@pytest.fixture(scope="module")
def walked(shell: Any, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    done: subprocess.CompletedProcess[str] = shell(SCRIPT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def outputs(walked: subprocess.CompletedProcess[str], shell: Any) -> dict[str, list[dict[str, str]]]:
    """The rows of the CSVs that were fetched, by their target."""
    paths = shell('cd my-batch && for file in batch-output/*.csv; do echo "$PWD/$file"; done').stdout.split("\n")[:-1]
    found = {}
    for path in map(Path, paths):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
            found["approval" if "approval" in rows[0] else "vat"] = rows
    return found


def test_page_registers_without_a_warning_and_both_batches_succeed(walked: Any) -> None:
    registered = walked.stdout.split("tool/vat\n", 1)[1]
    assert re.fullmatch(r"agent/approval@1\.0\.0\n(batch-output/orders-\S+\.csv\n){2}", registered)
    assert walked.stderr.count("ALL 1,000 ROWS ANSWERED") == 2
    assert "warning" not in walked.stdout


def test_thousand_rows_have_the_answers_of_the_readers_own_tool_and_agent(walked: Any, shell: Any) -> None:
    found = outputs(walked, shell)
    for number, (vat, approval) in enumerate(zip(found["vat"], found["approval"], strict=True), 1):
        net, country = number * 2, ("DE", "FR", "LU")[number % 3]
        tax = round(net * PERCENT[country] / 100, 2)
        for row in (vat, approval):
            given = {name: row[name] for name in ("order_id", "country", "net", "_status", "_error_message")}
            assert given == {
                "order_id": str(number), "country": country, "net": f"{net:.2f}", "_status": "SUCCESS", "_error_message": "",
            }  # fmt: skip
            assert float(row["gross"]) == round(net + tax, 2)
        assert float(vat["vat"]) == tax
        assert approval["approval"] == ("manager" if net + tax > 1000 else "automatic")
    assert len(found["vat"]) == 1000


def test_page_shows_what_comes_out(walked: Any, shell: Any) -> None:
    found = outputs(walked, shell)
    for target, text in zip(("vat", "approval"), SHOWN, strict=True):
        header, *rows = csv.reader(text.splitlines())
        assert [[row[name] for name in header] for row in found[target][: len(rows)]] == rows
        assert [*found[target][0]] == [*header, "_error_message", "_timestamp", "_execution_time_ms"]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("arn:aws:lambda:us-east-1:000000000000:function:my-vta", "there is no arn:aws:lambda"),
        ("vta", "did you mean 'vat'?"),
        ("arn:aws:states:us-east-1:000000000000:stateMachine:other", "`batchctl local --agents '"),
    ],
)
def test_wrong_turns_are_told_before_a_row_runs(walked: Any, shell: Any, target: str, told: str) -> None:
    columns = {"structured_output_fields": ["vat"]}
    config = json.dumps({"target": target, "input_mapping": {"net": "net"}, "output_mapping": columns})
    ended = shell(f"cd my-batch\necho '{config}' > wrong.json\nbatchctl run orders.csv --config wrong.json")
    assert ended.returncode in (1, 2)  # by the batch, or before there is one
    assert told in ended.stderr
