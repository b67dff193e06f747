"""The specification's walk-through of the broadband agent, as a person types it: seven steps, by the AWS CLI itself.

`spec_walk_through.md` is its text, word for word. Replaced are the account with its Region, /tmp, and what the text leaves for
the reader to fill in.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from batchctl.local import sam
from batchctl.local.stack import MAIN, LocalStack
from batchctl.project import ROOT
from tests.integration.batches import Inbox, wait_until
from tests.integration.builds import Builds
from tests.integration.conftest import HastyEmulator

TEXT = (Path(__file__).parent / "spec_walk_through.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^### (Step \d): .*?^```bash\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
BUCKET = "batch-processor-prod-123456789012"
AGENT = ROOT / "generated" / "broadband_availability_bt_wholesale"
AWS = ROOT / ".venv-aws" / "bin"

Run = Callable[..., str]


@dataclass(frozen=True, slots=True)
class BuiltAsMain(sam.Stack):
    """A stack that is deployed from what the main stack has built already."""

    @property
    def build_dir(self) -> Path:
        return MAIN.build_dir


OWN = {
    "Environment": "prod",
    "DataBucketName": BUCKET,
    "AgentNamePattern": "broadband-*",
    "ToolNamePattern": "broadband-*",
}
PROD = BuiltAsMain(ROOT, "batch-processor-prod", OWN)


@pytest.fixture(scope="module")
def prod(builds: Builds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The stack of the environment prod by itself, and the agent, which registers itself under its name without one."""
    emulator = HastyEmulator(auth=True, log_path=tmp_path_factory.mktemp("prod") / "emulator.log")

    def build(stack: sam.Stack) -> None:
        builds.build(MAIN if stack is PROD else stack)

    with LocalStack(emulator=emulator, stacks=(PROD,), build=build) as stack:
        own = {"Environment": "prod", "RegisterEntryFunctionArn": stack.outputs["RegisterEntryFunctionArn"]}
        stack.add(sam.Stack(AGENT, "broadband-availability-bt-wholesale-prod", own))
        yield stack


def executions(prod: LocalStack) -> list[dict[str, Any]]:
    """Those of the batch machine, newest first."""
    machine = prod.outputs["StateMachineArn"]
    found: list[dict[str, Any]] = prod.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return found


