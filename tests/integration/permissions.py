"""What IAM decides of people and roles, and the policies that docs/security.md has to be pasted."""

import json
import re
from typing import Any

from batchctl.account import Account
from batchctl.project import ROOT


def documented_policy(role: str, words: dict[str, str], page: str = "security.md") -> dict[str, Any]:
    """A page's policy for an author, operator or deployer, or of a key, its words in capitals replaced."""
    text_of_page = (ROOT / "docs" / page).read_text(encoding="utf-8")
    [text] = re.findall(rf"^```json {role}\n(.*?)^```", text_of_page, re.M | re.S)
    for word, meant in words.items():
        text = re.sub(rf"\b{word}\b", meant, text)
    policy: dict[str, Any] = json.loads(text)
    return policy


def decision(account: Account, principal_arn: str, action: str, resource: str) -> str:
    """What IAM decides: allowed, implicitDeny or explicitDeny."""
    answer = account.client("iam").simulate_principal_policy(
        PolicySourceArn=principal_arn, ActionNames=[action], ResourceArns=[resource]
    )
    decided: str = answer["EvaluationResults"][0]["EvalDecision"]
    return decided
