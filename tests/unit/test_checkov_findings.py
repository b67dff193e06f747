from typing import Any

import pytest

from tests.checkov_findings import PAGE, Finding, Reason, disagreements, findings, reasons

ROW = "| `CKV_AWS_18` | `template.yaml` | `DataBucket` | Logs need a bucket. |\n"
QUEUE = Finding("CKV_AWS_27", "examples/template.yaml", "DeadLetterQueue")


def report(*failed: tuple[str, str, str], parsing_errors: int = 0) -> Any:
    names = ("check_id", "file_path", "resource")
    return {
        "summary": {"parsing_errors": parsing_errors},
        "results": {"failed_checks": [dict(zip(names, found, strict=True)) for found in failed]},
    }


def test_findings_are_taken_out_of_the_report() -> None:
    found = ("CKV_AWS_27", "/examples/template.yaml", "AWS::SQS::Queue.DeadLetterQueue")
    assert findings(report(found)) == [QUEUE]
    with pytest.raises(ValueError, match="could not read 1 template"):
        findings(report(parsing_errors=1))


def test_reasons_are_the_rows_of_the_table() -> None:
    assert reasons(f"| Check | Template |\n| --- | --- |\n{ROW}") == [
        Reason("CKV_AWS_18", "template.yaml", "DataBucket")
    ]
    assert reasons(ROW.replace("Logs need a bucket.", "")) == [], "a row without a reason gives none"
    assert reasons(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("template", "resource"),
    [("examples/template.yaml", "DeadLetterQueue"), ("*template.yaml", "*Queue"), ("*/template.yaml", "Dead*")],
)
def test_finding_with_a_reason_stands(template: str, resource: str) -> None:
    assert list(disagreements([QUEUE], [Reason("CKV_AWS_27", template, resource)])) == []


@pytest.mark.parametrize(
    "reason",
    [
        Reason("CKV_AWS_26", "*", "*"),
        Reason("CKV_AWS_27", "template.yaml", "*"),
        Reason("CKV_AWS_27", "*", "*Topic"),
    ],
)
def test_finding_without_a_reason_and_reason_without_a_finding_are_told(reason: Reason) -> None:
    new, stale = disagreements([QUEUE], [reason])
    assert new.startswith("CKV_AWS_27 of DeadLetterQueue in examples/template.yaml has no reason in docs/security.md")
    assert stale.startswith(
        f"docs/security.md has a reason for {reason.check} of {reason.resource} in {reason.template},"
    )
