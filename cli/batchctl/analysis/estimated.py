"""Shows what a batch is expected to cost."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batch_processor.cost.money import money
from batch_processor.csv_file.csv_format import Encoding
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.configuring.checking import refuse_unfit
from batch_processor.operations.configuring.generation import generate_batch_config
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate, estimate_batch_cost
from batchctl import exit_codes
from batchctl.account import Account, account_of, using
from batchctl.answer import Answer, tell_next
from batchctl.errors import WrongUsage
from batchctl.figures import counted, duration
from batchctl.run.config_file import read_config
from batchctl.run.request import mappings_of
from batchctl.run.uploading import csv_uri, upload
from batchctl.tables import facts
from batchctl.where import Where


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; either a configuration, or a CSV and an agent."""

    csv: str | None
    agent: str | None
    config: Path | None
    maps: Sequence[str]
    trial: str | None
    encoding: Encoding = "auto"

    @property
    def command(self) -> str:
        """What starts the batch that was estimated."""
        target = ["--config", str(self.config)] if self.config else ["--agent", self.agent or "NAME"]
        options = [word for text in self.maps for word in ("--map", text)]
        options += ["--encoding", self.encoding] if self.encoding != "auto" else []
        return shlex.join(["batchctl", "run", self.csv or "CSV", *target, *options])


def estimate_batch(wish: Wish, as_json: str | None, where: Where) -> int:
    """The exit code: 4 if the stack's caps do not allow the batch."""
    answer = Answer.of(as_json, CostEstimate)
    if bool(wish.config) == bool(wish.agent) or not (wish.csv or wish.config):
        raise WrongUsage("Give a CSV and an agent, as `batchctl estimate tickets.csv --agent NAME`, or --config FILE.")
    files = (("CSV", wish.csv if wish.csv and "://" not in wish.csv else None), ("--config", wish.config))
    for name, path in files:
        if path and not Path(path).is_file():
            raise WrongUsage(f"{name}: there is no file {path}. Give one that exists.")
    account = account_of(where)
    with using(account) as deployment:
        config = _config(wish, account, deployment)
        trial = named_batch(wish.trial, deployment) if wish.trial else None
        estimate = estimate_batch_cost(config, deployment, trial)
    answer.give(estimate, _show)
    if not answer.as_json and estimate["allowed"]:
        trial_hint = (
            () if wish.trial or estimate["target_price"] == "registered" else (f"{wish.command} --max-rows 20",)
        )
        tell_next(where, *trial_hint, wish.command)
    return exit_codes.DONE if estimate["allowed"] else exit_codes.STOPPED


def _config(wish: Wish, account: Account, deployment: Deployment) -> dict[str, Any]:
    """The configuration; a CSV of this machine is uploaded, as the estimate is made of the very plan that a batch would have."""
    if wish.config is not None:
        config = read_config(wish.config, account.outputs, _uri(wish.csv, deployment) if wish.csv else None)
        refuse_unfit(config, _local(wish.csv))
    else:
        config = _made(wish, deployment)
    if path := _local(wish.csv):
        upload(path, deployment.data_bucket, account.client("s3"))
    return config


def _made(wish: Wish, deployment: Deployment) -> dict[str, Any]:
    csv = wish.csv or ""
    made = generate_batch_config(csv, wish.agent or "", deployment, mappings_of(wish.maps), wish.encoding)
    if made["missing_required"]:
        fields = ", ".join(f"--map COLUMN={name}" for name in made["missing_required"])
        raise WrongUsage(f"{wish.agent} requires fields that no column was found for; say which: {fields}")
    return made["config"] | {"csv_s3_uri": _uri(csv, deployment)}


def _uri(csv: str, deployment: Deployment) -> str:
    return csv if csv.startswith("s3://") else csv_uri(Path(csv), deployment.data_bucket)[0]


def _local(csv: str | None) -> Path | None:
    return Path(csv) if csv and not csv.startswith("s3://") else None


def _show(estimate: CostEstimate) -> None:
    expected = estimate["expected"]
    about = "" if estimate["rows_are_exact"] else "about "
    print(f"{money(expected['usd'])} for {about}{counted(estimate['rows'], 'row')}{_span(estimate)}\n")
    told: list[tuple[str, object]] = [("orchestration", money(expected["orchestration_usd"]))]
    told.append(("target", _target(estimate)))
    if "seconds" in estimate:
        told.append(("time", _time(estimate)))
    told += [("pace", estimate["binds"]), ("mode", _mode(estimate)), ("prices of", expected["priced_on"])]
    told += [("assumed" if number == 0 else "", text) for number, text in enumerate(estimate["assumptions"])]
    verdict = "refused" if not estimate["allowed"] else "asks first" if estimate["confirmation_required"] else ""
    told += [(verdict if number == 0 else "", text) for number, text in enumerate(estimate["reasons"])]
    print(facts(told))


def _mode(estimate: CostEstimate) -> str:
    """inline; or distributed, the tier, and what it would cost in the other."""
    tier = estimate.get("execution_tier")
    if tier is None:
        return estimate["map_mode"]
    other = (
        ("standard", estimate.get("standard_usd")) if tier == "express" else ("express", estimate.get("express_usd"))
    )
    beside = f" ({money(other[1])} in the {other[0].title()} tier)" if other[1] is not None else ""
    reason = estimate.get("execution_tier_reason", "")
    return f"{estimate['map_mode']}, {tier.title()} tier{beside}" + (f": {reason}" if reason else "")


def _span(estimate: CostEstimate) -> str:
    low, high = money(estimate["low_usd"]), money(estimate["high_usd"])
    return f", {low} to {high}" if low != high else ""


def _target(estimate: CostEstimate) -> str:
    price = estimate["expected"].get("target_usd")
    if price is None:
        return "unknown: no price is registered; a trial measures it where answers tell their usage"
    source = {"registered": "its registered price", "trial": "measured by the trial", "unknown": ""}
    return f"{money(price)}, {source[estimate['target_price']]}".rstrip(", ")


def _time(estimate: CostEstimate) -> str:
    low, high = estimate.get("seconds_low"), estimate.get("seconds_high")
    span = f", {duration(low)} to {duration(high)}" if low is not None and high is not None else ""
    return f"about {duration(estimate.get('seconds', 0))}{span}"
