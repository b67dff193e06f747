"""`batchctl factory`, as it is called."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from batchctl.factory import schema_files
from batchctl.factory.canonical import read
from batchctl.factory.check import check
from tests.cli.command_line import exit_code
from tests.factory.documents import BROADBAND, FILES, document, written


def run(*arguments: object) -> int:
    return exit_code("factory", *arguments)


def test_generate_then_check_then_edit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("generate", *FILES, "--out", tmp_path) == 0
    assert capsys.readouterr().out.count("33 files written") == 3
    assert run("check", *FILES, "--out", tmp_path) == 0
    readme = tmp_path / "company_register_entry" / "README.md"
    readme.write_text("mine", encoding="utf-8")
    capsys.readouterr()
    assert run("check", *FILES, "--out", tmp_path) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "README" in line]
    assert line.startswith(f"{readme} (edited) line 1: expected")
    assert run("generate", *FILES, "--out", tmp_path) == 1
    assert "--force" in capsys.readouterr().err
    assert readme.read_text(encoding="utf-8") == "mine"
    assert run("generate", *FILES, "--out", tmp_path, "--force") == 0
    assert run("check", *FILES, "--out", tmp_path) == 0


def test_all_problems_of_all_schemas_are_told_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = [
        written(tmp_path, document(version="1"), "one"),
        written(tmp_path, document(metadata=5), "two"),
        written(tmp_path, document(), "three"),
        written(tmp_path, document(extraction_name="Company Size"), "four"),
        tmp_path / "absent.json",
    ]
    assert run("generate", *wrong, "--out", tmp_path / "out") == 1
    printed = capsys.readouterr().err
    assert "one.json: 1 problem:\n- /version: " in printed
    assert "two.json: 1 problem:\n- /metadata: " in printed
    assert "four.json: another schema, " in printed
    assert "absent.json" in printed
    assert not (tmp_path / "out").exists()


def test_schema_that_no_batch_could_use_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    output = {"type": "object", "properties": {"_status": {}}}
    path = written(tmp_path, document(output_schema=output))
    assert run("generate", path, "--out", tmp_path / "out") == 1
    assert "/output_schema/properties/_status" in capsys.readouterr().err


def test_check_of_a_schema_that_was_never_generated_fails(tmp_path: Path) -> None:
    assert run("check", BROADBAND, "--out", tmp_path) == 1


def test_check_without_schemas_looks_at_all_that_is_generated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    schemas, out = tmp_path / "schemas", tmp_path / "out"
    schemas.mkdir()
    path = written(schemas, document())
    written(schemas, document(extraction_name="another"), "another")
    (schemas / "published.schema.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(schema_files, "SCHEMAS", schemas)
    assert run("generate", path, "--out", out) == 0
    assert run("check", "--out", out) == 0
    printed = capsys.readouterr().out
    assert "another: not generated" in printed
    assert "company_size: no findings" in printed
    path.unlink()
    assert run("check", "--out", out) == 1
    assert "company_size: its canonical schema is not in " in capsys.readouterr().err


def test_schema_that_nests_too_deep_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 20_000 + "]" * 20_000, encoding="utf-8")
    assert run("generate", path, "--out", tmp_path / "out") == 1
    assert f"{path}: 1 problem:\n- the document: the file cannot be read: it is nested deeper than 100 levels" in (
        capsys.readouterr().err
    )


def _is_a_file(out: Path) -> Path:
    out.write_text("", encoding="utf-8")
    return out


def _leads_nowhere(out: Path) -> Path:
    out.symlink_to(out.parent / "absent")
    return out


def _has_a_folder_for_a_file(out: Path) -> Path:
    (out / "company_size" / "README.md").mkdir(parents=True)
    return out / "company_size" / "README.md"


def _has_a_file_for_a_folder(out: Path) -> Path:
    (out / "company_size").mkdir(parents=True)
    (out / "company_size" / "functions").write_text("", encoding="utf-8")
    return out / "company_size" / "functions"


@pytest.mark.parametrize("spoil", [_is_a_file, _leads_nowhere, _has_a_folder_for_a_file, _has_a_file_for_a_folder])
def test_place_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    out = tmp_path / "out"
    place = spoil(out)
    assert run("generate", written(tmp_path, document()), "--out", out) == 1
    told = capsys.readouterr().err
    assert f"{out / 'company_size'}: it cannot be written: " in told
    assert f": {place}" in told
    assert "name another with --out" in told


def test_folder_that_may_not_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))  # nothing is refused to root, who may run this

    monkeypatch.setattr(Path, "mkdir", refuse)
    path = written(tmp_path, document())
    assert run("generate", path, "--out", tmp_path / "out") == 1
    folder = tmp_path / "out" / "company_size"
    assert f"{folder}: it cannot be written: Permission denied: {folder}" in capsys.readouterr().err


def test_generated_file_that_may_not_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = written(tmp_path, document())
    assert run("generate", path, "--out", tmp_path / "out") == 0

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert run("check", path, "--out", tmp_path / "out") == 1
    told = capsys.readouterr().err
    assert "PermissionError\n[Errno 13] Permission denied: '" in told
    assert "Check the path, and that you may read and write there." in told


def test_the_worked_example_is_as_the_factory_makes_it() -> None:
    example = read(BROADBAND)
    assert check(schema_files.GENERATED / example.names.module, example) == []
    manifest = json.loads((schema_files.GENERATED / example.names.module / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema_sha256"] == example.digest
