import pytest

from batchctl.project import ROOT
from benchmarks.__main__ import BENCHMARKS
from benchmarks.report import replaced

DOCUMENT = "before\n<!-- cost -->\nold\n<!-- end of cost -->\nafter\n"


def test_new_figures_take_the_place_of_the_old_ones_and_of_nothing_else() -> None:
    written = replaced(DOCUMENT, "cost", "new")
    assert written == DOCUMENT.replace("old\n", "new\n\n")
    assert replaced(written, "cost", "new") == written


def test_document_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(SystemExit, match="no place for batch"):
        replaced(DOCUMENT, "batch", "new")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_page_has_a_place_for_every_benchmark(name: str) -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "new" in replaced(page, name, "new")
