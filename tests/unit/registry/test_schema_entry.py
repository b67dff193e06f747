import json

from batch_processor.registry.entries import parse_entry
from batch_processor.registry.schema_entry import SchemaEntry
from tests.unit.registry_entries import make_schema


def test_rules_are_the_methods_and_then_the_fields() -> None:
    methods = [{"method": "jmespath", "paths": {"a": {"path": "x", "transform": "to_number"}}}]
    entry = parse_entry("schema", make_schema(extraction_methods=json.dumps(methods)))
    assert isinstance(entry, SchemaEntry)
    assert list(entry.rules()) == [*methods, {"method": "fields", "fields": make_schema()["fields"]}]
