"""`batchctl run`: from a CSV and an agent's name, or a configuration, to the CSV with the answers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from batch_processor.operations.configuring.checking import refuse_unfit
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.execution import StartedBatch
from batchctl.account import Account, account_of, using
from batchctl.answer import tell_next
from batchctl.exit_codes import DONE
from batchctl.results.telling import finish
from batchctl.run.config_file import read_config
from batchctl.run.configuring import configured
from batchctl.run.request import Request
from batchctl.run.starting import start
from batchctl.run.uploading import csv_uri, upload


def run_request(request: Request) -> int:
    """Returns the exit code; WrongUsage if it cannot be done as it was typed, before anything is uploaded."""
    request.check()
    return run_on(account_of(request.where), request)


def run_on(account: Account, request: Request, *, stack_stays: bool = True) -> int:
    """The same on a stack that is at hand, and may go with this command."""
    with using(account) as deployment:
        config, request = _config(request, account, deployment)
        if not request.is_in_s3:
            upload(Path(request.csv), deployment.data_bucket, account.client("s3"))
        started = start(request, config, deployment)
        if not request.wait:
            return _leave(started, request)
        return finish(
            started["execution_arn"], deployment, request.where if stack_stays else None, request.answer,
            s3=account.client("s3"), folder=request.output, next_commands=_whole(request),
        )  # fmt: skip


def _config(request: Request, account: Account, deployment: Deployment) -> tuple[dict[str, Any], Request]:
    uri = request.csv if request.is_in_s3 else csv_uri(Path(request.csv), deployment.data_bucket)[0]
    if request.config:
        config = read_config(request.config, account.outputs, uri)
        refuse_unfit(config, None if request.is_in_s3 else Path(request.csv))
    else:
        made, mappings = configured(request, deployment)
        config, request = made | {"csv_s3_uri": uri}, replace(request, mappings=mappings)
    return config | ({"max_rows": request.max_rows} if request.max_rows else {}), request


def _whole(request: Request) -> tuple[str, ...]:
    """After a trial comes the whole."""
    return (request.command(without_max_rows=True),) if request.max_rows else ()


def _leave(started: StartedBatch, request: Request) -> int:
    request.answer.give(started, lambda batch: print(batch["batch"]))
    tell_next(request.where, f"batchctl watch {started['batch']}", f"batchctl results {started['batch']}")
    return DONE
