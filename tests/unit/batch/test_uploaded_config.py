"""What is known of configurations by their keys alone is what the models know."""

from batch_processor.batch.uploaded_config import CONFIG_KEYS, is_batch, is_for_later
from batch_processor.config.schema import published_schema
from tests.unit.configs import make_document


def test_keys_are_those_of_the_published_schema() -> None:
    assert set(published_schema()["properties"]) == CONFIG_KEYS


def test_whole_configuration_is_a_batch_and_not_for_later() -> None:
    document = make_document()
    assert is_batch(document)
    assert not is_for_later(document)


def test_configuration_without_a_csv_is_for_later_and_no_batch() -> None:
    document = make_document()
    del document["csv_s3_uri"]
    assert is_for_later(document)
    assert not is_batch(document)
    assert not is_for_later({**document, "csv_s3_url": "s3://data/a.csv"})
