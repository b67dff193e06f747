"""MiniStack's own files, written while it runs and not only when it ends."""

import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

logger = logging.getLogger("persistence")

# Logs and metrics grow with every invocation, and nothing needs them after a kill.
_LEFT_OUT = {"cloudwatch_logs", "cloudwatch"}
_SECONDS_BETWEEN = 0.3
# At most one part in this many of a core's time goes into snapshots.
_SHARE = 20
_ATTEMPTS = 5


def start() -> None:
    """Keep the files up to date from now on."""
    threading.Thread(target=_keep, daemon=True).start()


def _keep() -> None:
    written: dict[str, int] = {}
    while True:
        began = time.thread_time()
        for service, get_state in app._build_persistence_save_dict().items():
            if service not in _LEFT_OUT:
                _write_if_changed(service, get_state, written)
        time.sleep(max(_SECONDS_BETWEEN, (time.thread_time() - began) * _SHARE))


def _write_if_changed(service: str, get_state: Any, written: dict[str, int]) -> None:
    text = _text(service, get_state)
    if text is None or written.get(service) == hash(text):
        return
    path = Path(persistence.STATE_DIR) / f"{service}.json"
    rewritten = path.with_suffix(".json.new")
    rewritten.write_text(text, encoding="utf-8")
    os.replace(rewritten, path)
    written[service] = hash(text)


def _text(service: str, get_state: Any) -> str | None:
    version = persistence._state_format_version(service)
    for _ in range(_ATTEMPTS):
        try:
            # A request may change the state meanwhile, and be seen in the next round or in this attempt's failure.
            state = get_state()
            document = {"__ministack_format__": version, "payload": state}
            return None if state is None else json.dumps(document, default=persistence._json_default)
        except RuntimeError:
            continue
        except Exception:
            logger.warning("No snapshot of %s", service, exc_info=True)
            return None
    return None
