"""`python -m batchctl.help_page`: writes docs/batchctl.md anew."""

from batchctl.__main__ import app
from batchctl.help_page.page import page
from batchctl.project import ROOT

PAGE = ROOT / "docs" / "batchctl.md"

if __name__ == "__main__":
    PAGE.write_text(page(app), encoding="utf-8")
