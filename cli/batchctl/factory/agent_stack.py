"""The agent's SAM template: its machine, its functions, and its entries in the registries."""

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from batchctl.factory.canonical import Canonical
from batchctl.factory.cloudformation import Resources, allow, arn, log_group, ref, role, to_yaml
from batchctl.factory.registry_entries import registry_entries

_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
_LOG_DELIVERY = ["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
                 "PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"]  # fmt: skip
_RESOURCES = {
    "agent": "AgentRegistryEntry",
    "tool": "ToolRegistryEntry",
    "output_tool": "OutputToolRegistryEntry",
    "template": "TemplateRegistryEntry",
    "schema": "SchemaRegistryEntry",
}


def agent_stack(canonical: Canonical) -> dict[str, Any]:
    """The template, in CloudFormation's long forms."""
    resources = {name: resource for _, group in _groups(canonical) for name, resource in group.items()}
    return {**_head(canonical), "Resources": resources, "Outputs": _outputs(canonical)}


def agent_stack_yaml(canonical: Canonical) -> str:
    """The template as text, its resources in groups under comments."""
    parts = [to_yaml({key: value}) for key, value in _head(canonical).items()]
    resources = ["Resources:\n"]
    resources += [f"  # {title}\n{textwrap.indent(to_yaml(group), '  ')}" for title, group in _groups(canonical)]
    return "\n".join([*parts, "\n".join(resources), to_yaml({"Outputs": _outputs(canonical)})])


def _head(canonical: Canonical) -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": f"The agent {canonical.names.agent} {canonical.shape.version}, made from its canonical schema.",
        "Parameters": _parameters(),
        "Conditions": {
            "ReplaysAnswers": {"Fn::Equals": [ref("ExecutorFunctionArn"), ""]},
            "HasRegistry": {"Fn::Not": [{"Fn::Equals": [ref("RegisterEntryFunctionArn"), ""]}]},
        },
        "Globals": {
            "Function": {
                "Runtime": ref("PythonRuntime"),
                "Architectures": [ref("Architecture")],
                "CodeUri": "functions/",
                "MemorySize": 256,
                "Timeout": 20,
                "Tracing": "Active",
                "LoggingConfig": {"LogFormat": "JSON", "LogGroup": ref("FunctionsLogGroup")},
            }
        },
    }


def _parameters() -> dict[str, Any]:
    def text(description: str, default: str, **constraint: Any) -> dict[str, Any]:
        return {"Description": description, "Type": "String", "Default": default, **constraint}

    function_arn = r"^$|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]+)?$"
    return {
        "Environment": text(
            "The environment of the batch processor, which ends the agent's name.",
            "dev",
            AllowedPattern="(?!rows-)[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?",
        ),
        "NamePrefix": text(
            "Begins the agent's name, where the batch processor may start agents of certain names only.",
            "",
            AllowedPattern="^[A-Za-z0-9-]{0,20}$",
        ),
        "ExecutorFunctionArn": text(
            "The function that does the extraction; without one, recorded answers are replayed.",
            "",
            AllowedPattern=function_arn,
        ),
        "RegisterEntryFunctionArn": text(
            "The batch processor's RegisterEntry function; without one, nothing is registered.",
            "",
            AllowedPattern=function_arn,
        ),
        "PythonRuntime": text(
            "Lambda runtime of the functions; an embedded stack takes that of its host.",
            "python3.13",
            AllowedValues=["python3.11", "python3.12", "python3.13"],
        ),
        "Architecture": text(
            "Instruction set of the functions; an embedded stack takes that of its host.",
            "arm64",
            AllowedValues=["arm64", "x86_64"],
        ),
        "LogRetentionDays": {
            "Description": "How many days logs are kept.",
            "Type": "Number",
            "Default": 30,
            "AllowedValues": _RETENTION_DAYS,
        },
    }


def _groups(canonical: Canonical) -> list[tuple[str, Resources]]:
    return [
        ("Functions", _functions()),
        ("Workflow", _workflow(canonical)),
        ("Registries", _registries(canonical)),
    ]


