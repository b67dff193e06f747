"""docs/batchctl.md is what the commands say of themselves today."""

from batchctl.__main__ import app
from batchctl.help_page.__main__ import PAGE
from batchctl.help_page.page import page
from tests.cli.test_command_line import COMMANDS


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(app), "It is stale: type `make reference`."


def test_page_has_every_command() -> None:
    text = page(app)
    assert [name for name in COMMANDS if name and f"### batchctl {name}\n" not in text] == []


def test_page_has_exit_codes_and_options() -> None:
    text = page(app)
    assert "| 130 | Interrupted by Ctrl-C" in text
    assert "| `--status STATUS` |" in text
