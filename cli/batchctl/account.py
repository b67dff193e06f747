"""Where the product stands: an AWS account's stacks, this shell's, or those of the local stack that runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from batch_processor.aws.client import MOST_CONNECTIONS, clients_from
from batch_processor.operations.deployment import Deployment
from batchctl.errors import Expected, WrongUsage
from batchctl.local.connection import RunningLocalStack
from batchctl.signing import signing
from batchctl.where import Where

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

# By one of these a shell has a stack's outputs in its variables.
_TELLING_OUTPUTS = ("AgentRegistryName", "ToolRegistryName", "TemplateRegistryName", "SchemaRegistryName")
_RETRIES = {"mode": "standard", "max_attempts": 4}


class Account(Protocol):
    """Where the stack stands: an AWS account or the embedded AWS."""

    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client."""


class StackUnreadable(Expected):
    """The outputs of a stack cannot be read; the message names the stack."""


class AwsAccount:
    """Deployed stacks of an account: `outputs` has what they export; what is not given is the environment's."""

    def __init__(self, *stack_names: str, profile: str | None = None, region: str | None = None) -> None:
        import boto3  # takes as long as all else; commands that need no AWS never pay for it

        self._session = boto3.Session(profile_name=profile, region_name=region)
        self.outputs: dict[str, str] = {}
        for name in stack_names:
            self.outputs |= {output["OutputKey"]: output["OutputValue"] for output in self._outputs(name)}

    def client(self, service: str) -> Any:
        """A boto3 client of the account."""
        from botocore.config import Config

        config = Config(retries=_RETRIES, max_pool_connections=MOST_CONNECTIONS)
        return self._session.client(service, config=config.merge(signing(service)))

    def _outputs(self, stack_name: str) -> list[dict[str, str]]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            client = self.client("cloudformation")
            outputs: list[dict[str, str]] = client.describe_stacks(StackName=stack_name)["Stacks"][0].get("Outputs", [])
        except (BotoCoreError, ClientError) as exc:
            raise StackUnreadable(f"The stack {stack_name!r} of --stack cannot be read: {_reason(exc)}") from exc
        return outputs


class EnvironmentAccount(AwsAccount):
    """The stack whose outputs are in this shell's variables, as what `batchctl local` prints puts them there."""

    def __init__(self, *, profile: str | None = None, region: str | None = None) -> None:
        super().__init__(profile=profile, region=region)
        self.outputs = dict(os.environ)


def account_of(where: Where) -> Account:
    """The named stacks, or else the one whose outputs are in the shell's variables, or else the local one that runs."""
    if where.stacks:
        return AwsAccount(*where.stacks, profile=where.profile, region=where.region)
    if any(output in os.environ for output in _TELLING_OUTPUTS):
        return EnvironmentAccount(profile=where.profile, region=where.region)
    if where.words:
        raise WrongUsage(
            f"{' '.join(where.words)}: this says which account is meant, but not which stack. Name it with --stack too; "
            "for the local stack, give none of them."
        )
    return RunningLocalStack()


@contextmanager
def deployed(where: Where) -> Iterator[Deployment]:
    """Within it operations work on the stack that is meant; errors say that there is none, or what it lacks."""
    with using(account_of(where)) as deployment:
        yield deployment


@contextmanager
def using(account: Account) -> Iterator[Deployment]:
    """Within it operations work on the stack of that account."""
    deployment = Deployment.of(account.outputs)
    with clients_from(account.client):
        yield deployment


def _reason(exc: "BotoCoreError | ClientError") -> str:
    from botocore.exceptions import ClientError

    if isinstance(exc, ClientError) and exc.response["Error"]["Code"] == "ValidationError":
        return (
            f"{exc.response['Error']['Message']}. Check its name, and that --region and --profile are of its account."
        )
    return str(exc)
