"""Shows what a batch has left, asks, erases it, and says what stays."""

import sys
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from typing import Any

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.erasure import Erasure, erase, survey
from batch_processor.operations.erasure.place import Held, Place
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import TEXT, Answer
from batchctl.asking import Asking
from batchctl.errors import WrongUsage
from batchctl.figures import size
from batchctl.where import HERE, Where


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    batch: str
    inputs: bool
    yes: bool
    answer: Answer = TEXT
    no_input: bool = False
    where: Where = HERE

    @property
    def asking(self) -> Asking:
        """Whether, and how, somebody is asked."""
        return Asking(self.yes, self.no_input)

    def command(self, *more: str) -> str:
        """The command as it is typed, with more options."""
        flags = ["--inputs"] * self.inputs + ["--yes"] * self.yes + ["--json"] * self.answer.as_json
        return self.where.typed("erase", self.batch, *dict.fromkeys([*flags, *more]))


class Told(Erasure):
    """What a document has: what became of it, and all that is known of what the batch left."""

    outcome: str


class NotConfirmed(WrongUsage):
    """Nobody said yes, so nothing was erased; the message has what to type."""


def run_erase(wish: Wish) -> int:
    """Returns the exit code: done, or failed if something could not be reached. NotConfirmed and UnknownBatch are wrong usage."""
    with deployed(wish.where) as deployment:
        return _erase(wish, named_batch(wish.batch, deployment), deployment)


def _erase(wish: Wish, arn: str, deployment: Deployment) -> int:
    found = survey(arn, deployment, _show_progress, inputs=wish.inputs)
    if not wish.answer.as_json or not (wish.yes or wish.asking.is_possible):
        _say(wish, found, "Will be erased")
    elif not wish.yes:  # the one document is what was erased
        with redirect_stdout(sys.stderr):
            _say(replace(wish, answer=TEXT), found, "Will be erased")
    if not wish.asking.is_confirmed(f"Erase the data of {found.batch} for good?"):
        raise NotConfirmed(f"Nothing was erased. To erase what is listed, type:\n  {wish.command('--yes')}")
    done = erase(arn, deployment, _show_progress, inputs=wish.inputs)
    _say(wish, done, "Erased")
    if done.faults:
        print(f"Mend what is wrong, and go on with the rest:\n  {wish.command()}", file=sys.stderr)
    return exit_codes.FAILED if done.faults else exit_codes.DONE


def _say(wish: Wish, erasure: Erasure, verb: str) -> None:
    document: dict[str, Any] = {"outcome": verb.lower().replace(" ", "_"), **asdict(erasure)}
    wish.answer.give(document, lambda _: _print(wish, erasure, verb))


def _print(wish: Wish, erasure: Erasure, verb: str) -> None:
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
    of_size = f", {size(held.size_bytes)}" if held.size_bytes else ""
    unit = held.unit.removesuffix("s") if held.items == 1 else held.unit
    fault = f"\n    NOT reached: {held.fault}" if held.fault else ""
    return f"  {held.place}: {held.items:,} {unit}{of_size}, {held.where}{fault}"


def _show_progress(place: Place, done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{place.name}: {done:,} {place.unit}\033[K", end="\r", file=sys.stderr, flush=True)
