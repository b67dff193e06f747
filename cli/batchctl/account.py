"""A deployed stack in an AWS account, by its name."""

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from batchctl.errors import Expected


class StackUnreadable(Expected):
    """The outputs of a stack cannot be read; the message names the stack."""


class AwsAccount:
    """Deployed stacks of an account: `outputs` has what they export; credentials and Region are the environment's."""

    def __init__(self, *stack_names: str) -> None:
        self.outputs: dict[str, str] = {}
        for name in stack_names:
            self.outputs |= {output["OutputKey"]: output["OutputValue"] for output in self._outputs(name)}

    def client(self, service: str) -> Any:
        """A boto3 client of the account."""
        return boto3.client(service)

    def _outputs(self, stack_name: str) -> list[dict[str, str]]:
        try:
            client = self.client("cloudformation")
            outputs: list[dict[str, str]] = client.describe_stacks(StackName=stack_name)["Stacks"][0].get("Outputs", [])
        except (BotoCoreError, ClientError) as exc:
            raise StackUnreadable(f"The stack {stack_name!r} of --stack cannot be read: {_reason(exc)}") from exc
        return outputs


def _reason(exc: BotoCoreError | ClientError) -> str:
    if isinstance(exc, ClientError) and exc.response["Error"]["Code"] == "ValidationError":
        return f"{exc.response['Error']['Message']}. Check its name, and that AWS_DEFAULT_REGION and the account are its own."
    return str(exc)
