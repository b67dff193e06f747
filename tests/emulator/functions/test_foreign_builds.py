"""Deployments of code that was built for something else than what runs it."""

import io
import json
import struct
import zipfile

import pytest

from batchctl.local.emulator.foreign_builds import FOR_THIS_MACHINE, FOR_USUAL, ForeignBuild, Platform, check
from tests.emulator.local_aws import LocalAws, until

MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}
HERE = Platform.of_this_machine()
ELSEWHERE = {"x86_64": "arm64", "arm64": "x86_64"}[HERE.architecture]
USUAL, LAPTOP = Platform("x86_64", "python3.13"), Platform("arm64", "python3.12")


def package(*compiled: str, architecture: str) -> bytes:
    """A function's code with shared objects of these names."""
    body = b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + struct.pack("<H", MACHINES[architecture]) + b"the rest"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handle(event, context):\n    return event\n")
        file.writestr("core/notes.so", "no shared object")
        for name in compiled:
            file.writestr(name, body)
    return archive.getvalue()


class Function:
    """A stack with one function, deployed again and again."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws, self._client, self._name = aws, aws.client("cloudformation"), aws.name("stack")
        self._bucket = aws.name("artifacts")
        aws.client("s3").create_bucket(Bucket=self._bucket)

    def deploy(self, code: bytes, architecture: str, *, update: bool = False) -> tuple[str, str]:
        """The stack's status afterwards, and all reasons that its events give."""
        key = self._aws.name("code")
        self._aws.client("s3").put_object(Bucket=self._bucket, Key=key, Body=code)
        properties = {
            "Handler": "app.handle",
            "Runtime": HERE.runtime,
            "Role": self._aws.role_arn,
            "Architectures": [architecture],
            "Code": {"S3Bucket": self._bucket, "S3Key": key},
        }
        template = {"Resources": {"Function": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
        begin = self._client.update_stack if update else self._client.create_stack
        begin(StackName=self._name, TemplateBody=json.dumps(template))
        until(lambda: not self._status().endswith("IN_PROGRESS"))
        events = self._client.describe_stack_events(StackName=self._name)["StackEvents"]
        return self._status(), " ".join(event.get("ResourceStatusReason", "") for event in events)

    def _status(self) -> str:
        status: str = self._client.describe_stacks(StackName=self._name)["Stacks"][0]["StackStatus"]
        return status


def test_code_for_another_processor_is_refused_and_nothing_stays_of_it(patched: LocalAws) -> None:
    code = package("core/_core.abi3.so", architecture=ELSEWHERE)
    for architecture in MACHINES:
        status, reasons = Function(patched).deploy(code, architecture)
        assert status == "ROLLBACK_COMPLETE"
        assert f"The code was built for {ELSEWHERE} (core/_core.abi3.so)" in reasons
        assert f"its function is deployed for {architecture}" in reasons


def test_an_update_to_it_leaves_the_code_that_ran(patched: LocalAws) -> None:
    function = Function(patched)
    good = package("core/_core.abi3.so", architecture=HERE.architecture)
    assert function.deploy(good, HERE.architecture)[0] == "CREATE_COMPLETE"
    foreign = package("core/_core.abi3.so", architecture=ELSEWHERE)
    assert function.deploy(foreign, HERE.architecture, update=True)[0] == "UPDATE_ROLLBACK_COMPLETE"


def test_code_without_compiled_files_runs_anywhere(patched: LocalAws) -> None:
    assert Function(patched).deploy(package(architecture=ELSEWHERE), ELSEWHERE)[0] == "CREATE_COMPLETE"


def test_aws_takes_it_and_so_does_ministack_by_itself(unpatched: LocalAws) -> None:
    code = package("core/_core.abi3.so", architecture=ELSEWHERE)
    assert Function(unpatched).deploy(code, HERE.architecture)[0] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("file", "architecture", "deployed", "here"),
    [
        ("core.cpython-313-x86_64-linux-gnu.so", "x86_64", USUAL, USUAL),
        ("core.cpython-312-aarch64-linux-gnu.so", "arm64", LAPTOP, LAPTOP),
        ("core.abi3.so", "arm64", LAPTOP, LAPTOP),
        ("libs/libz.so.1.2", "x86_64", USUAL, USUAL),
    ],
)
def test_what_was_built_for_function_and_machine_is_taken(
    file: str, architecture: str, deployed: Platform, here: Platform
) -> None:
    check(package(file, architecture=architecture), deployed, here)


@pytest.mark.parametrize(
    ("file", "architecture", "deployed", "here", "advice"),
    [
        ("core.cpython-313-aarch64-linux-gnu.so", "arm64", USUAL, USUAL, FOR_USUAL),
        ("core.cpython-313-aarch64-linux-gnu.so", "arm64", Platform("arm64", "python3.13"), USUAL, FOR_USUAL),
        ("core.cpython-313-x86_64-linux-gnu.so", "x86_64", USUAL, LAPTOP, FOR_THIS_MACHINE),
        ("core.cpython-313-aarch64-linux-gnu.so", "arm64", LAPTOP, LAPTOP, FOR_THIS_MACHINE),
        ("libs/libz.so.1.2", "arm64", USUAL, USUAL, FOR_USUAL),
    ],
)
def test_what_was_not_is_refused_with_what_suits_the_machine(
    file: str, architecture: str, deployed: Platform, here: Platform, advice: str
) -> None:
    with pytest.raises(ForeignBuild) as refused:
        check(package(file, architecture=architecture), deployed, here)
    assert f"`{advice}`" in str(refused.value)
