"""`python -m batchctl.recording`: records docs/session.svg anew on the local stack, which `batchctl local up` has started."""

import shutil
import tempfile
from pathlib import Path

from batchctl.project import ROOT
from batchctl.recording.session import recorded

COMMANDS = [
    "batchctl analyze inbox.csv",
    "batchctl agents list --csv inbox.csv",
    "batchctl run inbox.csv --agent ticket-classifier --max-rows 20",
    "batchctl run inbox.csv --agent ticket-classifier",
    "batchctl failures @last",
    "batchctl list",
]
PICTURE = ROOT / "docs" / "session.svg"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "examples" / "tickets.csv", Path(folder, "inbox.csv"))
        PICTURE.write_text(recorded(COMMANDS, Path(folder)), encoding="utf-8")
