"""Keys that people write into a section where they do not belong, and where they do."""

from collections.abc import Mapping

_AT_THE_TOP = (
    "execution_tier", "deduplicate", "cache", "map_mode", "storage_mode", "ttl_days", "enable_compression", "max_rows",
)  # fmt: skip
_OF_THE_TARGET = ("idempotent", "deterministic")

# What is said of each, wherever it is no key.
MISPLACED: Mapping[str, str] = {
    **{key: f"'{key}' is not a key here; it belongs to the top level of the configuration" for key in _AT_THE_TOP},
    **{
        key: f'\'{key}\' is not a key here; it belongs into target, as an object: {{"target": {{…, "{key}": …}}}}'
        for key in _OF_THE_TARGET
    },
}
