from batch_processor.config import StorageOptions, parse
from tests.unit.config.changes import Build


def test_defaults_hold_where_nothing_is_said(document: Build) -> None:
    config = parse(document(defaults={"ttl_days": 3, "max_concurrency": 5000, "enable_compression": False}))
    assert config.storage == StorageOptions("auto", 3, False)
    assert config.execution.max_concurrency == 5000


def test_what_is_said_in_its_own_place_holds_over_the_defaults(document: Build) -> None:
    config = parse(
        document(
            ttl_days=7,
            enable_compression=True,
            execution_config={"max_concurrency": 10},
            defaults={"ttl_days": 3, "max_concurrency": 5, "enable_compression": False},
        )
    )
    assert config.storage == StorageOptions("auto", 7, True)
    assert config.execution.max_concurrency == 10
