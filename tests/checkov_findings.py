"""Holds what checkov finds in the templates against the table of docs/security.md, which says why each finding stands.

`make lint` runs it: `python -m tests.checkov_findings TEMPLATE…`.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "security.md"
_CHECKOV = ROOT / ".venv-checkov" / "bin" / "checkov"
_ROW = re.compile(
    r"^\| `(?P<check>CKV\w+)` \| `(?P<template>[^`|]+)` \| `(?P<resource>[^`|]+)` \| (?P<reason>[^|]+) \|$", re.M
)


@dataclass(frozen=True, order=True)
class Finding:
    """One check that one resource of one template fails; the template by its path from the root."""

    check: str
    template: str
    resource: str


@dataclass(frozen=True)
class Reason:
    """Why findings stand; template and resource are patterns with `*`."""

    check: str
    template: str
    resource: str

    def covers(self, finding: Finding) -> bool:
        return (
            self.check == finding.check
            and fnmatchcase(finding.template, self.template)
            and fnmatchcase(finding.resource, self.resource)
        )


def findings(report: Any) -> list[Finding]:
    """What checkov's report in JSON has; ValueError if it could not read a template."""
    if report["summary"]["parsing_errors"]:
        raise ValueError(f"checkov could not read {report['summary']['parsing_errors']} template(s)")
    failed = report["results"]["failed_checks"]
    return sorted(
        Finding(found["check_id"], found["file_path"].lstrip("/"), found["resource"].rpartition(".")[2])
        for found in failed
    )


def reasons(page: str) -> list[Reason]:
    """The rows of the page's table."""
    return [Reason(row["check"], row["template"], row["resource"]) for row in _ROW.finditer(page)]


def disagreements(found: Iterable[Finding], given: Iterable[Reason]) -> Iterator[str]:
    """A sentence for each finding without a reason, and for each reason without a finding."""
    found, given = list(found), list(given)
    for finding in found:
        if not any(reason.covers(finding) for reason in given):
            place = f"{finding.resource} in {finding.template}"
            yield f"{finding.check} of {place} has no reason in docs/security.md: mend it, or say there why it stands"
    for reason in given:
        if not any(reason.covers(finding) for finding in found):
            place = f"{reason.resource} in {reason.template}"
            yield f"docs/security.md has a reason for {reason.check} of {place}, which checkov does not find: take it out"


def _report(templates: list[str]) -> Any:
    command = [str(_CHECKOV), "--config-file", ".checkov.yaml", "--output", "json", "--file", *templates]
    # It exits with 1 where it finds anything.
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"checkov made no report:\n{done.stdout}\n{done.stderr}")


def main(templates: list[str]) -> int:
    """Prints what does not agree; 1 if anything."""
    found = findings(_report(templates))
    told = list(disagreements(found, reasons(PAGE.read_text(encoding="utf-8"))))
    agreement = f"checkov: {len(found)} findings, each with its reason in docs/security.md"
    sys.stdout.write("\n".join(told or [agreement]) + "\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
