from pathlib import Path

from batchctl.run.shown_run import first_records


def test_output_is_read_as_its_summary_says(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes("\ufeffname;note\r\nAna;1,5\r\n".encode())
    assert first_records(path, {"csv_format": {"delimiter": ";", "bom": True}}) == [["name", "note"], ["Ana", "1,5"]]
    path.write_bytes(b"name,note\r\n" + b"Ana,x;y\r\n" * 10)
    assert first_records(path, {}) == [["name", "note"]] + [["Ana", "x;y"]] * 5
