"""A deployed stack in an AWS account, by its name."""

from typing import Any

import boto3


class AwsAccount:
    """`outputs` has what the named stacks export; credentials and Region are the environment's."""

    def __init__(self, *stack_names: str) -> None:
        self.outputs: dict[str, str] = {}
        for name in stack_names:
            described = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
            self.outputs |= {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def client(self, service: str) -> Any:
        """A boto3 client of the account."""
        return boto3.client(service)
