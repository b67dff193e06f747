"""Shows what a batch has left, asks, erases it, and says what stays."""

import json
import os
import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace

import typer

from batch_processor.aws.client import clients_from
from batch_processor.errors import UnknownBatch
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.erasure import Erasure, erase, survey
from batch_processor.operations.erasure.place import Held, Place
from batchctl.errors import WrongUsage
from batchctl.registry.registration import account_of

_DONE, _IN_PART = 0, 1
_UNITS = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; `where` has the options that say which stack is meant."""

    batch: str
    inputs: bool
    yes: bool
    as_json: bool
    where: tuple[str, ...] = ()

    def command(self, *more: str) -> str:
        """The command as it is typed, with more options."""
        flags = ["--inputs"] * self.inputs + ["--yes"] * self.yes + ["--json"] * self.as_json
        return shlex.join(["batchctl", "erase", self.batch, *dict.fromkeys([*flags, *more]), *self.where])


class NotConfirmed(WrongUsage):
    """Nobody said yes, so nothing was erased; the message has what to type."""


def run_erase(wish: Wish, stacks: list[str] | None, profile: str | None, region: str | None) -> int:
    """Returns the exit code: 0 done, 1 something could not be reached. NotConfirmed and UnknownBatch are wrong usage."""
    os.environ |= {name: value for name, value in (("AWS_PROFILE", profile), ("AWS_DEFAULT_REGION", region)) if value}
    account = account_of(stacks)
    deployment = Deployment.of(account.outputs)
    with clients_from(account.client):
        try:
            arn = named_batch(wish.batch, deployment)
        except UnknownBatch as exc:
            raise WrongUsage(str(exc)) from exc
        options = [*(("--stack", name) for name in stacks or []), ("--profile", profile), ("--region", region)]
        where = tuple(word for option, value in options if value for word in (option, value))
        return _erase(replace(wish, where=where), arn, deployment)


def _erase(wish: Wish, arn: str, deployment: Deployment) -> int:
    found = survey(arn, deployment, _show_progress, inputs=wish.inputs)
    if not wish.as_json or not (wish.yes or sys.stdin.isatty()):
        _say(wish, found, "Will be erased")
    elif not wish.yes:  # the one document is what was erased
        with redirect_stdout(sys.stderr):
            _say(replace(wish, as_json=False), found, "Will be erased")
    if not wish.yes and not _is_confirmed(found):
        raise NotConfirmed(f"Nothing was erased. To erase what is listed, type:\n  {wish.command('--yes')}")
    done = erase(arn, deployment, _show_progress, inputs=wish.inputs)
    _say(wish, done, "Erased")
    if done.faults:
        print(f"Mend what is wrong, and go on with the rest:\n  {wish.command()}", file=sys.stderr)
    return _IN_PART if done.faults else _DONE


def _is_confirmed(found: Erasure) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Erase the data of {found.batch} for good?", err=True)


def _say(wish: Wish, erasure: Erasure, verb: str) -> None:
    if wish.as_json:
        document = {"outcome": verb.lower().replace(" ", "_"), **asdict(erasure)}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    print(f"{erasure.batch}: {erasure.status}\n\n{verb}:")
    held = [place for place in erasure.places if place.items or place.fault]
    print("\n".join(map(_line, held)) or "  nothing: no place that can be reached has anything of it")
    if left := [place for place in erasure.left if place.items or place.fault]:
        more = replace(wish, inputs=True, yes=False).command()
        print(f"\nLeft, as other batches may use it; to erase it in all versions, type {more}:")
        print("\n".join(map(_line, left)))
    if erasure.copies:
        print("\nThese batches took rows of it and hold copies; erase them too:")
        print("\n".join(f"  {replace(wish, batch=name, yes=False).command()}" for name in erasure.copies))
    print("\nOut of reach:")
    print("\n".join(f"  {each.place}: {each.where}\n    {each.until}" for each in erasure.out_of_reach))


def _line(held: Held) -> str:
    size = f", {_size(held.size_bytes)}" if held.size_bytes else ""
    unit = held.unit.removesuffix("s") if held.items == 1 else held.unit
    fault = f"\n    NOT reached: {held.fault}" if held.fault else ""
    return f"  {held.place}: {held.items:,} {unit}{size}, {held.where}{fault}"


def _size(size_bytes: int) -> str:
    return next(
        (f"{size_bytes / scale:.1f} {name}" for scale, name in _UNITS if size_bytes >= scale), f"{size_bytes} bytes"
    )


def _show_progress(place: Place, done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{place.name}: {done:,} {place.unit}\033[K", end="\r", file=sys.stderr, flush=True)
