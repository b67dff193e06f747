"""The template as CloudFormation gets it: expanded by AWS's own SAM translator, its conditions decided for some parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.statemachine.definition import ROOT

Resources = dict[str, dict[str, Any]]
_ABSENT: Any = object()


@cache
def _template() -> dict[str, Any]:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    template = yaml_parse(text.replace("CodeUri: functions/", "CodeUri: s3://bucket/code"))
    for resource in template["Resources"].values():
        if "DefinitionUri" in resource["Properties"]:
            resource["Properties"]["DefinitionUri"] = "s3://bucket/definition"
    managed = ("AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess", "AWSLambdaVPCAccessExecutionRole")
    loader = ManagedPolicyLoader(None)
    loader._policy_map = {name: f"arn:aws:iam::aws:policy/{name}" for name in managed}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        expanded: dict[str, Any] = transform(template, {}, loader)
    return expanded


@dataclass(frozen=True)
class Expanded:
    """The resources that stand, with their properties, under `parameters`; what else refers is left as it is."""

    parameters: dict[str, str]

    @property
    def resources(self) -> Resources:
        """By logical id."""
        return {
            name: self._decided(resource)
            for name, resource in _template()["Resources"].items()
            if "Condition" not in resource or self._holds({"Condition": resource["Condition"]})
        }

    def of_type(self, kind: str) -> Resources:
        """Those of one type."""
        return {name: resource for name, resource in self.resources.items() if resource["Type"] == kind}

    def statements(self, role: str) -> Iterator[dict[str, Any]]:
        """All statements that hold for a role: its own ones, of its managed policies, and of policies that name it."""
        resources = self.resources
        properties = resources[role]["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for held in properties.get("ManagedPolicyArns", []):
            if isinstance(held, dict):
                documents.append(resources[held["Ref"]]["Properties"]["PolicyDocument"])
        for resource in self.of_type("AWS::IAM::Policy").values():
            if {"Ref": role} in resource["Properties"]["Roles"]:
                documents.append(resource["Properties"]["PolicyDocument"])
        for document in documents:
            yield from document["Statement"]

    def _decided(self, node: Any) -> Any:
        if isinstance(node, list):
            return [decided for item in node if (decided := self._decided(item)) is not _ABSENT]
        if not isinstance(node, dict):
            return node
        if node == {"Ref": "AWS::NoValue"}:
            return _ABSENT
        if "Fn::If" in node:
            condition, then, otherwise = node["Fn::If"]
            return self._decided(then if self._holds({"Condition": condition}) else otherwise)
        decided = {name: self._decided(value) for name, value in node.items()}
        return {name: value for name, value in decided.items() if value is not _ABSENT}

    def _holds(self, condition: Any) -> bool:
        [(function, arguments)] = condition.items()
        if function == "Condition":
            return self._holds(_template()["Conditions"][arguments])
        if function == "Fn::Not":
            return not self._holds(arguments[0])
        assert function == "Fn::Equals", function
        one, another = map(self._value, arguments)
        return one == another

    def _value(self, node: Any) -> str:
        if isinstance(node, str):
            return node
        if "Fn::Join" in node:
            delimiter, listed = node["Fn::Join"]
            return str(delimiter.join(self._value(listed).split(",")))
        declared = _template()["Parameters"][node["Ref"]]
        return str(self.parameters.get(node["Ref"], declared.get("Default", "")))