@pytest.fixture(scope="module")
def run(prod: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a step in a shell as the text has it; returns what it prints."""
    folder = tmp_path_factory.mktemp("walk-through")
    _, _, _, region, account, *_ = prod.outputs["StateMachineArn"].split(":")
    home = {"eu-west-1:123456789012": f"{region}:{account}", "/tmp/": f"{folder}/"}
    environment = {**prod.environment, "PATH": f"{AWS}{os.pathsep}{os.environ['PATH']}", "AWS_PAGER": ""}

    def type_in(script: str, **left_open: str) -> str:
        for printed, meant in (home | left_open).items():
            script = script.replace(printed, meant)
        done = subprocess.run(["bash", "-euc", script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return type_in


def test_text_has_seven_steps() -> None:
    assert [name for name, _ in STEPS] == [f"Step {number}" for number in range(1, 8)]
    assert BUCKET in TEXT


def test_bucket_and_topic_are_called_as_the_specification_has_them(prod: LocalStack) -> None:
    assert prod.outputs["BucketName"] == BUCKET
    assert prod.outputs["TopicArn"].endswith(":batch-processor-notifications-prod")


def test_seven_steps_lead_to_the_result(prod: LocalStack, run: Run) -> None:
    steps = dict(STEPS)
    inbox = Inbox.of_topic(prod)
    for number in range(1, 5):
        run(steps[f"Step {number}"])
    arn = json.loads(run(steps["Step 5"]))["executionArn"]
    placeholder = re.search(r'--execution-arn "(.*?)"', steps["Step 6"])
    assert placeholder

    def ended() -> dict[str, Any] | None:
        described: dict[str, Any] = json.loads(run(steps["Step 6"].replace(placeholder[1], arn)))
        return described if described["status"] != "RUNNING" else None

    described = wait_until(ended)
    assert described["status"] == "SUCCEEDED", described.get("cause")
    listing, download = re.split(r"\n(?=# Download)", steps["Step 7"])
    (name,) = re.findall(r"(\S+\.csv)$", run(listing), re.MULTILINE)
    assert re.search(r"-\d{8}T\d{6}Z-", name), "it tells when the batch began"
    run(download.replace("result-YYYY-MM-DD-HH-MM-SS.csv", name))
    printed = run("cat /tmp/results.csv")
    header, first, second = printed.splitlines()
    assert header.startswith(
        "building_number,street,postcode,full_address,success,exchange,cabinet,downstream_mbps,upstream_mbps,availability,"
    )
    assert first.startswith("1,Church View,DN12 1RH,,true,DONCASTER CENTRAL,")
    assert second.startswith("23,High Street,SW1A 1AA,23 High Street London SW1A 1AA,true,KINGSLAND GREEN,")
    summary = json.loads(described["output"])
    assert (summary["rows_succeeded"], summary["target"]["version"]) == (2, "1.0.0"), (
        "the agent is known by its machine"
    )
    # The upload of step 4 has started nothing and alarmed nobody: there is one batch, and one message.
    assert [execution["executionArn"] for execution in executions(prod)] == [arn]
    assert arn in inbox.wait_for(summary["csv_location"])["Message"]
    assert inbox.count("execution_arn", 0.5) == 0


def test_config_that_names_its_csv_is_found_by_its_name_once_it_is_uploaded(prod: LocalStack, run: Run) -> None:
    run(dict(STEPS)["Step 1"] + dict(STEPS)["Step 2"] + dict(STEPS)["Step 3"])
    add_csv = (
        'sed -i \'1a "input_csv_s3_uri": "s3://batch-processor-prod-123456789012/inputs/test_addresses.csv",\' '
        "/tmp/broadband_batch_config.json\n"
    )
    run(add_csv + dict(STEPS)["Step 4"].replace("/configs/broadband_batch_config", "/configs/nightly"))
    machine = prod.outputs["StateMachineArn"]
    command = found_in_docs("list-executions").replace("$STATE_MACHINE_ARN", machine).replace("tickets", "nightly")
    (name,) = wait_until(lambda: run(command).split())
    assert re.fullmatch(r"nightly-[0-9a-f]{32}", name)
    # The other way: the name follows from the version that the upload has got.
    head = prod.client("s3").head_object(Bucket=prod.outputs["BucketName"], Key="configs/nightly.json")
    derived = found_in_docs("sha256sum").replace("$BUCKET", prod.outputs["BucketName"])
    derived = derived.replace("configs/tickets.json", "configs/nightly.json").replace("$VERSION", head["VersionId"])
    assert run(derived).strip() == name.removeprefix("nightly-")


def found_in_docs(word: str) -> str:
    """The command with that word that docs/configuration.md prints for finding the batch of an upload."""
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    section = page.split("## The batch of an upload")[1].split("\n## ")[0]
    (command,) = [line for line in section.replace("\\\n", "").splitlines() if word in line and "`" not in line]
    return command


def test_config_beside_the_folder_is_told_of(prod: LocalStack, run: Run) -> None:
    inbox = Inbox.of_topic(prod)
    config = {"csv_s3_uri": "s3://x/inputs/a.csv", "target": "triage", "input_mapping": {"text": "text"}}
    upload = f"echo '{json.dumps(config)}' | aws s3 cp - s3://{BUCKET}/config/astray.json"
    run(upload)
    message = json.loads(inbox.wait_for("astray")["Message"])
    assert message["status"] == "NOT_STARTED"
    run(message["advice"].partition(": ")[2])
    assert wait_until(lambda: [found for found in executions(prod) if found["name"].startswith("astray-")])
