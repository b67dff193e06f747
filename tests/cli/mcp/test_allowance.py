"""What may be read of this machine, and what the server is started with."""

from pathlib import Path
from typing import Any

import pytest

from batchctl.errors import WrongUsage
from batchctl.mcp.allowance import Allowance, PathNotAllowed
from batchctl.mcp.calls import Calls
from batchctl.where import HERE
from tests.cli.mcp.fakes import FakeStack, operations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (tmp_path / "data-private").mkdir()
    (tmp_path / "data-private" / "x.csv").write_text("a\n1\n")
    inside = tmp_path / "data"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "in.csv").write_text("a\n1\n")
    (inside / "out.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "up").symlink_to(tmp_path, target_is_directory=True)
    (inside / "loop.csv").symlink_to(inside / "loop.csv")
    return inside


@pytest.mark.parametrize(
    "text", ["deep/in.csv", "./deep/../deep/in.csv", "{folder}/deep/in.csv", "up/data/deep/in.csv"]
)
def test_file_beneath_a_folder_is_read_where_it_really_is(folder: Path, text: str) -> None:
    allowance = Allowance.of(False, None, None, [folder])
    assert allowance.file(text.format(folder=folder)) == (folder / "deep" / "in.csv").resolve()


@pytest.mark.parametrize(
    "text",
    [
        "../secret.csv", "{folder}/../secret.csv", "out.csv", "up/secret.csv", "loop.csv", "deep", ".", "", "/etc/passwd",
        "../data-private/x.csv", "file:///etc/passwd", "none.csv", "in.csv\0", "~/x.csv", "deep/in.csv/..", "x" * 5000,
        "/dev/stdin", "/proc/self/environ",
    ],
)  # fmt: skip
def test_everything_else_is_refused_alike(folder: Path, text: str) -> None:
    with pytest.raises(PathNotAllowed, match=r"There is no file .* that may be read"):
        Allowance.of(False, None, None, [folder]).file(text.format(folder=folder))


def test_without_a_folder_no_file_is_read(folder: Path) -> None:
    with pytest.raises(PathNotAllowed, match="gave no --folder"):
        Allowance().file(str(folder / "deep" / "in.csv"))


@pytest.mark.parametrize("key", ["s3_uri", "csv_uri"])
def test_operations_get_the_resolved_path_and_s3_as_it_is(folder: Path, key: str) -> None:
    name = {"s3_uri": "analyze_csv_structure", "csv_uri": "generate_batch_config"}[key]
    calls = Calls(FakeStack(HERE), Allowance.of(False, None, None, [folder]))
    with operations(analyze_csv_structure={}, generate_batch_config={}) as fake:
        calls.call(name, {key: "deep/in.csv"})
        calls.call(name, {key: "s3://bucket/../x.csv"})
        assert calls.call(name, {key: "../secret.csv"}).document["error"] == "PATH_NOT_ALLOWED"
    assert [given[key] for _, given in fake.called] == [str(folder / "deep" / "in.csv"), "s3://bucket/../x.csv"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((True, None, None, []), "--max-rows N"),
        ((False, 5, None, []), "--allow-run"),
        ((False, None, 1.0, []), "--allow-run"),
        ((False, None, None, [Path("/no/such/folder")]), "/no/such/folder"),
    ],
)
def test_wrong_start_says_what_to_type(given: Any, said: str) -> None:
    with pytest.raises(WrongUsage, match=said):
        Allowance.of(*given)


class Uploads:
    """A stack whose S3 keeps what is uploaded."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, ...]] = []
        self.deployment = type("Deployment", (), {"data_bucket": "bucket"})

    def client(self, _service: str) -> Any:
        return self

    def upload_file(self, *what: str) -> None:
        self.kept.append(what)


def test_upload_takes_only_csvs_of_the_folders_and_overwrites_none_of_the_same_name(folder: Path) -> None:
    stack: Any = Uploads()
    (folder / "in.csv").write_text("a\n2\n")
    (folder / "key.pem").write_text("secret")
    calls = Calls(stack, Allowance.of(True, 5, None, [folder]))
    first = calls.call("upload_csv", {"path": "deep/in.csv"}).document["s3_uri"]
    assert first == calls.call("upload_csv", {"path": "deep/in.csv"}).document["s3_uri"]
    assert first != calls.call("upload_csv", {"path": "in.csv"}).document["s3_uri"]
    assert first.startswith("s3://bucket/inputs/")
    for path in ("key.pem", "out.csv", "../secret.csv"):
        assert calls.call("upload_csv", {"path": path}).failed
    assert calls.call("upload_csv", {}).document["error"] == "INVALID_ARGUMENTS"
    assert {Path(path).name for path, *_ in stack.kept} == {"in.csv"}
