"""Which stack is meant: profile and Region reach every client, and a stack must be named with them."""

import boto3
import pytest

from batchctl import account
from batchctl.account import AwsAccount, EnvironmentAccount, account_of, deployed
from batchctl.errors import WrongUsage
from batchctl.where import Where


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str | None]]:
    made: list[dict[str, str | None]] = []

    class Session:
        def __init__(self, **given: str | None) -> None:
            made.append(given)

    monkeypatch.setattr(boto3, "Session", Session)
    monkeypatch.setattr(AwsAccount, "_outputs", lambda *_: [])
    return made


@pytest.mark.parametrize("stacks", [(), ("batch-processor-dev",)])
def test_profile_and_region_reach_every_client(
    sessions: list[dict[str, str | None]], monkeypatch: pytest.MonkeyPatch, stacks: tuple[str, ...]
) -> None:
    monkeypatch.setenv("AgentRegistryName", "of the shell")
    found = account_of(Where(stacks, "prod", "eu-west-1"))
    assert isinstance(found, EnvironmentAccount) == (not stacks)
    assert sessions == [{"profile_name": "prod", "region_name": "eu-west-1"}]


def test_profile_without_a_stack_is_not_taken_for_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for output in account._TELLING_OUTPUTS:
        monkeypatch.delenv(output, raising=False)
    with (
        pytest.raises(WrongUsage, match=r"--profile prod: .* Name it with --stack too"),
        deployed(Where(profile="prod")),
    ):
        pass
