"""Writing a generated folder: nothing that somebody edited is lost unasked."""

from pathlib import Path

import pytest

from batchctl.factory.canonical import Canonical, canonical
from batchctl.factory.folder import MANIFEST, EditedFiles, TakenFolder, write
from batchctl.factory.generation import generate
from tests.factory.documents import document

MADE = canonical(document())
NEWER = canonical(document(version="1.3.0", description="Newer."))


def generated(folder: Path, made: Canonical = MADE, *, force: bool = False) -> list[str]:
    return write(folder, made, generate(made), force=force)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_written_is_what_was_generated_and_a_manifest(tmp_path: Path) -> None:
    changed = generated(tmp_path)
    expected = {path: text.encode() for path, text in generate(MADE).items()}
    found = content(tmp_path)
    assert found.pop(MANIFEST)
    assert found == expected
    assert set(changed) == {*expected, MANIFEST}


def test_second_time_nothing_is_written(tmp_path: Path) -> None:
    generated(tmp_path)
    assert generated(tmp_path) == []


def test_files_as_they_were_written_are_replaced(tmp_path: Path) -> None:
    generated(tmp_path)
    generated(tmp_path, NEWER)
    assert content(tmp_path)["README.md"] == generate(NEWER)["README.md"].encode()


def test_edited_files_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    generated(tmp_path)
    for path in ("README.md", "functions/recorded_answers.json"):
        (tmp_path / path).write_text("mine", encoding="utf-8")
    before = content(tmp_path)
    with pytest.raises(EditedFiles, match="--force") as caught:
        generated(tmp_path, NEWER)
    assert set(caught.value.paths) == {"README.md", "functions/recorded_answers.json"}
    assert content(tmp_path) == before


def test_force_overwrites_edited_files(tmp_path: Path) -> None:
    generated(tmp_path)
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    assert "README.md" in generated(tmp_path, force=True)
    assert content(tmp_path)["README.md"] == generate(MADE)["README.md"].encode()


def test_file_that_was_there_before_is_as_good_as_edited(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(EditedFiles):
        generated(tmp_path)
    assert content(tmp_path) == {"template.yaml": b"mine"}


def test_interrupted_run_is_taken_up(tmp_path: Path) -> None:
    generated(tmp_path)
    (tmp_path / "README.md").write_text(generate(NEWER)["README.md"], encoding="utf-8")
    generated(tmp_path, NEWER)
    assert generated(tmp_path, NEWER) == []


@pytest.mark.parametrize(
    "manifest", [None, "", "{}", "[]", '{"files": 5, "extraction_name": "x", "schema_sha256": ""}']
)
def test_without_a_readable_manifest_nothing_is_lost(tmp_path: Path, manifest: str | None) -> None:
    generated(tmp_path)
    (tmp_path / MANIFEST).unlink()
    if manifest is not None:
        (tmp_path / MANIFEST).write_text(manifest, encoding="utf-8")
    with pytest.raises(EditedFiles):
        generated(tmp_path, NEWER)
    assert MANIFEST in generated(tmp_path)  # the same files are no loss


def test_file_that_is_no_longer_made_goes_unless_it_was_edited(tmp_path: Path) -> None:
    files = generate(MADE)
    write(tmp_path, MADE, {**files, "old.json": "{}", "older.json": "{}"})
    (tmp_path / "old.json").write_text("mine", encoding="utf-8")
    with pytest.raises(EditedFiles, match=r"old\.json"):
        write(tmp_path, MADE, files)
    assert set(write(tmp_path, MADE, files, force=True)) == {"old.json", "older.json", MANIFEST}
    assert not (tmp_path / "old.json").exists()


def test_manifest_cannot_remove_what_is_elsewhere(tmp_path: Path) -> None:
    folder, outside = tmp_path / "made", tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    write(folder, MADE, {**generate(MADE), "../outside.txt": "mine"})
    generated(folder)
    assert outside.read_text(encoding="utf-8") == "mine"


def test_folder_of_another_extraction_is_not_taken(tmp_path: Path) -> None:
    generated(tmp_path)
    other = canonical(document(extraction_name="company-size"))
    with pytest.raises(TakenFolder, match="'company_size'"):
        generated(tmp_path, other)
    generated(tmp_path, other, force=True)


def test_own_files_besides_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine", encoding="utf-8")
    generated(tmp_path)
    generated(tmp_path, NEWER)
    assert content(tmp_path)["notes.md"] == b"mine"
