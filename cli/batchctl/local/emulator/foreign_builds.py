"""Functions whose compiled code cannot run here are refused when they are deployed, with what to type.

AWS takes such code, and each call of the function then fails at its import. Here code runs on the machine itself, so what
it was built for is compared with the function's own settings and with the machine.
"""

import functools
import io
import platform
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
# https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
_ELF, _MACHINE_AT = b"\x7fELF", 18
_ARCHITECTURES = {0x3E: "x86_64", 0xB7: "arm64"}
_COMPILED = re.compile(r"\.so(\.\d+)*$")
_MADE_FOR_ONE_PYTHON = re.compile(r"\.cpython-(\d)(\d+)-")
FOR_USUAL = "sam build --config-env local && sam deploy --config-env local"
# `make local` writes the file, with all that samconfig.toml says of this environment.
_HERE = "--config-env local --parameter-overrides file://.aws-sam/local/parameters.yaml"
FOR_THIS_MACHINE = f"sam build {_HERE} && sam deploy {_HERE}"


class ForeignBuild(ValueError):
    """Code that cannot be imported where it is deployed; CloudFormation shows the message as the reason."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A processor and a Python; empty is any."""

    architecture: str = ""
    runtime: str = ""

    @classmethod
    def of_this_machine(cls) -> Self:
        """Where the embedded AWS runs functions."""
        machine = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
        return cls(machine, f"python{sys.version_info.major}.{sys.version_info.minor}")

    def suits(self, other: Self) -> bool:
        """Whether what is for the one can run on the other."""
        pairs = ((self.architecture, other.architecture), (self.runtime, other.runtime))
        return all(not one or not another or one == another for one, another in pairs)

    def __str__(self) -> str:
        return " and ".join(filter(None, (self.architecture, self.runtime))) or "any machine"


# What samconfig.toml builds for.
_USUAL_MACHINE = Platform("x86_64", "python3.13")


@functools.lru_cache(maxsize=64)
def compiled_for(package: bytes) -> dict[Platform, str]:
    """What a package's compiled files are for, each with the name of one such file."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {found: name for name, found in _compiled(archive)}


def _compiled(archive: zipfile.ZipFile) -> Iterator[tuple[str, Platform]]:
    for name in filter(_COMPILED.search, archive.namelist()):
        with archive.open(name) as file:
            head = file.read(_MACHINE_AT + 2)
        if head.startswith(_ELF) and len(head) == _MACHINE_AT + 2:
            [machine] = struct.unpack_from("<H", head, _MACHINE_AT)
            python = _MADE_FOR_ONE_PYTHON.search(name)
            runtime = f"python{python[1]}.{python[2]}" if python else ""
            yield name, Platform(_ARCHITECTURES.get(machine, f"processor {machine:#x}"), runtime)


def check(package: bytes, deployed: Platform, here: Platform) -> None:
    """Raises ForeignBuild if a package has compiled files that are not for the function's settings, or not for this machine."""
    for built, name in compiled_for(package).items():
        if not (built.suits(deployed) and built.suits(here)):
            raise ForeignBuild(
                f"The code was built for {built} ({name}), its function is deployed for {deployed}, and the embedded AWS "
                f"runs it on {here}: it could not be imported. AWS would take it, and fail with each call. "
                f"Build and deploy for one and the same: `{FOR_USUAL if here == _USUAL_MACHINE else FOR_THIS_MACHINE}`"
            )


def _refuse_foreign(properties: Properties) -> None:
    code = properties.get("Code", {})
    if not (code.get("S3Bucket") and code.get("S3Key") and properties.get("Runtime", "").startswith("python")):
        return
    package = lambda_svc._fetch_code_from_s3(code["S3Bucket"], code["S3Key"], version_id=code.get("S3ObjectVersion"))
    [architecture] = properties.get("Architectures", ["x86_64"])
    if package:
        check(package, Platform(architecture, properties["Runtime"]), Platform.of_this_machine())


def apply() -> None:
    """Wrap the creation and the update of a function by CloudFormation."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create: Callable[..., Any] = handlers["create"]
    update: Callable[..., Any] = handlers["update"]

    def create_unless_foreign(logical_id: str, properties: Properties, stack_name: str) -> Any:
        _refuse_foreign(properties)
        return create(logical_id, properties, stack_name)

    def update_unless_foreign(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Any:
        _refuse_foreign(new)
        return update(physical_id, old, new, stack_name, logical_id)

    handlers |= {"create": create_unless_foreign, "update": update_unless_foreign}
