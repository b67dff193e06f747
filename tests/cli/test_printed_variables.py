"""Every `$NAME` that README and docs type in a shell is one that `batchctl local` exports, or that the page assigns before."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from batchctl.local.emulator.access.root_key import RootKey
from batchctl.local.emulator.settings import client_environment
from batchctl.placeholders import constants
from batchctl.project import ROOT
from tests.cli.test_printed_commands import PAGES
from tests.statemachine.cloudformation import load

TEMPLATES = [
    ROOT / "template.yaml",
    ROOT / "examples" / "template.yaml",
    ROOT / "examples" / "agents" / "template.yaml",
]


def outputs(template: Path) -> set[str]:
    """What pages call the outputs of a stack."""
    return set(constants(dict.fromkeys(load(template)["Outputs"], "")))


EXPORTED = {*client_environment("", RootKey.random()), *(name for path in TEMPLATES for name in outputs(path)), "PATH"}
BLOCK = re.compile(r"^```(?:bash|console|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What a file gets as it is, and what is quoted from the shell.
LITERAL = re.compile(r"<<'(\w+)'.*?^\1$|'[^']*'", re.MULTILINE | re.DOTALL)
ASSIGNED = re.compile(r"^(?:\$ )?(?:export )?([A-Za-z_]\w*)=|\bfor (\w+) in\b", re.MULTILINE)
USED = re.compile(r"\$\{?([A-Za-z_]\w*)")


def unknown(page: str, own: Collection[str] = ()) -> Iterator[str]:
    """`own` are names of the page's own stack."""
    known = {*EXPORTED, *own}
    for block in BLOCK.findall(page):
        known |= {name for found in ASSIGNED.findall(block) for name in found if name}
        yield from (name for name in USED.findall(LITERAL.sub("", block)) if name not in known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_variables_of_a_page_are_exported_or_assigned(page: Path) -> None:
    template = page.parent / "template.yaml"
    own = outputs(template) if page.parent.parent.name == "generated" else ()
    assert list(unknown(page.read_text(encoding="utf-8"), own)) == []


def test_names_that_nobody_exports_are_noticed() -> None:
    page = (
        "```bash\nBATCH=x\naws s3 ls s3://$BUCKET/$BATCH/${STATE_MACHINE_ARN} '$quoted'\ncat <<'END'\n$file\nEND\n```\n"
    )
    assert list(unknown(page)) == []
    assert list(unknown(page + "```console\n$ echo $BucketName ${LATER}\n```\n```bash\nLATER=1\n```\n")) == [
        "BucketName",
        "LATER",
    ]


def test_readme_is_among_them() -> None:
    assert USED.findall("".join(BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))))
