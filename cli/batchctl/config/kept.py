"""Shows the configuration of a batch that was started."""

import json

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.configuring.kept_config import KeptConfig, show_batch_config
from batchctl.account import deployed
from batchctl.answer import Answer, note
from batchctl.tables import facts
from batchctl.where import Where


def show_config(batch: str, as_json: str | None, where: Where) -> None:
    """Prints the configuration on stdout, ready to be kept as a file; what it came to on stderr."""
    answer = Answer.of(as_json, KeptConfig)
    with deployed(where) as deployment:
        answer.give(show_batch_config(named_batch(batch, deployment), deployment), _show)


def _show(kept: KeptConfig) -> None:
    print(json.dumps(kept["config"], ensure_ascii=False, indent=2))
    if "planned" not in kept:
        note(f"\n{kept['batch']} has not come to its rows.")
        return
    planned = kept["planned"]
    target, source = planned["target"], planned["source"]
    version = f"@{target['version']}" if "version" in target else ""
    told = {
        "batch": kept["batch"],
        "target": f"{target['name']}{version} ({target['type']}) {target['arn']}",
        "CSV": f"{source['uri']} {source.get('version_id', '')}".rstrip(),
        "output": planned["output_uri"],
        "mode": planned["map_mode"],
    }
    note(f"\n{facts(told)}")