def _functions() -> Resources:
    return {
        "ValidateInputFunction": _function("validate_input", "Checks the input before anything is spent on it."),
        "ValidateOutputFunction": _function("validate_output", "The output tool: checks the structured output."),
        "ReplayRecordedAnswersFunction": {
            **_function("replay_recorded_answers", "Stands in for a browser: answers what was recorded."),
            "Condition": "ReplaysAnswers",
        },
        "FunctionsLogGroup": log_group(None),
        "FunctionsRole": role(
            "lambda.amazonaws.com",
            "write-logs-and-traces",
            [
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("FunctionsLogGroup")),
                allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*", "TracesHaveNoResourceToName"),
            ],
        ),
    }


def _workflow(canonical: Canonical) -> Resources:
    name = _agent_name(canonical)
    functions = {
        "ValidateInputFunctionArn": arn("ValidateInputFunction"),
        "ExecutorFunctionArn": _executor(),
        "ValidateOutputFunctionArn": arn("ValidateOutputFunction"),
    }
    return {
        "AgentStateMachine": {
            "Type": "AWS::Serverless::StateMachine",
            "Properties": {
                "Name": name,
                "Type": "STANDARD",
                "DefinitionUri": "agent.asl.json",
                "DefinitionSubstitutions": functions,
                "Role": arn("AgentRole"),
                "Tracing": {"Enabled": True},
                "Logging": {
                    "Level": "ERROR",
                    "IncludeExecutionData": False,
                    "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": arn("AgentLogGroup")}}],
                },
            },
        },
        "AgentLogGroup": log_group({"Fn::Sub": f"/aws/vendedlogs/states/{name['Fn::Sub']}"}),
        "AgentRole": role(
            "states.amazonaws.com",
            "extract-and-report",
            [
                allow(["lambda:InvokeFunction"], list(functions.values())),
                allow([f"logs:{action}" for action in _LOG_DELIVERY], "*", "LogDeliveriesHaveNoResourceToName"),
                allow(
                    [
                        "xray:PutTraceSegments",
                        "xray:PutTelemetryRecords",
                        "xray:GetSamplingRules",
                        "xray:GetSamplingTargets",
                    ],
                    "*",
                    "TracesHaveNoResourceToName",
                ),
            ],
            {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}},
        ),
    }


def _registries(canonical: Canonical) -> Resources:
    arns = {
        "agent_name": _agent_name(canonical),
        "agent_arn": ref("AgentStateMachine"),
        "output_tool_arn": arn("ValidateOutputFunction"),
    }
    return {
        _RESOURCES[name]: {
            "Type": "Custom::RegistryEntry",
            "Condition": "HasRegistry",
            "Properties": {
                "ServiceToken": ref("RegisterEntryFunctionArn"),
                "Kind": kind,
                "Entry": {key: _attribute(value) for key, value in entry.items()},
            },
        }
        for name, (kind, entry) in registry_entries(canonical, arns).items()
    }


def _attribute(value: Any) -> Any:
    """A nested value as JSON text: CloudFormation makes text of every number and flag inside a custom resource."""
    if isinstance(value, str) or (isinstance(value, Mapping) and _is_intrinsic(value)):
        return value
    return json.dumps(value)


def _is_intrinsic(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::Sub")


def _outputs(canonical: Canonical) -> dict[str, Any]:
    names = canonical.names.outputs
    return {
        names["agent_arn"]: {
            "Description": "The agent to name as a batch's target.",
            "Value": ref("AgentStateMachine"),
        },
        names["agent_name"]: {
            "Description": "The agent's name in the registry.",
            "Value": _agent_name(canonical),
        },
        names["output_tool_arn"]: {
            "Description": "The tool that takes the structured output.",
            "Value": arn("ValidateOutputFunction"),
        },
    }


def _agent_name(canonical: Canonical) -> dict[str, str]:
    return {"Fn::Sub": f"${{NamePrefix}}{canonical.names.agent}-${{Environment}}"}


def _executor() -> dict[str, Any]:
    return {"Fn::If": ["ReplaysAnswers", arn("ReplayRecordedAnswersFunction"), ref("ExecutorFunctionArn")]}


def _function(handler: str, description: str) -> Resources:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Description": description, "Handler": f"{handler}.handler", "Role": arn("FunctionsRole")},
    }
