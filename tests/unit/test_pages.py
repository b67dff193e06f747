"""The pages lead where they say, and none is left out of the maps."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "tests" / "README.md", ROOT / "examples" / "README.md"]
)
LINK = re.compile(r"\[[^\]\[]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    return {anchor(heading) for heading in HEADING.findall(page.read_text(encoding="utf-8"))}


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def dead_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" not in link and (not target.exists() or (anchor and anchor not in anchors(target))):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert not list(dead_links(page))


def test_every_page_is_in_the_map() -> None:
    linked = set(LINK.findall((ROOT / "docs" / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= linked


def test_every_decision_stands_once_and_is_once_in_the_index() -> None:
    page = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("## By topic\n")
    index, _, decisions = rest.partition("\n## ")
    topics = re.findall(r"^- \*\*(.*?)\*\*: ", index, re.MULTILINE)
    assert sorted(anchor(heading) for heading in HEADING.findall(f"## {decisions}")) == sorted(
        link.removeprefix("#") for link in LINK.findall(page) if link.startswith("#")
    )
    assert len(topics) == len(set(topics))
    assert "](#" not in decisions, "a line of the index stands among the decisions"
