"""Warns of entries whose target no batch can call, by what the deployed stack allows and what its account has."""

from collections.abc import Iterator
from dataclasses import fields

from botocore.exceptions import BotoCoreError, ClientError

from batch_processor.plan.callable_targets import CallableTargets
from batch_processor.plan.registered_target import warnings
from batchctl.account import Account
from batchctl.registry.files import EntryFile

_FUNCTION = "RegisterEntryFunctionArn"


class _Untold(Exception):
    """What the stack lets batches call cannot be told; the message says why."""


def warnings_of(files: list[EntryFile], account: Account) -> Iterator[str]:
    """Yield where an agent or tool is registered that no batch of the account's stack can call, and why."""
    if not any(entry.kind in ("agent", "tool") for file in files for entry in file.entries):
        return
    try:
        targets = _callable_targets(account)
    except _Untold as exc:
        yield f"whether batches can call what is registered cannot be told: {exc}"
        return
    for file in files:
        for pointer, entry in zip(file.pointers, file.entries, strict=True):
            yield from (f"{file.path} {pointer}{warning}" for warning in warnings(entry, targets, account.client))


def _callable_targets(account: Account) -> CallableTargets:
    """What the stack has told its function that registers entries, too."""
    name = account.outputs.get(_FUNCTION)
    if not name:
        raise _Untold(f"there is no output {_FUNCTION}; name the batch processor's stack with --stack")
    try:
        configuration = account.client("lambda").get_function_configuration(FunctionName=name)
    except (BotoCoreError, ClientError) as exc:
        raise _Untold(f"the settings of {name} cannot be read: {exc}") from exc
    variables = configuration.get("Environment", {}).get("Variables", {})
    names = {field.name: field.name.upper() for field in fields(CallableTargets)}
    if missing := [variable for variable in names.values() if variable not in variables]:
        raise _Untold(f"{name} has no {', '.join(missing)}; deploy the batch processor anew")
    return CallableTargets(**{field: variables[variable] for field, variable in names.items()})
