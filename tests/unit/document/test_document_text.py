"""Files of JSON and of YAML, by their names."""

import pytest

from batch_processor.document.document_text import UnreadableDocument, read_object


@pytest.mark.parametrize("name", ["a.json", "a.JSON", "a.yaml", "a.txt", "a"])
def test_json_is_read_under_any_name(name: str) -> None:
    assert read_object(f"s3://data/{name}", b'\xef\xbb\xbf{"a": [1, "no"]}\n') == {"a": [1, "no"]}


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.YAML", "team.config.yml"])
def test_yaml_is_read_where_the_name_says_so(name: str) -> None:
    assert read_object(f"s3://data/{name}", b"a: [1, no]\n") == {"a": [1, "no"]}


@pytest.mark.parametrize(
    ("name", "body", "faults"),
    [
        ("a.json", b"a: 1", ["s3://data/a.json is not JSON: Expecting value at line 1, column 1"]),
        (
            "a.conf",
            b"a: 1",
            [
                "s3://data/a.conf is not JSON: Expecting value at line 1, column 1; a file of YAML must be called .yaml or .yml"
            ],
        ),
        ("a.yml", b"a: [b", ["s3://data/a.yml is not YAML as it is read here: did not find expected ',' or ']'"]),
        ("a.yml", b'{"a": 1, "a": 2}', ["the key 'a' is given more than once in one object"]),
        ("a.yml", b"just words", ["s3://data/a.yml holds a text, expected a JSON object"]),
        ("a.yml", b"[" * 100_000, ["s3://data/a.yml is nested too deeply to be a configuration"]),
    ],
)  # fmt: skip
def test_what_is_no_object_is_told(name: str, body: bytes, faults: list[str]) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_object(f"s3://data/{name}", body)
    assert len(caught.value.faults) == len(faults)
    assert all(map(str.startswith, caught.value.faults, faults))


def test_number_that_python_does_not_read_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="has a number that is too long"):
        read_object("s3://data/a.json", b'{"a": ' + b"9" * 5000 + b"}")
