import re

from batchctl.factory.shared_code import CHECKING, copies
from tests.examples.batch_inputs import EXAMPLES
from tests.examples.llm_agent.product_copywriter import AGENT, products


def test_modules_of_the_batch_processor_come_along_as_copies() -> None:
    folder = AGENT / "batch_processor"
    there = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
        if not path.is_symlink()  # which break where links are not to be had
    }
    assert there == copies(CHECKING, command="make generated")


def test_requirements_are_in_the_versions_of_the_batch_processor() -> None:
    own, theirs = (
        set(re.findall(r"^[\w-]+==[^\s;]+", (folder / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE))
        for folder in (AGENT, EXAMPLES.parent / "functions")
    )
    assert own <= theirs
    assert {"google-re2", "jsonschema", "semver"} <= {pin.partition("==")[0] for pin in own}


def test_the_products_hold_the_dirt_of_a_catalogue() -> None:
    rows = products()
    cells = [cell for row in rows for cell in row.values()]
    assert len(rows) >= 20
    assert any("\n" in cell and '"' in cell and "{{" in cell and "&" in cell for cell in cells)
    assert any(cell.startswith("=") for cell in cells)
    assert any(cell != cell.strip() for cell in cells)
    assert sum(not row["features"] for row in rows) == 1
